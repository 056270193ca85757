//! What a key costs at a prompt that knows ten thousand commands: the real shell on a pseudo-terminal, from the key to what
//! it draws, and the time on a processor that it takes for that. `cargo bench --bench keystroke`; `$COMMANDS` says how many
//! there are (10,000 without it). The server may be any build of it: nobody waits for it here.
#![allow(clippy::print_stdout, reason = "it prints what it measured")]

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::os::fd::AsFd as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use caracola_testing::{TEST_TIMEOUT, TestServer};
use rexpect::process::PtyProcess;
use rustix::event::{PollFd, PollFlags, Timespec, poll};

/// Lines that are typed.
const LINES: usize = 50;
/// What is typed of each: a name that hundreds of others begin like, key by key.
const LINE: &str = "tool77";
/// Takes the line back.
const CLEAR: &str = "\u{15}";
/// After this much silence, nothing more is drawn.
const SILENCE: Duration = Duration::from_millis(30);

fn main() -> Result<()> {
    let commands = std::env::var("COMMANDS")
        .ok()
        .and_then(|commands| commands.parse().ok());
    let commands = commands.unwrap_or(10_000);
    for count in [100, commands] {
        measure(count)?;
    }
    Ok(())
}

fn measure(commands: usize) -> Result<()> {
    let server = TestServer::builder().config(file(commands)).start()?;
    let home = tempfile::tempdir()?;
    let mut command = Command::new(env!("CARGO_BIN_EXE_caracola"));
    command
        .env_clear()
        .env("HOME", home.path())
        .env("LANG", "en_US.UTF-8")
        .env("TERM", "xterm")
        .args([&server.address().to_string(), "--fingerprint", server.fingerprint()]);
    let process = PtyProcess::new(command)?;
    let mut terminal = Terminal {
        file: process.get_file_handle()?,
        process: String::new(),
    };
    terminal.wait_for("lobby")?;
    // Before this it may not be called so yet: it is forked first.
    terminal.process = shell()?;
    // The grey hint says that the commands are there.
    let start = Instant::now();
    while !terminal.type_all("tool1 ")?.contains("KEY") {
        terminal.type_all(CLEAR)?;
        anyhow::ensure!(start.elapsed() < TEST_TIMEOUT, "the commands did not come");
    }
    terminal.type_all(CLEAR)?;

    let (mut keys, mut tabs) = (Vec::new(), Vec::new());
    let (mut key_work, mut tab_work) = (Duration::ZERO, Duration::ZERO);
    for _ in 0..LINES {
        let before = terminal.processor_time()?;
        for key in LINE.split_inclusive(|_: char| true) {
            keys.push(terminal.key(key)?);
        }
        let middle = terminal.processor_time()?;
        // The first finds that there are several, the second lists them.
        tabs.push(terminal.key("\t\t")?);
        key_work += middle.saturating_sub(before);
        tab_work += terminal.processor_time()?.saturating_sub(middle);
        // There may be a question whether to list all.
        terminal.type_all("\u{3}")?;
        terminal.type_all(CLEAR)?;
    }
    println!(
        "{commands} commands: a letter {}, {:.0?} of a processor; two Tabs {}, {:.0?} of a processor",
        spread(&mut keys),
        key_work / u32::try_from(keys.len())?,
        spread(&mut tabs),
        tab_work / u32::try_from(tabs.len())?,
    );
    Ok(())
}

/// The process id of the shell that this process started.
fn shell() -> Result<String> {
    let children = fs::read_to_string("/proc/thread-self/children")?;
    let is_shell = |child: &&str| {
        let name = fs::read_to_string(format!("/proc/{child}/comm"));
        name.is_ok_and(|name| name.trim_end() == "caracola")
    };
    let shell = children.split_whitespace().find(is_shell);
    Ok(shell.context("there is no shell")?.to_owned())
}

/// Lookups, since their hints tell when they are known.
fn file(commands: usize) -> String {
    let mut text = String::from("[access]\nguest = true\n\n");
    for number in 0..commands {
        let _ = writeln!(
            text,
            "[commands.tool{number}]\nsummary = \"Does thing {number}\"\n[commands.tool{number}.lookup]\none = \"First\"\n"
        );
    }
    text
}

/// The person's side of the pseudo-terminal.
struct Terminal {
    file: File,
    process: String,
}

impl Terminal {
    /// Types one key, and gives the time until something is drawn. Waits until all is.
    fn key(&mut self, key: &str) -> Result<Duration> {
        let start = Instant::now();
        self.file.write_all(key.as_bytes())?;
        if self.read(TEST_TIMEOUT)?.is_empty() {
            bail!("nothing is drawn for {key:?}");
        }
        let time = start.elapsed();
        while !self.read(SILENCE)?.is_empty() {}
        Ok(time)
    }

    /// Types keys at once, and gives all that is drawn.
    fn type_all(&mut self, keys: &str) -> Result<String> {
        self.file.write_all(keys.as_bytes())?;
        let mut drawn = Vec::new();
        loop {
            let more = self.read(SILENCE)?;
            if more.is_empty() {
                return Ok(String::from_utf8_lossy(&drawn).into_owned());
            }
            drawn.extend(more);
        }
    }

    fn wait_for(&mut self, text: &str) -> Result<()> {
        let mut drawn = String::new();
        while !drawn.contains(text) {
            let more = self.read(TEST_TIMEOUT)?;
            anyhow::ensure!(!more.is_empty(), "no {text:?} in {drawn:?}");
            drawn.push_str(&String::from_utf8_lossy(&more));
        }
        Ok(())
    }

    /// What comes next; nothing after this much silence.
    fn read(&mut self, silence: Duration) -> Result<Vec<u8>> {
        let silence = Timespec::try_from(silence)?;
        let mut polled = [PollFd::from_borrowed_fd(self.file.as_fd(), PollFlags::IN)];
        if poll(&mut polled, Some(&silence))? == 0 {
            return Ok(Vec::new());
        }
        let mut bytes = vec![0; 64 * 1024];
        let length = self.file.read(&mut bytes)?;
        bytes.truncate(length);
        Ok(bytes)
    }

    /// The time that all threads of the shell have had a processor.
    fn processor_time(&self) -> Result<Duration> {
        let mut nanoseconds = 0;
        for task in fs::read_dir(Path::new("/proc").join(&self.process).join("task"))? {
            let text = fs::read_to_string(task?.path().join("schedstat"))?;
            let first = text.split_whitespace().next().context("an empty schedstat")?;
            nanoseconds += first.parse::<u64>()?;
        }
        Ok(Duration::from_nanos(nanoseconds))
    }
}

fn spread(times: &mut [Duration]) -> String {
    times.sort();
    let at = |percent: usize| times[(times.len() - 1) * percent / 100];
    format!("median {:.0?}, p99 {:.0?}", at(50), at(99))
}
