//! The operator's door: what the real subcommands do to those who are connected, and who may not do it.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use caracola_testing::{Connection, Finished, Process, TestServer, error_code, plain_command};
use caracola_wire::{Push, Value};

use crate::server;

fn assert_failed(finished: &Finished, parts: &[&str]) {
    assert_eq!(finished.status.code(), Some(1), "{finished:?}");
    assert_eq!(finished.stdout, "");
    for part in parts {
        assert!(finished.stderr.contains(part), "{part:?} in {}", finished.stderr);
    }
    assert!(!finished.stderr.contains("panicked"), "{}", finished.stderr);
}

fn assert_put_out(person: &mut Connection) -> Result<()> {
    let bye = person.push_where(|push| matches!(push, Push::Bye { .. }))?;
    assert!(
        matches!(&bye, Push::Bye { reason } if reason == "an operator ended your session"),
        "{bye:?}"
    );
    assert_eq!(person.rest()?, b"");
    Ok(())
}

#[test]
fn say_reaches_everyone_wherever_they_are() -> Result<()> {
    let server = server()?;
    let (mut ana, mut ben) = (server.shell("ana")?, server.shell("ben")?);
    ben.request(&["RUN", "join", "garden"])?;
    ben.request(&["RUN", "leave", "lobby"])?;
    let mut library = server.connect()?;
    library.request(&["SUBSCRIBE", "lobby"])?;
    let said = server
        .operator(&["say", "five", "minutes  left, it's late"])?
        .success()?;
    assert_eq!(said, "Announced to 2.\n");
    for person in [&mut ana, &mut ben] {
        let notice = person.push_where(|push| matches!(push, Push::Notice { kind, .. } if kind == "server"))?;
        let Push::Notice { text, .. } = notice else {
            bail!("{notice:?}");
        };
        assert_eq!(text, "The operator: five minutes  left, it's late");
    }
    server.wait_for_log("five minutes")
}

#[test]
fn sessions_shows_who_is_there_and_over_which_tls() -> Result<()> {
    let server = server()?;
    let mut ana = server.shell("ana")?;
    ana.request(&["RUN", "port", "443"])?;
    let mut pooled = server.connect()?;
    pooled.request(&["CLIENT", "SETNAME", "pool"])?;
    let shown = server.operator(&["sessions"])?.success()?;
    let heading = shown.lines().next().unwrap_or_default();
    for column in ["Id", "Name", "User", "From", "Since", "Idle", "Doing", "TLS"] {
        assert!(heading.contains(column), "{shown}");
    }
    let line = |part: &str| {
        shown
            .lines()
            .find(|line| line.contains(part))
            .unwrap_or_default()
            .to_owned()
    };
    let ana_line = line("~ana");
    for part in ["guest", "127.0.0.1:", "port", "TLSv1.2 ECDHE-ECDSA-"] {
        assert!(ana_line.contains(part), "{part:?} in {shown}");
    }
    assert!(line("pool").contains("TLSv1.2"), "{shown}");
    assert!(line("door (process").contains("operator"), "the one who asks: {shown}");
    assert!(!shown.contains("443"), "arguments are nobody's business");
    assert!(shown.contains("Sessions: 3"), "{shown}");
    Ok(())
}

#[test]
fn the_operator_is_spoken_to_in_the_language_of_the_terminal() -> Result<()> {
    let server = server()?;
    let mut command = plain_command(Path::new(env!("CARGO_BIN_EXE_caracolad")));
    command
        .arg("sessions")
        .arg("--state-dir")
        .arg(server.state())
        .env("LANG", "es_MX.UTF-8");
    let shown = Process::finish(&mut command)?.success()?;
    assert!(shown.contains("Sesiones: 1") && shown.contains("Nombre"), "{shown}");
    // A language that nothing is in: the server's own.
    command.env("LANG", "C.UTF-8").env("LC_ALL", "hr_HR");
    let shown = Process::finish(&mut command)?.success()?;
    assert!(shown.contains("Sessions: 1"), "{shown}");
    Ok(())
}

#[test]
fn who_is_kicked_may_come_back() -> Result<()> {
    let server = server()?;
    let (mut ana, mut ben) = (server.shell("ana")?, server.shell("ben")?);
    let said = server.operator(&["kick", "ben"])?.success()?;
    assert_eq!(said, "~ben was disconnected\n");
    assert_put_out(&mut ben)?;
    ana.push_where(|push| matches!(push, Push::Notice { text, .. } if text == "~ben left"))?;
    let mut ben = server.connect()?;
    assert_eq!(ben.be_shell("ben", "en")?.name, "~ben");
    assert_eq!(ana.request(&["PING"])?.as_str(), Some("PONG"), "nobody else");
    Ok(())
}

#[test]
fn who_is_kicked_for_a_while_stays_out_under_that_name() -> Result<()> {
    let server = server()?;
    let mut ben = server.connect()?;
    let token = ben.be_shell("ben", "en")?.token;
    let said = server.operator(&["kick", "BEN", "--for", "10m"])?.success()?;
    assert!(
        said.starts_with("~ben was disconnected, and is banned for 10m under that name"),
        "{said}"
    );
    assert_put_out(&mut ben)?;

    let mut other = server.connect()?;
    other.request(&["HELLO", "3"])?;
    let Value::Error(refused) = other.request(&["SHELL", "1", "name", "ben", "token", &token])? else {
        bail!("ben is back, by the token or as another ben");
    };
    assert_eq!(refused.code, "DENIED");
    assert_eq!(other.rest()?, b"", "and the connection is closed");
    let mut other = server.shell("eva")?;
    for alike in ["ben", "Ben", "bеn"] {
        let Value::Error(error) = other.request(&["RUN", "name", alike])? else {
            bail!("{alike} is let in");
        };
        assert!(error.message.contains("banned the name"), "{error}");
    }
    Ok(())
}

#[test]
fn anybody_can_be_meant_by_number() -> Result<()> {
    let server = server()?;
    let mut library = server.connect()?;
    let id = library.request(&["CLIENT", "ID"])?.as_integer().context("no id")?;
    server.operator(&["kick", &id.to_string()])?.success()?;
    assert_eq!(library.rest()?, b"");

    let mut library = server.connect()?;
    let id = library.request(&["CLIENT", "ID"])?.as_integer().context("no id")?;
    let mut door = server.door()?;
    let killed = door.request(&["CLIENT", "KILL", "ID", &id.to_string()])?;
    assert_eq!(killed, Value::Integer(1));
    assert_eq!(library.rest()?, b"");
    Ok(())
}

#[test]
fn the_muted_may_read_and_not_speak() -> Result<()> {
    let server = server()?;
    let (mut ana, mut ben) = (server.shell("ana")?, server.shell("ben")?);
    let said = server.operator(&["mute", "ben", "--for", "5m"])?.success()?;
    assert_eq!(said, "~ben is muted for 5m\n");
    let told = ben.push_where(|push| matches!(push, Push::Notice { kind, .. } if kind == "moderation"))?;
    assert!(
        matches!(&told, Push::Notice { text, .. } if text == "~ben is muted for 5m"),
        "{told:?}"
    );
    for speaking in [
        &["RUN", "say", "pst"][..],
        &["RUN", "tell", "ana", "pst"],
        &["RUN", "tell", "server", "pst"],
        &["PUBLISH", "lobby", "pst"],
    ] {
        assert_eq!(error_code(&ben.request(speaking)?), "DENIED", "{speaking:?}");
    }
    ana.request(&["RUN", "say", "hello"])?;
    ben.push_where(|push| matches!(push, Push::Message { text, .. } if text == "hello"))?;
    assert!(!format!("{:?}", ana.pushes_until_now()?).contains("pst"));

    let said = server.operator(&["unmute", "ben"])?.success()?;
    assert_eq!(said, "~ben may speak again\n");
    ben.request(&["RUN", "say", "thank you"])?;
    ana.push_where(|push| matches!(push, Push::Message { text, .. } if text == "thank you"))?;

    let said = server.operator(&["mute", "ana"])?.success()?;
    assert_eq!(said, "~ana is muted until an operator ends that\n");
    assert_eq!(error_code(&ana.request(&["RUN", "say", "hey"])?), "DENIED");
    Ok(())
}

#[test]
fn a_mistake_of_the_operators_is_told() -> Result<()> {
    let server = server()?;
    let mut ben = server.shell("ben")?;
    assert_failed(&server.operator(&["kick", "zoe"])?, &["zoe"]);
    assert_failed(&server.operator(&["mute", "999"])?, &["999"]);
    for time in ["soon", "-1", "0s", "99999999999d"] {
        let finished = server.operator(&["kick", "ben", &format!("--for={time}")])?;
        assert_failed(&finished, &[time, "10m"]);
    }
    assert_eq!(ben.request(&["PING"])?.as_str(), Some("PONG"), "nothing happened");
    Ok(())
}

#[test]
fn without_a_server_each_says_where_it_looked() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let state = folder.path().join("state");
    for words in [
        &["say", "hello"][..],
        &["sessions"],
        &["kick", "ana"],
        &["mute", "ana"],
        &["unmute", "ana"],
        &["stop"],
    ] {
        let mut command = plain_command(Path::new(env!("CARGO_BIN_EXE_caracolad")));
        command.arg(words[0]).arg("--state-dir").arg(&state).args(&words[1..]);
        let finished = Process::finish(&mut command)?;
        let door = state.join("door.sock").display().to_string();
        assert_failed(&finished, &["no server can be reached", &door, "--state-dir"]);
    }
    Ok(())
}

#[test]
fn who_comes_by_the_door_is_the_operator() -> Result<()> {
    let server = server()?;
    let mut ana = server.shell("ana")?;
    let mut door = server.door()?;
    // What a client wishes for whose person is root.
    let welcome = door.be_shell("root", "en")?;
    assert_eq!(welcome.user, "operator");
    assert_eq!(welcome.name, "operator");
    let who = door.request(&["RUN", "whoami"])?;
    assert!(format!("{who:?}").contains("admin"), "{who:?}");
    assert_eq!(ana.run(&["tell", "server", "the projector is off"])?, "Told server.");
    let told = door.push_where(|push| matches!(push, Push::Tell { .. }))?;
    assert!(matches!(&told, Push::Tell { name, text, .. } if name == "~ana" && text == "the projector is off"));
    door.request(&["RUN", "tell", "ana", "on my way"])?;
    let told = ana.push_where(|push| matches!(push, Push::Tell { .. }))?;
    assert!(
        matches!(&told, Push::Tell { name, user, .. } if name == "operator" && user == "operator"),
        "{told:?}"
    );
    assert_eq!(ana.run(&["tell", "operator", "thank you"])?, "Told server.");
    door.push_where(|push| matches!(push, Push::Tell { text, .. } if text == "thank you"))?;
    // A library at the door sees everybody.
    let list = server.door()?.request(&["CLIENT", "LIST"])?;
    assert_eq!(list.as_str().map(|list| list.lines().count()), Some(3), "{list:?}");
    Ok(())
}

#[test]
fn what_operators_have_does_not_exist_for_guests() -> Result<()> {
    let server = server()?;
    let (mut ana, mut ben) = (server.shell("ana")?, server.shell("ben")?);
    for request in [
        &["RUN", "sessions"][..],
        &["RUN", "kick", "ben"],
        &["RUN", "expulsar", "ben"],
        &["RUN", "mute", "ben"],
        &["RUN", "unmute", "ben"],
        &["RUN", "announce", "I am the operator"],
        &["RUN", "stop"],
        &["stop"],
        &["RUN", "DETENER"],
        &["RUN", "help", "stop"],
        &["RUN", "help", "expulsar"],
    ] {
        let reply = ana.request(request)?;
        assert!(
            ["UNKNOWN", "FAILED"].contains(&error_code(&reply)),
            "{request:?}: {reply:?}"
        );
    }
    let own = ben.pushes_until_now()?;
    assert_eq!(own, [], "{own:?}");
    assert_eq!(error_code(&ana.request(&["CLIENT", "KILL", "ID", "2"])?), "DENIED");
    Ok(())
}

#[test]
fn what_the_server_started_is_no_operator() -> Result<()> {
    let config = r#"
[commands.inside]
summary = "Ask at the door"
exec = ["BINARY", "sessions", "--state-dir", "{folder}/state"]
params = [{ name = "folder" }]
[commands.orphan]
summary = "Ask at the door, when the parent has ended"
exec = ["sh", "-c", """
((BINARY sessions --state-dir "$1/state" > "$1/said" 2>&1; echo $? > "$1/status") &)
until [ -s "$1/status" ]; do sleep 0.02; done
cat "$1/said"
exit $(cat "$1/status")
""", "sh", "{folder}"]
params = [{ name = "folder" }]
"#;
    for command in ["inside", "orphan"] {
        let server = TestServer::builder()
            .binary(env!("CARGO_BIN_EXE_caracolad"))
            .more_config(&config.replace("BINARY", env!("CARGO_BIN_EXE_caracolad")))
            .start()?;
        let folder = server.folder().display().to_string();
        let reply = server.door()?.request(&["RUN", command, &folder])?;
        assert_eq!(error_code(&reply), "FAILED", "{command}: {reply:?}");
        server.wait_for_log("a program or plugin that the server started")?;
        let shown = server.operator(&["sessions"])?.success()?;
        assert!(shown.contains("Sessions: 1"), "the operator's own: {shown}");
    }
    Ok(())
}
