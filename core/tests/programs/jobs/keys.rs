//! JOB START: the same key runs a program once, also when its server is another by then.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use caracola_testing::{Connection, TestServer, error_code};
use caracola_wire::{JobReport, JobState, Value};

use super::{COMMANDS, builder, framed, logged_in, start};

/// Programs that leave a trace in a folder.
struct Traces(tempfile::TempDir);

impl Traces {
    fn new() -> Result<Self> {
        Ok(Self(tempfile::tempdir()?))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Each run of `trace` is a line here.
    fn file(&self) -> PathBuf {
        self.path().join("ran")
    }

    fn runs(&self) -> Result<usize> {
        Ok(fs::read_to_string(self.file()).context("it never ran")?.lines().count())
    }

    /// A server in the folder, the first or one more, which knows ana.
    fn server(&self) -> Result<TestServer> {
        let folder = self.path().display();
        let commands = format!(
            r#"
            [commands.trace]
            summary = "Leave a line behind"
            exec = ["/bin/sh", "-c", "echo ran >> {folder}/ran; echo done; exit 3"]
            roles = ["user"]
            ok_exit = [3]
            examples = [{{ run = "trace", about = "Do it" }}]

            [commands.consume]
            summary = "Take a file away"
            exec = ["/bin/rm", "{{file}}"]
            params = [{{ name = "file", type = "path", root = "{folder}", must_exist = true }}]
            roles = ["user"]
            examples = [{{ run = "consume it", about = "Take it away" }}]
            "#
        );
        let server = builder()
            .config([COMMANDS, &commands].concat())
            .folder(self.path())
            .start()?;
        if !server.state().join("users.toml").exists() {
            server.add_user("ana", "user")?;
        }
        Ok(server)
    }
}

fn read(connection: &mut Connection, id: &str) -> Result<JobReport> {
    let value = connection.request(&["JOB", "READ", id])?;
    JobReport::decode(&value).with_context(|| format!("no report: {value:?}"))
}

/// Waits for the end of a job, and gives its last report.
fn end_of(connection: &mut Connection, id: &str) -> Result<JobReport> {
    let mut from = 0;
    loop {
        let value = connection.request(&["JOB", "READ", id, &from.to_string(), "WAIT", "60000"])?;
        let report = JobReport::decode(&value)?;
        if report.entry.state == JobState::Ended {
            return Ok(report);
        }
        from = report.next;
    }
}

#[test]
fn many_that_send_it_at_once_run_it_once() -> Result<()> {
    let traces = Traces::new()?;
    let server = traces.server()?;
    let mut connections = (0..4).map(|_| logged_in(&server, "ana")).collect::<Result<Vec<_>>>()?;
    for connection in &mut connections {
        connection.send(&framed(&[
            &["JOB", "START", "k", "trace"],
            &["JOB", "START", "k", "trace"],
        ]))?;
    }
    let mut ids = Vec::new();
    for connection in &mut connections {
        for _ in 0..2 {
            let reply = connection.reply()?;
            ids.push(reply.as_str().with_context(|| format!("{reply:?}"))?.to_owned());
        }
    }
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    let report = end_of(&mut connections[0], &ids[0])?;
    assert_eq!((report.entry.status, report.entry.ok), (Some(3), Some(true)));
    assert_eq!(traces.runs()?, 1);
    let other = connections[0].request(&["JOB", "START", "k", "endless"])?;
    assert_eq!(error_code(&other), "ERR", "{other:?}");
    Ok(())
}

#[test]
fn an_end_outlives_its_server() -> Result<()> {
    let traces = Traces::new()?;
    let mut server = traces.server()?;
    let mut ana = logged_in(&server, "ana")?;
    let ended = start(&mut ana, "k1", &["trace"])?;
    end_of(&mut ana, &ended)?;
    let stopped = start(&mut ana, "k2", &["deaf"])?;
    ana.request(&["JOB", "READ", &stopped, "0", "WAIT", "60000"])?;
    server.signal("TERM")?;
    assert!(server.wait()?.success());
    assert!(!server.log().contains("did not end in time"), "{}", server.log());

    let server = traces.server()?;
    let mut ana = logged_in(&server, "ana")?;
    assert_eq!(start(&mut ana, "k1", &["trace"])?, ended);
    assert_eq!(start(&mut ana, "k2", &["deaf"])?, stopped);
    assert_eq!(traces.runs()?, 1);
    let report = read(&mut ana, &ended)?;
    let entry = report.entry;
    assert_eq!(
        (entry.state, entry.status, entry.ok),
        (JobState::Ended, Some(3), Some(true))
    );
    assert_eq!((entry.user.as_str(), entry.bytes), ("ana", 5));
    assert!(entry.forgotten, "and says so");
    assert_eq!((report.from, report.next, report.output.len()), (1, 1, 0));
    let report = read(&mut ana, &stopped)?;
    let why = report.entry.ending.context("an ending")?;
    assert_eq!(why, "the program was ended because the server stopped");
    assert_eq!(report.entry.ok, Some(false));
    // To wait for it, or to end it, is answered at once.
    let waited = ana.request(&["JOB", "READ", &ended, "1", "WAIT", "60000"])?;
    assert!(JobReport::decode(&waited)?.entry.forgotten);
    assert_eq!(ana.request(&["JOB", "KILL", &ended])?.as_integer(), Some(0));
    assert!(
        ana.request(&["JOB", "LIST"])?
            .as_array()
            .is_some_and(<[Value]>::is_empty)
    );
    // It is somebody's still.
    let guest = server.connect()?.request(&["JOB", "READ", &ended])?;
    assert_eq!(error_code(&guest), "FAILED", "{guest:?}");
    Ok(())
}

#[test]
fn what_a_killed_server_ran_is_lost() -> Result<()> {
    let traces = Traces::new()?;
    let mut server = traces.server()?;
    let mut ana = logged_in(&server, "ana")?;
    let id = start(&mut ana, "k", &["endless"])?;
    ana.request(&["JOB", "READ", &id, "0", "WAIT", "60000"])?;
    server.signal("KILL")?;
    server.wait()?;

    let server = traces.server()?;
    let mut ana = logged_in(&server, "ana")?;
    let lost = ana.request(&["JOB", "START", "k", "endless"])?;
    assert_eq!(error_code(&lost), "LOST", "{lost:?}");
    assert!(format!("{lost:?}").contains(&id), "{lost:?}");
    let report = read(&mut ana, &id)?;
    assert_eq!((report.entry.state, report.entry.ok), (JobState::Ended, Some(false)));
    Ok(())
}

/// What the program changed doesn't matter to the second request: it is answered as the first.
#[test]
fn a_key_counts_for_more_than_its_arguments() -> Result<()> {
    let traces = Traces::new()?;
    let server = traces.server()?;
    fs::write(traces.path().join("it"), "")?;
    let mut ana = logged_in(&server, "ana")?;
    let id = start(&mut ana, "k", &["consume", "it"])?;
    assert_eq!(end_of(&mut ana, &id)?.entry.ok, Some(true));
    assert_eq!(start(&mut ana, "k", &["consume", "it"])?, id);
    Ok(())
}

#[test]
fn who_hangs_up_at_once_has_started_it() -> Result<()> {
    let traces = Traces::new()?;
    let server = traces.server()?;
    let mut ana = logged_in(&server, "ana")?;
    ana.send(&framed(&[&["JOB", "START", "k", "trace"]]))?;
    drop(ana);
    server.wait_for_log("hung up")?;
    let mut ana = logged_in(&server, "ana")?;
    let id = start(&mut ana, "k", &["trace"])?;
    assert_eq!(end_of(&mut ana, &id)?.entry.status, Some(3));
    assert_eq!(traces.runs()?, 1);
    Ok(())
}
