//! A server whose spawner is killed, by a job of the same user or by somebody else, doesn't live on as half a server.

use std::fs;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use caracola_testing::{Builder, Connection, Mark, TestServer, error_code};
use caracola_wire::Push;
use rustix::process::{Pid, Signal, kill_process};

/// How long the server may take to stop: its programs have two seconds to end, and sessions four.
const STOP: Duration = Duration::from_secs(6);

fn builder(mark: &Mark, more: &str) -> Builder {
    let deaf = format!(
        "[commands.deaf]
summary = \"Never end, and hear no request to\"
exec = [\"/bin/sh\", \"-c\", '''trap '' TERM; {more} while :; do sleep 1000; done''']
{}
",
        mark.toml()
    );
    TestServer::builder()
        .binary(env!("CARGO_BIN_EXE_caracolad"))
        .more_config(&deaf)
}

/// The server's child that starts programs.
fn spawner_of(server: &TestServer) -> Result<Pid> {
    for entry in fs::read_dir("/proc")? {
        let Some(process) = entry?.file_name().to_str().and_then(|name| name.parse::<i32>().ok()) else {
            continue;
        };
        let status = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
        let mut fields = status.split(' ').skip(1);
        let (name, parent) = (fields.next(), fields.nth(1));
        if name == Some("(caracola-spawn)") && parent == Some(server.process().to_string().as_str()) {
            return Pid::from_raw(process).context("no number");
        }
    }
    bail!("the server has no spawner")
}

/// Begins the job that doesn't want to end, and waits until it runs.
fn begin(mark: &Mark, key: &str, door: &mut Connection) -> Result<()> {
    let started = door.request(&["JOB", "START", key, "deaf"])?;
    ensure!(error_code(&started).is_empty(), "{started:?}");
    let began = Instant::now();
    while mark.processes()?.is_empty() {
        ensure!(began.elapsed() < STOP, "the job doesn't begin");
        std::thread::sleep(Duration::from_millis(10));
    }
    Ok(())
}

/// The server says what happened, tells who is there, ends its jobs and fails; and the next one works.
fn assert_stops(mut server: TestServer, mark: &Mark, mut ana: Connection, why: &str) -> Result<()> {
    let began = Instant::now();
    server.wait_for_log(why)?;
    ana.push_where(|push| matches!(push, Push::Bye { .. }))?;
    assert_eq!(server.wait()?.code(), Some(1), "{}", server.log());
    assert!(began.elapsed() < STOP, "it took {:?}", began.elapsed());
    mark.none_left()?;
    assert!(server.log().contains("error: stopped because"), "{}", server.log());

    let next = builder(mark, "").folder(server.folder()).start()?;
    next.operator(&["sessions"])?.success()?;
    begin(mark, "next", &mut next.door()?)
}

fn stops_when_its_spawner_gets(signal: Signal) -> Result<()> {
    let mark = Mark::new();
    let server = builder(&mark, "").start()?;
    let ana = server.shell("ana")?;
    begin(&mark, "first", &mut server.door()?)?;
    kill_process(spawner_of(&server)?, signal)?;
    assert_stops(server, &mark, ana, "(caracola-spawn) was ended by signal 9")
}

#[test]
fn a_server_stops_when_its_spawner_is_killed() -> Result<()> {
    stops_when_its_spawner_gets(Signal::KILL)
}

#[test]
fn and_when_it_is_stopped_for_it_would_start_and_end_nothing() -> Result<()> {
    stops_when_its_spawner_gets(Signal::STOP)
}

#[test]
fn a_job_that_kills_its_keeper_and_the_spawner_ends_with_the_server() -> Result<()> {
    let mark = Mark::new();
    // The spawner first: else it ends the job for the loss of its keeper before the second signal is sent.
    let attack = "until [ -e GO ]; do sleep 0.02; done
spawner=$(cut -d ' ' -f 4 /proc/$PPID/stat)
(setsid sleep 1000 > /dev/null 2>&1 &)
kill -KILL $spawner $PPID;";
    let folder = tempfile::tempdir()?;
    let go = folder.path().join("go");
    let attack = attack.replace("GO", &go.display().to_string());
    let server = builder(&mark, &attack).start()?;
    let ana = server.shell("ana")?;
    begin(&mark, "first", &mut server.door()?)?;
    fs::write(go, "")?;
    assert_stops(server, &mark, ana, "(caracola-spawn) was ended by signal 9")
}
