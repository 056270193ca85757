//! `caracola try`: a private server for as long as this shell lasts.
//!
//! The server ends when its standard input does, and this process holds the only other end of it: so it ends however this process
//! does, by `kill -9` too.

use std::collections::VecDeque;
use std::env;
use std::io::{BufRead as _, BufReader, Read};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use caracola_speech::Speech;

use crate::address::Address;
use crate::connection::fingerprint::Fingerprint;
use crate::io_reason::io_reason;
use crate::layout::sanitize;

const SERVER: &str = "caracolad";
/// A server that hasn't said where it listens by then has failed.
const START_LIMIT: Duration = Duration::from_secs(10);
/// A server that hasn't ended so long after its standard input has is killed.
const END_LIMIT: Duration = Duration::from_secs(6);
/// Lines of its log that are shown when it fails to start.
const LAST_LINES: usize = 10;

/// A running private server. Dropping it ends it.
pub(crate) struct Trial {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: Receiver<String>,
    pub(crate) address: Address,
    pub(crate) fingerprint: Fingerprint,
}

/// Why there is none.
#[derive(Debug)]
pub(crate) enum TrialError {
    NoServer,
    Start(std::io::Error),
    /// It ended, or said nothing; with the last lines of its log.
    Silent {
        ended: bool,
        log: Vec<String>,
    },
}

impl TrialError {
    pub(crate) fn explain(&self, speech: Speech) -> String {
        match self {
            Self::NoServer => speech.no_caracolad(),
            Self::Start(error) => speech.trial_failed(io_reason(error, speech)),
            Self::Silent { ended, log } => {
                let why = if *ended {
                    speech.trial_ended()
                } else {
                    speech.trial_silent()
                };
                let mut text = speech.trial_failed(why);
                for line in log {
                    text.push_str("\n  ");
                    text.push_str(&sanitize::line(line));
                }
                text
            }
        }
    }
}

impl Trial {
    /// Starts the server and waits until it listens. With `practice`, commands act in folders that go with the server.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one program that the shell starts is a server"
    )]
    pub(crate) fn start(practice: bool) -> Result<Self, TrialError> {
        let program = find_server().ok_or(TrialError::NoServer)?;
        let mut child = Command::new(program)
            .args(["serve", "--private", "--listen", "127.0.0.1:0"])
            .args(practice.then_some("--practice"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // A group of its own: Ctrl-C at the terminal is for the shell.
            .process_group(0)
            .spawn()
            .map_err(TrialError::Start)?;
        let stdin = child.stdin.take();
        let stdout = lines_of(child.stdout.take());
        let log = keep_last_lines(child.stderr.take());
        let listening = wait_until_listening(&stdout);
        match listening {
            Ok((address, fingerprint)) => Ok(Self {
                child,
                stdin,
                stdout,
                address,
                fingerprint,
            }),
            Err(ended) => {
                drop(stdin);
                // It may be gone already, which is what is wanted.
                let _ = child.kill();
                let _ = child.wait();
                Err(TrialError::Silent {
                    ended,
                    log: log.lines(),
                })
            }
        }
    }

    /// The line by which another terminal on this machine joins. `program` is how this one was called.
    pub(crate) fn invitation(&self, program: &str) -> String {
        let program = if program.contains('/') { program } else { "caracola" };
        format!("{program} {} --fingerprint {}", self.address, self.fingerprint)
    }
}

impl Drop for Trial {
    fn drop(&mut self) {
        drop(self.stdin.take());
        // Its standard output ends when it does.
        loop {
            match self.stdout.recv_timeout(END_LIMIT) {
                Ok(_) => {}
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {
                    let _ = self.child.kill();
                    break;
                }
            }
        }
        let _ = self.child.wait();
    }
}

/// Beside this program, else on PATH.
fn find_server() -> Option<PathBuf> {
    let beside = env::current_exe()
        .ok()
        .and_then(|program| Some(program.parent()?.join(SERVER)));
    let on_path = env::var_os("PATH").unwrap_or_default();
    beside
        .into_iter()
        .chain(env::split_paths(&on_path).map(|folder| folder.join(SERVER)))
        .find(|path| is_program(path))
}

fn is_program(path: &Path) -> bool {
    path.metadata()
        .is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

/// Says where it listens, or whether it ended without having said so.
fn wait_until_listening(stdout: &Receiver<String>) -> Result<(Address, Fingerprint), bool> {
    let end = std::time::Instant::now() + START_LIMIT;
    loop {
        let left = end.saturating_duration_since(std::time::Instant::now());
        match stdout.recv_timeout(left) {
            Ok(line) => {
                if let Some(found) = parse_listening(&line) {
                    return Ok(found);
                }
            }
            Err(error) => return Err(error == RecvTimeoutError::Disconnected),
        }
    }
}

/// `listening ADDR:PORT SHA256:FINGERPRINT`; more words may follow in a later version.
fn parse_listening(line: &str) -> Option<(Address, Fingerprint)> {
    let mut words = line.split_whitespace();
    if words.next() != Some("listening") {
        return None;
    }
    let address = Address::parse(words.next()?).ok()?;
    Some((address, words.next()?.parse().ok()?))
}

/// Reads lines on a thread of their own, which ends when the pipe does. Lines that nobody takes are dropped, so that the server
/// never waits for a reader.
fn lines_of(pipe: Option<impl Read + Send + 'static>) -> Receiver<String> {
    let (sender, receiver): (SyncSender<String>, _) = sync_channel(64);
    if let Some(pipe) = pipe {
        std::thread::spawn(move || {
            for line in BufReader::new(pipe).lines().map_while(Result::ok) {
                let _ = sender.try_send(line);
            }
        });
    }
    receiver
}

/// The end of a log that goes on being written.
#[derive(Clone, Default)]
struct Log {
    last: Arc<Mutex<VecDeque<String>>>,
    reader: Arc<Mutex<Option<std::thread::JoinHandle<()>>>>,
}

impl Log {
    /// What was written last. The writer has ended.
    fn lines(&self) -> Vec<String> {
        let reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(reader) = reader {
            let _ = reader.join();
        }
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.iter().cloned().collect()
    }
}

fn keep_last_lines(pipe: Option<impl Read + Send + 'static>) -> Log {
    let log = Log::default();
    let last = Arc::clone(&log.last);
    if let Some(pipe) = pipe {
        let reader = std::thread::spawn(move || {
            for line in BufReader::new(pipe).lines().map_while(Result::ok) {
                let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
                if last.len() == LAST_LINES {
                    last.pop_front();
                }
                last.push_back(line);
            }
        });
        *log.reader.lock().unwrap_or_else(PoisonError::into_inner) = Some(reader);
    }
    log
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_where_the_server_listens() {
        let fingerprint = Fingerprint::of_key(b"key");
        let found = parse_listening(&format!("listening 127.0.0.1:4242 {fingerprint}"));
        let (address, seen) = found.expect("a listening line");
        assert_eq!((address.to_string().as_str(), seen), ("127.0.0.1:4242", fingerprint));
        for line in ["", "listening", "listening 127.0.0.1:1", "ready 127.0.0.1:1 SHA256:x"] {
            assert!(parse_listening(line).is_none(), "{line}");
        }
    }

    #[test]
    fn a_log_keeps_its_end() {
        let lines: Vec<String> = (0..100).map(|number| format!("line {number}")).collect();
        let log = keep_last_lines(Some(std::io::Cursor::new(lines.join("\n"))));
        let lines = log.lines();
        assert_eq!(lines.len(), LAST_LINES);
        assert_eq!(lines.last().map(String::as_str), Some("line 99"));
    }
}
