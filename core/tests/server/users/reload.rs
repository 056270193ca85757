//! What a running server makes of a changed users' file.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use anyhow::Result;
use caracola_testing::{Connection, PASSWORD, TestServer, error_code};
use caracola_wire::Push;

use super::{builder, edit, is_ok, is_operator, logged_in, server};

fn auth(server: &TestServer, name: &str, password: &str) -> Result<String> {
    let reply = server.connect()?.request(&["AUTH", name, password])?;
    Ok(if is_ok(&reply) {
        "OK".to_owned()
    } else {
        error_code(&reply).to_owned()
    })
}

/// Does something to the users' file.
type Spoil<'t> = &'t dyn Fn() -> Result<()>;

fn notice(shell: &mut Connection) -> Result<String> {
    let push = shell.push_where(|push| matches!(push, Push::Notice { kind, .. } if kind == "moderation"))?;
    match push {
        Push::Notice { text, .. } => Ok(text),
        other => anyhow::bail!("{other:?}"),
    }
}

#[test]
fn somebody_new_may_log_in_at_once() -> Result<()> {
    let server = server()?;
    assert_eq!(auth(&server, "ana", PASSWORD)?, "WRONGPASS");
    server.add_user("ana", "user")?;
    assert_eq!(auth(&server, "ana", PASSWORD)?, "OK");
    Ok(())
}

#[test]
fn who_is_removed_is_out_at_once() -> Result<()> {
    let server = server()?;
    server.add_user("ana", "operator")?;
    server.add_user("ben", "user")?;
    let (mut ana, mut library, mut ben) = (
        server.shell_logged_in("ana")?,
        logged_in(&server, "ana")?,
        server.shell_logged_in("ben")?,
    );
    server.user(&["remove", "ana"])?.success()?;
    // Nobody has to log in for the server to see it.
    let bye = ana.push_where(|push| matches!(push, Push::Bye { .. }))?;
    assert!(
        matches!(&bye, Push::Bye { reason } if reason == "your account was removed"),
        "{bye:?}"
    );
    assert_eq!(ana.rest()?, b"");
    assert_eq!(library.rest()?, b"");
    assert_eq!(ben.request(&["PING"])?.as_str(), Some("PONG"));
    assert_eq!(auth(&server, "ana", PASSWORD)?, "WRONGPASS");
    // The name is anybody's again.
    assert_eq!(ben.run(&["who"])?, "");
    let mut guest = server.connect()?;
    assert_eq!(guest.be_shell("ana", "en")?.name, "~ana");
    Ok(())
}

#[test]
fn another_role_counts_at_once() -> Result<()> {
    let server = server()?;
    server.add_user("ana", "user")?;
    let (mut ana, mut library) = (server.shell_logged_in("ana")?, logged_in(&server, "ana")?);
    assert!(!is_operator(&mut ana)?);
    edit(&server, |text| text.replace("\"user\"", "\"operator\""))?;
    assert_eq!(notice(&mut ana)?, "Your role is operator now.");
    ana.push_where(|push| matches!(push, Push::Catalogue { .. }))?;
    assert!(is_operator(&mut ana)? && is_operator(&mut library)?);
    edit(&server, |text| text.replace("\"operator\"", "\"user\""))?;
    assert_eq!(notice(&mut ana)?, "Your role is user now.");
    assert!(!is_operator(&mut ana)? && !is_operator(&mut library)?);
    Ok(())
}

#[test]
fn a_new_password_is_the_only_one() -> Result<()> {
    let server = server()?;
    server.add_user("ana", "user")?;
    let mut ana = logged_in(&server, "ana")?;
    server
        .user_with_password(&["passwd", "ana", "--keep-sessions"], "another horse")?
        .success()?;
    assert_eq!(auth(&server, "ana", PASSWORD)?, "WRONGPASS");
    assert_eq!(auth(&server, "ana", "another horse")?, "OK");
    assert_eq!(ana.request(&["PING"])?.as_str(), Some("PONG"));
    Ok(())
}

#[test]
fn a_file_that_makes_no_sense_changes_nothing() -> Result<()> {
    let server = server()?;
    server.add_user("ana", "operator")?;
    let mut ana = server.shell_logged_in("ana")?;
    let good = fs::read_to_string(super::users_file(&server))?;
    let file = super::users_file(&server);
    let replace = |text: &str, mode: u32| -> Result<()> {
        let draft = server.state().join("draft");
        fs::write(&draft, text)?;
        fs::set_permissions(&draft, fs::Permissions::from_mode(mode))?;
        Ok(fs::rename(draft, &file)?)
    };
    let stays: [(&str, Spoil<'_>, &str); 5] = [
        (
            "broken",
            &|| edit(&server, |text| text.replace("role", "rolle")),
            "users.toml:6:1: an account has no key `rolle`",
        ),
        (
            "not TOML",
            &|| edit(&server, |text| format!("{text}\n[users")),
            "users.toml:10:",
        ),
        ("empty", &|| Ok(fs::write(&file, "")?), "is gone or empty"),
        ("gone", &|| Ok(fs::remove_file(&file)?), "is gone or empty"),
        (
            "writable by others",
            &|| replace("[users]\n", 0o622),
            "could have been written by others",
        ),
    ];
    for (what, spoil, why) in stays {
        let lines = server.log().lines().count();
        spoil()?;
        for _ in 0..6 {
            assert_eq!(auth(&server, "ana", PASSWORD)?, "OK", "{what}");
        }
        assert_eq!(auth(&server, "ben", PASSWORD)?, "WRONGPASS", "{what}");
        assert!(is_operator(&mut ana)?, "{what}");
        server.wait_for_log(why)?;
        let log = server.log();
        let told = log
            .lines()
            .skip(lines)
            .filter(|line| line.contains("the users stay as they were"));
        let told: Vec<_> = told.collect();
        // Not with each login. An editor that empties the file before it writes may be seen in between.
        assert!((1..=3).contains(&told.len()), "{what}: {told:?}");
        assert!(!log.contains("$argon2id"), "{log}");
        replace(&good, 0o600)?;
    }
    edit(&server, |text| text.replace("\"operator\"", "\"user\""))?;
    assert_eq!(notice(&mut ana)?, "Your role is user now.");
    Ok(())
}

#[test]
fn a_server_does_not_start_on_a_file_that_makes_no_sense() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let server = builder().folder(folder.path()).start()?;
    server.add_user("ana", "user")?;
    let file = super::users_file(&server);
    drop(server);
    // It is the same people after a restart.
    let server = builder().folder(folder.path()).start()?;
    assert_eq!(auth(&server, "ana", PASSWORD)?, "OK");
    drop(server);
    fs::write(&file, "[users.ana]\nrole = 'user'\n")?;
    let finished = builder().folder(folder.path()).finish()?;
    assert_eq!(finished.status.code(), Some(2), "{finished:?}");
    let part = "users.toml:1:1: this account has no `password`";
    assert!(finished.stderr.contains(part), "{}", finished.stderr);
    Ok(())
}
