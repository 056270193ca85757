//! A server process of a test's own.

use std::ffi::OsString;
use std::fs::{self, File};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::{FileExt as _, lchown};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use tempfile::TempDir;

use crate::connection::Connection;
use crate::{Finished, Process, TEST_TIMEOUT, binary, usage};

/// Nothing tells of a file that is made, so one looks again after this.
const PAUSE: Duration = Duration::from_millis(5);
/// Variables that would change what a server does. A test must not depend on who runs it.
const VARIABLES: &[&str] = &[
    "CARACOLA_CERT",
    "CARACOLA_CONFIG",
    "CARACOLA_KEY",
    "CARACOLA_LISTEN",
    "CARACOLA_LOG",
    "CARACOLA_PLUGIN_DIR",
    "LANG",
    "LC_ALL",
    "LC_MESSAGES",
    "RUST_BACKTRACE",
    "STATE_DIRECTORY",
];

/// The default file as it is in the tree.
const DEFAULT_CONFIG: &str = include_str!("../../../commands.toml");

/// How a test's server is to be.
#[derive(Debug, Default)]
pub struct Builder {
    binary: Option<PathBuf>,
    folder: Option<PathBuf>,
    config: Option<String>,
    more_config: String,
    listen: Vec<String>,
    arguments: Vec<OsString>,
    wrapper: Vec<OsString>,
    owner: Option<u32>,
}

/// A running server with a state folder and a port of its own. It is killed when this is dropped.
#[derive(Debug)]
pub struct TestServer {
    process: Process,
    binary: PathBuf,
    folder: PathBuf,
    addresses: Vec<SocketAddr>,
    fingerprint: String,
    /// Removed after the process is gone; absent if the test gave the folder.
    _own_folder: Option<TempDir>,
}

impl Builder {
    /// The binary to run; without it, [`binary::caracolad`]'s. A package with the binary in it gives its own
    /// `env!("CARGO_BIN_EXE_caracolad")`.
    #[must_use]
    pub fn binary(mut self, path: impl Into<PathBuf>) -> Self {
        self.binary = Some(path.into());
        self
    }

    /// The folder for `commands.toml` and `state`, for servers that share them one after the other; without it, one that
    /// goes with the server.
    #[must_use]
    pub fn folder(mut self, path: impl Into<PathBuf>) -> Self {
        self.folder = Some(path.into());
        self
    }

    /// The text of the `commands.toml` to serve; without it, the default one.
    #[must_use]
    pub fn config(mut self, toml: impl Into<String>) -> Self {
        self.config = Some(toml.into());
        self
    }

    /// Text to put behind the `commands.toml` to serve, such as a table that the default one doesn't have.
    #[must_use]
    pub fn more_config(mut self, toml: &str) -> Self {
        self.more_config.push('\n');
        self.more_config.push_str(toml);
        self
    }

    /// An address to listen on; without any, a free port of 127.0.0.1.
    #[must_use]
    pub fn listen(mut self, address: impl Into<String>) -> Self {
        self.listen.push(address.into());
        self
    }

    /// One more argument of `caracolad serve`.
    #[must_use]
    pub fn argument(mut self, argument: impl Into<OsString>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// A program with its arguments that executes the server in its own place, such as `["taskset", "-c", "0"]`. It must keep
    /// its process id, by which the server is known here.
    #[must_use]
    pub fn wrapper<W: Into<OsString>>(mut self, words: impl IntoIterator<Item = W>) -> Self {
        self.wrapper.extend(words.into_iter().map(Into::into));
        self
    }

    /// The number of the user and the group who get the folder and what is in it; without it, who runs the test.
    #[must_use]
    pub fn owner(mut self, number: u32) -> Self {
        self.owner = Some(number);
        self
    }

    /// Starts the server and waits until it listens.
    pub fn start(self) -> Result<TestServer> {
        let (folder, own_folder) = self.place()?;
        let binary = self.found_binary()?;
        let process = Process::start(&mut self.command(&binary, &folder)?)?;
        let wanted = self.listen.len().max(1);
        let all = |written: &str| (written.matches('\n').count() >= wanted).then(|| written.to_owned());
        let Ok(lines) = process.wait_for_stdout("a line for each address", all) else {
            bail!("caracolad did not come to listen:\n{}", process.stderr());
        };
        let mut server = TestServer {
            process,
            binary,
            folder,
            addresses: Vec::new(),
            fingerprint: String::new(),
            _own_folder: own_folder,
        };
        for line in lines.lines() {
            let [_, address, fingerprint] = line.split(' ').collect::<Vec<_>>()[..] else {
                bail!("an odd line on standard output: {line:?}");
            };
            server.addresses.push(address.parse()?);
            fingerprint.clone_into(&mut server.fingerprint);
        }
        Ok(server)
    }

    /// Starts a server that is expected to end by itself, and waits for that.
    pub fn finish(self) -> Result<Finished> {
        let (folder, own_folder) = self.place()?;
        let finished = Process::finish(&mut self.command(&self.found_binary()?, &folder)?);
        drop(own_folder);
        finished
    }

    /// The command that [`Builder::start`] runs, with its files in `folder` written.
    pub fn command(&self, binary: &Path, folder: &Path) -> Result<Command> {
        let mut command = match self.wrapper.split_first() {
            None => plain_command(binary),
            Some((program, arguments)) => {
                let mut command = plain_command(Path::new(program));
                command.args(arguments).arg(binary);
                command
            }
        };
        command.arg("serve").arg("--state-dir").arg(folder.join("state"));
        let config = folder.join("commands.toml");
        let text = self.config.as_deref().unwrap_or(DEFAULT_CONFIG);
        fs::write(&config, [text, &self.more_config].concat())?;
        let images = folder.join("core/assets");
        fs::create_dir_all(&images)?;
        for entry in fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../assets"))? {
            let entry = entry?;
            fs::copy(entry.path(), images.join(entry.file_name()))?;
        }
        command.arg("--config").arg(config);
        if self.listen.is_empty() {
            command.args(["--listen", "127.0.0.1:0"]);
        }
        for address in &self.listen {
            command.arg("--listen").arg(address);
        }
        command.args(&self.arguments);
        if let Some(owner) = self.owner {
            give(folder, owner)?;
        }
        Ok(command)
    }

    fn found_binary(&self) -> Result<PathBuf> {
        match &self.binary {
            Some(binary) => Ok(binary.clone()),
            None => binary::caracolad(),
        }
    }

    fn place(&self) -> Result<(PathBuf, Option<TempDir>)> {
        if let Some(folder) = &self.folder {
            return Ok((folder.clone(), None));
        }
        let own = tempfile::Builder::new().prefix("caracola-test-").tempdir()?;
        Ok((own.path().to_owned(), Some(own)))
    }
}

/// Makes somebody the owner of a folder and all that is in it.
fn give(path: &Path, owner: u32) -> Result<()> {
    lchown(path, Some(owner), Some(owner))?;
    if path.symlink_metadata()?.is_dir() {
        for entry in fs::read_dir(path)? {
            give(&entry?.path(), owner)?;
        }
    }
    Ok(())
}

/// A command of the server's binary that nothing in the environment changes, without input.
pub fn plain_command(binary: &Path) -> Command {
    let mut command = Command::new(binary);
    command.stdin(Stdio::null());
    for variable in VARIABLES {
        command.env_remove(variable);
    }
    // Whoever runs the tests: root's servers wait to be asked.
    command.env("CARACOLA_RELOAD", "save");
    command
}

impl TestServer {
    /// A server to be described further.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// The first address that it listens on.
    pub fn address(&self) -> SocketAddr {
        self.addresses[0]
    }

    /// All of them.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// `SHA256:...`
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// The process id.
    pub fn process(&self) -> u32 {
        self.process.id()
    }

    /// The memory that the process really has now, in bytes, as Linux tells it.
    pub fn resident_memory(&self) -> Result<u64> {
        usage::resident_memory(self.process())
    }

    /// Whether the process has these bytes anywhere in what it may write to. `None` if the system lets nobody look.
    pub fn memory_holds(&self, wanted: &[u8]) -> Result<Option<bool>> {
        let process = format!("/proc/{}", self.process());
        let Ok(memory) = File::open(format!("{process}/mem")) else {
            return Ok(None);
        };
        for line in fs::read_to_string(format!("{process}/maps"))?.lines() {
            let mut fields = line.split_whitespace();
            let (range, rights) = (fields.next().context("no range")?, fields.next().context("no rights")?);
            if !rights.starts_with("rw") {
                continue;
            }
            let (start, end) = range.split_once('-').context("no range")?;
            let (start, end) = (u64::from_str_radix(start, 16)?, u64::from_str_radix(end, 16)?);
            let mut bytes = vec![0; usize::try_from(end - start)?];
            // What was unmapped in the meantime holds nothing any more.
            if memory.read_exact_at(&mut bytes, start).is_ok()
                && bytes.windows(wanted.len()).any(|found| found == wanted)
            {
                return Ok(Some(true));
            }
        }
        Ok(Some(false))
    }

    /// The folder with `commands.toml` and `state`.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The state folder.
    pub fn state(&self) -> PathBuf {
        self.folder.join("state")
    }

    /// The server's certificate, PEM.
    pub fn certificate(&self) -> PathBuf {
        self.state().join("tls/cert.pem")
    }

    /// A bare TCP connection, without TLS, that waits for at most [`TEST_TIMEOUT`].
    pub fn tcp(&self) -> Result<TcpStream> {
        let tcp = TcpStream::connect_timeout(&self.address(), TEST_TIMEOUT)?;
        tcp.set_read_timeout(Some(TEST_TIMEOUT))?;
        tcp.set_write_timeout(Some(TEST_TIMEOUT))?;
        tcp.set_nodelay(true)?;
        Ok(tcp)
    }

    /// A connection over TLS that verified the certificate.
    pub fn connect(&self) -> Result<Connection> {
        Connection::over(self.tcp()?, &self.certificate())
    }

    /// A connection that said `HELLO 3` and `SHELL`, as `name`, in English.
    pub fn shell(&self, name: &str) -> Result<Connection> {
        let mut connection = self.connect()?;
        connection.be_shell(name, "en")?;
        Ok(connection)
    }

    /// A connection by the operator's door. It isn't there yet while programs of a server that was here before are being
    /// ended: then this waits, for at most [`TEST_TIMEOUT`].
    pub fn door(&self) -> Result<Connection> {
        let path = self.state().join("door.sock");
        let end = Instant::now() + TEST_TIMEOUT;
        while !path.exists() && Instant::now() < end {
            thread::sleep(PAUSE);
        }
        Connection::by_door(&path)
    }

    /// The binary that it runs.
    pub(crate) fn binary(&self) -> &Path {
        &self.binary
    }

    /// Runs a subcommand of the server's binary on this server: `&["say", "hello"]`.
    pub fn operator(&self, words: &[&str]) -> Result<Finished> {
        let (subcommand, rest) = words.split_first().context("no subcommand")?;
        let mut command = plain_command(&self.binary);
        command.arg(subcommand).arg("--state-dir").arg(self.state()).args(rest);
        Process::finish(&mut command)
    }

    /// What the server wrote to standard output until now.
    pub fn stdout(&self) -> String {
        self.process.stdout()
    }

    /// What the server wrote to standard error until now.
    pub fn log(&self) -> String {
        self.process.stderr()
    }

    /// Waits until the log has `text` in it.
    pub fn wait_for_log(&self, text: &str) -> Result<()> {
        self.process.wait_for_stderr(text)
    }

    /// Sends a signal, by its name without `SIG`; see [`Process::signal`].
    pub fn signal(&self, name: &str) -> Result<()> {
        self.process.signal(name)
    }

    /// How the process ended, if it has.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        self.process.ended()
    }

    /// Waits for the process to end, for at most [`TEST_TIMEOUT`].
    pub fn wait(&mut self) -> Result<ExitStatus> {
        self.process.wait()
    }
}
