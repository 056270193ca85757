//! Many trees of processes that don't want to end, begun and hung up at random. A test grows a few; the bench `trees`
//! grows a thousand.

use std::collections::hash_map::RandomState;
use std::fs;
use std::hash::{BuildHasher as _, Hasher as _};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use caracola_testing::{Connection, Mark, TestServer, framed};
use caracola_wire::{JobEntry, JobState, Push};

/// The program, for `/bin/sh`: each kind of tree resists in another way. A byte in a file counts those that began.
pub(crate) const TREE: &str = r#"
printf x >>stood
case $1 in
plain)      # a child, and a grandchild whose parent has gone
    ( (sleep 1000 &) & ); sleep 1000 & echo ready; wait ;;
session)    # leaves its session and process group
    (setsid sh -c 'sleep 1000 & (setsid sleep 1000 &); wait' &); echo ready; sleep 1000 ;;
stubborn)   # doesn't listen to SIGTERM, and nor do its children
    trap '' TERM HUP INT; (setsid sleep 1000 &); echo ready; while :; do sleep 1000; done ;;
silent)     # has closed its output and input
    exec >&- 2>&- <&-; (setsid sleep 1000 &); sleep 1000 ;;
leaver)     # ends, and leaves others behind
    (trap '' TERM; setsid sleep 1000 >/dev/null 2>&1 &); echo ready ;;
breeder)    # has made another process whenever one looks
    trap '' TERM; echo ready; while :; do (setsid sleep 1000 &); sleep 0.05; done ;;
all)        # everything at once
    trap '' TERM
    (setsid sh -c 'trap "" TERM; exec >/dev/null 2>&1 </dev/null; (setsid sleep 1000 &); sleep 1000' &)
    echo ready; sleep 1000 ;;
esac
"#;

const KINDS: [&str; 7] = ["plain", "session", "stubborn", "silent", "leaver", "breeder", "all"];

/// The longest that a client waits before it hangs up without having seen anything, in microseconds: about as long as the
/// start of a tree takes.
const LONGEST_WAIT: u64 = 60_000;
/// The server gives a tree two seconds between SIGTERM and SIGKILL; the rest is for a busy machine.
const AT_LAST: Duration = Duration::from_secs(20);

/// The commands that [`grow`] runs, with their mark; the program stands beside the file as `tree`.
pub(crate) fn commands(mark: &Mark) -> String {
    format!(
        r#"
        [commands.tree]
        summary = "Grows a tree"
        roles = ["guest"]
        exec = ["./tree", "{{kind}}"]
        cwd = "."
        params = [{{ name = "kind" }}]
        {}
        timeout = "2m"
        max_running = 128
        queue = 64
        "#,
        mark.toml()
    )
}

/// How the clients left their trees.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// At once, or after a random while.
    early: AtomicUsize,
    /// When the tree was known to stand.
    ready: AtomicUsize,
    /// With `CANCEL`, and then stayed for the answer.
    cancelled: AtomicUsize,
    /// Programs that began, as they count themselves.
    begun: u64,
}

/// Begins trees, `at_once` of them at a time, and leaves each at some moment, until `wanted` programs have begun: some are
/// left too early for that. When this returns, every job has ended and no process is left; anything else is an error.
/// Returns how they were left, and how long the last ones took to go.
pub(crate) fn grow(server: &TestServer, mark: &Mark, wanted: u64, at_once: usize) -> Result<(Tally, Duration)> {
    let next = AtomicUsize::new(0);
    let mut tally = Tally::default();
    thread::scope(|scope| -> Result<()> {
        let tally = &tally;
        let work = || -> Result<()> {
            while begun(server) < wanted {
                let run = next.fetch_add(1, Ordering::Relaxed);
                let kind = KINDS[run % KINDS.len()];
                one(server, kind, run, tally).with_context(|| format!("run {run}, {kind}"))?;
            }
            Ok(())
        };
        let workers: Vec<_> = (0..at_once).map(|_| scope.spawn(work)).collect();
        for worker in workers {
            match worker.join() {
                Ok(outcome) => outcome?,
                Err(_) => bail!("a client panicked"),
            }
        }
        Ok(())
    })?;
    let began = Instant::now();
    all_ended(server)?;
    // What is told to have ended has left nothing: no further waiting.
    mark.none_left()?;
    tally.begun = begun(server);
    Ok((tally, began.elapsed()))
}

/// The programs that have begun until now.
fn begun(server: &TestServer) -> u64 {
    fs::metadata(server.folder().join("stood")).map_or(0, |file| file.len())
}

fn one(server: &TestServer, kind: &str, run: usize, tally: &Tally) -> Result<()> {
    let mut shell = server.shell(&format!("tree-{run}"))?;
    shell.send(&framed(&["RUN", "tree", kind]))?;
    let wait_for_ready = |shell: &mut Connection| shell.push_where(|push| matches!(push, Push::Out { .. }));
    let random = RandomState::new().build_hasher().finish();
    match random % 4 {
        0 => tally.early.fetch_add(1, Ordering::Relaxed),
        1 => {
            thread::sleep(Duration::from_micros(random / 4 % LONGEST_WAIT));
            tally.early.fetch_add(1, Ordering::Relaxed)
        }
        // These say nothing, or have ended as soon as they have spoken.
        _ if matches!(kind, "silent" | "leaver") => tally.early.fetch_add(1, Ordering::Relaxed),
        2 => {
            wait_for_ready(&mut shell)?;
            tally.ready.fetch_add(1, Ordering::Relaxed)
        }
        _ => {
            wait_for_ready(&mut shell)?;
            shell.send(&framed(&["CANCEL"]))?;
            shell.reply()?;
            tally.cancelled.fetch_add(1, Ordering::Relaxed)
        }
    };
    Ok(())
}

/// Waits until the server knows of no session but the operator's, and of no job that hasn't ended.
fn all_ended(server: &TestServer) -> Result<()> {
    let mut operator = server.door()?;
    let began = Instant::now();
    loop {
        let sessions = operator.request(&["CLIENT", "LIST"])?;
        let sessions = sessions.as_str().unwrap_or_default().lines().count();
        let jobs = operator.request(&["JOB", "LIST"])?;
        let jobs = jobs.as_array().context("no list of jobs")?.iter().map(JobEntry::decode);
        let jobs = jobs.collect::<Result<Vec<_>, _>>()?;
        let going = jobs.iter().filter(|job| job.state != JobState::Ended).count();
        // Sessions first: while one is there, it may start something yet.
        if sessions == 1 && going == 0 {
            return Ok(());
        }
        if began.elapsed() > AT_LAST {
            bail!("{sessions} sessions and {going} jobs are still there after {AT_LAST:?}");
        }
        thread::sleep(Duration::from_millis(20));
    }
}
