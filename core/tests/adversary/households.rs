//! Who is attacked, and from where: accounts, and connections from several addresses, which to the server are households.

use std::net::{SocketAddr, TcpStream};

use anyhow::Result;
use caracola_testing::{Connection, TEST_TIMEOUT, TestServer};
use socket2::{Domain, Socket, Type};

/// A TCP connection from 127.0.0.`household`.
pub(crate) fn tcp_from(server: &TestServer, household: u8) -> Result<TcpStream> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind(&SocketAddr::from(([127, 0, 0, household], 0)).into())?;
    socket.connect(&server.address().into())?;
    let tcp = TcpStream::from(socket);
    tcp.set_read_timeout(Some(TEST_TIMEOUT))?;
    tcp.set_write_timeout(Some(TEST_TIMEOUT))?;
    tcp.set_nodelay(true)?;
    Ok(tcp)
}

/// A connection over TLS from 127.0.0.`household` that has not said anything.
pub(crate) fn connect_from(server: &TestServer, household: u8) -> Result<Connection> {
    Connection::over(tcp_from(server, household)?, &server.certificate())
}
