//! The first users: accounts that the real `caracolad user` makes, and logins to a real server.

mod accounts;
mod crowd;
mod hello;
mod login;
mod memory;
mod names;
mod reload;
mod terminal;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;
use caracola_testing::{Connection, Finished, Process, TestServer, error_code, plain_command};
use caracola_wire::{Encoder, Protocol, Value};

use crate::{builder, server};

/// Everybody's password in these tests, unless it matters.
const PASSWORD: &str = "correct horse battery";

/// `caracolad user` on a state folder, without input.
fn user_command(state: &Path, words: &[&str]) -> Command {
    let mut command = plain_command(Path::new(env!("CARGO_BIN_EXE_caracolad")));
    command.arg("user").args(words).arg("--state-dir").arg(state);
    command
}

fn user(state: &Path, words: &[&str]) -> Result<Finished> {
    Process::finish(&mut user_command(state, words))
}

/// Writes a file that nobody else can read.
fn write_secret(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text)?;
    Ok(fs::set_permissions(path, fs::Permissions::from_mode(0o600))?)
}

/// The same with a password in a file.
fn user_with_password(state: &Path, words: &[&str], password: &str) -> Result<Finished> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("password");
    write_secret(&file, &format!("{password}\n"))?;
    let mut command = user_command(state, words);
    Process::finish(command.arg("--password-file").arg(&file))
}

fn add(server: &TestServer, name: &str, role: &str) -> Result<()> {
    let added = user_with_password(&server.state(), &["add", name, "--role", role], PASSWORD)?.success()?;
    assert_eq!(added, format!("Added {name}, {role}.\n"));
    Ok(())
}

fn users_file(server: &TestServer) -> PathBuf {
    server.state().join("users.toml")
}

/// Replaces the file as an editor does: the new text is moved to its place.
fn edit(server: &TestServer, change: impl Fn(&str) -> String) -> Result<()> {
    let text = fs::read_to_string(users_file(server))?;
    let changed = change(&text);
    assert_ne!(changed, text, "nothing was changed");
    let draft = server.state().join("draft");
    fs::write(&draft, changed)?;
    fs::rename(draft, users_file(server))?;
    Ok(())
}

/// A connection that logged in.
fn logged_in(server: &TestServer, name: &str) -> Result<Connection> {
    let mut connection = server.connect()?;
    let reply = connection.request(&["AUTH", name, PASSWORD])?;
    assert_eq!(reply.as_str(), Some("OK"), "{reply:?}");
    Ok(connection)
}

/// A shell that logged in, as our client does it.
fn shell(server: &TestServer, name: &str) -> Result<Connection> {
    let mut connection = server.connect()?;
    let reply = connection.request(&["HELLO", "3", "AUTH", name, PASSWORD])?;
    assert_eq!(error_code(&reply), "", "{reply:?}");
    let welcome = connection.be_shell(name, "en")?;
    assert_eq!((welcome.name.as_str(), welcome.user.as_str()), (name, name));
    Ok(connection)
}

/// The bytes of a request.
fn framed(words: &[&str]) -> Vec<u8> {
    let mut bytes = Vec::new();
    Encoder::new(&mut bytes, Protocol::Resp3).request(words.iter().copied());
    bytes
}

/// Whether the connection may run what only operators see.
fn is_operator(connection: &mut Connection) -> Result<bool> {
    let reply = connection.request(&["RUN", "sessions"])?;
    match error_code(&reply) {
        "" => Ok(true),
        "UNKNOWN" => Ok(false),
        _ => anyhow::bail!("{reply:?}"),
    }
}

fn is_ok(reply: &Value) -> bool {
    reply.as_str() == Some("OK")
}
