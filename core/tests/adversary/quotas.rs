//! Quotas that all share: one can't use them up, those who look after the server have a reserve, and what a guest used is
//! free when the guest has gone.

use anyhow::{Context as _, Result, ensure};
use caracola_testing::{Connection, PASSWORD, TestServer, error_code};
use caracola_wire::{JobEntry, JobState, Value};

use crate::builder;
use crate::households::connect_from;

const COMMANDS: &str = r#"
[access]
guest = true

[limits]
runs_per_second = 1000

[commands.endless]
summary = "Never end"
roles = ["guest"]
exec = ["/bin/sleep", "1000"]
timeout = "1h"

[commands.true]
summary = "Does nothing, successfully"
roles = ["guest"]
exec = ["/bin/true"]
max_running = 8
queue = 1000
"#;

fn server() -> Result<TestServer> {
    let server = builder().config(COMMANDS).start()?;
    server.add_user("ana", "user")?;
    server.add_user("olga", "operator")?;
    Ok(server)
}

fn logged_in(server: &TestServer, household: u8, name: &str) -> Result<Connection> {
    let mut connection = connect_from(server, household)?;
    let reply = connection.request(&["HELLO", "3", "AUTH", name, PASSWORD])?;
    ensure!(error_code(&reply).is_empty(), "{reply:?}");
    Ok(connection)
}

fn jobs(connection: &mut Connection) -> Result<Vec<JobEntry>> {
    let list = connection.request(&["JOB", "LIST"])?;
    let entries = list.as_array().context("a list")?.iter();
    entries.map(|entry| Ok(JobEntry::decode(entry)?)).collect()
}

/// Waits until the jobs are as they should be.
fn wait_for(connection: &mut Connection, what: impl Fn(&[JobEntry]) -> bool) -> Result<()> {
    let began = std::time::Instant::now();
    loop {
        let jobs = jobs(connection)?;
        if what(&jobs) {
            return Ok(());
        }
        ensure!(began.elapsed() < caracola_testing::TEST_TIMEOUT, "{jobs:?}");
    }
}

fn running(jobs: &[JobEntry]) -> usize {
    jobs.iter().filter(|job| job.state == JobState::Running).count()
}

/// Begins endless jobs under one key after the other, until one is refused by the whole line, or the job is told to be busy.
fn begin(connection: &mut Connection, prefix: &str, count: usize) -> Result<()> {
    for number in 0..count {
        let reply = connection.request(&["JOB", "START", &format!("{prefix}{number}"), "endless"])?;
        ensure!(error_code(&reply).is_empty(), "{reply:?}");
    }
    Ok(())
}

/// By default a command has 4 places and a line of 16.
#[test]
fn one_guest_takes_neither_all_places_nor_the_line() -> Result<()> {
    let server = server()?;
    let mut door = server.door()?;
    let mut guest = connect_from(&server, 2)?;
    guest.request(&["HELLO", "3"])?;
    begin(&mut guest, "k", 20)?;
    let is_busy = |job: &JobEntry| job.state == JobState::Ended;
    wait_for(&mut door, |jobs| {
        running(jobs) == 2 && jobs.iter().filter(|job| is_busy(job)).count() == 10
    })?;
    let of_guest = jobs(&mut door)?;
    let refused = of_guest
        .iter()
        .find(|job| is_busy(job))
        .context("a job without a place")?;
    let why = refused.ending.clone().unwrap_or_default();
    assert!(why.contains("as one user may"), "{why}");

    // A place is left to another, whose job begins at once; so does an operator's.
    let mut ana = logged_in(&server, 2, "ana")?;
    begin(&mut ana, "k", 1)?;
    let mut olga = logged_in(&server, 2, "olga")?;
    begin(&mut olga, "k", 1)?;
    wait_for(&mut olga, |jobs| {
        jobs.iter()
            .any(|job| job.user == "olga" && job.state == JobState::Running)
    })?;
    assert_eq!(jobs(&mut ana)?[0].state, JobState::Running);
    server.wait_for_log("no place to run or to wait: refused")?;

    // The guest goes, and so does all of that.
    drop(guest);
    wait_for(&mut olga, |jobs| {
        let of_guest = |job: &&JobEntry| job.user.starts_with('~');
        jobs.iter().filter(of_guest).all(|job| job.state == JobState::Ended) && running(jobs) == 2
    })?;
    assert_eq!(jobs(&mut ana)?[0].state, JobState::Running);
    Ok(())
}

/// The guests of one address make a share of the rooms, whatever number of sessions they have; the lobby is always there.
#[test]
fn rooms_are_shared_between_addresses() -> Result<()> {
    let server = server()?;
    let mut door = server.door()?;
    let join = |connection: &mut Connection, prefix: &str, count: usize| -> Result<Option<(usize, Value)>> {
        for number in 0..count {
            let reply = connection.request(&["SUBSCRIBE", &format!("{prefix}{number}")])?;
            if !error_code(&reply).is_empty() {
                return Ok(Some((number, reply)));
            }
        }
        Ok(None)
    };
    let (mut first, mut second) = (connect_from(&server, 2)?, connect_from(&server, 2)?);
    assert!(join(&mut first, "den", 32)?.is_none());
    let (count, reply) = join(&mut second, "cave", 32)?.context("no limit")?;
    assert_eq!((count, error_code(&reply)), (18, "LIMIT"));
    let said = format!("{reply:?}");
    assert!(said.contains("guests of your address") && said.contains("50"), "{said}");
    server.wait_for_log("no place for another room: refused")?;

    // Rooms that are there may be joined, the lobby too; others make theirs.
    assert!(join(&mut second, "den", 1)?.is_none());
    assert!(error_code(&second.request(&["SUBSCRIBE", "lobby"])?).is_empty());
    assert!(join(&mut connect_from(&server, 3)?, "hall", 1)?.is_none());
    assert!(join(&mut door, "yard", 1)?.is_none());

    // What a session leaves is free for its like.
    first.request(&["UNSUBSCRIBE", "den5"])?;
    let reply = second.request(&["SUBSCRIBE", "hut"])?;
    assert!(error_code(&reply).is_empty(), "{reply:?}");
    Ok(())
}

/// A guest's keys are a small share, an answer says which, and they go with the session; also on the disk.
#[test]
fn keys_of_guests_are_a_share_and_go_with_them() -> Result<()> {
    let server = server()?;
    let mut guest = connect_from(&server, 2)?;
    let mut refused = None;
    for number in 0..1000 {
        let reply = guest.request(&["JOB", "START", &format!("k{number}"), "true"])?;
        if error_code(&reply) == "LIMIT" {
            refused = Some((number, reply));
            break;
        }
        ensure!(error_code(&reply).is_empty(), "{reply:?}");
    }
    let (count, reply) = refused.context("no limit")?;
    assert_eq!(count, 200);
    let said = format!("{reply:?}");
    assert!(
        said.contains("guests of your address") && said.contains("200"),
        "{said}"
    );
    server.wait_for_log("no room for another key: refused")?;
    // Another session of the same address is in the same share; others aren't, nor who logs in there.
    let key = ["JOB", "START", "one more", "true"];
    assert_eq!(error_code(&connect_from(&server, 2)?.request(&key)?), "LIMIT");
    let is_fine = |reply: &Value| error_code(reply).is_empty();
    assert!(is_fine(&connect_from(&server, 3)?.request(&key)?));
    assert!(is_fine(&logged_in(&server, 2, "ana")?.request(&key)?));
    assert!(is_fine(&logged_in(&server, 2, "olga")?.request(&key)?));

    drop(guest);
    let files = || -> Result<usize> { Ok(std::fs::read_dir(server.state().join("jobs"))?.count()) };
    let mut again = connect_from(&server, 2)?;
    let began = std::time::Instant::now();
    while !is_fine(&again.request(&key)?) || files()? > 3 {
        ensure!(
            began.elapsed() < caracola_testing::TEST_TIMEOUT,
            "{} files are left",
            files()?
        );
    }
    Ok(())
}
