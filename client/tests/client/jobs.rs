//! `:bg`, `:jobs`, `:attach` and `:kill`.

use anyhow::Result;
use caracola_wire::{Encoder, JobEntry, JobReport, JobState};

use crate::home::{Home, text};
use crate::stand_in::StandIn;

fn job(id: &str, state: JobState) -> JobEntry {
    JobEntry {
        id: id.to_owned(),
        command: format!("slow {id}"),
        state,
        user: "ana".to_owned(),
        ms: 1500,
        ..JobEntry::default()
    }
}

fn report(server: &StandIn, entry: JobEntry, from: u64, output: &[(u8, &'static [u8])]) -> Result<()> {
    let report = JobReport {
        entry,
        from,
        next: from + output.len() as u64,
        output: output
            .iter()
            .map(|(stream, bytes)| (*stream, (*bytes).into()))
            .collect(),
    };
    server.send_with(|encoder| report.encode(encoder))
}

#[test]
fn a_line_runs_in_the_background() -> Result<()> {
    let (server, home) = (StandIn::start()?, Home::new()?);
    let mut terminal = server.terminal(&home, &[])?;
    terminal.expect("lobby> ")?;
    terminal.send_line(":bg slow 'a b'")?;
    let request = server.next_request()?;
    let words: Vec<&str> = request.split(' ').collect();
    assert_eq!(
        (words[0], words[1], &words[3..]),
        ("JOB", "START", &["slow", "a", "b"][..])
    );
    assert!(
        words[2].len() == 32 && words[2].bytes().all(|byte| byte.is_ascii_hexdigit()),
        "{request}"
    );
    server.send(b"$2\r\nk7\r\n")?;
    terminal.expect("Job k7.")?;
    terminal.expect("lobby> ")?;
    // As any other line, it may ask first.
    terminal.send_line(":bg wipe sda")?;
    terminal.expect("[y/N] ")?;
    terminal.send_line("n")?;
    terminal.expect("Nothing was run.")?;
    terminal.expect("lobby> ")?;
    assert!(server.is_quiet());
    Ok(())
}

#[test]
fn jobs_are_listed_and_ended() -> Result<()> {
    let (server, home) = (StandIn::start()?, Home::new()?);
    let mut terminal = server.terminal(&home, &[])?;
    terminal.expect("lobby> ")?;
    let list = |encoder: &mut Encoder<'_>| {
        encoder.array(2);
        job("k7", JobState::Running).encode(encoder);
        let failed = JobEntry {
            status: Some(2),
            ..job("m2", JobState::Ended)
        };
        failed.encode(encoder);
    };
    terminal.send_line(":jobs")?;
    server.expect("JOB LIST")?;
    server.send_with(list)?;
    terminal.expect("slow k7")?;
    terminal.expect("running")?;
    terminal.expect("exit status 2")?;
    terminal.expect("lobby> ")?;
    // Only what runs can be ended.
    terminal.type_keys(":kill \t")?;
    server.expect("JOB LIST")?;
    server.send_with(list)?;
    terminal.expect("> :kill k7 ")?;
    terminal.send_line("")?;
    server.expect("JOB KILL k7")?;
    server.send(b":1\r\n")?;
    terminal.expect("Job k7 was asked to end.")?;
    terminal.expect("lobby> ")?;
    terminal.send_line(":kill m2")?;
    server.expect("JOB KILL m2")?;
    server.send(b":0\r\n")?;
    terminal.expect("Job m2 had ended already.")?;
    terminal.expect("lobby> ")?;
    terminal.send_line(":jobs")?;
    server.expect("JOB LIST")?;
    server.send(b"*0\r\n")?;
    terminal.expect("No jobs.")?;
    Ok(())
}

#[test]
fn a_job_is_watched_until_it_ends() -> Result<()> {
    let (server, home) = (StandIn::start()?, Home::new()?);
    let mut terminal = server.terminal(&home, &[])?;
    terminal.expect("lobby> ")?;
    terminal.send_line(":attach k7")?;
    server.expect("JOB READ k7 0 WAIT 10000")?;
    // The first two pieces are no longer kept.
    report(
        &server,
        job("k7", JobState::Running),
        2,
        &[(1, b"caf\xc3"), (1, b"\xa9\n")],
    )?;
    terminal.expect("no longer kept")?;
    terminal.expect("caf\u{e9}\r\n")?;
    server.expect("JOB READ k7 4 WAIT 10000")?;
    report(&server, job("k7", JobState::Ended), 4, &[(2, b"\x1b[2Jlast")])?;
    terminal.expect("^[[2Jlast")?;
    server.expect("JOB READ k7 5 WAIT 10000")?;
    let ended = JobEntry {
        signal: Some("SIGTERM".to_owned()),
        ending: Some("It took too long.".to_owned()),
        ..job("k7", JobState::Ended)
    };
    report(&server, ended, 5, &[])?;
    terminal.expect("\r\nIt took too long.\r\n(ended by SIGTERM)\r\n")?;
    terminal.expect("lobby> ")?;
    Ok(())
}

#[test]
fn ctrl_c_leaves_a_job_running() -> Result<()> {
    let (server, home) = (StandIn::start()?, Home::new()?);
    let mut terminal = server.terminal(&home, &[])?;
    terminal.expect("lobby> ")?;
    terminal.send_line(":attach k7")?;
    server.expect("JOB READ k7 0 WAIT 10000")?;
    report(&server, job("k7", JobState::Running), 0, &[(1, b"begun\n")])?;
    terminal.expect("begun")?;
    server.expect("JOB READ k7 1 WAIT 10000")?;
    terminal.send_control('c')?;
    terminal.expect("Job k7 goes on.")?;
    // The wait alone is cancelled.
    server.expect("CANCEL 5")?;
    terminal.expect("lobby> ")?;
    server.send(b"-CANCELLED it was cancelled\r\n+OK\r\n")?;
    terminal.send_line(":attach k8")?;
    server.expect("JOB READ k8 0 WAIT 10000")?;
    server.send(b"-UNKNOWN there is no job k8\r\n")?;
    let before = terminal.expect("there is no job k8")?;
    assert!(!before.contains("it was cancelled"), "{before}");
    Ok(())
}

#[test]
fn scripts_start_and_watch_jobs() -> Result<()> {
    let home = Home::new()?;
    let server = StandIn::start()?;
    let child = server.piped(&home, &["-c", ":bg slow"])?;
    assert!(server.next_request()?.starts_with("JOB START "));
    server.send(b"$2\r\nk7\r\n")?;
    let output = child.wait_with_output()?;
    assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(0), "k7\n"));

    let server = StandIn::start()?;
    let child = server.piped(&home, &["-c", ":attach k7"])?;
    server.expect("JOB READ k7 0 WAIT 10000")?;
    report(
        &server,
        job("k7", JobState::Running),
        0,
        &[(1, b"out\t"), (2, b"err\n")],
    )?;
    server.expect("JOB READ k7 2 WAIT 10000")?;
    let failed = JobEntry {
        status: Some(4),
        ..job("k7", JobState::Ended)
    };
    report(&server, failed, 2, &[])?;
    let output = child.wait_with_output()?;
    assert_eq!(text(&output.stdout), "out\t");
    assert_eq!(text(&output.stderr), "err\n(exit status 4)\n");
    assert_eq!(output.status.code(), Some(1));
    Ok(())
}
