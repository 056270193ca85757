//! The value of a `secret` param goes to its program, and is nowhere else: in no reply, list, log, file or memory.
//!
//! By the door, where all buffers are ours: over TLS the last record stays in OpenSSL's buffer until the next one is read.

use std::fs;

use anyhow::{Context as _, Result};
use caracola_testing::{TestServer, error_code};
use caracola_wire::Value;

use super::{COMMANDS, builder, framed, said};

const SECRET_COMMANDS: &str = r#"
[commands.unlock]
summary = "Open a door"
exec = ["/bin/sh", "-c", "wc -c; exit \"$2\"", "sh", "{status}"]
params = [
    { name = "door", choices = ["front", "back"] },
    { name = "pin", type = "secret", max_len = 40 },
    { name = "status", type = "integer", flag = "--status", default = 0 },
]
stdin = "{door}{pin}"
roles = ["user"]
examples = [{ run = "unlock front", about = "Asks for the PIN" }]

[commands.recite]
summary = "Count a secret of several words"
exec = ["/usr/bin/wc", "-c"]
params = [{ name = "words", type = "secret", rest = true }]
stdin = "{words}"
roles = ["user"]
examples = [{ run = "recite", about = "Asks for it" }]
"#;

/// All files below a folder that have these bytes in them.
fn files_with(folder: &std::path::Path, wanted: &str) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files_with(&path, wanted)?);
        } else if fs::read(&path).is_ok_and(|bytes| bytes.windows(wanted.len()).any(|part| part == wanted.as_bytes())) {
            found.push(path.display().to_string());
        }
    }
    Ok(found)
}

fn server() -> Result<TestServer> {
    builder().config([COMMANDS, SECRET_COMMANDS].concat()).start()
}

#[test]
fn no_secret_is_left_anywhere() -> Result<()> {
    let server = server()?;
    let pin = ["umbrella", "vicuna", "8855"].join("-");
    let long = format!("{pin}{}", "x".repeat(40));
    let run = |words: &[&str]| framed(&[&[&["RUN"], words].concat()]);
    let start = |key: &str, words: &[&str]| framed(&[&[&["JOB", "START", key], words].concat()]);
    // Each with the code of its error, if it is one.
    let corpus: Vec<(Vec<u8>, &str)> = vec![
        (run(&["unlock", "front", &pin]), ""),
        (run(&["UNLOCK", "back", "--", &pin]), ""),
        (run(&["recite", "the", &pin, "again"]), ""),
        (framed(&[&["unlock", "front", &pin]]), ""),
        (format!("unlock front {pin}\r\n").into(), ""),
        (format!("RUN unlock \"front\" \"{pin}\"\r\n").into(), ""),
        (run(&["unlock", "front", &pin, "--status", "3"]), "FAILED"),
        // Wrong in some way.
        (run(&["unlock", "front", &long]), "USAGE"),
        (run(&["unlock", &pin]), "USAGE"),
        (run(&["unlock", &pin, "front"]), "USAGE"),
        (run(&["unlock", "front", &pin, "more"]), "USAGE"),
        (run(&["unlock", "front", &pin, "--stat", "1"]), "USAGE"),
        (run(&["unlock", "front", &pin, "--status", &pin]), "USAGE"),
        (run(&["unlok", "front", &pin]), "UNKNOWN"),
        (format!("unlok \"front\" \"{pin}\"\r\n").into(), "UNKNOWN"),
        (format!("unlock front \"{pin}\r\n").into(), "USAGE"),
        // As jobs: the first, sent again, with another secret, and wrong.
        (start("k", &["unlock", "front", &pin]), ""),
        (start("k", &["unlock", "front", &pin]), ""),
        (start("k", &["unlock", "front", "1234"]), "ERR"),
        (start("l", &["unlock", "front", &pin, "more"]), "USAGE"),
        (start("", &["unlock", "front", &pin]), "ERR"),
        (start("m", &["unlok", "front", &pin]), "UNKNOWN"),
        (format!("JOB START n unlock 'front' '{pin}'\r\n").into(), ""),
        (framed(&[&["JOB", "STRAT", "k", "unlock", "front", &pin]]), "ERR"),
    ];
    // Each in a session of its own that stays: no later request overwrites what it left.
    let mut sessions = Vec::new();
    for (bytes, code) in &corpus {
        let mut session = server.door()?;
        session.send(bytes)?;
        let reply = session.reply()?;
        sessions.push(session);
        let sent = String::from_utf8_lossy(bytes);
        assert_eq!(error_code(&reply), *code, "{sent}: {reply:?}");
        assert!(!said(&reply).contains(&pin), "{sent}: {reply:?}");
    }
    let mut session = server.door()?;
    let shown = |value: Value| format!("{value:?}");
    for list in [
        &["JOB", "LIST"][..],
        &["CLIENT", "LIST"],
        &["CLIENT", "INFO"],
        &["RUN", "sessions"],
        &["INFO"],
    ] {
        let list = shown(session.request(list)?);
        assert!(!list.contains(&pin), "{list}");
    }
    // It ends when all that is said about it is on the log.
    assert_eq!(session.request(&["PING"])?.as_str(), Some("PONG"));
    for id in session.request(&["JOB", "LIST"])?.as_array().context("a list")? {
        let id = id.map_value("id").and_then(Value::as_str).context("an id")?;
        session.request(&["JOB", "READ", id, "9", "WAIT", "60000"])?;
    }
    assert!(!server.log().contains(&pin), "{}", server.log());
    assert_eq!(files_with(&server.state(), &pin)?, Vec::<String>::new());
    let Some(found) = server.memory_holds(server.state().as_os_str().as_encoded_bytes())? else {
        eprintln!("nobody may look into another process here");
        return Ok(());
    };
    assert!(found, "the server knows where its state is");
    assert_eq!(server.memory_holds(pin.as_bytes())?, Some(false));
    Ok(())
}

/// A login or a secret behind a request that takes its time is looked at for a CANCEL, which leaves nothing of it either.
#[test]
fn nor_of_what_is_read_ahead() -> Result<()> {
    let server = server()?;
    let pin = ["umbrella", "vicuna", "9966"].join("-");
    let mut session = server.door()?;
    let ahead = format!("RUN endless\r\nRUN unlock \"front\" \"{pin}\"\r\nCANCEL\r\n");
    session.send(ahead.as_bytes())?;
    assert_eq!(error_code(&session.reply()?), "CANCELLED");
    assert_eq!(session.reply()?.as_str(), Some("25\n"));
    assert_eq!(session.reply()?.as_integer(), Some(1));
    if server.memory_holds(server.state().as_os_str().as_encoded_bytes())? == Some(true) {
        assert_eq!(server.memory_holds(pin.as_bytes())?, Some(false));
    }
    Ok(())
}
