//! Launches that read like sentences, and a look at who lives.

use std::ffi::OsString;
use std::fs;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::time::Duration;

use caracola_spawner::{Ended, Identity, Launch, ResourceLimits, Running, Spawner};
use caracola_testing::Mark;
use tokio::io::AsyncReadExt as _;

/// The grace of launches that don't say: so long that a test which waits for it in vain is noticed.
const GRACE: Duration = Duration::from_secs(20);

/// A launch in the making.
pub(crate) struct Launching(Launch);

/// A program with no arguments and no environment.
pub(crate) fn program(path: &str) -> Launching {
    Launching(Launch {
        program: PathBuf::from(path),
        argv0: OsString::from(path.rsplit('/').next().unwrap_or(path)),
        arguments: Vec::new(),
        environment: Vec::new(),
        folder: PathBuf::from("/"),
        stdin: None,
        identity: None,
        umask: 0o022,
        limits: ResourceLimits::default(),
        descriptors: Vec::new(),
        grace: GRACE,
    })
}

/// A shell script, as a test's program; it finds programs on the usual path.
pub(crate) fn script(text: &str) -> Launching {
    program("/bin/sh")
        .arguments(["-c", text, "sh"])
        .variable("PATH", "/usr/bin:/bin")
}

impl Launching {
    pub(crate) fn argv0(mut self, word: impl Into<OsString>) -> Self {
        self.0.argv0 = word.into();
        self
    }

    pub(crate) fn arguments(mut self, words: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        self.0.arguments.extend(words.into_iter().map(Into::into));
        self
    }

    pub(crate) fn variable(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.0.environment.push((name.into(), value.into()));
        self
    }

    pub(crate) fn mark(self, mark: &Mark) -> Self {
        let (name, value) = mark.variable();
        self.variable(name, value)
    }

    pub(crate) fn folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.0.folder = folder.into();
        self
    }

    pub(crate) fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.0.stdin = Some(bytes.into().into());
        self
    }

    pub(crate) fn identity(mut self, uid: u32, gid: u32, groups: &[u32]) -> Self {
        self.0.identity = Some(Identity {
            uid,
            gid,
            groups: groups.to_vec(),
        });
        self
    }

    pub(crate) fn umask(mut self, umask: u32) -> Self {
        self.0.umask = umask;
        self
    }

    pub(crate) fn limits(mut self, limits: ResourceLimits) -> Self {
        self.0.limits = limits;
        self
    }

    pub(crate) fn descriptor(mut self, descriptor: impl Into<OwnedFd>) -> Self {
        self.0.descriptors.push(descriptor.into());
        self
    }

    pub(crate) fn grace(mut self, milliseconds: u64) -> Self {
        self.0.grace = Duration::from_millis(milliseconds);
        self
    }

    pub(crate) fn build(self) -> Launch {
        self.0
    }

    pub(crate) async fn start(self, spawner: &Spawner) -> Running {
        spawner.launch(self.0).await.expect("the program starts")
    }

    /// Runs it to its end; what it wrote to its standard output.
    pub(crate) async fn output(self, spawner: &Spawner) -> Vec<u8> {
        let mut running = self.start(spawner).await;
        let mut out = Vec::new();
        running.stdout.read_to_end(&mut out).await.expect("output can be read");
        let mut err = Vec::new();
        running.stderr.read_to_end(&mut err).await.expect("errors can be read");
        assert_eq!(
            running.wait().await,
            Ended::Exited(0),
            "{}",
            String::from_utf8_lossy(&err)
        );
        out
    }

    /// The same as lines.
    pub(crate) async fn text(self, spawner: &Spawner) -> String {
        String::from_utf8(self.output(spawner).await).expect("the output is text")
    }
}

/// Reads until the program has written this line: the event that a test waits for.
pub(crate) async fn line(running: &mut Running, wanted: &str) {
    let mut seen = Vec::new();
    while !String::from_utf8_lossy(&seen).lines().any(|line| line == wanted) {
        let length = running.stdout.read_buf(&mut seen).await.expect("output can be read");
        assert_ne!(length, 0, "no line {wanted:?} in {:?}", String::from_utf8_lossy(&seen));
    }
}

/// All processes of the machine.
pub(crate) fn processes() -> Vec<i32> {
    let entries = fs::read_dir("/proc").expect("there is /proc");
    entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .collect()
}

/// The process's parent; 0 if there is no such process.
pub(crate) fn parent(process: i32) -> i32 {
    status(process).get(1).and_then(|field| field.parse().ok()).unwrap_or(0)
}

/// The fields of `/proc/PID/stat` behind the name.
fn status(process: i32) -> Vec<String> {
    let status = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let fields = status.rsplit(')').next().unwrap_or_default();
    fields.split_ascii_whitespace().map(str::to_owned).collect()
}

/// The name a process gave itself.
pub(crate) fn name(process: i32) -> String {
    fs::read_to_string(format!("/proc/{process}/comm"))
        .unwrap_or_default()
        .trim_end()
        .to_owned()
}

pub(crate) fn signal(process: i32, signal: rustix::process::Signal) {
    let process = rustix::process::Pid::from_raw(process).expect("a process's number");
    rustix::process::kill_process(process, signal).expect("the process is there");
}

/// What this process has open.
pub(crate) fn open_descriptors() -> Vec<String> {
    let entries = fs::read_dir("/proc/self/fd").expect("there is /proc");
    entries
        .filter_map(|entry| Some(fs::read_link(entry.ok()?.path()).ok()?.display().to_string()))
        .collect()
}

pub(crate) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}
