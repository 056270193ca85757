//! What programs write, and what is kept of it.

use anyhow::Result;

use super::Attack;
use crate::attacker::{Deeds, Target, accepted};

/// Jobs that each write 256 KiB.
const JOBS: u64 = 8;
/// What a job may cost for as long as its output can be read: twice the output, and a megabyte.
const COST: u64 = (512 + 1024) * 1024;

const CONFIG: fn(bool) -> String = |_| {
    r#"
[commands.drip]
summary = "Write 256 KiB a byte at a time"
# On any processor: beside the server, which then reads each byte before the next is written, and behind all others.
exec = ["taskset", "-c", "0-1023", "chrt", "--idle", "0", "dd", "if=/dev/zero", "bs=1", "count=262144", "status=none"]
roles = ["guest"]
examples = [{ run = "drip", about = "Write them" }]
"#
    .to_owned()
};

pub(super) const ATTACKS: &[Attack] = &[Attack {
    keeps: JOBS * COST,
    ..Attack::new("output", "12", "jobs that write 256 KiB a byte at a time", run)
        .with_config(CONFIG)
        .longer(2)
}];

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
