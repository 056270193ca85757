//! Connections that take places and ask for nothing.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use caracola_testing::{Connection, PASSWORD, TestServer, error_code};

use crate::builder;
use crate::households::{connect_from, tcp_from};

/// Who came from that household asks for something and gets it.
fn served(server: &TestServer, household: u8) -> Result<Connection> {
    let mut connection = connect_from(server, household)?;
    let reply = connection.request(&["PING"])?;
    assert_eq!(reply.as_str(), Some("PONG"), "{reply:?}");
    Ok(connection)
}

#[test]
fn who_asks_for_nothing_is_closed_after_the_time_for_a_handshake() -> Result<()> {
    let server = builder().more_config("[limits]\nhandshake = '2s'\n").start()?;
    // Two pools, which connect and are silent then, and somebody who mistyped.
    let mut pools = [server.connect()?, server.connect()?];
    pools[0].request(&["HELLO", "3"])?;
    pools[1].request(&["PING"])?;
    let mut typist = server.connect()?;
    assert_eq!(error_code(&typist.request(&["lss"])?), "UNKNOWN");
    let start = Instant::now();
    let mut silent = server.connect()?;
    let mut trickle = server.connect()?;
    let trickling = thread::spawn(move || {
        // A request of which a byte comes now and then, and which never ends.
        let _ = trickle.send(b"*2\r\n$4\r\nECHO\r\n$4000\r\n");
        while start.elapsed() < Duration::from_secs(20) && trickle.send(b"x").is_ok() {
            thread::sleep(Duration::from_millis(100));
        }
        start.elapsed()
    });
    assert_eq!(silent.rest()?, b"", "it is closed without a word");
    let took = start.elapsed();
    assert!(
        took >= Duration::from_secs(2) && took < Duration::from_secs(5),
        "{took:?}"
    );
    let trickled = trickling.join().map_err(|_| anyhow::anyhow!("the trickle panicked"))?;
    assert!(
        trickled < Duration::from_secs(8),
        "{trickled:?}: what it sent prolonged it"
    );
    server.wait_for_log("no request in time")?;
    for pool in &mut pools {
        assert_eq!(pool.request(&["PING"])?.as_str(), Some("PONG"));
    }
    // There is time to type the line again, and then no hurry.
    assert_eq!(error_code(&typist.request(&["RUN", "ls"])?), "");
    Ok(())
}

#[test]
fn silent_connections_keep_nobody_out() -> Result<()> {
    const LIMITS: &str = "[limits]\nsessions_per_address = 24\nsessions = 40\nhandshake = '1h'\n";
    let server = builder().more_config(LIMITS).start()?;
    server.add_user("ana", "user")?;
    let mut before = served(&server, 1)?;
    // All places of two households, half of them without a handshake.
    let mut silent = Vec::new();
    let mut handshakes = Vec::new();
    for household in [1, 2] {
        for _ in 0..20 {
            silent.push(connect_from(&server, household)?);
            handshakes.push(tcp_from(&server, household)?);
        }
    }
    let mut after = served(&server, 1).context("from an address that is full of silent ones")?;
    let _elsewhere = served(&server, 3).context("from another address, in a full server")?;
    let login = after.request(&["AUTH", "ana", PASSWORD])?;
    assert_eq!(login.as_str(), Some("OK"), "{login:?}");
    server.wait_for_log("made room")?;
    assert_eq!(server.log().matches("made room").count(), 1, "a line a minute");
    for here in [&mut before, &mut after] {
        assert_eq!(here.request(&["PING"])?.as_str(), Some("PONG"));
    }
    server.operator(&["sessions"])?.success()?;
    Ok(())
}

#[test]
fn idle_guests_leave_places_to_those_who_log_in() -> Result<()> {
    const LIMITS: &str = "[limits]\nsessions_per_address = 32\n";
    let server = builder().more_config(LIMITS).start()?;
    server.add_user("ana", "user")?;
    server.add_user("ben", "user")?;
    server.add_user("oli", "operator")?;
    let guests = (0..28).map(|_| served(&server, 1)).collect::<Result<Vec<_>>>()?;
    let mut ana = connect_from(&server, 1)?;
    // The answer says which limit it is, and the log too; who then logs in has a place.
    let refused = ana.request(&["PING"])?;
    assert_eq!(error_code(&refused), "LIMIT");
    assert!(format!("{refused:?}").contains("sessions_per_address"), "{refused:?}");
    server.wait_for_log("limit=GuestsFromThere")?;
    assert_eq!(error_code(&ana.request(&["HELLO", "3"])?), "");
    assert_eq!(error_code(&ana.request(&["PING"])?), "LIMIT");
    assert_eq!(ana.request(&["AUTH", "ana", PASSWORD])?.as_str(), Some("OK"));
    assert_eq!(ana.request(&["PING"])?.as_str(), Some("PONG"));
    // One more user, and the rest is for operators.
    let mut ben = connect_from(&server, 1)?;
    assert_eq!(ben.request(&["AUTH", "ben", PASSWORD])?.as_str(), Some("OK"));
    let mut late = connect_from(&server, 1)?;
    let refused = late.request(&["AUTH", "ben", PASSWORD])?;
    assert_eq!(error_code(&refused), "LIMIT", "{refused:?}");
    assert!(format!("{refused:?}").contains("operators"), "{refused:?}");
    assert_eq!(late.request(&["AUTH", "oli", PASSWORD])?.as_str(), Some("OK"));
    // Who leaves makes room.
    drop(guests);
    let gone = |log: &str| log.matches(" left ").count() >= 28;
    while !gone(&server.log()) {
        assert_eq!(ana.request(&["PING"])?.as_str(), Some("PONG"));
    }
    served(&server, 1)?;
    Ok(())
}
