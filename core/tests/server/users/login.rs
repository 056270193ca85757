//! AUTH: whom it lets in, what it tells, and what changes for a session.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use caracola_testing::{Connection, PASSWORD, error_code, framed};
use caracola_wire::Value;

use super::{builder, is_ok, is_operator, logged_in, server};

#[test]
fn the_right_password_makes_a_session_somebody_s() -> Result<()> {
    let server = server()?;
    server.add_user("ana", "operator")?;
    let mut ana = server.connect()?;
    assert!(!is_operator(&mut ana)?, "before, the command doesn't exist");
    assert!(is_ok(&ana.request(&["AUTH", "ana", PASSWORD])?));
    assert!(is_operator(&mut ana)?);
    let about = ana.run(&["whoami"])?;
    let lines: Vec<Vec<_>> = about.lines().map(|line| line.split_whitespace().collect()).collect();
    for line in [["name", "ana"], ["user", "ana"], ["role", "operator"]] {
        assert!(lines.iter().any(|found| found == &line), "{line:?} in {about}");
    }
    let list = ana.request(&["CLIENT", "LIST"])?;
    let list = list.as_str().context("no text")?;
    assert!(list.contains(" user=ana "), "{list}");
    assert!(!list.contains("horse"), "{list}");
    server.wait_for_log("logged in")?;
    assert!(!server.log().contains("horse"), "{}", server.log());
    Ok(())
}

#[test]
fn any_spelling_of_the_name_is_the_name() -> Result<()> {
    let server = server()?;
    server.add_user("muñoz", "user")?;
    for spelling in ["muñoz", "MUÑOZ", "mun\u{303}oz"] {
        let mut session = server.connect()?;
        assert!(is_ok(&session.request(&["AUTH", spelling, PASSWORD])?), "{spelling}");
        assert!(session.run(&["whoami"])?.contains("muñoz"));
    }
    Ok(())
}

#[test]
fn wrong_and_unknown_are_told_apart_by_nothing() -> Result<()> {
    let server = server()?;
    server.add_user("ana", "user")?;
    let wrong = server.connect()?.request(&["AUTH", "ana", "wrong horse battery"])?;
    assert_eq!(error_code(&wrong), "WRONGPASS");
    let long = "x".repeat(16 * 1024);
    for request in [
        &["AUTH", "nobody", PASSWORD][..],
        &["AUTH", "no name at all", PASSWORD],
        &["AUTH", "", ""],
        &["AUTH", "server", PASSWORD],
        &["AUTH", "ana", ""],
        &["AUTH", "ana", &long],
        &["AUTH", &long, PASSWORD],
        &["AUTH", PASSWORD],
        &["HELLO", "3", "AUTH", "ana", "wrong"],
        &["HELLO", "3", "AUTH", "nobody", PASSWORD],
    ] {
        let mut stranger = server.connect()?;
        assert_eq!(stranger.request(request)?, wrong, "{:?}", &request[..2]);
        assert!(!is_operator(&mut stranger)?);
    }
    for request in [&["AUTH"][..], &["AUTH", "ana", PASSWORD, "more"]] {
        assert_eq!(error_code(&server.connect()?.request(request)?), "ERR", "{request:?}");
    }
    // Somebody who types the password where the name belongs has it on no log.
    server.wait_for_log("wrong password, or no such user")?;
    assert!(
        !server.log().contains("horse") && !server.log().contains("nobody"),
        "{}",
        server.log()
    );
    Ok(())
}

#[test]
fn an_unknown_user_takes_as_long_as_a_wrong_password() -> Result<()> {
    let server = server()?;
    server.add_user("ana", "user")?;
    // At the door nobody counts wrong guesses.
    let mut door = server.door()?;
    let long = "x".repeat(10_000);
    let guesses = [
        ["AUTH", "ana", "wrong"],
        ["AUTH", "nobody", "wrong"],
        ["AUTH", "ana", &long],
    ];
    let mut times = [const { Vec::new() }; 3];
    for _ in 0..15 {
        for (guess, times) in guesses.iter().zip(&mut times) {
            let start = Instant::now();
            assert_eq!(error_code(&door.request(guess)?), "WRONGPASS");
            times.push(start.elapsed());
        }
    }
    let [wrong, unknown, long] = times.map(|mut times| {
        times.sort_unstable();
        times[times.len() / 2]
    });
    assert!(wrong > Duration::from_millis(5), "{wrong:?} is no work");
    for other in [unknown, long] {
        let ratio = other.as_secs_f64() / wrong.as_secs_f64();
        assert!((0.6..1.6).contains(&ratio), "{other:?} is not like {wrong:?}");
    }
    Ok(())
}

#[test]
fn pipelined_requests_keep_their_order_around_a_login() -> Result<()> {
    let server = builder().config("").start()?;
    server.add_user("ana", "operator")?;
    let mut ana = server.connect()?;
    let requests = [
        &["PING"][..],
        &["AUTH", "ana", "wrong"],
        &["PING", "one"],
        &["AUTH", "ana", PASSWORD],
        &["PING", "two"],
        &["RUN", "sessions"],
        &["AUTH", "ana", "wrong"],
        &["PING", "three"],
    ];
    let bytes: Vec<u8> = requests.iter().flat_map(|words| framed(words)).collect();
    ana.send(&bytes)?;
    let replies = (0..requests.len()).map(|_| ana.reply()).collect::<Result<Vec<_>>>()?;
    let codes: Vec<_> = replies.iter().map(error_code).collect();
    assert_eq!(codes, ["NOAUTH", "WRONGPASS", "NOAUTH", "", "", "", "WRONGPASS", ""]);
    assert_eq!(replies[4].as_str(), Some("two"));
    assert_eq!(replies[7].as_str(), Some("three"), "a failed try changes nothing");
    Ok(())
}

#[test]
fn a_login_may_be_typed_and_may_come_in_pieces() -> Result<()> {
    let server = server()?;
    server.add_user("ana", "operator")?;
    let mut ana = server.connect()?;
    ana.send(format!("auth ana \"{PASSWORD}\"\r\n").as_bytes())?;
    assert!(is_ok(&ana.reply()?));
    assert!(is_operator(&mut ana)?);
    let mut pieces = server.connect()?;
    pieces.send(b"PING\r\n")?;
    let bytes = framed(&["AUTH", "ana", PASSWORD]);
    for byte in &bytes {
        pieces.send(&[*byte])?;
    }
    assert_eq!(pieces.reply()?.as_str(), Some("PONG"));
    assert!(is_ok(&pieces.reply()?));
    assert!(is_operator(&mut pieces)?);
    Ok(())
}

#[test]
fn who_logged_in_may_send_more() -> Result<()> {
    let server = server()?;
    server.add_user("ana", "user")?;
    let mut words = vec!["COMMAND", "INFO"];
    words.resize(500, "ls");
    let mut guest = server.connect()?;
    let reply = guest.request(&words)?;
    assert_eq!(error_code(&reply), "LIMIT", "{reply:?}");
    let reply = logged_in(&server, "ana")?.request(&words)?;
    assert_eq!(reply.as_array().map(<[_]>::len), Some(498));
    Ok(())
}

#[test]
fn reset_logs_out() -> Result<()> {
    let server = server()?;
    server.add_user("ana", "operator")?;
    let mut ana = logged_in(&server, "ana")?;
    assert!(is_operator(&mut ana)?);
    assert_eq!(ana.request(&["RESET"])?.as_str(), Some("RESET"));
    assert!(!is_operator(&mut ana)?);
    assert!(ana.run(&["whoami"])?.contains("guest"));
    // The operator's door stays one.
    let mut door = server.door()?;
    door.request(&["RESET"])?;
    assert!(is_operator(&mut door)?);
    Ok(())
}

#[test]
fn without_guests_a_login_is_the_way_in_and_waits_for_nobody() -> Result<()> {
    let server = builder().config("[limits]\nhandshake = \"2s\"\n").start()?;
    server.wait_for_log("nobody can come in")?;
    server.add_user("ana", "user")?;
    let mut stranger = server.connect()?;
    assert_eq!(error_code(&stranger.request(&["PING"])?), "NOAUTH");
    assert_eq!(error_code(&stranger.request(&["HELLO", "3"])?), "NOAUTH");
    let mut ana = logged_in(&server, "ana")?;
    let mut other = server.connect()?;
    let hello = other.request(&["HELLO", "3", "AUTH", "ana", PASSWORD])?;
    assert!(matches!(hello, Value::Map(_)), "{hello:?}");
    // Three times the time for a handshake; what it says in between prolongs nothing.
    assert_eq!(error_code(&stranger.request(&["PING"])?), "NOAUTH");
    assert_closed(&mut stranger)?;
    server.wait_for_log("no login in time")?;
    for session in [&mut ana, &mut other] {
        assert_eq!(session.request(&["PING"])?.as_str(), Some("PONG"));
    }
    Ok(())
}

fn assert_closed(connection: &mut Connection) -> Result<()> {
    let rest = connection.rest()?;
    assert!(rest.is_empty(), "{rest:?}");
    Ok(())
}
