//! A thousand crashes of an isolated plugin while 50 sessions work: nobody else may notice, and nothing may be left of them.
//! Prints how soon the plugin answers again, how long the others' requests took, and what the server took of the machine before
//! and after. `cargo bench -p caracola-core --bench crashes`; `$CRASHES` says how many (1000 without it: four to six minutes).
#![allow(clippy::print_stdout, reason = "it prints what it measured")]

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, ensure};
use caracola_testing::{TestServer, Usage, error_code};

/// Sessions that work.
const SESSIONS: usize = 50;
/// The ways to end, in turns.
const WAYS: [&str; 4] = ["h.abort", "h.exit", "h.overflow", "h.text"];
/// How soon the plugin must answer again.
const BACK: Duration = Duration::from_secs(1);
/// How much the server may grow, in bytes. What the allocator keeps varies; a leak of 16 KiB a crash would be as much.
const GROWTH: u64 = 16 * 1024 * 1024;
/// How long what is closing may take to be gone.
const SETTLE: Duration = Duration::from_secs(30);

fn main() -> Result<()> {
    let crashes = std::env::var("CRASHES").ok().and_then(|crashes| crashes.parse().ok());
    let crashes: usize = crashes.unwrap_or(1000);
    let library = caracola_testing::plugin("caracola-hostile")?;
    let table = |name| {
        format!(
            "[plugins.{name}]\npath = \"{}\"\nroles = [\"guest\"]\n",
            library.display()
        )
    };
    let server = TestServer::builder()
        .binary(env!("CARGO_BIN_EXE_caracolad"))
        .config(format!(
            "[access]\nguest = true\n[limits]\nruns_per_second = 1000000\n[commands.ls]\nsummary = \"List\"\n{}{}",
            table("h"),
            table("calm")
        ))
        .argument("--log-level")
        .argument("error")
        .start()?;
    let done = AtomicBool::new(false);
    let mut caller = server.connect()?;
    // What is kept for the next is there before it counts.
    for way in WAYS {
        crash(&mut caller, way)?;
    }
    let alone = Usage::of(server.process())?;
    let (mut back, mut others, before, at_work) = thread::scope(|scope| -> Result<_> {
        let end = Ends(&done);
        let mut class = Vec::new();
        for number in 0..SESSIONS {
            let session = server.shell(&format!("pupil-{number}"))?;
            let done = &done;
            class.push(scope.spawn(move || work(session, done)));
        }
        for way in WAYS {
            crash(&mut caller, way)?;
        }
        let before = Usage::of(server.process())?;
        let ways = WAYS.iter().cycle().take(crashes);
        let back = ways.map(|way| crash(&mut caller, way)).collect::<Result<Vec<_>>>()?;
        let at_work = Usage::of(server.process())?;
        drop(end);
        let mut others = Vec::new();
        for pupil in class {
            others.extend(pupil.join().map_err(|_| anyhow!("a pupil panicked"))??);
        }
        Ok((back, others, before, at_work))
    })?;
    show("back after a crash", &mut back);
    show("a request of others", &mut others);
    println!("before, nobody works:      {alone:?}");
    println!("before, {SESSIONS} sessions work:  {before:?}");
    println!("after,  {SESSIONS} sessions work:  {at_work:?}");
    let began = Instant::now();
    let after = loop {
        let after = Usage::of(server.process())?;
        if after.descriptors <= alone.descriptors && after.processes <= alone.processes || began.elapsed() > SETTLE {
            break after;
        }
        thread::sleep(Duration::from_millis(50));
    };
    println!("after,  nobody works:      {after:?}");
    ensure!(after.descriptors <= alone.descriptors, "descriptors are left");
    ensure!(after.processes <= alone.processes, "processes are left");
    ensure!(after.threads <= alone.threads + 2, "threads are left");
    ensure!(at_work.memory.saturating_sub(before.memory) < GROWTH, "memory is left");
    ensure!(
        back.last().is_none_or(|longest| *longest < BACK),
        "it took too long to be back"
    );
    Ok(())
}

/// Ends the plugin's process in this way; returns how long it was until it answered again.
fn crash(caller: &mut caracola_testing::Connection, way: &str) -> Result<Duration> {
    // More than it has memory for, which only `text` takes.
    let huge = ["RUN", way, "100000000000"];
    let words = if way == "h.text" { &huge[..] } else { &huge[..2] };
    let reply = caller.request(words)?;
    ensure!(error_code(&reply) == "FAILED", "{reply:?}");
    let began = Instant::now();
    let said = caller.run(&["h.fine"])?;
    ensure!(said == "fine", "{said}");
    Ok(began.elapsed())
}

/// Reads a card, looks who is there and calls another plugin until it is over, thinking in between; the times of all requests.
fn work(mut session: caracola_testing::Connection, done: &AtomicBool) -> Result<Vec<Duration>> {
    let mut times = Vec::new();
    while !done.load(Ordering::Relaxed) {
        for words in [&["RUN", "ls"][..], &["RUN", "whoami"], &["RUN", "calm.fine"]] {
            let began = Instant::now();
            let reply = session.request(words)?;
            times.push(began.elapsed());
            ensure!(error_code(&reply).is_empty(), "{words:?}: {reply:?}");
        }
        thread::sleep(Duration::from_millis(200));
    }
    Ok(times)
}

/// Ends the work when it is dropped, whatever has happened.
struct Ends<'d>(&'d AtomicBool);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn show(what: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let at = |part: usize| times.get((times.len() * part / 100).min(times.len() - 1)).copied();
    println!(
        "{what}: {} times, median {:?}, p99 {:?}, longest {:?}",
        times.len(),
        at(50).unwrap_or_default(),
        at(99).unwrap_or_default(),
        times.last().copied().unwrap_or_default()
    );
}
