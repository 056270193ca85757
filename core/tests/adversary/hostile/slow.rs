//! Clients that don't read what they asked for, or what others say to them.

use std::io::{ErrorKind, Write as _};
use std::net::TcpStream;

use anyhow::{Context as _, Result, bail};
use caracola_testing::{Connection, TestServer, handshake};
use native_tls::TlsStream;
use socket2::{Domain, Socket, Type};

use super::{Neighbours, builder};

/// A TCP connection whose receive buffer is as small as can be, so that it is soon full.
fn narrow(server: &TestServer) -> Result<TcpStream> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.set_recv_buffer_size(4096)?;
    socket.connect(&server.address().into())?;
    let tcp = TcpStream::from(socket);
    tcp.set_read_timeout(Some(caracola_testing::TEST_TIMEOUT))?;
    tcp.set_write_timeout(Some(caracola_testing::TEST_TIMEOUT))?;
    Ok(tcp)
}

fn narrow_tls(server: &TestServer) -> Result<TlsStream<TcpStream>> {
    handshake(narrow(server)?, &server.certificate())
}

#[test]
fn who_asks_and_never_reads_is_served_no_further() -> Result<()> {
    const MOST: usize = 64 * 1024 * 1024;
    let server = builder().start()?;
    let mut neighbours = Neighbours::move_in(&server)?;
    let before = server.resident_memory()?;
    let mut sloth = narrow_tls(&server)?;
    sloth.get_ref().set_nonblocking(true)?;
    let requests = "*2\r\n$3\r\nRUN\r\n$2\r\nrm\r\n".repeat(1000);
    let (mut sent, mut stuck) = (0, 0);
    // It is stuck when nothing goes in any more while the neighbours come and go ten times.
    while stuck < 10 {
        match sloth.write(&requests.as_bytes()[sent % requests.len()..]) {
            Ok(count) => {
                sent += count;
                stuck = 0;
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                stuck += 1;
                neighbours.notice_nothing()?;
            }
            Err(error) => bail!("after {sent} bytes: {error}"),
        }
        assert!(sent < MOST, "the server takes whatever comes: {sent} bytes");
    }
    let grown = server.resident_memory()?.saturating_sub(before);
    assert!(grown < 8 * 1024 * 1024, "{grown} bytes more for one who does not read");
    drop(sloth);
    server.wait_for_log(" left ")?;
    neighbours.notice_nothing()
}

#[test]
fn who_does_not_read_what_others_say_is_dropped() -> Result<()> {
    const LINE: usize = 16 * 1000;
    let server = builder()
        .more_config("[limits]\noutbox = '64KiB'\nmessages_per_second = 1000000\n")
        .start()?;
    let mut neighbours = Neighbours::move_in(&server)?;
    let before = server.resident_memory()?;
    let mut sloth = Connection::over(narrow(&server)?, &server.certificate())?;
    sloth.be_shell("sloth", "en")?;
    let mut speaker = server.connect()?;
    let line = "x".repeat(LINE);
    // Until it is told to go: what the kernel holds for it, some megabytes, comes before its outbox fills.
    let mut said = 0;
    while !server.log().contains("you did not read what was sent to you") {
        speaker.request(&["PUBLISH", "lobby", &line])?;
        // Ana and Ben do read.
        neighbours.ana.pushes_until_now()?;
        neighbours.ben.pushes_until_now()?;
        said += 1;
        let grown = server.resident_memory()?.saturating_sub(before);
        assert!(grown < 16 * 1024 * 1024, "after {said} lines {grown} bytes wait");
        assert!(said < 2000, "it is still there after {said} lines");
    }
    neighbours.notice_nothing()?;
    let who = speaker.run(&["who"])?;
    assert!(!who.contains("sloth") && who.contains("ana"), "{who}");
    Ok(())
}

#[test]
fn a_burst_for_a_reader_is_no_reason_to_drop_it() -> Result<()> {
    let server = builder()
        .more_config("[limits]\noutbox = '1MiB'\nmessages_per_second = 1000000\n")
        .start()?;
    let mut reader = server.shell("reader")?;
    let mut speaker = server.connect()?;
    let line = "x".repeat(10_000);
    for _ in 0..50 {
        speaker.request(&["PUBLISH", "lobby", &line])?;
    }
    let heard = reader.pushes_until_now()?;
    assert_eq!(heard.len(), 50);
    let pong = reader.request(&["PING"]).context("it is still there")?;
    assert_eq!(pong.as_str(), Some("PONG"));
    Ok(())
}
