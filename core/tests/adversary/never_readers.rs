//! Peers that ask for much and read nothing: what is sent to many is kept once, and what they cost is given back.

use std::fmt::Write as _;
use std::net::TcpStream;

use anyhow::Result;
use caracola_testing::{Connection, TestServer};
use socket2::{Domain, Socket, Type};

/// Peers that don't read.
const PEERS: usize = 100;
/// Times that each asks for the catalogue: more of it than the kernel keeps for a peer.
const TIMES: usize = 20;
/// What they may cost the server together, in bytes: far less than a copy of the catalogue, some 400 KiB, for each.
const MOST: u64 = 20 * 1024 * 1024;

/// A server with two thousand commands.
fn server() -> Result<TestServer> {
    let mut config = "[access]\nguest = true\n".to_owned();
    for number in 0..2000 {
        writeln!(
            config,
            "[commands.tool{number}]\nsummary = \"Does thing {number}, and some more of it for those who want it\"\n\
             examples = [{{ run = \"tool{number} -l\", about = \"All of it\" }}]"
        )?;
    }
    TestServer::builder()
        .binary(env!("CARGO_BIN_EXE_caracolad"))
        .config(config)
        .start()
}

/// A connection whose receive buffer is as small as can be, so that it is soon full.
fn narrow(server: &TestServer) -> Result<Connection> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.set_recv_buffer_size(4096)?;
    socket.connect(&server.address().into())?;
    Connection::over(TcpStream::from(socket), &server.certificate())
}

#[test]
fn peers_that_never_read_the_catalogue_share_one() -> Result<()> {
    let server = server()?;
    let mut honest = server.connect()?;
    honest.request(&["CATALOGUE"])?;
    let before = server.resident_memory()?;
    let mut peers = Vec::new();
    for _ in 0..PEERS {
        let mut peer = narrow(&server)?;
        peer.send("*1\r\n$9\r\nCATALOGUE\r\n".repeat(TIMES).as_bytes())?;
        peers.push(peer);
    }
    // Each was served as far as the server goes for it, once those after it are served again.
    for peer in 0..PEERS {
        let mut other = server.connect()?;
        other.request(&["CATALOGUE"])?;
        assert_eq!(
            honest.request(&["ECHO", &peer.to_string()])?.as_str(),
            Some(&*peer.to_string())
        );
    }
    let grown = server.resident_memory()?.saturating_sub(before);
    assert!(grown < MOST, "{PEERS} peers cost {grown} bytes");
    Ok(())
}
