//! A process of a test's own: what it writes is followed, and it never outlives the test.

use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

use crate::follow::Written;

/// A running program. It is killed when this is dropped.
#[derive(Debug)]
pub struct Process {
    child: Child,
    stdout: Arc<Written>,
    stderr: Arc<Written>,
}

/// A program that ended.
#[derive(Debug, Clone)]
pub struct Finished {
    /// How it ended.
    pub status: ExitStatus,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

impl Process {
    /// Starts a program. Its standard input is as the command says.
    pub fn start(command: &mut Command) -> Result<Self> {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {}", command.get_program().display()))?;
        let stdout = child.stdout.take().context("no standard output")?;
        let stderr = child.stderr.take().context("no standard error")?;
        Ok(Self {
            child,
            stdout: Written::follow(stdout),
            stderr: Written::follow(stderr),
        })
    }

    /// Runs a program without input to its end, for at most [`crate::TEST_TIMEOUT`].
    pub fn finish(command: &mut Command) -> Result<Finished> {
        Self::start(command.stdin(Stdio::null()))?.finished()
    }

    /// The process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The writing end of its standard input, if the command piped it and nobody has taken it yet.
    pub fn stdin(&mut self) -> Option<ChildStdin> {
        self.child.stdin.take()
    }

    /// What it wrote to standard output until now.
    pub fn stdout(&self) -> String {
        self.stdout.text()
    }

    /// What it wrote to standard error until now.
    pub fn stderr(&self) -> String {
        self.stderr.text()
    }

    /// Waits until `found` finds something on standard output. `what` names it for the failure.
    pub fn wait_for_stdout<T>(&self, what: &str, found: impl Fn(&str) -> Option<T>) -> Result<T> {
        self.stdout.wait_until(what, found)
    }

    /// Waits for the first line of standard output.
    pub fn first_line(&self) -> Result<String> {
        let line = |written: &str| Some(written.split_once('\n')?.0.to_owned());
        self.wait_for_stdout("a line", line)
    }

    /// Waits until standard error has `text` in it.
    pub fn wait_for_stderr(&self, text: &str) -> Result<()> {
        let found = |written: &str| written.contains(text).then_some(());
        self.stderr.wait_until(&format!("{text:?}"), found)
    }

    /// Sends a signal, by its name without `SIG`: TERM, INT, HUP, KILL, STOP or CONT.
    pub fn signal(&self, name: &str) -> Result<()> {
        let signal = match name {
            "TERM" => Signal::TERM,
            "INT" => Signal::INT,
            "HUP" => Signal::HUP,
            "KILL" => Signal::KILL,
            "STOP" => Signal::STOP,
            "CONT" => Signal::CONT,
            other => bail!("no signal that a test would send: {other}"),
        };
        // Until it is waited for, the number is its own; no test signals what it has waited for.
        let process = Pid::from_child(&self.child);
        Ok(kill_process(process, signal)?)
    }

    /// How it ended, if it has.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        Ok(self.child.try_wait()?)
    }

    /// Waits for it to end, for at most [`crate::TEST_TIMEOUT`].
    pub fn wait(&mut self) -> Result<ExitStatus> {
        // The end of its streams is the event; the status is there a moment later.
        self.stdout.wait_for_end()?;
        self.stderr.wait_for_end()?;
        Ok(self.child.wait()?)
    }

    /// Waits for it to end, and gives all that it wrote.
    pub fn finished(mut self) -> Result<Finished> {
        let status = self.wait()?;
        Ok(Finished {
            status,
            stdout: self.stdout(),
            stderr: self.stderr(),
        })
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Finished {
    /// The standard output of a program that succeeded; an error with all that is known of one that didn't.
    pub fn success(self) -> Result<String> {
        if !self.status.success() {
            bail!(
                "it ended with {}\nstdout: {}\nstderr: {}",
                self.status,
                self.stdout,
                self.stderr
            );
        }
        Ok(self.stdout)
    }
}
