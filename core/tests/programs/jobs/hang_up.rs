//! Hanging up: ends what the session waits for, unless its definition lets it go on.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use caracola_testing::{Connection, TestServer};
use caracola_wire::{JobReport, JobState, Value};

use super::{COMMANDS, builder, framed, logged_in, server};

/// More than is read ahead, and less than the kernel keeps.
const AHEAD: usize = 100 * 1024;

/// The id of the one job that there is.
fn only_job(connection: &mut Connection) -> Result<String> {
    let list = connection.request(&["JOB", "LIST"])?;
    let [job] = list.as_array().context("a list")? else {
        anyhow::bail!("not one job: {list:?}");
    };
    let id = job.map_value("id").and_then(Value::as_str);
    Ok(id.context("an id")?.to_owned())
}

/// What came of the one job, once that is known.
fn end_of_only_job(server: &TestServer) -> Result<JobReport> {
    let mut watcher = server.door()?;
    let id = only_job(&mut watcher)?;
    watcher.request(&["JOB", "READ", &id, "0", "WAIT", "60000"])?;
    let report = watcher.request(&["JOB", "READ", &id, "1", "WAIT", "60000"])?;
    Ok(JobReport::decode(&report)?)
}

fn hangs_up_behind_much_unread(mut session: Connection, server: &TestServer) -> Result<()> {
    session.send(&framed(&[&["RUN", "endless"]]))?;
    let ping = framed(&[&["PING", &"x".repeat(1000)]]);
    let pings = ping.repeat(AHEAD / ping.len());
    session.send(&pings)?;
    server.wait_for_log("command=\"endless\"")?;
    let mut watcher = server.door()?;
    let id = only_job(&mut watcher)?;
    watcher.request(&["JOB", "READ", &id, "0", "WAIT", "60000"])?;
    drop(session);
    let report = end_of_only_job(server)?;
    assert_eq!(report.entry.state, JobState::Ended, "{report:?}");
    assert_eq!(
        report.entry.ending.as_deref(),
        Some("the program was ended with its session")
    );
    Ok(())
}

#[test]
fn a_hang_up_is_seen_behind_what_is_not_read() -> Result<()> {
    let server = server()?;
    hangs_up_behind_much_unread(logged_in(&server, "ana")?, &server)
}

#[test]
fn at_the_door_too() -> Result<()> {
    let server = server()?;
    hangs_up_behind_much_unread(server.door()?, &server)
}

/// Waits until there is something in a file, and gives it.
fn written(file: &Path, watcher: &mut Connection) -> Result<String> {
    for _ in 0..10_000 {
        match fs::read_to_string(file) {
            Ok(text) if text.ends_with('\n') => return Ok(text),
            _ => drop(watcher.request(&["PING"])?),
        }
    }
    anyhow::bail!("nothing came into {}", file.display())
}

#[test]
fn what_may_go_on_is_there_for_its_owner_later() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let place = folder.path().display();
    let commands = format!(
        r#"
        [commands.patient]
        summary = "Wait until somebody has come back"
        exec = ["/bin/sh", "-c", "echo begun; echo begun > {place}/begun; read line < {place}/fifo; echo $line"]
        on_hangup = "continue"
        roles = ["user"]
        examples = [{{ run = "patient", about = "Do it" }}]
        "#
    );
    let fifo = folder.path().join("fifo");
    assert!(std::process::Command::new("mkfifo").arg(&fifo).status()?.success());
    let server = builder().config([COMMANDS, &commands].concat()).start()?;
    server.add_user("ana", "user")?;
    let mut first = logged_in(&server, "ana")?;
    first.send(&framed(&[&["RUN", "patient"]]))?;
    let mut ana = logged_in(&server, "ana")?;
    written(&folder.path().join("begun"), &mut ana)?;
    drop(first);
    server.wait_for_log("hung up")?;

    let id = only_job(&mut ana)?;
    fs::write(&fifo, "goes on\n")?;
    ana.request(&["JOB", "READ", &id, "1", "WAIT", "60000"])?;
    let report = JobReport::decode(&ana.request(&["JOB", "READ", &id, "2", "WAIT", "60000"])?)?;
    assert_eq!((report.entry.state, report.entry.status), (JobState::Ended, Some(0)));
    let all = JobReport::decode(&ana.request(&["JOB", "READ", &id])?)?;
    let all: Vec<u8> = all.output.iter().flat_map(|(_, bytes)| bytes.to_vec()).collect();
    assert_eq!(String::from_utf8_lossy(&all), "begun\ngoes on\n");
    Ok(())
}
