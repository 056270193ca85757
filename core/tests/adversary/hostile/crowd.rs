//! Too many at once: in all, from one address, for a moment, or silently for ever.

use std::io::Read as _;
use std::net::TcpStream;

use anyhow::{Context as _, Result};
use caracola_testing::{Connection, TestServer};
use caracola_wire::Push;
use socket2::{Domain, Socket, Type};

use super::{Neighbours, builder};

/// A connection from another loopback address, which to the server is another household.
fn from(server: &TestServer, address: [u8; 4]) -> Result<TcpStream> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind(&std::net::SocketAddr::from((address, 0)).into())?;
    socket.connect(&server.address().into())?;
    let tcp = TcpStream::from(socket);
    tcp.set_read_timeout(Some(caracola_testing::TEST_TIMEOUT))?;
    Ok(tcp)
}

fn enter(server: &TestServer, address: [u8; 4]) -> Result<Connection> {
    let mut connection = Connection::over(from(server, address)?, &server.certificate())?;
    connection.request(&["PING"])?;
    Ok(connection)
}

#[test]
fn one_address_takes_no_more_than_its_share() -> Result<()> {
    let server = builder().more_config("[limits]\nsessions_per_address = 3\n").start()?;
    let mut neighbours = Neighbours::move_in(&server)?;
    let mut third = server.connect()?;
    // Until it has asked for something, it would make room for the next.
    third.request(&["PING"])?;
    let mut turned_away = server.tcp()?;
    let mut said = Vec::new();
    // It is closed without a word, before anything is spent on it.
    let end = turned_away.read_to_end(&mut said);
    assert!(matches!(end, Ok(0)), "{end:?}");
    assert!(server.connect().is_err());
    server.wait_for_log("FullFromThere")?;
    neighbours.notice_nothing()?;

    let mut elsewhere = enter(&server, [127, 0, 0, 2]).context("another address has its own share")?;
    drop(third);
    server.wait_for_log(" left ")?;
    let _third = server.connect().context("who leaves makes room")?;
    elsewhere.request(&["PING"])?;
    Ok(())
}

#[test]
fn connections_that_never_come_to_tls_take_places_too() -> Result<()> {
    let server = builder().more_config("[limits]\nsessions_per_address = 10\n").start()?;
    let mut neighbours = Neighbours::move_in(&server)?;
    let silent: Result<Vec<_>> = (0..50).map(|_| server.tcp()).collect();
    let mut silent = silent?;
    // The last eight are waited for; the others made room for them, long before the handshake's time is over.
    for turned_away in silent.drain(..42) {
        let mut turned_away = turned_away;
        assert!(matches!(turned_away.read(&mut [0]), Ok(0)));
    }
    neighbours.notice_nothing()?;
    enter(&server, [127, 0, 0, 2]).context("others are not kept out by them")?;
    drop(silent);
    server.wait_for_log("no TLS handshake: closed")?;
    Ok(())
}

#[test]
fn the_server_takes_no_more_than_it_can() -> Result<()> {
    let server = builder().more_config("[limits]\nsessions = 4\n").start()?;
    let mut neighbours = Neighbours::move_in(&server)?;
    let others = [enter(&server, [127, 0, 0, 2])?, enter(&server, [127, 0, 0, 3])?];
    assert!(enter(&server, [127, 0, 0, 4]).is_err());
    server.wait_for_log("refusal=Full")?;
    neighbours.notice_nothing()?;
    // The operator always gets in: somebody has to sort it out.
    let sessions = server.operator(&["sessions"])?.success()?;
    assert!(sessions.contains("127.0.0.2"), "{sessions}");
    drop(others);
    // The two, and the operator.
    while server.log().matches(" left ").count() < 3 {
        neighbours.notice_nothing()?;
    }
    enter(&server, [127, 0, 0, 4])?;
    Ok(())
}

#[test]
fn a_rush_is_served() -> Result<()> {
    let server = builder().start()?;
    let mut neighbours = Neighbours::move_in(&server)?;
    let crowd: Result<Vec<_>> = (0..200).map(|_| server.tcp()).collect();
    let crowd = crowd?;
    neighbours.notice_nothing()?;
    for tcp in crowd.into_iter().step_by(20) {
        let mut connection = Connection::over(tcp, &server.certificate())?;
        assert_eq!(connection.request(&["PING"])?.as_str(), Some("PONG"));
    }
    neighbours.notice_nothing()
}

#[test]
fn who_is_silent_for_too_long_is_told_so() -> Result<()> {
    let server = builder().more_config("[limits]\nidle = '1s'\n").start()?;
    let (mut ana, mut library) = (server.shell("ana")?, server.connect()?);
    let bye = ana.push_where(|push| matches!(push, Push::Bye { .. }))?;
    assert!(
        matches!(&bye, Push::Bye { reason } if reason.contains("idle")),
        "{bye:?}"
    );
    assert_eq!(ana.rest()?, b"");
    assert_eq!(library.rest()?, b"", "a library is just closed");
    Ok(())
}
