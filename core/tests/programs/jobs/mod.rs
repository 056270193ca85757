//! Runs of programs, and other requests that take their time, on a real server: how they end, who may look at them, and
//! what is remembered of them.

mod cancel;
mod hang_up;
mod keys;
mod rights;
mod secrets;

use anyhow::{Context as _, Result};
use caracola_testing::{Builder, Connection, PASSWORD, TestServer};
use caracola_wire::Value;

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
    server.add_user("ana", "user")?;
    server.add_user("ben", "user")?;
    Ok(server)
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
    let each = requests.iter().map(|words| caracola_testing::framed(words));
    each.collect::<Vec<_>>().concat()
}

/// Starts a job, and returns its id.
fn start(connection: &mut Connection, key: &str, words: &[&str]) -> Result<String> {
    let reply = connection.request(&[&["JOB", "START", key], words].concat())?;
    let id = reply.as_str().with_context(|| format!("no id: {reply:?}"))?;
    Ok(id.to_owned())
}
