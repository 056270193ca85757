//! Runs of programs, and other requests that take their time, on a real server: how they end, who may look at them, and
//! what is remembered of them.

mod cancel;
mod hang_up;
mod keys;
mod rights;
mod secrets;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use anyhow::{Context as _, Result};
use caracola_testing::{Builder, Connection, Process, TestServer, plain_command};
use caracola_wire::{Encoder, Protocol, Value};

/// Everybody's password in these tests.
const PASSWORD: &str = "correct horse battery";

/// Programs for users to run.
const COMMANDS: &str = r#"
[access]
guest = true

[commands.echo]
summary = "Say a word"
exec = ["/bin/echo", "{word}"]
params = [{ name = "word" }]
roles = ["user"]
examples = [{ run = "echo hi", about = "Say hi" }]

[commands.deaf]
summary = "Never end, and hear no request to"
exec = ["/bin/sh", "-c", "trap '' TERM; echo begun; while :; do sleep 1; done"]
roles = ["user"]
examples = [{ run = "deaf", about = "Do it" }]

[commands.endless]
summary = "Begin, and never end"
exec = ["/bin/sh", "-c", "echo begun; exec sleep 1000"]
roles = ["user"]
examples = [{ run = "endless", about = "Do it" }]
"#;

fn builder() -> Builder {
    TestServer::builder()
        .binary(env!("CARGO_BIN_EXE_caracolad"))
        .config(COMMANDS)
}

/// The text of an error; nothing for any other value.
fn said(value: &Value) -> String {
    match value {
        Value::Error(error) => error.to_string(),
        _ => String::new(),
    }
}

/// A server that knows ana and ben, who are users.
fn server() -> Result<TestServer> {
    let server = builder().start()?;
    add(&server, "ana", "user")?;
    add(&server, "ben", "user")?;
    Ok(server)
}

/// Runs `caracolad user` on the server's state folder.
fn user(server: &TestServer, words: &[&str]) -> Result<()> {
    let mut command = plain_command(Path::new(env!("CARGO_BIN_EXE_caracolad")));
    command.arg("user").args(words).arg("--state-dir").arg(server.state());
    Process::finish(&mut command)?.success().map(drop)
}

fn add(server: &TestServer, name: &str, role: &str) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("password");
    fs::write(&file, format!("{PASSWORD}\n"))?;
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600))?;
    let file = file.to_str().context("a path that is not text")?;
    user(server, &["add", name, "--role", role, "--password-file", file])
}

/// A connection, in RESP3, that logged in.
fn logged_in(server: &TestServer, name: &str) -> Result<Connection> {
    let mut connection = server.connect()?;
    let reply = connection.request(&["HELLO", "3", "AUTH", name, PASSWORD])?;
    assert!(reply.map_value("server").is_some(), "{reply:?}");
    Ok(connection)
}

/// The bytes of requests, one behind the other.
fn framed(requests: &[&[&str]]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for words in requests {
        Encoder::new(&mut bytes, Protocol::Resp3).request(words.iter().copied());
    }
    bytes
}

/// Starts a job, and returns its id.
fn start(connection: &mut Connection, key: &str, words: &[&str]) -> Result<String> {
    let reply = connection.request(&[&["JOB", "START", key], words].concat())?;
    let id = reply.as_str().with_context(|| format!("no id: {reply:?}"))?;
    Ok(id.to_owned())
}
