//! HELLO: the first thing that a library says, and the reply that it takes apart by types.

use anyhow::Result;
use caracola_testing::error_code;
use caracola_wire::Value;

use super::{builder, bulk, server};

#[test]
fn hello_3_answers_a_map_of_the_types_that_libraries_expect() -> Result<()> {
    let server = server()?;
    let mut library = server.connect()?;
    let reply = library.request(&["HELLO", "3"])?;
    let Value::Map(pairs) = &reply else {
        panic!("no map: {reply:?}");
    };
    assert_eq!(pairs.len(), 8);
    assert!(pairs.iter().all(|(key, _)| matches!(key, Value::Bulk(_))));
    for (key, wanted) in [
        ("server", bulk("caracola")),
        ("version", bulk("7.0.15")),
        ("proto", Value::Integer(3)),
        ("mode", bulk("standalone")),
        ("role", bulk("master")),
        ("modules", Value::Array(Vec::new())),
        ("caracola_version", bulk(env!("CARGO_PKG_VERSION"))),
    ] {
        assert_eq!(reply.map_value(key), Some(&wanted), "{key}");
    }
    let id = library.request(&["CLIENT", "ID"])?;
    assert_eq!(reply.map_value("id"), Some(&id));
    Ok(())
}

#[test]
fn hello_2_answers_the_same_as_a_flat_array() -> Result<()> {
    let server = server()?;
    let mut library = server.connect()?;
    let reply = library.request(&["HELLO", "2"])?;
    assert_eq!(reply.as_array().map(<[_]>::len), Some(16));
    assert_eq!(reply.map_value("proto"), Some(&Value::Integer(2)));
    // And back and forth: the reply is already in the protocol that was asked for.
    assert!(matches!(library.request(&["HELLO", "3"])?, Value::Map(_)));
    assert!(matches!(library.request(&["hello"])?, Value::Map(_)));
    assert!(matches!(library.request(&["HELLO", "2"])?, Value::Array(_)));
    Ok(())
}

#[test]
fn a_protocol_that_is_not_spoken_is_refused_and_nothing_changes() -> Result<()> {
    let server = server()?;
    let mut library = server.connect()?;
    for version in ["1", "4", "03", "three", ""] {
        let reply = library.request(&["HELLO", version])?;
        assert_eq!(error_code(&reply), "NOPROTO", "{version}: {reply:?}");
    }
    let reply = library.request(&["HELLO", "3", "SETNAME", "two words"])?;
    assert_eq!(error_code(&reply), "ERR");
    let reply = library.request(&["HELLO", "3", "SETNAME"])?;
    assert_eq!(error_code(&reply), "ERR");
    let reply = library.request(&["HELLO", "3", "SETNAME", "app", "AUTH", "default", "secret"])?;
    assert_eq!(error_code(&reply), "WRONGPASS");
    assert_eq!(library.request(&["CLIENT", "GETNAME"])?, Value::Null);
    assert!(matches!(library.request(&["HELLO"])?, Value::Array(_)), "still RESP2");
    Ok(())
}

#[test]
fn hello_sets_the_name_of_the_connection() -> Result<()> {
    let server = server()?;
    let mut library = server.connect()?;
    library.request(&["HELLO", "3", "setname", "billing"])?;
    assert_eq!(library.request(&["CLIENT", "GETNAME"])?, bulk("billing"));
    Ok(())
}

#[test]
fn without_guests_nobody_gets_further_than_the_door() -> Result<()> {
    let server = builder().config("[access]\nguest = false\n").start()?;
    let mut stranger = server.connect()?;
    for request in [
        &["HELLO", "3"][..],
        &["PING"],
        &["ls"],
        &["RUN", "who"],
        &["COMMAND", "LIST"],
        &["SUBSCRIBE", "lobby"],
        &["PUBLISH", "lobby", "x"],
        &["SHELL", "1"],
        &["CATALOGUE"],
        &["INFO"],
        &["CLIENT", "LIST"],
    ] {
        let reply = stranger.request(request)?;
        assert_eq!(error_code(&reply), "NOAUTH", "{request:?}: {reply:?}");
    }
    let reply = stranger.request(&["AUTH", "default", "secret"])?;
    assert_eq!(error_code(&reply), "WRONGPASS");
    assert_eq!(stranger.request(&["QUIT"])?.as_str(), Some("OK"));
    // Absent is the same as false.
    let server = builder().config("").start()?;
    let reply = server.connect()?.request(&["PING"])?;
    assert_eq!(error_code(&reply), "NOAUTH");
    Ok(())
}
