//! Peers that hang up behind more than the kernel buffers.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;
use caracola_testing::descendants;

use super::{Attack, endure};
use crate::attacker::{Deeds, Target};

/// How much longer they are waited for, to tell by how much they are late.
const LATE: Duration = Duration::from_secs(3);
/// A socket that takes nothing for so long is full.
const FULL: Duration = Duration::from_millis(20);
/// How soon the programs of those who hung up must be gone.
const GONE: Duration = Duration::from_secs(2);

pub(super) const ATTACKS: &[Attack] = &[Attack::new(
    "hang-up",
    "21",
    "30 guests that run a program, send more than fits and hang up",
    run,
)
// Beside the honest people's program, so that its places aren't in the way.
.with_config(|_| endure(40))];

fn run(target: &Target) -> Result<Deeds> {
    let mut held = Vec::new();
    for number in 0..30 {
        let tcp = target.tcp(number)?;
        let socket = tcp.try_clone()?;
        let mut session = target.over_tls(tcp)?;
        session.send(b"*2\r\n$3\r\nRUN\r\n$6\r\nendure\r\n")?;
        held.push((session, socket));
    }
    let began = wait_for(target, target.left(), |running| running > 0);
    for (session, socket) in &mut held {
        socket.set_write_timeout(Some(FULL))?;
        let request = b"*1\r\n$4\r\nPING\r\n".repeat(1000);
        // Until the kernel has no room for more: the end of the connection waits behind all that.
        while session.send(&request).is_ok() {}
    }
    drop(held);
    let hung_up = Instant::now();
    let gone = began && wait_for(target, GONE + LATE, |running| running == 0);
    let took = hung_up.elapsed();
    let mut deeds = Deeds::from(format!(
        "30 hung up; {}",
        if gone {
            format!("programs gone after {took:.1?}")
        } else {
            "programs stayed".to_owned()
        }
    ));
    if !gone || took > GONE {
        deeds.broke.push("programs of sessions that hung up go on".to_owned());
    }
    Ok(deeds)
}

/// Waits until the number of long programs is as wanted, or the time `within` which it must be is over.
fn wait_for(target: &Target, within: Duration, wanted: impl Fn(usize) -> bool) -> bool {
    let end = Instant::now() + within;
    while Instant::now() < end {
        let long = |process: &u32| {
            std::fs::read(format!("/proc/{process}/cmdline")).is_ok_and(|line| line == b"sleep\x0060\0")
        };
        let running = descendants(target.orders.process).map_or(0, |all| all.into_iter().filter(long).count());
        if wanted(running) {
            return true;
        }
        thread::sleep(Duration::from_millis(50));
    }
    false
}
