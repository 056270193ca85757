//! Trees of processes, and their end.

use std::path::Path;
use std::time::{Duration, Instant};

use caracola_spawner::{Ended, ResourceLimits, Running, Spawner};
use caracola_testing::Mark;
use rustix::process::Signal;
use tokio::task::JoinSet;

use crate::fixture::{Launching, is_root, line, open_descriptors, parent, program, script, signal};

/// Enough for a busy machine; what it bounds takes milliseconds.
const SOON: Duration = Duration::from_secs(5);

/// A program that leaves its session, its parent and its output, and doesn't listen to SIGTERM.
const DETACHED: &str = "trap '' TERM
    (setsid sh -c 'trap \"\" TERM; exec >/dev/null 2>&1 </dev/null; (setsid sleep 1000 &) ; sleep 1000' &)
    echo ready; sleep 1000";

async fn detached(spawner: &Spawner, mark: &Mark, grace: u64) -> Running {
    let mut running = script(DETACHED).mark(mark).grace(grace).start(spawner).await;
    line(&mut running, "ready").await;
    running
}

pub(crate) async fn a_single_program_ends_when_asked(spawner: Spawner) {
    let mut running = program("/bin/sleep").arguments(["1000"]).start(&spawner).await;
    running.end();
    assert_eq!(running.wait().await, Ended::Signalled(15));
}

pub(crate) async fn a_stubborn_program_is_killed_after_the_grace(spawner: Spawner) {
    for grace in [0, 200] {
        let mark = Mark::new();
        let stubborn = script("trap '' TERM; echo ready; while :; do sleep 1000; done");
        let mut running = stubborn.mark(&mark).grace(grace).start(&spawner).await;
        line(&mut running, "ready").await;
        let began = Instant::now();
        running.end();
        assert_eq!(running.wait().await, Ended::Signalled(9));
        assert!(began.elapsed() >= Duration::from_millis(grace), "it had no grace");
        assert!(began.elapsed() < Duration::from_millis(grace) + SOON);
        mark.none_left().expect("nothing is left");
    }
}

pub(crate) async fn a_stopped_program_ends_when_asked(spawner: Spawner) {
    let mut running = script("trap 'exit 5' TERM; echo ready; kill -STOP $$; sleep 1000")
        .start(&spawner)
        .await;
    line(&mut running, "ready").await;
    running.end();
    assert_eq!(running.wait().await, Ended::Exited(5));
}

pub(crate) async fn a_detached_stubborn_tree_is_gone_after_end(spawner: Spawner) {
    let mark = Mark::new();
    let mut running = detached(&spawner, &mark, 100).await;
    running.end();
    assert_eq!(running.wait().await, Ended::Signalled(9));
    mark.none_left().expect("nothing is left");
}

pub(crate) async fn a_detached_stubborn_tree_is_gone_after_drop(spawner: Spawner) {
    let mark = Mark::new();
    let running = detached(&spawner, &mark, 100).await;
    drop(running);
    mark.all_gone(SOON).expect("all end");
}

pub(crate) async fn what_is_left_running_is_ended(spawner: Spawner) {
    let mark = Mark::new();
    let leaves = script("(setsid sleep 1000 >/dev/null 2>&1 &) ; exit 6");
    let mut running = leaves.mark(&mark).start(&spawner).await;
    assert_eq!(running.wait().await, Ended::Exited(6));
    mark.none_left().expect("nothing is left");
}

pub(crate) async fn a_deep_tree_is_ended(spawner: Spawner) {
    let mark = Mark::new();
    let text =
        "trap '' TERM; if [ $1 -gt 0 ]; then sh -c \"$0\" \"$0\" $(($1 - 1)); else echo ready; sleep 1000; fi; exit";
    let deep = program("/bin/sh")
        .arguments(["-c", text, text, "150"])
        .variable("PATH", "/usr/bin:/bin");
    let mut running = deep.mark(&mark).grace(50).start(&spawner).await;
    line(&mut running, "ready").await;
    assert!(mark.processes().expect("there is /proc").len() > 150);
    running.end();
    assert_eq!(running.wait().await, Ended::Signalled(9));
    mark.none_left().expect("nothing is left");
}

/// A program that starts a spawner of its own: its orphans go to that, not to the keeper.
pub(crate) async fn a_reaper_in_the_tree_is_ended(spawner: Spawner) {
    let mark = Mark::new();
    let mut running = crate::deaths::server(&mark).grace(100).start(&spawner).await;
    line(&mut running, "ready").await;
    assert!(mark.processes().expect("there is /proc").len() > 3);
    running.end();
    assert_eq!(running.wait().await, Ended::Signalled(15));
    mark.none_left().expect("nothing is left");
}

/// Three hundred processes that only make others.
fn fork_bomb(mark: &Mark) -> Launching {
    let bomb = if Path::new("/usr/bin/perl").exists() {
        program("/usr/bin/perl").arguments(["-e", "$SIG{TERM} = 'IGNORE'; $| = 1; print \"ready\\n\"; fork while 1"])
    } else {
        script("trap '' TERM; echo ready; bomb() { while :; do bomb & done; }; bomb 2>/dev/null")
    };
    // The limit is on all of a user's threads: those there are now stand in "running/all".
    let load = std::fs::read_to_string("/proc/loadavg").expect("there is /proc");
    let all = load
        .split(['/', ' '])
        .nth(4)
        .and_then(|field| field.parse::<u64>().ok())
        .expect("a count of threads");
    let bomb = bomb.mark(mark).grace(300).limits(ResourceLimits {
        processes: Some(if is_root() { 300 } else { all + 300 }),
        ..ResourceLimits::default()
    });
    // The kernel doesn't count root's processes.
    if is_root() {
        bomb.identity(54_322, 54_322, &[])
    } else {
        bomb
    }
}

pub(crate) async fn a_fork_bomb_is_cleared(spawner: Spawner) {
    let mark = Mark::new();
    let bomb = || fork_bomb(&mark);
    let mut running = bomb().start(&spawner).await;
    line(&mut running, "ready").await;
    let began = Instant::now();
    running.end();
    assert_eq!(running.wait().await, Ended::Signalled(9));
    println!("  cleared in {} ms, 300 of them grace", began.elapsed().as_millis());
    mark.none_left().expect("nothing is left");
    // Without its keeper.
    let mut running = bomb().start(&spawner).await;
    line(&mut running, "ready").await;
    let began = Instant::now();
    signal(parent(running.process()), Signal::KILL);
    assert_eq!(running.wait().await, Ended::Lost);
    println!("  cleared by the spawner in {} ms", began.elapsed().as_millis());
    mark.none_left().expect("nothing is left");
}

/// One of the programs that the thousand are made of.
fn one_of_many(kind: u64) -> Launching {
    match kind {
        0 => program("/bin/true"),
        1 => program("/bin/sleep").arguments(["1000"]),
        2 => script("sleep 1000 | sleep 1000"),
        3 => program("/usr/bin/yes"),
        4 => script("(setsid sleep 1000 &) ; exit 1"),
        _ => script(DETACHED),
    }
}

pub(crate) async fn a_thousand_launches_leave_nothing(spawner: Spawner) {
    let mark = Mark::new();
    // Fills the spawner's store of idle keepers, which is kept.
    let fill = || async { futures(&spawner, 20, |_| script("exit 0")).await };
    fill().await;
    let before = open_descriptors().len();
    // A generator of its own, so that a failure can be had again.
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move |below: u64| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed >> 33) % below
    };
    let mut tasks = JoinSet::new();
    for _ in 0..1000 {
        let launching = one_of_many(random(6)).mark(&mark).grace(30);
        let (way, pause) = (random(4), Duration::from_micros(random(20_000)));
        let spawner = spawner.clone();
        if tasks.len() >= 40 {
            tasks.join_next().await;
        }
        tasks.spawn(async move {
            let started = tokio::time::timeout(pause, spawner.launch(launching.build())).await;
            let Ok(started) = started else { return };
            let mut running = started.expect("the program starts");
            let _ = tokio::time::timeout(pause, running.wait()).await;
            match way {
                0 => drop(running),
                1 => {
                    running.end();
                    drop(running);
                }
                _ => {
                    running.end();
                    running.wait().await;
                }
            }
        });
    }
    while let Some(result) = tasks.join_next().await {
        result.expect("no task panics");
    }
    mark.all_gone(SOON).expect("all end");
    fill().await;
    assert_eq!(open_descriptors().len(), before, "{:?}", open_descriptors());
}

async fn futures(spawner: &Spawner, count: usize, make: impl Fn(usize) -> Launching) {
    let mut all = Vec::new();
    for number in 0..count {
        all.push(make(number).start(spawner).await);
    }
    for mut running in all {
        running.wait().await;
    }
}

pub(crate) async fn a_launch_that_is_given_up_leaves_nothing(spawner: Spawner) {
    let mark = Mark::new();
    for microseconds in (0..3000).step_by(30) {
        let launch = program("/bin/sleep").arguments(["1000"]).mark(&mark).build();
        let _ = tokio::time::timeout(Duration::from_micros(microseconds), spawner.launch(launch)).await;
    }
    mark.all_gone(SOON).expect("all end");
}
