//! How requests come in: pipelined, in pieces, as typed lines; and how their first word is looked up.

use anyhow::Result;
use caracola_testing::error_code;
use caracola_wire::{Encoder, Protocol, Push, Value};

use super::{builder, bulk, server, simple};

#[test]
fn a_thousand_requests_in_one_write_are_answered_in_order() -> Result<()> {
    let server = server()?;
    let mut library = server.connect()?;
    let mut requests = Vec::new();
    for number in 0..1000 {
        let number = number.to_string();
        Encoder::new(&mut requests, Protocol::Resp2).request(["ECHO", number.as_str()]);
    }
    library.send(&requests)?;
    for number in 0..1000 {
        assert_eq!(library.value()?, bulk(&number.to_string()));
    }
    Ok(())
}

#[test]
fn a_request_may_come_byte_by_byte() -> Result<()> {
    let server = server()?;
    let mut library = server.connect()?;
    for byte in b"*2\r\n$4\r\nECHO\r\n$5\r\nhel\r\n\r\nECHO  'two words'\n" {
        library.send(&[*byte])?;
    }
    assert_eq!(library.value()?, bulk("hel\r\n"));
    assert_eq!(library.value()?, bulk("two words"));
    Ok(())
}

#[test]
fn typed_lines_are_split_as_redis_splits_them() -> Result<()> {
    let server = server()?;
    let mut person = server.connect()?;
    for (line, wanted) in [
        ("\r\n\n  ECHO   word  \r\n", "word"),
        ("ECHO \"a b\\x41\\n\"\r\n", "a bA\n"),
        ("ECHO 'it\\'s'\n", "it's"),
    ] {
        person.send(line.as_bytes())?;
        assert_eq!(person.value()?, bulk(wanted), "{line:?}");
    }
    person.send(b"ECHO it's\r\n")?;
    let reply = person.value()?;
    assert!(!error_code(&reply).is_empty() || reply == bulk("it's"), "{reply:?}");
    person.send(b"mkdir it's\r\n")?;
    assert_eq!(error_code(&person.value()?), "USAGE");
    Ok(())
}

#[test]
fn what_people_say_is_kept_as_they_typed_it() -> Result<()> {
    let server = server()?;
    let mut ana = server.shell("ana")?;
    for (line, wanted) in [
        ("say it's late\r\n", "it's late"),
        ("RUN say it's  late, \"you\r\n", "it's  late, \"you"),
        ("DECIR   \"quoted\" \\n 'x'  \n", "\"quoted\" \\n 'x'"),
    ] {
        ana.send(line.as_bytes())?;
        let reply = ana.reply()?;
        assert_eq!(error_code(&reply), "", "{line:?}: {reply:?}");
        let said = ana.push_where(|push| matches!(push, Push::Message { .. }))?;
        assert!(
            matches!(&said, Push::Message { text, .. } if text == wanted),
            "{said:?}"
        );
    }
    ana.send(b"tell ana don't   forget\r\n")?;
    ana.reply()?;
    let told = ana.push_where(|push| matches!(push, Push::Tell { .. }))?;
    assert!(
        matches!(&told, Push::Tell { text, .. } if text == "don't   forget"),
        "{told:?}"
    );
    Ok(())
}

#[test]
fn a_bare_word_that_is_no_verb_is_a_command() -> Result<()> {
    let server = server()?;
    let mut library = server.connect()?;
    let by_name = library.request(&["RUN", "ls"])?;
    assert!(
        by_name.as_str().is_some_and(|card| card.starts_with("ls")),
        "{by_name:?}"
    );
    assert_eq!(library.request(&["ls"])?, by_name);
    assert_eq!(library.request(&["LS"])?, by_name);
    assert_eq!(library.request(&["run", "Ls"])?, by_name);
    library.send(b"ls\r\n")?;
    assert_eq!(library.value()?, by_name);
    assert_eq!(error_code(&library.request(&["RUN"])?), "ERR");
    Ok(())
}

#[test]
fn a_command_may_be_called_like_a_verb() -> Result<()> {
    let config = r#"
        [access]
        guest = true
        [commands.ping]
        summary = "See whether a host answers"
        aliases = ["Poke"]
        reply = "the command"
        [commands."client list"]
        summary = "Our customers"
        reply = "customers"
        [commands.run]
        summary = "Go for a run"
        reply = "running"
    "#;
    let server = builder().config(config).start()?;
    let mut library = server.connect()?;
    assert_eq!(library.request(&["ping"])?, simple("PONG"));
    for name in ["ping", "PING", "Ping", "poke", "POKE"] {
        assert_eq!(library.request(&["RUN", name])?, bulk("the command"), "{name}");
    }
    assert_eq!(library.request(&["poke"])?, bulk("the command"));
    assert_eq!(library.request(&["RUN", "Client", "LIST"])?, bulk("customers"));
    assert_eq!(library.request(&["RUN", "run"])?, bulk("running"));
    assert!(matches!(library.request(&["CLIENT", "ID"])?, Value::Integer(_)));
    Ok(())
}

#[test]
fn what_is_not_text_is_refused_without_harm() -> Result<()> {
    let server = server()?;
    let mut library = server.connect()?;
    library.send(b"*3\r\n$3\r\nRUN\r\n$3\r\nsay\r\n$2\r\n\xff\xfe\r\n")?;
    assert_eq!(error_code(&library.value()?), "ERR");
    library.send(b"*2\r\n$3\r\nRUN\r\n$3\r\n\xff\x1b[\r\n")?;
    let reply = library.value()?;
    let Value::Error(error) = &reply else {
        panic!("{reply:?}");
    };
    assert_eq!(error.code, "UNKNOWN");
    assert!(!error.message.contains('\u{1b}'), "{error}");
    assert_eq!(library.request(&["PING"])?, simple("PONG"));
    Ok(())
}
