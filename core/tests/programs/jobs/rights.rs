//! Who may look at a job, and end it: its owner, and whoever may look after others' runs, asked each time.

use std::fs;

use anyhow::{Context as _, Result};
use caracola_testing::{Connection, error_code};
use caracola_wire::{JobEntry, JobReport, Value};

use super::{COMMANDS, builder, framed, logged_in, said, server, start};

/// All that one can ask about a job of that id.
fn questions(id: &str) -> [Vec<&str>; 4] {
    [
        vec!["JOB", "READ", id],
        vec!["JOB", "READ", id, "0"],
        vec!["JOB", "READ", id, "1", "WAIT", "60000"],
        vec!["JOB", "KILL", id],
    ]
}

/// Holds that a job isn't there for somebody: every answer is the same as about one that nobody ever started.
fn knows_nothing_of(connection: &mut Connection, id: &str) -> Result<()> {
    let never = "b2b2b2b2b2";
    for (about_it, about_none) in questions(id).iter().zip(questions(never)) {
        let answer = connection.request(about_it)?;
        assert_eq!(error_code(&answer), "FAILED", "{about_it:?}: {answer:?}");
        let none = said(&connection.request(&about_none)?).replace(never, id);
        assert_eq!(said(&answer), none, "{about_it:?}");
    }
    let list = connection.request(&["JOB", "LIST"])?;
    assert!(list.as_array().is_some_and(<[Value]>::is_empty), "{list:?}");
    Ok(())
}

fn ids(connection: &mut Connection) -> Result<Vec<String>> {
    let list = connection.request(&["JOB", "LIST"])?;
    let entries = list.as_array().context("a list")?.iter().map(JobEntry::decode);
    entries.map(|entry| Ok(entry?.id)).collect()
}

#[test]
fn others_know_nothing_of_it() -> Result<()> {
    let server = server()?;
    let mut ana = logged_in(&server, "ana")?;
    let id = start(&mut ana, "k", &["endless"])?;
    knows_nothing_of(&mut server.connect()?, &id)?;
    knows_nothing_of(&mut logged_in(&server, "ben")?, &id)?;
    // Another session of hers is hers.
    let mut also_ana = logged_in(&server, "ana")?;
    assert_eq!(ids(&mut also_ana)?, [id.as_str()]);
    assert_eq!(also_ana.request(&["JOB", "KILL", &id])?.as_integer(), Some(1));
    Ok(())
}

#[test]
fn a_guest_s_is_that_session_s() -> Result<()> {
    let server = builder()
        .config(COMMANDS.replace("roles = [\"user\"]", "roles = [\"guest\"]"))
        .start()?;
    server.add_user("ana", "user")?;
    let mut guest = server.connect()?;
    let id = start(&mut guest, "k", &["endless"])?;
    assert_eq!(ids(&mut guest)?, [id.as_str()]);
    let mut other = server.connect()?;
    knows_nothing_of(&mut other, &id)?;
    knows_nothing_of(&mut logged_in(&server, "ana")?, &id)?;
    // Its keys are that session's too.
    let others = start(&mut other, "k", &["endless"])?;
    assert_ne!(others, id);
    assert_eq!(guest.request(&["JOB", "KILL", &id])?.as_integer(), Some(1));
    Ok(())
}

#[test]
fn a_right_that_is_lost_is_lost_at_once() -> Result<()> {
    let server = server()?;
    server.add_user("olga", "operator")?;
    let mut ana = logged_in(&server, "ana")?;
    let id = start(&mut ana, "k", &["endless"])?;
    ana.request(&["JOB", "READ", &id, "0", "WAIT", "60000"])?;
    let mut olga = logged_in(&server, "olga")?;
    assert_eq!(ids(&mut olga)?, [id.as_str()]);
    let report = JobReport::decode(&olga.request(&["JOB", "READ", &id])?)?;
    assert_eq!((report.entry.user.as_str(), report.next), ("ana", 1));
    // Hers is hers, whatever her role.
    let own = start(&mut olga, "k", &["endless"])?;

    let mut waits = logged_in(&server, "olga")?;
    waits.send(&framed(&[&["PING"], &["JOB", "READ", &id, "1", "WAIT", "60000"]]))?;
    assert_eq!(waits.reply()?.as_str(), Some("PONG"));
    let file = server.state().join("users.toml");
    let accounts = fs::read_to_string(&file)?;
    fs::write(
        server.state().join("draft"),
        accounts.replace("\"operator\"", "\"user\""),
    )?;
    fs::rename(server.state().join("draft"), file)?;
    server.wait_for_log("has another role")?;
    for question in questions(&id) {
        let answer = olga.request(&question)?;
        assert_eq!(error_code(&answer), "FAILED", "{question:?}: {answer:?}");
    }
    assert_eq!(ids(&mut olga)?, [own.as_str()]);
    // What she waited for when she had the right she gets no more.
    assert_eq!(ana.request(&["JOB", "KILL", &id])?.as_integer(), Some(1));
    let answer = waits.reply()?;
    assert_eq!(error_code(&answer), "FAILED", "{answer:?}");
    assert_eq!(olga.request(&["JOB", "KILL", &own])?.as_integer(), Some(1));
    Ok(())
}
