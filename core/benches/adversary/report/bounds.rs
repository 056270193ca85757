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
}

/// How many times as large as before the server may be once it has settled: what it is to keep of a load at most.
const MEMORY: f64 = 1.2;
/// Bytes that it may have more in any case. What an allocator keeps for its threads doesn't depend on the size of the rest.
const MEMORY_SLACK: u64 = 6 * 1024 * 1024;
/// Processes that it may have more: eight keepers are kept for the next programs, fewer where fewer were needed yet.
const PROCESSES: usize = 8;
/// Descriptors that it may have more: one for each of these keepers, and some that close a moment later.
const DESCRIPTORS: usize = 12;

impl Bounds {
    /// What the server promises on a machine that does nothing else.
    pub(crate) const LONG: Self = Self {
        slower: 2.0,
        unnoticed: 0.0,
    };
    /// What can be told where other work takes the processors too, and of a build without optimisation: that nobody is shut
    /// out. Where eight compilers ran beside it, it was a second.
    pub(crate) const SHORT: Self = Self {
        slower: 10.0,
        unnoticed: 2000.0,
    };

    /// Whether a kind of request took too long.
    pub(crate) fn too_slow(&self, percentiles: &Percentiles) -> bool {
        let milliseconds = percentiles.attack.as_secs_f64() * 1000.0;
        percentiles.comparable && percentiles.ratio() > self.slower && milliseconds > self.unnoticed
    }

    /// What the server has kept that it should have given back, in words. Of memory it may have `keeps` bytes more.
    pub(crate) fn left(before: &Usage, keeps: u64, rest: &Rest) -> Vec<&'static str> {
        let after = &rest.usage;
        #[expect(clippy::cast_precision_loss, reason = "a megabyte more or less")]
        let grown = after.memory as f64 > (before.memory + keeps) as f64 * MEMORY;
        let mut left = Vec::new();
        if grown && after.memory > before.memory + keeps + MEMORY_SLACK {
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
