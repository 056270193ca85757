//! What people with an account are called, and who else may be called that.

use anyhow::{Context as _, Result};
use caracola_testing::{Connection, PASSWORD, TestServer, error_code};
use caracola_wire::{Push, ShellHello, ShellWelcome};

use super::{is_ok, logged_in, server};

fn text(push: &Push) -> &str {
    match push {
        Push::Notice { text, .. } | Push::Tell { text, .. } => text,
        _ => "",
    }
}

fn welcome(connection: &mut Connection, name: &str, token: &str) -> Result<ShellWelcome> {
    let hello = ShellHello {
        version: 1,
        name: Some(name.to_owned()),
        token: Some(token.to_owned()),
        ..ShellHello::default()
    };
    let words = hello.words();
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    let reply = connection.request(&words)?;
    ShellWelcome::decode(&reply).with_context(|| format!("{reply:?}"))
}

#[test]
fn a_shell_that_logs_in_is_called_so_from_then_on() -> Result<()> {
    let server = server()?;
    server.add_user("ana", "operator")?;
    let mut ben = server.shell("ben")?;
    let mut ana = server.shell("ana")?;
    assert!(ana.run(&["whoami"])?.is_empty(), "a table");
    assert!(is_ok(&ana.request(&["AUTH", "ana", PASSWORD])?));
    let name = ana.push_where(|push| matches!(push, Push::Name { .. }))?;
    assert_eq!(name, Push::Name { name: "ana".into() });
    // Other commands can be seen now, so the shell is told to fetch them.
    let Push::Catalogue { hash } = ana.push_where(|push| matches!(push, Push::Catalogue { .. }))? else {
        anyhow::bail!("another push");
    };
    let mut operator = server.shell_logged_in("ana")?;
    let catalogue = operator.request(&["CATALOGUE", "IF-NOT", &hash])?;
    assert_eq!(
        catalogue.as_array().and_then(|reply| reply[0].as_str()),
        Some(hash.as_str())
    );
    let told = ben.push_where(|push| matches!(push, Push::Notice { kind, .. } if kind == "name"))?;
    assert_eq!(text(&told), "~ana-2 is now ana");
    Ok(())
}

#[test]
fn names_of_accounts_are_nobody_else_s() -> Result<()> {
    let server = server()?;
    server.add_user("ana", "user")?;
    let mut guest = server.connect()?;
    assert_eq!(
        guest.be_shell("ana", "en")?.name,
        "~ana-2",
        "whether she is here or not"
    );
    for alike in ["ana", "ANA", "аna"] {
        let refused = guest.run(&["name", alike])?;
        assert!(refused.starts_with("FAILED somebody is called"), "{refused}");
    }
    let mut ana = server.shell_logged_in("ana")?;
    let refused = ana.run(&["name", "eva"])?;
    assert_eq!(refused, "FAILED you are logged in as ana, and keep that name");
    assert_eq!(ana.run(&["name", "Ana"])?, "You are ana.");
    Ok(())
}

#[test]
fn who_sits_at_two_machines_is_one_person() -> Result<()> {
    let server = server()?;
    server.add_user("ana", "user")?;
    let (mut one, mut two) = (server.shell_logged_in("ana")?, server.shell_logged_in("ana")?);
    let mut library = logged_in(&server, "ana")?;
    let mut ben = server.shell("ben")?;
    assert_eq!(ben.run(&["tell", "Ana", "lunch?"])?, "Told ana.");
    for session in [&mut one, &mut two] {
        let told = session.push_where(|push| matches!(push, Push::Tell { .. }))?;
        assert_eq!(text(&told), "lunch?");
    }
    // A program of hers takes no messages, and breaks on none.
    assert_eq!(library.request(&["PING"])?.as_str(), Some("PONG"));
    // What an operator does to her is done to her, not to one of her windows.
    server.operator(&["kick", "ana"])?.success()?;
    for session in [&mut one, &mut two, &mut library] {
        session.rest()?;
    }
    Ok(())
}

#[test]
fn a_guest_who_was_called_so_before_stays_so_until_leaving() -> Result<()> {
    let server = server()?;
    let mut guest = server.connect()?;
    let token = guest.be_shell("ana", "en")?.token;
    server.add_user("ana", "user")?;
    let mut ana = server.shell_logged_in("ana")?;
    let mut ben = server.shell("ben")?;
    assert_eq!(ben.run(&["tell", "ana", "to her"])?, "Told ana.");
    assert_eq!(ben.run(&["tell", "~ana", "to the guest"])?, "Told ~ana.");
    for (session, words) in [(&mut ana, "to her"), (&mut guest, "to the guest")] {
        let told = session.push_where(|push| matches!(push, Push::Tell { .. }))?;
        assert_eq!(text(&told), words);
    }
    drop(guest);
    server.wait_for_log("reason=hung up")?;
    let mut again = server.connect()?;
    again.request(&["HELLO", "3"])?;
    assert_eq!(welcome(&mut again, "ana", &token)?.name, "~ana-2");
    Ok(())
}

#[test]
fn a_token_resumes_a_session_and_never_a_login() -> Result<()> {
    let server = server()?;
    server.add_user("ana", "operator")?;
    let mut before = server.connect()?;
    before.request(&["HELLO", "3", "AUTH", "ana", PASSWORD])?;
    let token = before.be_shell("x", "en")?.token;
    let mut thief = server.connect()?;
    thief.request(&["HELLO", "3"])?;
    let stolen = welcome(&mut thief, "ana", &token)?;
    assert_eq!((stolen.name.as_str(), stolen.user.as_str()), ("~ana-2", "guest"));
    assert_eq!(
        before.request(&["PING"])?.as_str(),
        Some("PONG"),
        "nobody was thrown out"
    );
    let mut again = server.connect()?;
    again.request(&["HELLO", "3", "AUTH", "ana", PASSWORD])?;
    assert_eq!(welcome(&mut again, "ana", &token)?.name, "ana");
    let bye = before.push_where(|push| matches!(push, Push::Bye { .. }))?;
    assert!(
        matches!(&bye, Push::Bye { reason } if reason.contains("another connection")),
        "{bye:?}"
    );
    Ok(())
}

#[test]
fn who_was_put_out_for_a_while_stays_out() -> Result<()> {
    let server: TestServer = server()?;
    server.add_user("ana", "user")?;
    let mut ana = server.shell_logged_in("ana")?;
    server.operator(&["kick", "ana", "--for", "10m"])?.success()?;
    ana.rest()?;
    let refused = server.connect()?.request(&["AUTH", "ana", PASSWORD])?;
    assert_eq!(error_code(&refused), "DENIED", "{refused:?}");
    // That much is told to nobody who doesn't know the password.
    let wrong = server.connect()?.request(&["AUTH", "ana", "wrong"])?;
    assert_eq!(error_code(&wrong), "WRONGPASS");
    Ok(())
}
