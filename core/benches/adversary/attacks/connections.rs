//! Connections that come to nothing.

use std::io::Write as _;
use std::net::TcpStream;

use anyhow::Result;

use super::Attack;
use crate::attacker::{Deeds, Target};

/// The handshake's limit is two seconds, so that it passes while the attack goes on.
const SOON: fn(bool) -> String = |_| "[limits]\nhandshake = \"2s\"\n".to_owned();

pub(super) const ATTACKS: &[Attack] = &[
    Attack::new(
        "half-open",
        "held",
        "TCP connections that never come to TLS, or stop in its first record",
        half_open,
    )
    .with_config(SOON),
    Attack::new(
        "churn",
        "held",
        "connect, TLS, one request, vanish, in eight threads",
        churn,
    ),
];

fn half_open(target: &Target) -> Result<Deeds> {
    let mut held: Vec<TcpStream> = Vec::new();
    let (mut opened, most) = (0, target.size(4000, 1000));
    while opened < most && !target.over() {
        let Ok(mut tcp) = target.tcp(opened) else { break };
        // Nothing, or the beginning of a record that never ends.
        let hello = [0x16, 3, 1, 2, 0, 1, 0];
        // It may have been closed already.
        let _ = tcp.write_all(&hello[..opened % 7]);
        held.push(tcp);
        opened += 1;
    }
    target.hold(held);
    Ok(format!("{opened} connections").into())
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
