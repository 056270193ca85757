//! Which processor does what, and what of their time others have.

use anyhow::{Context as _, Result};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// Two processors of those that this process may use; the same one twice where there is no other.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cores {
    /// The server's, and that of all it starts.
    pub(crate) server: usize,
    /// The honest sessions' and the attackers'.
    pub(crate) load: usize,
}

impl Cores {
    pub(crate) fn choose() -> Result<Self> {
        let allowed = sched_getaffinity(None)?;
        let mut numbers = (0..CpuSet::MAX_CPU).filter(|number| allowed.is_set(*number));
        let server = numbers.next().context("no processor")?;
        let load = numbers.next().unwrap_or(server);
        Ok(Self { server, load })
    }

    /// Keeps this thread, and those that it starts from now on, on the honest sessions' processor.
    pub(crate) fn run_on_load(self) -> Result<()> {
        let mut set = CpuSet::new();
        set.set(self.load);
        Ok(sched_setaffinity(None, &set)?)
    }

    /// Whether the server has a processor for itself.
    pub(crate) fn are_two(self) -> bool {
        self.server != self.load
    }
}

/// Measures what a hypervisor gives to others: a request that waits for that says nothing about the server.
#[derive(Debug)]
pub(crate) struct Stolen(Option<Ticks>);

#[derive(Debug, Clone, Copy)]
struct Ticks {
    stolen: u64,
    all: u64,
}

impl Stolen {
    /// From now on.
    pub(crate) fn start() -> Self {
        Self(Ticks::now())
    }

    /// The part of all processors' time that was stolen since the start, from 0 to 1; `None` where the system doesn't tell.
    #[expect(clippy::cast_precision_loss, reason = "a tick more or less")]
    pub(crate) fn part(&self) -> Option<f64> {
        let (before, now) = (self.0?, Ticks::now()?);
        let all = now.all.saturating_sub(before.all).max(1);
        Some(now.stolen.saturating_sub(before.stolen) as f64 / all as f64)
    }
}

impl Ticks {
    /// The first line of `/proc/stat` (`proc_stat(5)`): user, nice, system, idle, iowait, irq, softirq, steal, and guests', who
    /// are counted in user and nice already.
    fn now() -> Option<Self> {
        let stat = std::fs::read_to_string("/proc/stat").ok()?;
        let line = stat.lines().next()?.strip_prefix("cpu ")?;
        let ticks: Vec<u64> = line.split_ascii_whitespace().take(8).flat_map(str::parse).collect();
        Some(Self {
            stolen: *ticks.get(7)?,
            all: ticks.iter().sum(),
        })
    }
}
