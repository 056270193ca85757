//! What an attack may do to a server.

use caracola_testing::Usage;

use crate::honest::Percentiles;
use crate::usage::Rest;

/// The bounds, apart from that no honest request may fail.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// How many times as long as in quiet 99 of 100 honest requests of a kind may take.
    slower: f64,
    /// The p99 in milliseconds that nobody minds, however short it was in quiet.
    unnoticed: f64,
    /// Bytes of memory that the server may have more than before in any case, once it has settled.
    memory: u64,
}

/// How many times as large as before the server may be once it has settled: what it is to keep of a load at most.
const GROWTH: f64 = 1.2;
/// Processes that it may have more: eight keepers are kept for the next programs, fewer where fewer were needed yet.
const PROCESSES: usize = 8;
/// Descriptors that it may have more: one for each of these keepers, and some that close a moment later.
const DESCRIPTORS: usize = 12;

impl Bounds {
    /// What the server promises on a machine that does nothing else.
    pub(crate) const LONG: Self = Self {
        slower: 2.0,
        unnoticed: 0.0,
        // What is kept of honest people's jobs and messages, and what an allocator keeps for its threads whatever their load.
        memory: 6 * 1024 * 1024,
    };
    /// What can be told where other work takes the processors too, and of a build without optimisation: that nobody is shut
    /// out. Where eight compilers ran beside it, it was a second.
    pub(crate) const SHORT: Self = Self {
        slower: 10.0,
        unnoticed: 2000.0,
        // What was freed is given back after ten seconds, and there isn't that much time: eight hashes of passwords, and a
        // few megabytes that an attack needed.
        memory: 192 * 1024 * 1024,
    };

    /// Whether a kind of request took too long.
    pub(crate) fn too_slow(&self, percentiles: &Percentiles) -> bool {
        let milliseconds = percentiles.attack.as_secs_f64() * 1000.0;
        percentiles.comparable && percentiles.ratio() > self.slower && milliseconds > self.unnoticed
    }

    /// What the server has kept that it should have given back, in words. Of memory it may have `keeps` bytes more.
    pub(crate) fn left(&self, before: &Usage, keeps: u64, rest: &Rest) -> Vec<&'static str> {
        let after = &rest.usage;
        let memory = before.memory.saturating_add(keeps);
        #[expect(clippy::cast_precision_loss, reason = "a megabyte more or less")]
        let grown = after.memory as f64 > memory as f64 * GROWTH;
        let mut left = Vec::new();
        if grown && after.memory > memory.saturating_add(self.memory) {
            left.push("memory");
        }
        if after.descriptors > before.descriptors + DESCRIPTORS {
            left.push("descriptors");
        }
        if after.processes > before.processes + PROCESSES {
            left.push("processes");
        }
        if rest.programs > 0 {
            left.push("programs");
        }
        left
    }
}
