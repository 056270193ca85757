//! Bounds on memory count what things cost, not what is in them.

use anyhow::{Context as _, Result};
use caracola_testing::{Connection, TestServer, error_code};
use caracola_wire::{JobReport, JobState};

const MIB: u64 = 1024 * 1024;

/// Waits for the end of a job.
fn end_of(connection: &mut Connection, id: &str) -> Result<JobReport> {
    let mut from = 0;
    loop {
        let value = connection.request(&["JOB", "READ", id, &from.to_string(), "WAIT", "30000"])?;
        let report = JobReport::decode(&value)?;
        if report.entry.state == JobState::Ended && report.output.is_empty() {
            return Ok(report);
        }
        from = report.next;
    }
}

fn start(connection: &mut Connection, key: &str, command: &str) -> Result<String> {
    let reply = connection.request(&["JOB", "START", key, command])?;
    Ok(reply.as_str().with_context(|| format!("no id: {reply:?}"))?.to_owned())
}

/// 256 KiB written a byte at a time cost 17 to 20 MB a run once, and were kept.
#[test]
fn a_byte_at_a_time_costs_little_more_than_its_bytes() -> Result<()> {
    const RUNS: u64 = 4;
    let server = TestServer::builder()
        .binary(env!("CARGO_BIN_EXE_caracolad"))
        .config(
            r#"
            [access]
            guest = true
            [commands.trickle]
            summary = "Write a byte at a time"
            exec = ["/bin/dd", "if=/dev/zero", "bs=1", "count=262144", "status=none"]
            roles = ["guest"]
            max_running = 1
            queue = 8
            max_output = "256KiB"
            examples = [{ run = "trickle", about = "Do it" }]
            "#,
        )
        .start()?;
    let mut connection = server.connect()?;
    // What a first run brings in stays.
    let first = start(&mut connection, "first", "trickle")?;
    end_of(&mut connection, &first)?;
    let before = server.resident_memory()?;
    for number in 0..RUNS {
        let id = start(&mut connection, &number.to_string(), "trickle")?;
        let report = end_of(&mut connection, &id)?;
        assert_eq!((report.entry.bytes, report.entry.ok), (256 * 1024, Some(true)));
    }
    let cost = server.resident_memory()?.saturating_sub(before);
    assert!(cost <= RUNS * (MIB + MIB / 2), "{cost} bytes for {RUNS} runs");
    Ok(())
}

/// One who runs thousands of programs pushes out their own output, and asking for it says so.
#[test]
fn output_that_is_no_longer_kept_is_said_to_be() -> Result<()> {
    let server = TestServer::builder()
        .binary(env!("CARGO_BIN_EXE_caracolad"))
        .config(
            r#"
            [access]
            guest = true
            [commands.large]
            summary = "Write a lot"
            exec = ["/bin/head", "-c", "16777216", "/dev/zero"]
            roles = ["guest"]
            max_output = "16MiB"
            examples = [{ run = "large", about = "Do it" }]
            "#,
        )
        .start()?;
    let mut connection = server.connect()?;
    connection.request(&["HELLO", "3"])?;
    let mut ids = Vec::new();
    for number in 0..5 {
        let id = start(&mut connection, &number.to_string(), "large")?;
        while JobReport::decode(&connection.request(&["JOB", "READ", &id, "999999", "WAIT", "30000"])?)?
            .entry
            .state
            != JobState::Ended
        {}
        ids.push(id);
    }
    let first = JobReport::decode(&connection.request(&["JOB", "READ", &ids[0]])?)?;
    assert!(first.entry.forgotten && first.output.is_empty(), "{:?}", first.entry);
    assert_eq!(
        (first.entry.bytes, first.entry.ok, first.entry.state),
        (16 * MIB, Some(true), JobState::Ended)
    );
    let last = JobReport::decode(&connection.request(&["JOB", "READ", &ids[4]])?)?;
    assert!(!last.entry.forgotten && !last.output.is_empty());
    // It is nobody else's still.
    let other = server.connect()?.request(&["JOB", "READ", &ids[0]])?;
    assert_eq!(error_code(&other), "FAILED", "{other:?}");
    Ok(())
}
