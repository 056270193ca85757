//! A server that is killed takes everything that it runs with it.

use std::time::Duration;

use anyhow::Result;
use caracola_testing::{Mark, framed};
use caracola_wire::Push;

use super::forest;
use super::lab::Draft;

/// Two seconds between SIGTERM and SIGKILL, and time for a busy machine.
const SOON: Duration = Duration::from_secs(15);

/// Starts twenty trees, ends the server by the signal, and waits for the end of all.
fn all_end_with_the_server(signal: &str) -> Result<()> {
    let mark = Mark::new();
    let mut lab = Draft::new()?
        .program("tree", forest::TREE)?
        .serve(&forest::commands(&mark))?;
    let mut shells = Vec::new();
    for number in 0..20 {
        let kind = ["plain", "session", "stubborn", "breeder", "all"][number % 5];
        let mut shell = lab.server.shell(&format!("tree-{number}"))?;
        shell.send(&framed(&["RUN", "tree", kind]))?;
        shells.push(shell);
    }
    for shell in &mut shells {
        shell.push_where(|push| matches!(push, Push::Out { .. }))?;
    }
    assert!(mark.processes()?.len() >= 2 * shells.len(), "not all trees stand");
    lab.server.signal(signal)?;
    lab.server.wait()?;
    mark.all_gone(SOON)?;
    Ok(())
}

#[test]
fn nothing_outlives_a_server_that_was_killed() -> Result<()> {
    all_end_with_the_server("KILL")
}

#[test]
fn nothing_outlives_a_server_that_was_told_to_stop() -> Result<()> {
    all_end_with_the_server("TERM")
}
