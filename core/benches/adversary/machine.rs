//! Which processor does what.

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
