//! What starting a program costs, beside what it must cost.

use std::process::{Command, Stdio};
use std::time::Instant;

use caracola_spawner::{Ended, Spawner};
use tokio::io::AsyncReadExt as _;

use crate::fixture::{program, script};

/// How many start programs at the same time.
const CLIENTS: u32 = 8;
/// How many programs each starts in a round.
const LAUNCHES: u32 = 500;
/// Each way is measured this often, in turn, because the machine isn't alone.
const ROUNDS: usize = 5;

/// Prints runs of `/bin/true` per second, its output read to the end, and the processor time of a run.
pub(crate) async fn measure(spawner: Spawner) {
    for _ in 0..ROUNDS {
        let began = Meter::start();
        by_spawner(&spawner).await;
        began.print("spawner, as the server does it    ");
        let began = Meter::start();
        tokio::task::spawn_blocking(by_library).await.expect("it runs");
        began.print("std::process, output read, threads");
        let began = Meter::start();
        tokio::task::spawn_blocking(bare).await.expect("it runs");
        began.print("std::process, null, threads       ");
    }
    let text = "grep -h -E '^(Name|Pss|Private)' /proc/$PPID/status /proc/$PPID/smaps_rollup; :";
    println!("an idle keeper:\n{}", script(text).text(&spawner).await);
}

async fn by_spawner(spawner: &Spawner) {
    let mut tasks = Vec::new();
    for _ in 0..CLIENTS {
        let spawner = spawner.clone();
        tasks.push(tokio::spawn(async move {
            let mut out = Vec::new();
            for _ in 0..LAUNCHES {
                let mut running = program("/bin/true").start(&spawner).await;
                running.stdout.read_to_end(&mut out).await.expect("it can be read");
                running.stderr.read_to_end(&mut out).await.expect("it can be read");
                assert_eq!(running.wait().await, Ended::Exited(0));
            }
        }));
    }
    for task in tasks {
        task.await.expect("no task panics");
    }
}

fn by_library() {
    std::thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| {
                for _ in 0..LAUNCHES {
                    let output = Command::new("/bin/true").env_clear().stdin(Stdio::null()).output();
                    assert!(output.expect("it starts").status.success());
                }
            });
        }
    });
}

fn bare() {
    std::thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| {
                for _ in 0..LAUNCHES {
                    let mut command = Command::new("/bin/true");
                    command
                        .env_clear()
                        .stdin(Stdio::null())
                        .stdout(Stdio::null())
                        .stderr(Stdio::null());
                    assert!(command.status().expect("it starts").success());
                }
            });
        }
    });
}

/// Wall clock, and processor time of the whole machine (others' work is in it): spawner and keepers are not children whose
/// time could be asked for.
struct Meter {
    began: Instant,
    busy: f64,
}

impl Meter {
    fn start() -> Self {
        Self {
            began: Instant::now(),
            busy: busy_seconds(),
        }
    }

    fn print(&self, what: &str) {
        let count = f64::from(CLIENTS * LAUNCHES);
        let seconds = self.began.elapsed().as_secs_f64();
        let busy = (busy_seconds() - self.busy) / count * 1e6;
        println!(
            "{what} {:7.0} runs/s {busy:6.0} us of processor time a run",
            count / seconds
        );
    }
}

/// Seconds of processor time that weren't idle since the machine started.
fn busy_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/stat").unwrap_or_default();
    let fields: Vec<f64> = text
        .lines()
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .skip(1)
        .flat_map(str::parse)
        .collect();
    let idle: f64 = fields.iter().skip(3).take(2).sum();
    // Clock ticks, a hundred a second on every Linux that matters; guests' time is in the users' already.
    (fields.iter().take(8).sum::<f64>() - idle) / 100.0
}
