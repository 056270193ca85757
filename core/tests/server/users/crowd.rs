//! Many who log in at once, and those who guess: nobody else waits for them.

use anyhow::{Context as _, Result};
use caracola_testing::{Connection, PASSWORD, TestServer, error_code, framed};
use caracola_wire::Value;

use super::{is_ok, logged_in, server};

/// So many people who log in at the same moment. They come by the door, where no handshake holds them up.
fn crowd(server: &TestServer, people: usize) -> Result<Vec<Connection>> {
    let mut crowd = (0..people).map(|_| server.door()).collect::<Result<Vec<_>>>()?;
    for connection in &mut crowd {
        connection.send(&framed(&["AUTH", "ana", PASSWORD]))?;
    }
    Ok(crowd)
}

/// What the server has in memory, in KiB.
fn resident(server: &TestServer) -> Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.process()))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    Ok(number.context("no VmRSS")?.parse()?)
}

fn logins(server: &TestServer) -> usize {
    server.log().matches("logged in").count()
}

#[test]
fn fifty_logins_do_not_hold_others_up() -> Result<()> {
    let server = server()?;
    server.add_user("ana", "user")?;
    let mut other = server.connect()?;
    other.request(&["PING"])?;
    let mut crowd = (0..50).map(|_| server.connect()).collect::<Result<Vec<_>>>()?;
    let resident_before = resident(&server)?;
    for connection in &mut crowd {
        connection.send(&framed(&["AUTH", "ana", PASSWORD]))?;
    }
    for number in 0..20 {
        let word = number.to_string();
        assert_eq!(other.request(&["PING", &word])?.as_str(), Some(word.as_str()));
    }
    // Each login takes far longer than a PING: those here were answered while most of the crowd still waited.
    let before = logins(&server);
    assert!(before < 50, "{before} logins came first");
    for connection in &mut crowd {
        let reply = connection.reply()?;
        assert!(is_ok(&reply), "{reply:?}");
    }
    // Each took 19 MiB, and gave them back to the system, not only to the allocator.
    let grown = resident(&server)?.saturating_sub(resident_before);
    assert!(grown < 48 * 1024, "{grown} KiB are left behind");
    Ok(())
}

#[test]
fn more_than_can_wait_are_told_so() -> Result<()> {
    let server = server()?;
    server.add_user("ana", "user")?;
    let mut crowd = crowd(&server, 180)?;
    let (mut welcome, mut busy) = (0, 0);
    for connection in &mut crowd {
        match connection.reply()? {
            reply if is_ok(&reply) => welcome += 1,
            reply => {
                assert_eq!(error_code(&reply), "BUSY", "{reply:?}");
                busy += 1;
            }
        }
    }
    assert!(welcome >= 130, "{welcome} welcome, {busy} told to come again");
    assert!(busy > 0, "{welcome} welcome, {busy} told to come again");
    // Being told so is not a guess.
    logged_in(&server, "ana")?;
    Ok(())
}

#[test]
fn who_hangs_up_leaves_the_queue() -> Result<()> {
    let server = server()?;
    server.add_user("ana", "user")?;
    // Together they are more than can wait.
    drop(crowd(&server, 100)?);
    for session in 1..=100 {
        server.wait_for_log(&format!("left session={session} "))?;
    }
    for connection in &mut crowd(&server, 100)? {
        let reply = connection.reply()?;
        assert!(is_ok(&reply), "{reply:?}");
    }
    Ok(())
}

#[test]
fn guessing_is_slow_and_only_for_who_guesses() -> Result<()> {
    let server = server()?;
    server.add_user("ana", "user")?;
    server.add_user("ben", "user")?;
    let mut ben = logged_in(&server, "ben")?;
    let mut guesser = server.connect()?;
    let mut codes = Vec::new();
    // Each with another password: the same one counts once.
    for guess in 0..7 {
        let guess = format!("wrong guess {guess}");
        codes.push(error_code(&guesser.request(&["AUTH", "ana", &guess])?).to_owned());
    }
    assert_eq!(
        codes,
        [
            "WRONGPASS",
            "WRONGPASS",
            "WRONGPASS",
            "WRONGPASS",
            "WRONGPASS",
            "LIMIT",
            "LIMIT"
        ]
    );
    server.wait_for_log("too many wrong passwords")?;
    // Another connection is no way around it, nor another spelling, and now not even the right password.
    let limited = server.connect()?.request(&["AUTH", "ANA", PASSWORD])?;
    assert_eq!(error_code(&limited), "LIMIT");
    let Value::Error(error) = limited else {
        anyhow::bail!("{limited:?}")
    };
    assert!(error.message.contains("try again in 1"), "{error}");
    assert!(error.message.contains("for this name from this address"), "{error}");
    // A name that nobody has is limited after the same number of guesses.
    let mut unknown = Vec::new();
    for guess in 0..6 {
        let guess = format!("wrong guess {guess}");
        unknown.push(error_code(&guesser.request(&["AUTH", "nobody", &guess])?).to_owned());
    }
    assert_eq!(unknown, codes[..6]);
    // Who is logged in from the same address notices nothing, and others may still come in.
    assert_eq!(ben.request(&["PING"])?.as_str(), Some("PONG"));
    logged_in(&server, "ben")?;
    // Until they are too many in all.
    let mut made = 0;
    for name in ('a'..='z').map(|letter| format!("{letter}{letter}{letter}")) {
        match error_code(&guesser.request(&["AUTH", &name, "a wrong guess"])?) {
            "WRONGPASS" => made += 1,
            code => assert_eq!(code, "LIMIT"),
        }
    }
    assert_eq!(made, 10, "and ten before");
    assert_eq!(ben.request(&["PING"])?.as_str(), Some("PONG"));
    // The door is the operator's own.
    assert!(is_ok(&server.door()?.request(&["AUTH", "ana", PASSWORD])?));
    Ok(())
}
