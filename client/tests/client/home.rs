//! A person's home of a test's own, and a terminal to sit at.

use std::io::Write as _;
use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use anyhow::{Context as _, Result, bail};
use caracola_testing::{TEST_TIMEOUT, TestServer, caracolad};
use nix::sys::wait::WaitStatus;
use rexpect::session::{PtySession, spawn_command};
use tempfile::TempDir;

/// Nothing of whoever runs the tests: neither files nor language nor name.
pub(crate) struct Home {
    folder: TempDir,
    language: &'static str,
}

impl Home {
    pub(crate) fn new() -> Result<Self> {
        Ok(Self {
            folder: tempfile::tempdir()?,
            language: "en_US.UTF-8",
        })
    }

    pub(crate) fn spanish() -> Result<Self> {
        Ok(Self {
            language: "es_MX.UTF-8",
            ..Self::new()?
        })
    }

    /// Its folder, which is also in the environment of every process started from here.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where pinned keys are.
    pub(crate) fn known_hosts(&self) -> PathBuf {
        self.folder.path().join("config/caracola/known_hosts")
    }

    /// Where typed lines are.
    pub(crate) fn history(&self) -> PathBuf {
        self.folder.path().join("state/caracola/history")
    }

    /// `caracola` with these arguments, as `ana`.
    pub(crate) fn caracola(&self, arguments: &[&str]) -> Result<Command> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_caracola"));
        let server = caracolad()?;
        let folder = server.parent().context("caracolad is in no folder")?;
        command
            .env_clear()
            .env("PATH", folder)
            .env("HOME", self.folder.path())
            .env("LANG", self.language)
            .env("NO_COLOR", "1")
            .env("TERM", "xterm")
            .env("TZ", "UTC")
            .env("USER", "ana");
        for (variable, name) in [
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_STATE_HOME", "state"),
            ("XDG_CACHE_HOME", "cache"),
        ] {
            command.env(variable, self.folder.path().join(name));
        }
        command.args(arguments);
        Ok(command)
    }

    /// Runs it with this standard input, and waits for its end.
    pub(crate) fn piped(&self, arguments: &[&str], input: &[u8]) -> Result<Output> {
        let mut child = self
            .caracola(arguments)?
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        // A client that ends early doesn't read all of it.
        let _ = child.stdin.take().context("no standard input")?.write_all(input);
        Ok(child.wait_with_output()?)
    }

    /// Runs one line on the server.
    pub(crate) fn run(&self, server: &TestServer, line: &str) -> Result<Output> {
        let address = server.address().to_string();
        self.piped(&[&address, "--fingerprint", server.fingerprint(), "-c", line], b"")
    }

    /// Sits down at a terminal with a shell on the server, and waits for the prompt.
    pub(crate) fn shell(&self, server: &TestServer) -> Result<Terminal> {
        let mut terminal = self.terminal(&[&server.address().to_string(), "--fingerprint", server.fingerprint()])?;
        terminal.expect("lobby> ")?;
        Ok(terminal)
    }

    /// Runs it on a terminal that shows what is typed, unless the client keeps it from that.
    pub(crate) fn echoing_terminal(&self, arguments: &[&str]) -> Result<Terminal> {
        let client = self.caracola(arguments)?;
        let mut command = Command::new("/bin/sh");
        command
            .env_clear()
            .envs(client.get_envs().filter_map(|(name, value)| Some((name, value?))))
            .args(["-c", "/bin/stty echo; exec \"$0\" \"$@\""])
            .arg(client.get_program())
            .args(client.get_args());
        let patience = u64::try_from(TEST_TIMEOUT.as_millis())?;
        Ok(Terminal {
            session: spawn_command(command, Some(patience))?,
        })
    }

    /// Runs it on a terminal.
    pub(crate) fn terminal(&self, arguments: &[&str]) -> Result<Terminal> {
        let patience = u64::try_from(TEST_TIMEOUT.as_millis())?;
        Ok(Terminal {
            session: spawn_command(self.caracola(arguments)?, Some(patience))?,
        })
    }
}

/// What a test reads and types.
pub(crate) struct Terminal {
    session: PtySession,
}

impl Terminal {
    /// Waits until this appears, and gives what came before it.
    pub(crate) fn expect(&mut self, text: &str) -> Result<String> {
        // rexpect takes each byte for a character.
        let bytes: String = text.bytes().map(char::from).collect();
        let before = self.session.exp_string(&bytes)?;
        let before: Option<Vec<u8>> = before.chars().map(|byte| u8::try_from(byte).ok()).collect();
        Ok(String::from_utf8(before.context("no bytes")?)?)
    }

    /// Types without Enter.
    pub(crate) fn type_keys(&mut self, keys: &str) -> Result<()> {
        self.session.send(keys)?;
        Ok(self.session.flush()?)
    }

    /// Waits for the process to end by itself, and gives its exit status.
    pub(crate) fn status(mut self) -> Result<i32> {
        self.session.exp_eof()?;
        match self.session.process().wait()? {
            WaitStatus::Exited(_, status) => Ok(status),
            other => bail!("it ended otherwise: {other:?}"),
        }
    }
}

impl Deref for Terminal {
    type Target = PtySession;

    fn deref(&self) -> &PtySession {
        &self.session
    }
}

impl DerefMut for Terminal {
    fn deref_mut(&mut self) -> &mut PtySession {
        &mut self.session
    }
}

/// What a program wrote, for comparing and for messages.
pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
