//! Many ends in a row leave nothing behind. A thousand are in `benches/crashes.rs`.

use anyhow::{Result, ensure};

use super::apart::crash;
use super::fixture::{becomes, serve, while_a_class_works};
use caracola_testing::Usage;

const CRASHES: u32 = 30;

#[test]
fn thirty_crashes_leave_nothing_behind() -> Result<()> {
    let server = serve("process", "")?;
    let mut caller = server.shell("caller")?;
    // What is kept for the next, such as an idle keeper, is there before it counts.
    crash(&server, &mut caller)?;
    let before = Usage::of(server.process())?;
    while_a_class_works(&server, || {
        for _ in 0..CRASHES {
            crash(&server, &mut caller)?;
        }
        Ok(())
    })?;
    let back = |usage: &Usage| {
        usage.descriptors <= before.descriptors
            && usage.processes <= before.processes
            && usage.threads <= before.threads + 2
    };
    let settled = becomes("all is as before", caracola_testing::TEST_TIMEOUT, || {
        Usage::of(server.process()).is_ok_and(|usage| back(&usage))
    });
    let after = Usage::of(server.process())?;
    settled.map_err(|error| error.context(format!("before {before:?}, after {after:?}")))?;
    let grown = after.memory.saturating_sub(before.memory);
    ensure!(grown < 16 * 1024 * 1024, "{grown} bytes more: {before:?} {after:?}");
    Ok(())
}
