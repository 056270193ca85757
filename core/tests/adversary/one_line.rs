//! One error is one line, whatever a program wrote or somebody typed: nobody's terminal or log is filled by it.

use anyhow::Result;
use caracola_testing::{Connection, TestServer};
use caracola_wire::Value;

/// Programs that guests may run.
const COMMANDS: &str = r#"
[access]
guest = true
guest_exec = true

[commands.long]
summary = "Fail with one line of 256 KiB"
exec = ["/bin/sh", "-c", "head -c 262144 /dev/zero | tr '\\0' x >&2; exit 3"]
roles = ["guest"]
max_output = "1MiB"
examples = [{ run = "long", about = "Do it" }]

[commands.pick]
summary = "One of few"
exec = ["/bin/echo", "{word}"]
params = [{ name = "word", choices = ["a", "b"] }]
roles = ["guest"]
examples = [{ run = "pick a", about = "Do it" }]

[commands.key]
summary = "Look up"
params = [{ name = "key" }]
examples = [{ run = "key a", about = "Do it" }]
[commands.key.lookup]
a = "b"
"#;

/// Bytes that an error may have: what was typed or written is one part of it, beside a sentence and a usage line.
const LONGEST_ERROR: usize = 512;

fn server() -> Result<TestServer> {
    TestServer::builder()
        .binary(env!("CARGO_BIN_EXE_caracolad"))
        .config(COMMANDS)
        .start()
}

fn error(reply: &Value) -> String {
    match reply {
        Value::Error(error) => error.to_string(),
        other => panic!("no error: {other:?}"),
    }
}

#[test]
fn the_last_line_of_a_program_is_cut() -> Result<()> {
    let server = server()?;
    let mut connection = server.connect()?;
    for protocol in ["2", "3"] {
        connection.request(&["HELLO", protocol])?;
        let said = error(&connection.request(&["RUN", "long"])?);
        assert!(said.starts_with("FAILED exit=3 job="), "{said}");
        let (_, line) = said.split_once(" : ").unwrap_or_default();
        assert_eq!(line.len(), 256, "{} bytes", line.len());
        assert!(line.starts_with("xxx") && line.ends_with('…'), "{line}");
    }
    Ok(())
}

#[test]
fn what_was_typed_is_cut_in_every_error() -> Result<()> {
    let server = server()?;
    let long = "é".repeat(8_000);
    let mut shell = server.shell("ana")?;
    let check = |connection: &mut Connection, words: &[&str]| -> Result<()> {
        let said = error(&connection.request(words)?);
        assert!(said.len() <= LONGEST_ERROR, "{words:.20?}: {} bytes", said.len());
        Ok(())
    };
    let lines: [&[&str]; 11] = [
        &["pick", &long],
        &["pick", "a", &long],
        &["key", &long],
        &[&long],
        &["help", &long],
        &["tell", &long, "hello"],
        &["name", &long],
        &["lang", &long],
        &["join", &long],
        &["leave", &long],
        &["JOB", &long],
    ];
    for line in lines {
        check(&mut shell, &[&["RUN"], line].concat())?;
    }
    for verb in [
        &["JOB", long.as_str()][..],
        &["JOB", "READ", &long],
        &["JOB", "START", "k", &long],
        &["CLIENT", &long],
        &[&long],
        &["SUBSCRIBE", &long],
        &["IMAGE", &long],
    ] {
        check(&mut shell, verb)?;
    }
    Ok(())
}
