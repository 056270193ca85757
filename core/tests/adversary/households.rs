//! Who is attacked, and from where: accounts, and connections from several addresses, which to the server are households.

use std::net::{SocketAddr, TcpStream};
use std::path::Path;

use anyhow::Result;
use caracola_testing::{Connection, PATIENCE, Process, TestServer, plain_command, write_secret};
use caracola_wire::{Encoder, Protocol};
use socket2::{Domain, Socket, Type};

/// Everybody's password.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// Makes an account with [`PASSWORD`].
pub(crate) fn add(server: &TestServer, name: &str, role: &str) -> Result<()> {
    set_password(server, &["add", name, "--role", role])
}

/// `caracolad user` with words that end in a password being set: [`PASSWORD`].
pub(crate) fn set_password(server: &TestServer, words: &[&str]) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("password");
    write_secret(&file, &format!("{PASSWORD}\n"))?;
    let mut command = plain_command(Path::new(env!("CARGO_BIN_EXE_caracolad")));
    command.arg("user").args(words);
    command.arg("--state-dir").arg(server.state()).arg("--password-file");
    Process::finish(command.arg(&file))?.success()?;
    Ok(())
}

/// A TCP connection from 127.0.0.`household`.
pub(crate) fn tcp_from(server: &TestServer, household: u8) -> Result<TcpStream> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind(&SocketAddr::from(([127, 0, 0, household], 0)).into())?;
    socket.connect(&server.address().into())?;
    let tcp = TcpStream::from(socket);
    tcp.set_read_timeout(Some(PATIENCE))?;
    tcp.set_write_timeout(Some(PATIENCE))?;
    tcp.set_nodelay(true)?;
    Ok(tcp)
}

/// A connection over TLS from 127.0.0.`household` that has not said anything.
pub(crate) fn connect_from(server: &TestServer, household: u8) -> Result<Connection> {
    Connection::over(tcp_from(server, household)?, &server.certificate())
}

/// The bytes of a request.
pub(crate) fn framed(words: &[&str]) -> Vec<u8> {
    let mut bytes = Vec::new();
    Encoder::new(&mut bytes, Protocol::Resp3).request(words.iter().copied());
    bytes
}
