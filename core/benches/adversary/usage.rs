//! What a server takes of the machine, from the first look until it has settled.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use caracola_testing::{Usage, descendants, resident_memory};

use crate::report::Bounds;

/// Between two looks at a server.
const LOOK: Duration = Duration::from_millis(20);

/// The programs that the bench lets a server run.
const PROGRAMS: [&str; 2] = ["dd", "sleep"];

/// Watches for the most resident memory that a process ever has.
#[derive(Debug)]
pub(crate) struct Peak {
    most: Arc<AtomicU64>,
    over: Arc<AtomicBool>,
    watcher: JoinHandle<()>,
}

impl Peak {
    pub(crate) fn watch(process: u32) -> Self {
        let (most, over) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
        let watcher = thread::spawn({
            let (most, over) = (Arc::clone(&most), Arc::clone(&over));
            move || {
                while !over.load(Ordering::Relaxed) {
                    // A process that has ended takes nothing.
                    most.fetch_max(resident_memory(process).unwrap_or(0), Ordering::Relaxed);
                    thread::sleep(LOOK);
                }
            }
        });
        Self { most, over, watcher }
    }

    /// The most in bytes.
    pub(crate) fn end(self) -> u64 {
        self.over.store(true, Ordering::Relaxed);
        // It does nothing that could panic.
        let _ = self.watcher.join();
        self.most.load(Ordering::Relaxed)
    }
}

/// What a server takes while nobody works, and the programs that it runs.
#[derive(Debug)]
pub(crate) struct Rest {
    pub(crate) usage: Usage,
    /// Programs that still run: nobody waits for one.
    pub(crate) programs: usize,
    /// How long it took to come to that.
    pub(crate) settled: Duration,
}

/// Between two looks at all that it takes, for which all processes are looked at.
const WHOLE_LOOK: Duration = Duration::from_millis(100);

/// Waits until a server takes no more than before and the bytes that it `keeps`, or for `within`. `None` if the server is gone.
pub(crate) fn settle(process: u32, before: &Usage, keeps: u64, bounds: &Bounds, within: Duration) -> Option<Rest> {
    let began = Instant::now();
    loop {
        let rest = Rest {
            usage: Usage::of(process).ok()?,
            programs: programs(process)?,
            settled: began.elapsed(),
        };
        if bounds.left(before, keeps, &rest).is_empty() || rest.settled >= within {
            return Some(rest);
        }
        thread::sleep(WHOLE_LOOK);
    }
}

/// How many of the bench's programs run below a server.
fn programs(process: u32) -> Option<usize> {
    let name = |process: &u32| fs::read_to_string(format!("/proc/{process}/comm")).unwrap_or_default();
    let descendants = descendants(process).ok()?;
    Some(
        descendants
            .iter()
            .filter(|process| PROGRAMS.contains(&name(process).trim_end()))
            .count(),
    )
}
