//! CANCEL: whatever a session waits for can be cancelled.
//!
//! Where a request and its CANCEL are sent in one piece, the server has both before it begins to wait.

use anyhow::Result;
use caracola_testing::{PASSWORD, error_code};
use caracola_wire::{JobReport, JobState};

use super::{COMMANDS, builder, framed, logged_in, server, start};

#[test]
fn a_wait_for_output_ends_with_what_there_is() -> Result<()> {
    let server = server()?;
    let mut ana = logged_in(&server, "ana")?;
    let id = start(&mut ana, "k", &["endless"])?;
    ana.request(&["JOB", "READ", &id, "0", "WAIT", "60000"])?;
    // There is nothing more to come.
    ana.send(&framed(&[&["JOB", "READ", &id, "1", "WAIT", "60000"]]))?;
    ana.send(&framed(&[&["CANCEL"]]))?;
    let report = JobReport::decode(&ana.reply()?)?;
    assert_eq!((report.entry.state, report.next), (JobState::Running, 1));
    assert!(report.output.is_empty());
    assert_eq!(ana.reply()?.as_integer(), Some(1));
    Ok(())
}

#[test]
fn a_login_and_a_reload_are_given_up() -> Result<()> {
    let server = server()?;
    let mut ana = server.connect()?;
    ana.send(&framed(&[&["AUTH", "ana", PASSWORD], &["CANCEL"]]))?;
    let given_up = ana.reply()?;
    assert_eq!(error_code(&given_up), "CANCELLED", "{given_up:?}");
    assert_eq!(ana.reply()?.as_integer(), Some(1));
    assert_eq!(error_code(&ana.request(&["RUN", "echo", "hi"])?), "UNKNOWN");

    let mut operator = server.door()?;
    operator.send(&framed(&[&["RUN", "reload"], &["CANCEL"]]))?;
    assert_eq!(error_code(&operator.reply()?), "CANCELLED");
    assert_eq!(operator.reply()?.as_integer(), Some(1));
    server.wait_for_log("command=\"reload\" outcome=\"CANCELLED\"")?;
    Ok(())
}

/// Otherwise a guess that is given up costs the server its work, and the guesser nothing. Each guess is another: the same
/// wrong password counts once.
#[test]
fn a_guess_that_is_given_up_counts() -> Result<()> {
    let server = server()?;
    let (mut guesser, mut other) = (server.connect()?, server.connect()?);
    for number in 0..20_000 {
        guesser.send(&framed(&[&["AUTH", "ana", &format!("wrong {number}")]]))?;
        // Meanwhile it has begun, if those before it have come to their end.
        other.request(&["PING"])?;
        guesser.send(&framed(&[&["CANCEL"]]))?;
        let reply = guesser.reply()?;
        guesser.reply()?;
        if error_code(&reply) == "LIMIT" {
            return Ok(());
        }
    }
    panic!("nobody minds twenty thousand guesses");
}

#[test]
fn each_cancel_acts_once() -> Result<()> {
    let server = server()?;
    let mut ana = logged_in(&server, "ana")?;
    ana.send(&framed(&[&["RUN", "endless"], &["RUN", "echo", "next"], &["CANCEL"]]))?;
    assert_eq!(error_code(&ana.reply()?), "CANCELLED");
    // It waits for a program too, with the CANCEL behind it still.
    assert_eq!(ana.reply()?.as_str(), Some("next\n"));
    assert_eq!(ana.reply()?.as_integer(), Some(1));
    Ok(())
}

#[test]
fn a_number_means_one_request() -> Result<()> {
    let server = server()?;
    let mut ana = logged_in(&server, "ana")?;
    let requests: [&[&str]; 5] = [
        &["RUN", "endless"],
        &["CANCEL", "1"],
        &["CANCEL", "twelve"],
        &["CANCEL", "3"],
        &["CANCEL", "2"],
    ];
    ana.send(&framed(&requests))?;
    assert_eq!(error_code(&ana.reply()?), "CANCELLED");
    assert_eq!(ana.reply()?.as_integer(), Some(0), "it was over");
    assert_eq!(error_code(&ana.reply()?), "ERR");
    assert_eq!(ana.reply()?.as_integer(), Some(0), "it has not begun");
    assert_eq!(ana.reply()?.as_integer(), Some(1));
    Ok(())
}

/// A CANCEL that acts, but whose own turn is refused, leaves nothing behind for the next.
#[test]
fn strangers_cancel_too() -> Result<()> {
    let server = builder()
        .config(COMMANDS.replace("guest = true", "guest = false"))
        .start()?;
    server.add_user("ana", "user")?;
    let mut ana = server.connect()?;
    ana.send(&framed(&[&["AUTH", "ana", PASSWORD], &["CANCEL"]]))?;
    assert_eq!(error_code(&ana.reply()?), "CANCELLED");
    assert_eq!(error_code(&ana.reply()?), "NOAUTH");
    assert_eq!(ana.request(&["AUTH", "ana", PASSWORD])?.as_str(), Some("OK"));
    ana.send(&framed(&[&["RUN", "endless"], &["CANCEL", "99"]]))?;
    ana.send(&framed(&[&["CANCEL"]]))?;
    assert_eq!(error_code(&ana.reply()?), "CANCELLED");
    assert_eq!(ana.reply()?.as_integer(), Some(0));
    assert_eq!(ana.reply()?.as_integer(), Some(1));
    Ok(())
}
