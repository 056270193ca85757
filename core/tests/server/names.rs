//! What people are called: which names there are, who keeps one, and who gets it back.

use anyhow::{Context as _, Result};
use caracola_testing::{Connection, TestServer, error_code};
use caracola_wire::{Push, ShellHello, ShellWelcome, Value};

use crate::server;

fn name_error(person: &mut Connection, name: &str) -> Result<String> {
    match person.request(&["RUN", "name", name])? {
        Value::Error(error) => Ok(error.to_string()),
        other => anyhow::bail!("{name:?} was given: {other:?}"),
    }
}

/// Comes in as a shell that says all that a shell can say.
fn shell(server: &TestServer, name: Option<&str>, token: Option<&str>) -> Result<(Connection, ShellWelcome)> {
    let mut connection = server.connect()?;
    connection.request(&["HELLO", "3"])?;
    let hello = ShellHello {
        version: 1,
        language: Some("en".to_owned()),
        width: Some(80),
        stream: true,
        name: name.map(str::to_owned),
        token: token.map(str::to_owned),
        quiet: false,
        device: false,
    };
    let words = hello.words();
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    let welcome = connection.request(&words)?;
    let welcome = ShellWelcome::decode(&welcome).with_context(|| format!("{welcome:?}"))?;
    Ok((connection, welcome))
}

#[test]
fn names_that_look_alike_are_one() -> Result<()> {
    let server = server()?;
    let (mut ana, mut ben) = (server.shell("ana")?, server.shell("ben")?);
    for alike in ["ana", "ANA", "~ana", "аna", "ａna"] {
        assert!(name_error(&mut ben, alike)?.starts_with("FAILED"), "{alike}");
    }
    assert_eq!(ana.run(&["name", "Ana"])?, "You are ~Ana.", "one's own in another case");
    assert_eq!(ben.run(&["name", "lan"])?, "You are ~lan.");
    assert!(
        name_error(&mut ana, "Ian")?.starts_with("FAILED"),
        "a capital I looks like an l"
    );
    assert_eq!(ben.run(&["nombre", "muñoz-2"])?, "You are ~muñoz-2.");
    Ok(())
}

#[test]
fn some_names_are_nobodys() -> Result<()> {
    let server = server()?;
    let mut ana = server.shell("ana")?;
    for (name, why) in [
        ("server", "kept for the server"),
        ("SERVER", "kept for the server"),
        ("0perator", "kept for the server"),
        ("a b", "can't be in a name"),
        ("a\u{1b}[31mb", "can't be in a name"),
        ("\u{202e}ana", "can't be in a name"),
        ("~", "at least one letter"),
        ("abcdefghijklmnopqrstu", "too long"),
        ("~~ana", "can't be in a name"),
    ] {
        let error = name_error(&mut ana, name)?;
        assert!(error.contains(why), "{name:?}: {error}");
        assert!(!error.contains('\u{1b}') && !error.contains('\u{202e}'), "{error:?}");
    }
    assert_eq!(
        ana.run(&["name", "abcdefghijklmnopqrst"])?,
        "You are ~abcdefghijklmnopqrst."
    );
    Ok(())
}

#[test]
fn a_wish_that_cannot_be_met_is_met_nearly() -> Result<()> {
    let server = server()?;
    let mut here = Vec::new();
    for (wish, name) in [
        (Some("ana"), "~ana"),
        (Some("Ana"), "~Ana-2"),
        (Some("server"), "~guest1"),
        (Some("John Smith"), "~JohnSmith"),
        (None, "~guest2"),
        (Some("!!"), "~guest3"),
    ] {
        let (connection, welcome) = shell(&server, wish, None)?;
        assert_eq!(welcome.name, name, "{wish:?}");
        here.push(connection);
    }
    Ok(())
}

#[test]
fn a_new_name_is_told_to_the_room() -> Result<()> {
    let server = server()?;
    let (mut ana, mut ben) = (server.shell("ana")?, server.shell("ben")?);
    assert_eq!(ben.run(&["name", "eva"])?, "You are ~eva.");
    let own = ben.push_where(|push| matches!(push, Push::Name { .. }))?;
    assert_eq!(own, Push::Name { name: "~eva".into() });
    let told = ana.push_where(|push| matches!(push, Push::Notice { kind, .. } if kind == "name"))?;
    assert!(
        matches!(&told, Push::Notice { text, .. } if text == "~ben is now ~eva"),
        "{told:?}"
    );
    // The old one is free at once, and what is said comes under the new.
    let (_, welcome) = shell(&server, Some("ben"), None)?;
    assert_eq!(welcome.name, "~ben");
    ben.request(&["RUN", "say", "hi"])?;
    let said = ana.push_where(|push| matches!(push, Push::Message { .. }))?;
    assert!(
        matches!(&said, Push::Message { name, .. } if name == "~eva"),
        "{said:?}"
    );
    Ok(())
}

#[test]
fn a_dropped_name_is_kept_for_whoever_has_its_token() -> Result<()> {
    let server = server()?;
    let mut ben = server.shell("ben")?;
    let (ana, welcome) = shell(&server, Some("ana"), None)?;
    let token = welcome.token;
    drop(ana);
    server.wait_for_log("left")?;
    assert!(name_error(&mut ben, "ana")?.starts_with("FAILED"), "it is held");
    let (_thief, welcome) = shell(&server, Some("ana"), Some(&"0".repeat(32)))?;
    assert_eq!(welcome.name, "~ana-2");
    let (mut ana, welcome) = shell(&server, Some("ana"), Some(&token))?;
    assert_eq!(welcome.name, "~ana");
    assert_ne!(welcome.token, token, "a token serves once");
    ana.request(&["RUN", "say", "back again"])?;
    let said = ben.push_where(|push| matches!(push, Push::Message { .. }))?;
    assert!(
        matches!(&said, Push::Message { name, .. } if name == "~ana"),
        "{said:?}"
    );
    Ok(())
}

#[test]
fn a_token_takes_the_name_from_a_connection_that_is_stuck() -> Result<()> {
    let server = server()?;
    let (mut stuck, welcome) = shell(&server, Some("ana"), None)?;
    let (_fresh, again) = shell(&server, Some("ana"), Some(&welcome.token))?;
    assert_eq!(again.name, "~ana");
    let bye = stuck.push_where(|push| matches!(push, Push::Bye { .. }))?;
    assert!(
        matches!(&bye, Push::Bye { reason } if reason.contains("another connection")),
        "{bye:?}"
    );
    assert_eq!(stuck.rest()?, b"");
    Ok(())
}

#[test]
fn who_says_goodbye_leaves_the_name_free() -> Result<()> {
    let server = server()?;
    let (mut ana, welcome) = shell(&server, Some("ana"), None)?;
    ana.request(&["RUN", "quit"])?;
    ana.rest()?;
    server.wait_for_log("reason=quit")?;
    let (_other, other) = shell(&server, Some("ana"), None)?;
    assert_eq!(other.name, "~ana");
    let (_late, late) = shell(&server, None, Some(&welcome.token))?;
    assert_eq!(late.name, "~guest1", "the token went with the goodbye");
    Ok(())
}

#[test]
fn a_library_gets_a_name_when_it_needs_one() -> Result<()> {
    let server = server()?;
    let mut ana = server.shell("ana")?;
    let (mut one, mut other) = (server.connect()?, server.connect()?);
    for library in [&mut one, &mut other] {
        library.request(&["CLIENT", "SETNAME", "my.app"])?;
        let reply = library.request(&["PUBLISH", "lobby", "beep"])?;
        assert_eq!(error_code(&reply), "");
    }
    for name in ["~myapp", "~myapp-2"] {
        let said = ana.push_where(|push| matches!(push, Push::Message { .. }))?;
        assert!(
            matches!(&said, Push::Message { name: by, .. } if by == name),
            "{said:?}"
        );
    }
    Ok(())
}
