//! What programs write, and what is kept of it.

use std::thread;
use std::time::Duration;

use anyhow::Result;

use super::Attack;
use crate::attacker::{Deeds, Target, accepted};

/// Jobs that each write 256 KiB.
const JOBS: u64 = 8;
/// What a job may cost for as long as its output can be read: twice the output, and a megabyte.
const COST: u64 = (512 + 1024) * 1024;
/// Output of ended jobs that a server keeps in all.
const RETAINED: u64 = 64 * 1024 * 1024;

const CONFIG: fn(bool) -> String = |_| {
    r#"
[commands.drip]
summary = "Write 256 KiB a byte at a time"
# On any processor: beside the server, which then reads each byte before the next is written, and behind all others.
exec = ["taskset", "-c", "0-1023", "chrt", "--idle", "0", "dd", "if=/dev/zero", "bs=1", "count=262144", "status=none"]
roles = ["guest"]
examples = [{ run = "drip", about = "Write them" }]

[commands.torrent]
summary = "Write without end"
exec = ["dd", "if=/dev/zero", "bs=64k", "status=none"]
max_output = "16MiB"
roles = ["guest"]
examples = [{ run = "torrent", about = "Write" }]
"#
    .to_owned()
};

pub(super) const ATTACKS: &[Attack] = &[
    Attack {
        keeps: JOBS * COST,
        ..Attack::new("output", "12", "jobs that write 256 KiB a byte at a time", run)
            .with_config(CONFIG)
            .longer(2)
    },
    Attack {
        keeps: RETAINED,
        ..Attack::new(
            "torrent",
            "held",
            "eight shells that run a program which writes without end, and read nothing",
            torrent,
        )
        .with_config(CONFIG)
        .only_long()
    },
];

fn run(target: &Target) -> Result<Deeds> {
    let mut session = target.connect(0)?;
    let mut ended = 0;
    while ended < JOBS && !target.over() {
        let id = accepted(session.request(&["JOB", "START", &format!("drip-{ended}"), "drip"])?)?;
        let id = id.as_str().unwrap_or_default().to_owned();
        // Past its end there is nothing to read but that it has ended.
        accepted(session.request(&["JOB", "READ", &id, "262144", "WAIT", "8000"])?)?;
        ended += 1;
    }
    target.hold(session);
    Ok(format!("{ended} jobs").into())
}

fn torrent(target: &Target) -> Result<Deeds> {
    let (asked, refused) = target.again(8, |number, turn| {
        let mut session = target.shell(number + usize::try_from(turn)? * 8)?;
        session.send(b"*2\r\n$3\r\nRUN\r\n$7\r\ntorrent\r\n")?;
        thread::sleep(Duration::from_secs(1).min(target.left()));
        Ok(1)
    });
    Ok(format!("{asked} runs, {refused} sessions lost").into())
}
