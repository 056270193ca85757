//! What people are told when they mistype: what was wrong, and what they may have meant, in their language.

use anyhow::Result;
use caracola_testing::{Connection, TestServer};
use caracola_wire::{ErrorReply, Value};

use crate::server;

fn people(server: &TestServer) -> Result<[Connection; 2]> {
    let (mut ana, mut eva) = (server.connect()?, server.connect()?);
    ana.be_shell("ana", "en")?;
    eva.be_shell("eva", "es_MX.UTF-8")?;
    Ok([ana, eva])
}

fn mistake(person: &mut Connection, line: &str) -> Result<ErrorReply> {
    person.send(format!("{line}\r\n").as_bytes())?;
    match person.reply()? {
        Value::Error(error) => Ok(error),
        other => panic!("{line}: {other:?}"),
    }
}

#[test]
fn an_unknown_command_names_the_nearest() -> Result<()> {
    let server = server()?;
    let [mut ana, mut eva] = people(&server)?;
    for (typed, meant) in [
        ("lss", "'ls'"),
        ("mkdri demo", "'mkdir'"),
        ("RUN hepl", "'help'"),
        ("gti status", "'git status'"),
    ] {
        let error = mistake(&mut ana, typed)?;
        assert_eq!(error.code, "UNKNOWN", "{error}");
        assert!(error.message.contains("did you mean"), "{error}");
        assert!(error.message.contains(meant), "{typed}: {error}");
        let error = mistake(&mut eva, typed)?;
        assert_eq!(error.code, "UNKNOWN");
        assert!(error.message.contains("¿quisiste decir"), "{error}");
        assert!(error.message.contains(meant), "{typed}: {error}");
    }
    let error = mistake(&mut ana, "qzxwvqzxwv")?;
    assert!(error.message.contains("type help"), "{error}");
    let error = mistake(&mut eva, "qzxwvqzxwv")?;
    assert!(error.message.contains("escribe ayuda"), "{error}");
    // `help` of nothing near anything is not an unknown command: it looked for words.
    let error = mistake(&mut ana, "help qzxwvqzxwv")?;
    assert_eq!(error.code, "FAILED");
    assert!(error.message.contains("qzxwvqzxwv"), "{error}");
    let error = mistake(&mut ana, "help sokets")?;
    assert!(error.message.contains("'sockets'"), "{error}");
    Ok(())
}

#[test]
fn nobody_learns_the_names_of_what_they_may_not_see() -> Result<()> {
    let server = server()?;
    let [mut ana, _] = people(&server)?;
    for typed in [
        "stop",
        "kick ana",
        "announce hi",
        "stopp",
        "sesions",
        "help kick",
        "help stop",
    ] {
        let error = mistake(&mut ana, typed)?;
        assert!(["UNKNOWN", "FAILED"].contains(&error.code.as_str()), "{typed}: {error}");
        for hidden in ["'stop'", "'kick'", "'sessions'", "'announce'", "operator"] {
            assert!(!error.message.contains(&format!("mean {hidden}")), "{typed}: {error}");
            assert!(!error.message.contains(&format!("or {hidden}")), "{typed}: {error}");
        }
    }
    // And the same words come for what is there and for what isn't.
    let hidden = mistake(&mut ana, "detener")?.message.replace("detener", "X");
    let absent = mistake(&mut ana, "qzxwvqz")?.message.replace("qzxwvqz", "X");
    assert_eq!(hidden, absent);
    Ok(())
}

#[test]
fn wrong_arguments_show_the_usage() -> Result<()> {
    let server = server()?;
    let [mut ana, mut eva] = people(&server)?;
    for (typed, usage) in [
        ("port", "port PORT"),
        ("port 80 443", "port PORT"),
        ("tell ana", "tell PERSON TEXT..."),
        ("say", "say TEXT..."),
        ("say    ", "say TEXT..."),
        ("name", "name NEW"),
        ("who now", "who"),
        ("time zone", "time"),
        ("lang en es", "lang [LANGUAGE]"),
        ("sockets 5", "sockets"),
    ] {
        let error = mistake(&mut ana, typed)?;
        assert_eq!(error.code, "USAGE", "{typed}: {error}");
        assert!(error.message.ends_with(&format!("Usage: {usage}")), "{typed}: {error}");
        let error = mistake(&mut eva, typed)?;
        assert_eq!(error.code, "USAGE", "{typed}: {error}");
        assert!(error.message.ends_with(&format!("Uso: {usage}")), "{typed}: {error}");
    }
    Ok(())
}

#[test]
fn a_lookup_names_the_nearest_entry() -> Result<()> {
    let server = server()?;
    let [mut ana, mut eva] = people(&server)?;
    let error = mistake(&mut ana, "port 4433")?;
    assert_eq!(error.code, "FAILED");
    assert!(error.message.contains("'443'"), "{error}");
    let error = mistake(&mut eva, "puerto 99999")?;
    assert!(error.message.contains("no hay ninguna entrada"), "{error}");
    Ok(())
}

#[test]
fn languages_and_quotes_have_their_own_mistakes() -> Result<()> {
    let server = server()?;
    let [mut ana, mut eva] = people(&server)?;
    let error = mistake(&mut ana, "lang xx")?;
    assert!(error.message.contains("en, es"), "{error}");
    let error = mistake(&mut eva, "idioma 'en")?;
    assert_eq!(error.code, "USAGE");
    assert!(error.message.contains("comilla"), "{error}");
    // A stranger's word comes back short and harmless.
    let long = "z".repeat(300);
    assert!(mistake(&mut ana, &long)?.message.len() < 200);
    Ok(())
}
