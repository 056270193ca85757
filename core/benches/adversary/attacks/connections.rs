//! Connections that come to nothing.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::Attack;
use crate::attacker::{Deeds, Target};

/// The handshake's limit, so that it passes while the attack goes on.
const HANDSHAKE: Duration = Duration::from_secs(1);
/// What the server may take longer than that to close all connections, busy as it is.
const LATE: Duration = Duration::from_secs(3);
/// Between two looks at which are still open.
const LOOK: Duration = Duration::from_millis(50);

const SOON: fn(bool) -> String = |_| "[limits]\nhandshake = \"1s\"\n".to_owned();

pub(super) const ATTACKS: &[Attack] = &[
    Attack::new(
        "half-open",
        "held",
        "TCP connections that never come to TLS, or stop in its first record",
        half_open,
    )
    .with_config(SOON),
    Attack::new("silent", "10", "TLS connections that never ask anything", silent).with_config(SOON),
    Attack::new(
        "dribble",
        "held",
        "200 connections that send a request a byte at a time",
        dribble,
    )
    .only_long(),
    Attack::new(
        "churn",
        "held",
        "connect, TLS, one request, vanish, in eight threads",
        churn,
    ),
];

fn half_open(target: &Target) -> Result<Deeds> {
    let mut held = Vec::new();
    let most = target.size(4000, 1000);
    while held.len() < most && !target.over() {
        let Ok(mut tcp) = target.tcp(held.len()) else { break };
        // Nothing, or the beginning of a record that never ends.
        let hello = [0x16, 3, 1, 2, 0, 1, 0];
        // It may have been closed already.
        let _ = tcp.write_all(&hello[..held.len() % 7]);
        held.push(tcp);
    }
    let opened = held.len();
    target.hold(held);
    Ok(format!("{opened} connections").into())
}

/// Each must be closed once the time for a handshake is over, or it keeps a place of its address for ever.
fn silent(target: &Target) -> Result<Deeds> {
    let mut held = Vec::new();
    while held.len() < 200 && target.left() > target.time() / 2 {
        let Ok(tcp) = target.tcp(0) else { break };
        let socket = tcp.try_clone()?;
        held.push((target.over_tls(tcp)?, socket));
    }
    let end = Instant::now() + HANDSHAKE + LATE;
    let opened = held.len();
    // All stay with their owner until then, so that it is the server that closes them.
    let mut open: Vec<_> = held.iter().collect();
    while !open.is_empty() && Instant::now() < end {
        thread::sleep(LOOK);
        open.retain(|(_, socket)| is_open(socket));
    }
    let kept = open.len();
    let mut deeds = Deeds::from(format!("{opened} connections, {kept} of them kept"));
    if kept > 0 {
        deeds.broke.push(format!("{kept} silent connections were kept"));
    }
    target.hold(held);
    Ok(deeds)
}

/// Whether the other side has not closed a connection yet.
fn is_open(mut socket: &TcpStream) -> bool {
    let mut bytes = [0; 1024];
    if socket.set_nonblocking(true).is_err() {
        return false;
    }
    loop {
        match socket.read(&mut bytes) {
            Ok(0) => return false,
            // The TLS library's last words.
            Ok(_) => {}
            Err(error) => return error.kind() == ErrorKind::WouldBlock,
        }
    }
}

fn dribble(target: &Target) -> Result<Deeds> {
    let mut held = Vec::new();
    for number in 0..200 {
        if let Ok(session) = target.connect(number) {
            held.push(session);
        }
        if target.over() {
            break;
        }
    }
    let opened = held.len();
    let request = b"*3\r\n$3\r\nRUN\r\n$4\r\ncard\r\n$16000\r\n"
        .iter()
        .chain(std::iter::repeat(&b'x'));
    let mut sent = 0;
    for byte in request {
        if target.over() {
            break;
        }
        held.retain_mut(|session| session.send(&[*byte]).is_ok());
        sent += held.len();
        thread::sleep(Duration::from_millis(20));
    }
    Ok(format!("{opened} connections, {sent} bytes").into())
}

fn churn(target: &Target) -> Result<Deeds> {
    let (came, refused) = target.again(8, |number, turn| {
        let mut session = target.connect(number)?;
        session.request(&["HELLO", "3"])?;
        if turn % 2 == 0 {
            session.send(b"*1\r\n$4\r\nQUIT\r\n")?;
        }
        Ok(1)
    });
    Ok(format!("{came} connections, {refused} refused").into())
}
