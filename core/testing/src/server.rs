//! A server process of a test's own.

use std::ffi::OsString;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use tempfile::TempDir;

use crate::connection::Connection;
use crate::{PATIENCE, binary};

/// How a test's server is to be.
#[derive(Debug, Default)]
pub struct Builder {
    binary: Option<PathBuf>,
    config: Option<String>,
    listen: Vec<String>,
    arguments: Vec<OsString>,
}

/// A running server with a state folder and a port of its own. It is killed when this is dropped.
#[derive(Debug)]
pub struct TestServer {
    child: Child,
    folder: TempDir,
    addresses: Vec<SocketAddr>,
    fingerprint: String,
    log: Arc<Log>,
}

/// What the server wrote to standard error.
#[derive(Debug, Default)]
struct Log {
    text: Mutex<(String, bool)>,
    more: Condvar,
}

impl Builder {
    /// The binary to run; without it, [`binary::caracolad`]'s. A package with the binary in it gives its own
    /// `env!("CARGO_BIN_EXE_caracolad")`.
    #[must_use]
    pub fn binary(mut self, path: impl Into<PathBuf>) -> Self {
        self.binary = Some(path.into());
        self
    }

    /// The text of the `commands.toml` to serve; without it, the default one.
    #[must_use]
    pub fn config(mut self, toml: impl Into<String>) -> Self {
        self.config = Some(toml.into());
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

    /// Starts the server and waits until it listens.
    pub fn start(self) -> Result<TestServer> {
        let folder = tempfile::Builder::new().prefix("caracola-test-").tempdir()?;
        let binary = match &self.binary {
            Some(binary) => binary.clone(),
            None => binary::caracolad()?,
        };
        let mut child = self
            .command(&binary, folder.path())?
            .spawn()
            .context("cannot start caracolad")?;
        let log = Arc::new(Log::default());
        let stderr = child.stderr.take().context("no standard error")?;
        thread::spawn({
            let log = Arc::clone(&log);
            move || log.follow(BufReader::new(stderr))
        });
        let stdout = BufReader::new(child.stdout.take().context("no standard output")?);
        let mut server = TestServer {
            child,
            folder,
            addresses: Vec::new(),
            fingerprint: String::new(),
            log,
        };
        let wanted = self.listen.len().max(1);
        for line in stdout.lines() {
            let line = line?;
            let mut words = line.split(' ');
            if words.next() != Some("listening") {
                bail!("an odd line on standard output: {line:?}");
            }
            server.addresses.push(words.next().context("no address")?.parse()?);
            words
                .next()
                .context("no fingerprint")?
                .clone_into(&mut server.fingerprint);
            if server.addresses.len() == wanted {
                return Ok(server);
            }
        }
        let status = server.child.wait()?;
        bail!("caracolad ended with {status} before it listened:\n{}", server.log());
    }

    /// The command that [`Builder::start`] runs, for tests of servers that do not start.
    pub fn command(&self, binary: &Path, folder: &Path) -> Result<Command> {
        let mut command = Command::new(binary);
        command
            .arg("serve")
            .arg("--state-dir")
            .arg(folder.join("state"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        // A test must not depend on who runs it.
        for variable in ["CARACOLA_CONFIG", "CARACOLA_LISTEN", "CARACOLA_LOG", "STATE_DIRECTORY"] {
            command.env_remove(variable);
        }
        let config = folder.join("commands.toml");
        let text = self.config.as_deref().unwrap_or(DEFAULT_CONFIG);
        fs::write(&config, text)?;
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
        Ok(command)
    }
}

/// The default file as it is in the tree.
const DEFAULT_CONFIG: &str = include_str!("../../../commands.toml");

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
        self.child.id()
    }

    /// The folder with `commands.toml` and `state`.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The state folder.
    pub fn state(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    /// The server's certificate, PEM.
    pub fn certificate(&self) -> PathBuf {
        self.state().join("tls/cert.pem")
    }

    /// A connection over TLS that verified the certificate.
    pub fn connect(&self) -> Result<Connection> {
        Connection::open(self.address(), &self.certificate())
    }

    /// A connection that said `HELLO 3` and `SHELL`, as `name`, in English.
    pub fn shell(&self, name: &str) -> Result<Connection> {
        let mut connection = self.connect()?;
        connection.be_shell(name, "en")?;
        Ok(connection)
    }

    /// What the server wrote to standard error until now.
    pub fn log(&self) -> String {
        self.log.text.lock().unwrap_or_else(PoisonError::into_inner).0.clone()
    }

    /// Waits until the log has `text` in it.
    pub fn wait_for_log(&self, text: &str) -> Result<()> {
        let end = Instant::now() + PATIENCE;
        let mut log = self.log.text.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if log.0.contains(text) {
                return Ok(());
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() || log.1 {
                bail!("the log never said {text:?}:\n{}", log.0);
            }
            log = self
                .log
                .more
                .wait_timeout(log, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    /// Sends a signal, by its name without `SIG`, as `kill` knows it.
    pub fn signal(&self, name: &str) -> Result<()> {
        let status = Command::new("kill")
            .arg(format!("-{name}"))
            .arg(self.process().to_string())
            .status()?;
        if !status.success() {
            bail!("kill: {status}");
        }
        Ok(())
    }

    /// Waits for the process to end, for at most [`PATIENCE`].
    pub fn wait(&mut self) -> Result<ExitStatus> {
        let end = Instant::now() + PATIENCE;
        // The end of standard error is the event; the status is there a moment later.
        let mut log = self.log.text.lock().unwrap_or_else(PoisonError::into_inner);
        while !log.1 {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                bail!("caracolad did not end:\n{}", log.0);
            }
            log = self
                .log
                .more
                .wait_timeout(log, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        drop(log);
        Ok(self.child.wait()?)
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Log {
    fn follow(&self, mut stderr: impl std::io::BufRead) {
        let mut line = Vec::new();
        while stderr.read_until(b'\n', &mut line).is_ok_and(|count| count > 0) {
            let mut log = self.text.lock().unwrap_or_else(PoisonError::into_inner);
            log.0.push_str(&String::from_utf8_lossy(&line));
            line.clear();
            self.more.notify_all();
        }
        self.text.lock().unwrap_or_else(PoisonError::into_inner).1 = true;
        self.more.notify_all();
    }
}
