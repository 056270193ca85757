//! The log: who came, from where, over which TLS, what they ran and how they left. For people, or for machines.

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::{assert_refused, builder};

#[test]
fn people_read_who_came_what_they_ran_and_why_they_left() -> Result<()> {
    let server = builder().start()?;
    let mut ana = server.shell("ana")?;
    ana.request(&["RUN", "ls", "my-secret"])?;
    ana.request(&["RUN", "lss"])?;
    ana.request(&["RUN", "quit"])?;
    ana.rest()?;
    server.wait_for_log(" left ")?;
    let log = server.log();
    for part in [
        "connected session=1 peer=127.0.0.1:",
        "tls=\"TLSv1.2\" cipher=\"ECDHE-ECDSA-",
        "name=\"~ana\" user=\"guest\"",
        "command=\"ls\" outcome=\"ok\" us=",
        "command=\"?\" outcome=\"UNKNOWN\"",
        "command=\"quit\" outcome=\"ok\"",
        "reason=quit",
    ] {
        assert!(log.contains(part), "{part:?} in {log}");
    }
    assert!(!log.contains("my-secret"), "arguments are not logged");
    assert!(!log.contains('\u{1b}'), "no colors where there is no terminal");
    Ok(())
}

#[test]
fn machines_read_an_object_a_line() -> Result<()> {
    let mut server = builder().argument("--log-format").argument("json").start()?;
    let mut ana = server.shell("ana")?;
    ana.request(&["RUN", "ls"])?;
    ana.request(&["RUN", "tell", "server", "\"quoted\"\nñ"])?;
    server.signal("TERM")?;
    server.wait()?;
    let log = server.log();
    let lines: Result<Vec<Value>, _> = log.lines().map(serde_json::from_str).collect();
    let lines = lines.with_context(|| format!("not all JSON: {log}"))?;
    for line in &lines {
        assert!(line["timestamp"].is_string() && line["level"].is_string(), "{line}");
    }
    let find = |message: &str| {
        let found = lines.iter().find(|line| line["message"] == message);
        found.with_context(|| format!("no {message:?} in {log}"))
    };
    let connected = find("connected")?;
    assert_eq!(connected["tls"], "TLSv1.2");
    assert!(
        connected["cipher"]
            .as_str()
            .is_some_and(|cipher| cipher.starts_with("ECDHE"))
    );
    assert!(
        connected["peer"]
            .as_str()
            .is_some_and(|peer| peer.starts_with("127.0.0.1:"))
    );
    let ran = find("ran")?;
    assert_eq!((&ran["command"], &ran["outcome"]), (&"ls".into(), &"ok".into()));
    assert!(ran["us"].is_u64());
    // A sender's line breaks make several messages, each with its own record.
    let said = lines
        .iter()
        .filter(|line| line["message"] == "message for the operator");
    let said: Vec<_> = said.map(|line| &line["text"]).collect();
    assert_eq!(said, ["\"quoted\"", "ñ"]);
    find("ready")?;
    find("stopped")?;
    Ok(())
}

#[test]
fn less_is_logged_if_less_is_asked_for() -> Result<()> {
    let mut server = builder().argument("--log-level").argument("warn").start()?;
    server.shell("ana")?.request(&["RUN", "ls"])?;
    server.signal("TERM")?;
    server.wait()?;
    assert_eq!(server.log(), "");
    let finished = builder().argument("--log-level").argument("caracola=loud").finish()?;
    assert_refused(&finished, 1, &["log level"]);
    Ok(())
}

#[test]
fn a_flood_of_commands_is_no_flood_of_lines() -> Result<()> {
    let server = builder().start()?;
    let mut library = server.connect()?;
    library.send("ls\r\n".repeat(2000).as_bytes())?;
    for _ in 0..2000 {
        library.value()?;
    }
    drop(library);
    server.wait_for_log(" left ")?;
    let log = server.log();
    let lines = log.matches("command=\"ls\"").count();
    assert!((20..500).contains(&lines), "{lines} lines for two thousand commands");
    assert!(log.contains("ran more"), "{log}");
    Ok(())
}
