//! A server that may have few files open, while somebody uses up all that it lets them.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use caracola_testing::{Connection, Mark, TEST_TIMEOUT, TestServer, error_code};

/// Nothing tells of a job that begins, so one looks again after this.
const PAUSE: Duration = Duration::from_millis(10);

const COMMANDS: &str = "
[access]
guest = true
[commands.echo]
summary = \"Say a word\"
exec = [\"/bin/echo\", \"{word}\"]
params = [{ name = \"word\" }]
[commands.sleep]
summary = \"Sleep\"
exec = [\"/bin/sleep\", \"1000\"]
max_running = 64
";

/// A script that runs the server's binary with at most 64 open files.
fn narrow(folder: &Path) -> Result<PathBuf> {
    let script = folder.join("narrow");
    let binary = env!("CARGO_BIN_EXE_caracolad");
    fs::write(&script, format!("#!/bin/sh\nulimit -n 64\nexec '{binary}' \"$@\"\n"))?;
    fs::set_permissions(&script, fs::Permissions::from_mode(0o700))?;
    Ok(script)
}

fn server(folder: &Path, more: &str) -> Result<TestServer> {
    let server = TestServer::builder()
        .binary(narrow(folder)?)
        .config(COMMANDS)
        .more_config(more)
        .start()?;
    server.wait_for_log("fewer sessions than [limits] sessions")?;
    Ok(server)
}

/// How many the server has open; nobody but root may look.
fn descriptors_of(server: &TestServer) -> Option<usize> {
    Some(fs::read_dir(format!("/proc/{}/fd", server.process())).ok()?.count())
}

/// How many sessions the server says that there may be.
fn most_sessions(door: &mut Connection) -> Result<usize> {
    let info = door.request(&["INFO", "clients"])?;
    let lines = info.as_str().unwrap_or_default().lines().map(str::to_owned);
    let mut most = lines.filter_map(|line| line.strip_prefix("maxclients:")?.parse().ok());
    most.next_back().context("INFO names no maxclients")
}

/// Connects as soon as the server has seen that others are gone, those included that still stood in the kernel's queue.
fn connect_once_there_is_room(server: &TestServer) -> Result<Connection> {
    let began = Instant::now();
    loop {
        match server.connect() {
            Err(_) if began.elapsed() < TEST_TIMEOUT => thread::sleep(PAUSE),
            connected => return connected.context("there is no room again"),
        }
    }
}

fn operator_works(server: &TestServer) -> Result<()> {
    server.operator(&["sessions"])?.success()?;
    server.operator(&["reload"])?.success()?;
    Ok(())
}

fn a_job_works(server: &TestServer) -> Result<()> {
    let said = server.door()?.request(&["RUN", "echo", "hello"])?;
    ensure!(said.as_str() == Some("hello\n"), "{said:?}\n{}", server.log());
    Ok(())
}

#[test]
fn door_reload_and_a_job_work_while_eighty_connections_are_held() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let server = server(folder.path(), "")?;
    let most = most_sessions(&mut server.door()?)?;
    ensure!((8..40).contains(&most), "{most} sessions of 64 descriptors");
    // Half of what may come in asks for something; all else is silent.
    let mut guests = Vec::new();
    for _ in 0..most / 2 {
        let mut guest = server.connect()?;
        guest.request(&["PING"])?;
        guests.push(guest);
    }
    let held: Vec<_> = (0..80).map(|_| server.tcp()).collect::<Result<_>>()?;
    for _ in 0..5 {
        operator_works(&server)?;
        a_job_works(&server)?;
        let open = descriptors_of(&server);
        ensure!(open.is_none_or(|open| open < 60), "{open:?}");
    }
    for guest in &mut guests {
        assert_eq!(guest.request(&["PING"])?.as_str(), Some("PONG"));
    }
    drop(held);
    connect_once_there_is_room(&server)?.be_shell("ana", "en")?;
    for line in ["cannot take a connection", "turned away", "made room"] {
        let count = server.log().matches(line).count();
        ensure!(count <= 1, "{count} times {line:?} in\n{}", server.log());
    }
    Ok(())
}

/// The job's state once it doesn't wait to be started any more.
fn state_of(door: &mut Connection, job: &str) -> Result<String> {
    let began = Instant::now();
    loop {
        let read = door.request(&["JOB", "READ", job])?;
        let fields = format!("{read:?}");
        let state = fields.split("Bulk(b\"state\"), Bulk(b\"").nth(1);
        let state = state.and_then(|rest| rest.split('"').next()).unwrap_or_default();
        if state != "waiting" {
            return Ok(state.to_owned());
        }
        ensure!(began.elapsed() < TEST_TIMEOUT, "{read:?}");
        thread::sleep(PAUSE);
    }
}

#[test]
fn programs_leave_the_door_what_it_needs() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mark = Mark::new();
    let server = server(folder.path(), &mark.toml())?;
    let mut door = server.door()?;
    let mut started = 0;
    let refused = loop {
        let reply = door.request(&["JOB", "START", &format!("key-{started}"), "sleep"])?;
        if !error_code(&reply).is_empty() {
            break reply;
        }
        started += 1;
        ensure!(started < 64, "each of them has three descriptors");
        let job = reply.as_str().context("no job")?;
        let state = state_of(&mut door, job)?;
        if state != "running" {
            break door.request(&["JOB", "READ", job])?;
        }
    };
    ensure!(started >= 4, "only {started} programs: {refused:?}");
    server.wait_for_log("a program was not started: the open files that are left")?;
    operator_works(&server)?;
    let connections = (0..6).map(|_| server.door()).collect::<Result<Vec<_>>>()?;
    operator_works(&server)?;
    drop(connections);
    assert!(!server.log().contains("cannot take a connection"), "{}", server.log());
    Ok(())
}

#[test]
fn with_enough_descriptors_the_setting_counts() -> Result<()> {
    let server = TestServer::builder()
        .binary(env!("CARGO_BIN_EXE_caracolad"))
        .more_config("[limits]\nsessions = 70\n")
        .start()?;
    assert_eq!(most_sessions(&mut server.door()?)?, 70);
    assert!(!server.log().contains("fewer sessions"), "{}", server.log());
    Ok(())
}
