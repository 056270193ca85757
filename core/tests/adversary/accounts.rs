//! Accounts for these tests: made by the real `caracolad user`, and logged in to.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use anyhow::Result;
use caracola_testing::{Connection, Finished, Process, TestServer, error_code, plain_command};

/// Everybody's password, at first.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// `caracolad user` on the server's state folder.
pub(crate) fn user_command(server: &TestServer, words: &[&str]) -> Command {
    let mut command = plain_command(Path::new(env!("CARGO_BIN_EXE_caracolad")));
    command.arg("user").args(words).arg("--state-dir").arg(server.state());
    command
}

/// Runs it, with [`PASSWORD`] for a new account.
pub(crate) fn user(server: &TestServer, words: &[&str]) -> Result<Finished> {
    if words[0] == "add" {
        return user_with_password(server, words, PASSWORD);
    }
    Process::finish(&mut user_command(server, words))
}

/// Runs it with a password.
pub(crate) fn user_with_password(server: &TestServer, words: &[&str], password: &str) -> Result<Finished> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("password");
    fs::write(&file, password)?;
    fs::set_permissions(&file, Permissions::from_mode(0o600))?;
    Process::finish(user_command(server, words).arg("--password-file").arg(&file))
}

/// A shell that logged in with [`PASSWORD`].
pub(crate) fn logged_in(server: &TestServer, name: &str) -> Result<Connection> {
    let mut connection = server.connect()?;
    let reply = connection.request(&["HELLO", "3", "AUTH", name, PASSWORD])?;
    assert_eq!(error_code(&reply), "", "{reply:?}");
    connection.be_shell(name, "en")?;
    Ok(connection)
}
