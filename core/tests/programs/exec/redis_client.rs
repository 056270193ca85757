//! The `redis` crate as a client, in either protocol.

use std::fs;

use anyhow::Result;
use caracola_testing::{TEST_TIMEOUT, TestServer};
use redis::{Client, Connection, TlsCertificates};

/// What comes after the address in its URL.
pub(crate) const PROTOCOLS: [&str; 2] = ["?protocol=resp2", "?protocol=resp3"];

/// A connection that trusts the server's certificate and nothing else.
pub(crate) fn connect(server: &TestServer, protocol: &str) -> Result<Connection> {
    let certificates = TlsCertificates {
        client_tls: None,
        root_cert: Some(fs::read(server.certificate())?),
    };
    let url = format!("rediss://localhost:{}/{protocol}", server.address().port());
    let connection = Client::build_with_tls(url, certificates)?.get_connection_with_timeout(TEST_TIMEOUT)?;
    connection.set_read_timeout(Some(TEST_TIMEOUT))?;
    Ok(connection)
}
