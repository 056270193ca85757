//! The small verbs: PING, ECHO, SELECT, CONFIG, INFO, RESET, QUIT, CANCEL.

use anyhow::Result;
use caracola_testing::error_code;
use caracola_wire::Value;

use super::{bulk, server, simple};

#[test]
fn ping_and_echo_say_it_back() -> Result<()> {
    let server = server()?;
    let mut library = server.connect()?;
    assert_eq!(library.request(&["PING"])?, simple("PONG"));
    assert_eq!(library.request(&["ping", "a\r\nb"])?, bulk("a\r\nb"));
    assert_eq!(library.request(&["ECHO", "ñ \0 x"])?, bulk("ñ \0 x"));
    assert_eq!(library.request(&["ECHO", ""])?, bulk(""));
    for wrong in [&["PING", "a", "b"][..], &["ECHO"], &["ECHO", "a", "b"]] {
        let reply = library.request(wrong)?;
        let Value::Error(error) = &reply else {
            panic!("{reply:?}");
        };
        let verb = wrong[0].to_lowercase();
        let words = format!("ERR wrong number of arguments for '{verb}' command");
        assert_eq!(error.to_string(), words, "the words that people search for");
    }
    Ok(())
}

#[test]
fn there_is_one_database_and_no_setting() -> Result<()> {
    let server = server()?;
    let mut library = server.connect()?;
    assert_eq!(library.request(&["SELECT", "0"])?, simple("OK"));
    assert_eq!(error_code(&library.request(&["SELECT", "1"])?), "ERR");
    assert_eq!(library.request(&["CONFIG", "GET", "save"])?, Value::Array(Vec::new()));
    let reply = library.request(&["CONFIG", "SET", "save", ""])?;
    assert_eq!(error_code(&reply), "ERR");
    assert_eq!(library.request(&["CANCEL"])?, Value::Integer(0));
    library.request(&["HELLO", "3"])?;
    assert_eq!(library.request(&["CONFIG", "GET", "save"])?, Value::Map(Vec::new()));
    Ok(())
}

#[test]
fn info_has_what_libraries_look_for() -> Result<()> {
    let server = server()?;
    let mut library = server.connect()?;
    let info = library.request(&["INFO"])?;
    assert!(matches!(info, Value::Bulk(_)));
    let text = info.as_str().unwrap_or_default().to_owned();
    let field = |name: &str| {
        let mut lines = text.split("\r\n");
        lines
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
            .map(str::to_owned)
    };
    assert_eq!(field("redis_version").as_deref(), Some("7.0.15"));
    assert_eq!(field("caracola_version").as_deref(), Some(env!("CARGO_PKG_VERSION")));
    assert_eq!(field("loading").as_deref(), Some("0"));
    assert_eq!(field("role").as_deref(), Some("master"));
    assert_eq!(field("redis_mode").as_deref(), Some("standalone"));
    assert_eq!(field("connected_clients").as_deref(), Some("1"));
    assert_eq!(field("connected_people").as_deref(), Some("0"));
    assert_eq!(field("process_id"), Some(server.process().to_string()));

    let clients = library.request(&["INFO", "clients"])?;
    let clients = clients.as_str().unwrap_or_default();
    assert!(clients.starts_with("# Clients\r\n"), "{clients:?}");
    assert!(!clients.contains("redis_version"));
    library.request(&["HELLO", "3"])?;
    let info = library.request(&["INFO", "everything"])?;
    assert!(matches!(&info, Value::Verbatim { format, .. } if format == b"txt"));
    Ok(())
}

#[test]
fn reset_takes_a_connection_back_to_its_beginning() -> Result<()> {
    let server = server()?;
    let mut library = server.connect()?;
    library.request(&["HELLO", "3", "SETNAME", "app"])?;
    library.request(&["RUN", "lang", "es"])?;
    library.send(b"SUBSCRIBE lobby\r\n")?;
    library.push()?;
    assert_eq!(library.request(&["RESET"])?, simple("RESET"));
    assert!(matches!(library.request(&["HELLO"])?, Value::Array(_)), "RESP2 again");
    assert_eq!(library.request(&["CLIENT", "GETNAME"])?, Value::Null);
    // Nobody listens any more, and the language is the server's.
    assert_eq!(library.request(&["PUBLISH", "lobby", "x"])?, Value::Integer(0));
    assert!(library.run(&["lss"])?.contains("did you mean"));
    Ok(())
}

#[test]
fn reset_makes_a_library_of_a_shell() -> Result<()> {
    let server = server()?;
    let mut ana = server.shell("ana")?;
    let mut ben = server.shell("ben")?;
    ana.push_where(|push| format!("{push:?}").contains("~ben joined"))?;
    assert_eq!(ben.request(&["RESET"])?, simple("RESET"));
    assert!(matches!(ben.request(&["RUN", "ls"])?, Value::Bulk(_)), "text again");
    ana.request(&["RUN", "say", "is ben there?"])?;
    assert_eq!(ben.request(&["PING"])?, simple("PONG"));
    assert!(ben.pushes_until_now()?.is_empty(), "a library in no room hears nothing");
    Ok(())
}

#[test]
fn quit_answers_and_closes() -> Result<()> {
    let server = server()?;
    for quit in [&b"*1\r\n$4\r\nQUIT\r\n*1\r\n$4\r\nPING\r\n"[..], b"quit\r\nPING\r\n"] {
        let mut library = server.connect()?;
        library.send(quit)?;
        assert_eq!(library.rest()?, b"+OK\r\n", "and nothing is served after it");
    }
    Ok(())
}
