//! Who asks for many logins at once, or guesses: others come in all the same.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;
use caracola_testing::{Connection, PASSWORD, TestServer, error_code, framed};
use caracola_wire::{ShellWelcome, Value};

use crate::builder;
use crate::households::connect_from;

/// A login from 127.0.0.`household`, and what it answers.
fn log_in(server: &TestServer, household: u8, name: &str) -> Result<(Connection, Value)> {
    let mut connection = connect_from(server, household)?;
    let reply = connection.request(&["AUTH", name, PASSWORD])?;
    Ok((connection, reply))
}

fn assert_in(reply: &Value, who: &str) {
    assert_eq!(reply.as_str(), Some("OK"), "{who}: {reply:?}");
}

/// Guesses from a household until it is told to wait; what it is told then.
fn guess_until_refused(server: &TestServer, household: u8, name: impl Fn(usize) -> String) -> Result<String> {
    let mut guesser = connect_from(server, household)?;
    for guess in 0..60 {
        let reply = guesser.request(&["AUTH", &name(guess), &format!("wrong guess {guess}")])?;
        match reply {
            Value::Error(error) if error.code == "LIMIT" => return Ok(error.message),
            other => assert_eq!(error_code(&other), "WRONGPASS"),
        }
    }
    anyhow::bail!("sixty guesses, and nothing was refused")
}

#[test]
fn two_hundred_logins_at_once_keep_no_other_waiting() -> Result<()> {
    let server = builder().more_config("[limits]\nhandshake = '5m'\n").start()?;
    for name in ["ana", "ben"] {
        server.add_user(name, "user")?;
    }
    let crowd = (0..200).map(|_| connect_from(&server, 2)).collect::<Result<Vec<_>>>()?;
    let asked = framed(&["AUTH", "ana", PASSWORD]);
    let mut crowd = crowd
        .into_iter()
        .map(|mut connection| connection.send(&asked).map(|()| connection))
        .collect::<Result<Vec<_>>>()?;
    // Once some are refused, as many wait as may.
    server.wait_for_log("so many logins wait")?;
    let mut answered = Vec::new();
    for household in [2, 3] {
        let (_connection, reply) = log_in(&server, household, "ben")?;
        assert_in(&reply, "ben");
        answered.push(server.log().matches("logged in").count());
    }
    // Both came long before the crowd was through, though it was there first.
    assert!(answered[1] < 100, "{answered:?} logins came before");
    let mut codes = Vec::new();
    for connection in &mut crowd {
        codes.push(error_code(&connection.reply()?).to_owned());
    }
    let refused = codes.iter().filter(|code| *code == "BUSY").count();
    // Half of all places of an address is the most for one account.
    let came_in = codes.iter().filter(|code| code.is_empty()).count();
    assert!(
        refused >= 60 && came_in >= 100,
        "{came_in} came in, {refused} were refused"
    );
    assert_eq!(
        server.log().matches("so many logins wait").count(),
        1,
        "a line a minute"
    );
    Ok(())
}

#[test]
fn an_attacker_at_a_shared_address_locks_out_nobody_who_is_known_there() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let start = || builder().folder(folder.path()).start();
    let server = start()?;
    for name in ["ana", "ben", "eva"] {
        server.add_user(name, "user")?;
    }
    for name in ["ana", "ben"] {
        assert_in(&log_in(&server, 1, name)?.1, name);
    }
    // A restart forgets nobody.
    drop(server);
    let server = start()?;
    let told = guess_until_refused(&server, 1, |guess| format!("user{guess}"))?;
    assert!(told.contains("from this address: wait, and try again in "), "{told}");
    // The attacker goes on, as fast as is allowed; 119 times the right password is in.
    let done = AtomicBool::new(false);
    let attack = || -> Result<()> {
        let mut attacker = connect_from(&server, 1)?;
        for guess in 0.. {
            if done.load(Ordering::Relaxed) {
                break;
            }
            let name = format!("user{guess}");
            attacker.request(&["AUTH", &name, "a wrong guess"])?;
            thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    };
    let longest = thread::scope(|scope| -> Result<Duration> {
        let attack = scope.spawn(attack);
        let tries = || -> Result<Duration> {
            let mut longest = Duration::ZERO;
            for turn in 0..119 {
                let name = if turn % 2 == 0 { "ana" } else { "ben" };
                let start = Instant::now();
                let (_connection, reply) = log_in(&server, 1, name)?;
                anyhow::ensure!(reply.as_str() == Some("OK"), "{name}, try {turn}: {reply:?}");
                longest = longest.max(start.elapsed());
            }
            Ok(longest)
        };
        let longest = tries();
        done.store(true, Ordering::Relaxed);
        attack.join().map_err(|_| anyhow::anyhow!("the attacker panicked"))??;
        longest
    })?;
    assert!(longest < Duration::from_secs(30), "{longest:?}");
    println!("119 of 119 are in, the slowest after {longest:?}");
    // Who never came from there has to wait; elsewhere the same name needn't.
    guess_until_refused(&server, 1, |guess| format!("user{guess}"))?;
    assert_eq!(error_code(&log_in(&server, 1, "eva")?.1), "LIMIT");
    assert_in(&log_in(&server, 2, "eva")?.1, "eva");
    Ok(())
}

#[test]
fn guesses_at_one_name_are_told_apart_and_forgotten_on_demand() -> Result<()> {
    let server = builder().start()?;
    for name in ["ana", "ben"] {
        server.add_user(name, "user")?;
    }
    assert_in(&log_in(&server, 1, "ana")?.1, "ana");
    let told = guess_until_refused(&server, 1, |_| "ana".to_owned())?;
    assert!(told.contains("for this name from this address"), "{told}");
    assert_eq!(error_code(&log_in(&server, 1, "ana")?.1), "LIMIT");
    // From elsewhere she is let in, until guesses come from everywhere: then only from where she is known.
    for household in 10..20 {
        guess_until_refused(&server, household, |_| "ana".to_owned())?;
    }
    let told = guess_until_refused(&server, 30, |_| "ana".to_owned())?;
    assert!(told.contains("for this name from other addresses"), "{told}");
    assert_eq!(error_code(&log_in(&server, 31, "ana")?.1), "LIMIT");
    assert_in(&log_in(&server, 31, "ben")?.1, "ben");
    // An admin has the server forget them.
    let said = server.user(&["unlock", "ana"])?.success()?;
    assert!(said.contains("forgotten"), "{said}");
    for household in [1, 31] {
        assert_in(&log_in(&server, household, "ana")?.1, "ana");
    }
    let said = server.user(&["unlock", "ana"])?.success()?;
    assert!(said.contains("No wrong passwords"), "{said}");
    // An address has its own count.
    guess_until_refused(&server, 40, |guess| format!("user{guess}"))?;
    assert_eq!(error_code(&log_in(&server, 40, "ana")?.1), "LIMIT");
    // What is forgotten of a name says nothing of the address, and the answer claims nothing else.
    let said = server.user(&["unlock", "ana"])?.success()?;
    assert!(!said.contains("no login"), "{said}");
    assert!(said.contains("may still have to wait, 192 s at most"), "{said}");
    assert_eq!(error_code(&log_in(&server, 40, "ana")?.1), "LIMIT");
    let said = server.user(&["unlock", "ana", "--address", "127.0.0.40"])?.success()?;
    assert!(said.contains("no login for this name from there has to wait"), "{said}");
    assert_in(&log_in(&server, 40, "ana")?.1, "ana");
    // Only operators may ask for that.
    let (mut ben, _) = log_in(&server, 41, "ben")?;
    assert_eq!(error_code(&ben.request(&["CLIENT", "UNLOCK", "ana"])?), "DENIED");
    Ok(())
}

#[test]
fn a_library_s_one_wrong_password_locks_nobody_out() -> Result<()> {
    let server = builder().start()?;
    server.add_user("ana", "user")?;
    // A library tries the one that it has again and again: nine times are one guess, and from then on each is another.
    for _ in 0..9 {
        let reply = connect_from(&server, 1)?.request(&["AUTH", "ana", "last year's password"])?;
        assert_eq!(error_code(&reply), "WRONGPASS");
    }
    assert_in(&log_in(&server, 1, "ana")?.1, "ana");
    Ok(())
}

/// A shell that logs in with a device secret, if it has one, and asks for another: that one, or the error.
fn with_device(server: &TestServer, name: &str, device: Option<&str>) -> Result<Result<String, String>> {
    let login = connect_from(server, 1)?.log_in_for_device(name, PASSWORD, device)?;
    Ok(login.map_err(|error| error.code))
}

#[test]
fn a_device_secret_passes_by_others_guesses_and_is_no_password() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let start = || builder().folder(folder.path()).start();
    let server = start()?;
    for name in ["ana", "ben"] {
        server.add_user(name, "user")?;
    }
    let device = with_device(&server, "ana", None)?.map_err(anyhow::Error::msg)?;
    guess_until_refused(&server, 1, |_| "ana".to_owned())?;
    guess_until_refused(&server, 1, |guess| format!("user{guess}"))?;
    assert_eq!(with_device(&server, "ana", None)?.err().as_deref(), Some("LIMIT"));
    // A new one, while the attack goes on; also after a restart, where the attack begins again.
    let second = with_device(&server, "ana", Some(&device))?.map_err(anyhow::Error::msg)?;
    assert_ne!(second, device);
    drop(server);
    let server = start()?;
    guess_until_refused(&server, 1, |_| "ana".to_owned())?;
    for device in [&device, &second] {
        assert!(with_device(&server, "ana", Some(device))?.is_ok());
    }
    // For another account it is nothing, nor is anything else in its place.
    guess_until_refused(&server, 1, |_| "ben".to_owned())?;
    for odd in [device.as_str(), "", "x", "1.2.3"] {
        let refused = with_device(&server, "ben", Some(odd))?;
        assert_eq!(refused.err().as_deref(), Some("LIMIT"), "{odd}");
    }
    // Guesses with it are counted by themselves.
    let mut thief = connect_from(&server, 1)?;
    let mut told = Vec::new();
    for guess in 0..6 {
        let guess = format!("wrong guess {guess}");
        let reply = thief.request(&["HELLO", "3", "DEVICE", &device, "AUTH", "ana", &guess])?;
        told.push(error_code(&reply).to_owned());
    }
    assert_eq!(told[4..], ["WRONGPASS", "LIMIT"]);
    assert!(with_device(&server, "ana", Some(&second))?.is_ok());
    // A new password makes it void: with it one waits like everybody else.
    server.user_with_password(&["passwd", "ana"], PASSWORD)?.success()?;
    server.wait_for_log("read the users again")?;
    assert_eq!(
        with_device(&server, "ana", Some(&second))?.err().as_deref(),
        Some("LIMIT")
    );
    for secret in [&device, &second] {
        assert!(!server.log().contains(secret.as_str()), "it is on the log");
    }
    // A guest has none.
    let mut guest = connect_from(&server, 2)?;
    guest.request(&["HELLO", "3"])?;
    let welcome = ShellWelcome::decode(&guest.request(&["SHELL", "1", "device", "1"])?)?;
    assert_eq!(welcome.device, None);
    Ok(())
}
