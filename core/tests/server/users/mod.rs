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
use std::path::{Path, PathBuf};

use anyhow::Result;
use caracola_testing::{Connection, Finished, PASSWORD, Process, TestServer, error_code, user_command};
use caracola_wire::Value;

use crate::{builder, server};

fn binary() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_caracolad"))
}

/// Runs `caracolad user` on a state folder, without input.
fn user(state: &Path, words: &[&str]) -> Result<Finished> {
    Process::finish(&mut user_command(binary(), state, words))
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
