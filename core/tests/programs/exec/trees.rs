//! Whatever a program starts, however it detaches: it ends with its run.

use anyhow::Result;
use caracola_testing::{Mark, error_code, framed};
use caracola_wire::Push;

use super::forest;
use super::lab::{Draft, Lab, run};

fn lab(mark: &Mark) -> Result<Lab> {
    Draft::new()?
        .program("tree", forest::TREE)?
        .serve(&forest::commands(mark))
}

/// As the bench `trees` does a thousand times.
#[test]
fn trees_that_were_hung_up_at_random_leave_nothing() -> Result<()> {
    let mark = Mark::new();
    let lab = lab(&mark)?;
    forest::grow(&lab.server, &mark, 60, 30)?;
    assert_eq!(lab.server.door()?.request(&["PING"])?.as_str(), Some("PONG"));
    Ok(())
}

#[test]
fn what_a_program_leaves_behind_is_gone_with_the_reply() -> Result<()> {
    let mark = Mark::new();
    let lab = lab(&mark)?;
    let mut client = lab.server.connect()?;
    let reply = run(&mut client, &[b"tree", b"leaver"])?;
    assert_eq!(reply.as_str(), Some("ready\n"), "{reply:?}");
    mark.none_left()
}

#[test]
fn what_was_cancelled_is_gone_with_the_reply() -> Result<()> {
    let mark = Mark::new();
    let lab = lab(&mark)?;
    let mut shell = lab.server.shell("ana")?;
    shell.send(&framed(&["RUN", "tree", "all"]))?;
    shell.push_where(|push| matches!(push, Push::Out { .. }))?;
    assert!(!mark.processes()?.is_empty());
    shell.send(&framed(&["CANCEL"]))?;
    let reply = shell.reply()?;
    assert_eq!(error_code(&reply), "CANCELLED", "{reply:?}");
    mark.none_left()
}
