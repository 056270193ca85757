//! Connections that never come to TLS: silent ones, plain-text clients, browsers, garbage.

use std::io::{Read as _, Write as _};
use std::time::{Duration, Instant};

use anyhow::Result;
use caracola_testing::TestServer;

use super::malformed::garbage;
use super::{Neighbours, builder};

/// All that the server says to these bytes without TLS until it closes. A reset is an end like any other.
fn plain_answer(server: &TestServer, bytes: &[u8]) -> Result<Vec<u8>> {
    let mut tcp = server.tcp()?;
    let _ = tcp.write_all(bytes);
    let mut said = Vec::new();
    match tcp.read_to_end(&mut said) {
        Err(error) if error.kind() != std::io::ErrorKind::ConnectionReset => Err(error.into()),
        _ => Ok(said),
    }
}

#[test]
fn a_client_without_tls_finds_the_connection_closed() -> Result<()> {
    let server = builder().start()?;
    let mut neighbours = Neighbours::move_in(&server)?;
    let start = Instant::now();
    for plain in [
        &b"PING\r\n"[..],
        b"*1\r\n$4\r\nPING\r\n",
        b"*2\r\n$5\r\nHELLO\r\n$1\r\n3\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"CONNECT localhost:22722 HTTP/1.1\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"say hello\r\n",
    ] {
        let said = plain_answer(&server, plain)?;
        let shown = plain.escape_ascii();
        // At most a TLS alert, which is seven bytes.
        assert!(said.len() <= 7, "{shown}: {said:?}");
        neighbours.notice_nothing()?;
    }
    let waited = start.elapsed();
    assert!(
        waited < Duration::from_secs(40),
        "each waited for the handshake's limit: {waited:?}"
    );
    server.wait_for_log("no TLS handshake")?;
    Ok(())
}

#[test]
fn garbage_instead_of_tls_is_closed() -> Result<()> {
    let server = builder().more_config("[limits]\nhandshake = '1s'\n").start()?;
    let mut neighbours = Neighbours::move_in(&server)?;
    for seed in 0..10 {
        assert!(plain_answer(&server, &garbage(seed, 2000))?.len() <= 7, "{seed}");
    }
    // The first bytes of a handshake, and then something else.
    let mut hello = vec![0x16, 3, 1, 1, 0, 1, 0, 0, 252, 3, 3];
    hello.extend(garbage(99, 2000));
    assert!(plain_answer(&server, &hello)?.len() <= 7);
    neighbours.notice_nothing()
}

#[test]
fn a_handshake_that_never_comes_is_given_up() -> Result<()> {
    let server = builder().more_config("[limits]\nhandshake = '1s'\n").start()?;
    let mut neighbours = Neighbours::move_in(&server)?;
    let start = Instant::now();
    let mut silent = Vec::new();
    for count in 0..50_usize {
        let mut tcp = server.tcp()?;
        // Nothing at all, or the beginning of a record that never ends.
        tcp.write_all(&[0x16, 3, 1, 2, 0, 1][..count % 7])?;
        silent.push(tcp);
    }
    neighbours.notice_nothing()?;
    for mut tcp in silent {
        let mut said = Vec::new();
        let end = tcp.read_to_end(&mut said);
        let reset = end
            .as_ref()
            .is_err_and(|error| error.kind() == std::io::ErrorKind::ConnectionReset);
        assert!(end.is_ok() || reset, "{end:?}");
        assert!(said.len() <= 7, "{said:?}");
    }
    let waited = start.elapsed();
    assert!(
        waited > Duration::from_millis(900),
        "it gave nobody the time: {waited:?}"
    );
    assert!(waited < Duration::from_secs(10), "{waited:?}");
    neighbours.notice_nothing()?;
    server.wait_for_log("no TLS handshake in time")
}
