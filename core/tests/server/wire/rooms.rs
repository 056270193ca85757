//! SUBSCRIBE, UNSUBSCRIBE, PUBLISH as libraries use them, in RESP2's subscriber mode and in RESP3.

use anyhow::Result;
use caracola_testing::error_code;
use caracola_wire::{Push, Value};

use super::{bulk, server, simple};

fn confirmation(kind: &str, room: Value, count: i64) -> Vec<Value> {
    vec![bulk(kind), room, Value::Integer(count)]
}

#[test]
fn a_classic_subscriber_may_do_little_else() -> Result<()> {
    let server = server()?;
    let mut library = server.connect()?;
    let reply = library.request(&["SUBSCRIBE", "lobby"])?;
    assert_eq!(reply, Value::Array(confirmation("subscribe", bulk("lobby"), 1)));
    for refused in [
        &["RUN", "ls"][..],
        &["ls"],
        &["PUBLISH", "lobby", "x"],
        &["ECHO", "x"],
        &["HELLO", "3"],
        &["SHELL", "1"],
        &["CLIENT", "ID"],
    ] {
        let reply = library.request(refused)?;
        let Value::Error(error) = &reply else {
            panic!("{refused:?}: {reply:?}");
        };
        let verb = refused[0].to_lowercase();
        assert_eq!(error.code, "ERR");
        assert!(error.message.starts_with(&format!("Can't execute '{verb}'")), "{error}");
    }
    // Its replies look like messages.
    let pong = Value::Array(vec![bulk("pong"), bulk("")]);
    assert_eq!(library.request(&["PING"])?, pong);
    let pong = Value::Array(vec![bulk("pong"), bulk("x")]);
    assert_eq!(library.request(&["PING", "x"])?, pong);
    let reply = library.request(&["UNSUBSCRIBE"])?;
    assert_eq!(reply, Value::Array(confirmation("unsubscribe", bulk("lobby"), 0)));
    assert_eq!(library.request(&["PING"])?, simple("PONG"));
    assert_eq!(library.request(&["QUIT"])?, simple("OK"));
    Ok(())
}

#[test]
fn each_room_is_confirmed_on_its_own() -> Result<()> {
    let server = server()?;
    let mut library = server.connect()?;
    let reply = library.request(&["UNSUBSCRIBE"])?;
    assert_eq!(reply, Value::Array(confirmation("unsubscribe", Value::Null, 0)));
    let reply = library.request(&["UNSUBSCRIBE", "garden"])?;
    assert_eq!(reply, Value::Array(confirmation("unsubscribe", bulk("garden"), 0)));

    library.send(b"SUBSCRIBE lobby garden lobby\r\n")?;
    for (room, count) in [("lobby", 1), ("garden", 2), ("lobby", 2)] {
        let wanted = Value::Array(confirmation("subscribe", bulk(room), count));
        assert_eq!(library.value()?, wanted);
    }
    library.send(b"UNSUBSCRIBE garden\r\n")?;
    let wanted = Value::Array(confirmation("unsubscribe", bulk("garden"), 1));
    assert_eq!(library.value()?, wanted);
    library.send(b"SUBSCRIBE garden\r\nUNSUBSCRIBE\r\n")?;
    library.value()?;
    for (room, count) in [("lobby", 1), ("garden", 0)] {
        let wanted = Value::Array(confirmation("unsubscribe", bulk(room), count));
        assert_eq!(library.value()?, wanted);
    }
    Ok(())
}

#[test]
fn a_room_that_cannot_be_is_told_in_its_place() -> Result<()> {
    let server = server()?;
    let mut library = server.connect()?;
    library.send(b"SUBSCRIBE lobby \"two words\" garden\r\n")?;
    assert!(matches!(library.value()?, Value::Array(_)));
    assert_eq!(error_code(&library.value()?), "FAILED");
    let wanted = Value::Array(confirmation("subscribe", bulk("garden"), 2));
    assert_eq!(library.value()?, wanted);
    Ok(())
}

#[test]
fn messages_reach_both_protocols_in_their_forms() -> Result<()> {
    let server = server()?;
    let mut classic = server.connect()?;
    let mut modern = server.connect()?;
    let mut speaker = server.connect()?;
    classic.request(&["SUBSCRIBE", "lobby"])?;
    modern.request(&["HELLO", "3"])?;
    modern.send(b"SUBSCRIBE lobby\r\n")?;
    let confirmed = Push::Other(confirmation("subscribe", bulk("lobby"), 1));
    assert_eq!(modern.push()?, confirmed);
    // With RESP3 everything else works beside it.
    assert!(modern.run(&["ls"])?.starts_with("ls"));

    speaker.request(&["CLIENT", "SETNAME", "bot"])?;
    let heard = speaker.request(&["PUBLISH", "lobby", "fresh coffee: ☕"])?;
    assert_eq!(heard, Value::Integer(2));
    let message = vec![bulk("message"), bulk("lobby"), bulk("~bot: fresh coffee: ☕")];
    assert_eq!(classic.value()?, Value::Array(message.clone()));
    assert_eq!(modern.push()?, Push::Other(message));
    Ok(())
}

#[test]
fn publish_counts_who_heard_and_opens_no_room() -> Result<()> {
    let server = server()?;
    let mut library = server.connect()?;
    assert_eq!(library.request(&["PUBLISH", "nowhere", "x"])?, Value::Integer(0));
    assert!(!library.run(&["rooms"])?.contains("nowhere"));
    let _ana = server.shell("ana")?;
    assert_eq!(library.request(&["PUBLISH", "lobby", "x"])?, Value::Integer(1));
    Ok(())
}
