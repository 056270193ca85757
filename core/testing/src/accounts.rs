//! Accounts of a server, as the real `caracolad user` makes them, and who logs in to them.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, ensure};

use crate::{Connection, Finished, Process, TestServer, error_code, plain_command, write_secret};

/// The password of every account, unless it matters.
pub const PASSWORD: &str = "correct horse battery";

/// `caracolad user` on a state folder, without input: `&["remove", "ana"]`.
pub fn user_command(binary: &Path, state: &Path, words: &[&str]) -> Command {
    let mut command = plain_command(binary);
    command.arg("user").args(words).arg("--state-dir").arg(state);
    command
}

/// Runs it with a password in a file: `&["add", "ana"]`.
pub fn user_with_password(binary: &Path, state: &Path, words: &[&str], password: &str) -> Result<Finished> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("password");
    write_secret(&file, &format!("{password}\n"))?;
    Process::finish(user_command(binary, state, words).arg("--password-file").arg(&file))
}

impl TestServer {
    /// `caracolad user` on this server's state folder, without input.
    pub fn user_command(&self, words: &[&str]) -> Command {
        user_command(self.binary(), &self.state(), words)
    }

    /// Runs it.
    pub fn user(&self, words: &[&str]) -> Result<Finished> {
        Process::finish(&mut self.user_command(words))
    }

    /// Runs it with a password.
    pub fn user_with_password(&self, words: &[&str], password: &str) -> Result<Finished> {
        user_with_password(self.binary(), &self.state(), words, password)
    }

    /// Makes an account with [`PASSWORD`].
    pub fn add_user(&self, name: &str, role: &str) -> Result<()> {
        let words = ["add", name, "--role", role];
        let added = self.user_with_password(&words, PASSWORD)?.success()?;
        ensure!(added == format!("Added {name}, {role}.\n"), "{added}");
        Ok(())
    }

    /// A shell that logged in with [`PASSWORD`], as our client does it.
    pub fn shell_logged_in(&self, name: &str) -> Result<Connection> {
        let mut connection = self.connect()?;
        let reply = connection.request(&["HELLO", "3", "AUTH", name, PASSWORD])?;
        ensure!(error_code(&reply).is_empty(), "{reply:?}");
        let welcome = connection.be_shell(name, "en")?;
        ensure!(welcome.name == name && welcome.user == name, "{welcome:?}");
        Ok(connection)
    }
}
