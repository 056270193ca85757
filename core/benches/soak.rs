//! A bounded soak test: people come, talk, read cards and vanish for a while, and the server must be no larger at the
//! end than it was soon after the beginning. `cargo bench --bench soak`; `$SOAK_SECONDS` says for how long (30 without it).
#![allow(clippy::print_stdout, reason = "it prints what it measured")]

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use caracola_testing::TestServer;

/// People at once.
const PEOPLE: u64 = 50;
/// How much the server may grow between a third of the time and its end, in bytes. What the allocator keeps varies; a
/// leak of a hundred bytes for each request would be ten times as much.
const GROWTH: u64 = 8 * 1024 * 1024;

fn main() -> Result<()> {
    let seconds = std::env::var("SOAK_SECONDS")
        .ok()
        .and_then(|seconds| seconds.parse().ok());
    let time = Duration::from_secs(seconds.unwrap_or(30));
    let server = TestServer::builder()
        .binary(env!("CARGO_BIN_EXE_caracolad"))
        .more_config("[limits]\nmessages_per_second = 1000000\nruns_per_second = 1000000\n")
        .argument("--log-level")
        .argument("warn")
        .start()?;
    let start = Instant::now();
    let requests = AtomicU64::new(0);
    let early = thread::scope(|scope| -> Result<u64> {
        let (server, requests) = (&server, &requests);
        let come = |number| scope.spawn(move || visit(server, number, start + time, requests));
        let people: Vec<_> = (0..PEOPLE).map(come).collect();
        thread::sleep(time / 3);
        let early = server.resident_memory()?;
        for person in people {
            match person.join() {
                Ok(outcome) => outcome?,
                Err(_) => bail!("somebody panicked"),
            }
        }
        Ok(early)
    })?;
    let late = server.resident_memory()?;
    println!(
        "{} requests of {PEOPLE} people in {:?}; resident memory {} KiB after a third of it, {} KiB at the end",
        requests.load(Ordering::Relaxed),
        start.elapsed(),
        early / 1024,
        late / 1024
    );
    if late.saturating_sub(early) > GROWTH {
        bail!("the server grew by {} bytes", late - early);
    }
    Ok(())
}

/// Comes again and again until `end`, and leaves by `quit` or by vanishing.
fn visit(server: &TestServer, number: u64, end: Instant, requests: &AtomicU64) -> Result<()> {
    let mut count = 0;
    while Instant::now() < end {
        let mut person = server.shell(&format!("person-{number}"))?;
        for round in 0..20 {
            for request in [
                &["RUN", "ls"][..],
                &["RUN", "mkdir", "demo"],
                &["RUN", "say", "hello everybody"],
                &["RUN", "lss"],
                &["RUN", "join", "garden"],
                &["RUN", "who"],
                &["CATALOGUE"],
            ] {
                person
                    .request(request)
                    .with_context(|| format!("{request:?} in round {round}"))?;
                count += 1;
            }
            person.pushes_until_now()?;
        }
        if count % 2 == 0 {
            person.request(&["RUN", "quit"])?;
        }
    }
    requests.fetch_add(count, Ordering::Relaxed);
    Ok(())
}
