//! How often a plugin was called, how often in vain, and how long it took.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Buckets of times: two for each power of two of microseconds, up to hours.
const BUCKETS: usize = 64;

/// What is counted. All of it may be asked for at any time.
#[derive(Debug)]
pub(super) struct Counters {
    calls: AtomicU64,
    failures: AtomicU64,
    restarts: AtomicU64,
    times: [AtomicU64; BUCKETS],
}

impl Default for Counters {
    fn default() -> Self {
        Self {
            calls: AtomicU64::new(0),
            failures: AtomicU64::new(0),
            restarts: AtomicU64::new(0),
            times: [const { AtomicU64::new(0) }; BUCKETS],
        }
    }
}

impl Counters {
    /// A call ended. `failed` if by the plugin's fault.
    pub(super) fn call(&self, took: Duration, failed: bool) {
        self.calls.fetch_add(1, Ordering::Relaxed);
        self.failures.fetch_add(u64::from(failed), Ordering::Relaxed);
        self.times[bucket(took)].fetch_add(1, Ordering::Relaxed);
    }

    /// The plugin's process had to be started again.
    pub(super) fn restart(&self) {
        self.restarts.fetch_add(1, Ordering::Relaxed);
    }

    /// Calls that have ended.
    pub(super) fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }

    /// Those of them that failed by the plugin's fault.
    pub(super) fn failures(&self) -> u64 {
        self.failures.load(Ordering::Relaxed)
    }

    /// How often its process had to be started again.
    pub(super) fn restarts(&self) -> u64 {
        self.restarts.load(Ordering::Relaxed)
    }

    /// The time within which 99 of 100 calls ended, rounded up by less than a half; none if there were no calls.
    pub(super) fn p99(&self) -> Option<Duration> {
        let times: Vec<u64> = self.times.iter().map(|time| time.load(Ordering::Relaxed)).collect();
        let all: u64 = times.iter().sum();
        let wanted = all - all / 100;
        let mut seen = 0;
        let found = times.iter().position(|count| {
            seen += count;
            seen >= wanted
        });
        found.filter(|_| all > 0).map(upper)
    }
}

fn bucket(took: Duration) -> usize {
    let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX).max(1);
    let power = micros.ilog2();
    let half = if power > 0 { (micros >> (power - 1)) & 1 } else { 0 };
    (2 * power as usize + usize::from(half == 1)).min(BUCKETS - 1)
}

/// The longest time of a bucket.
fn upper(bucket: usize) -> Duration {
    let power = bucket / 2;
    let base = 1_u64 << power;
    Duration::from_micros(if bucket.is_multiple_of(2) {
        base + base / 2
    } else {
        2 * base
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_fall_into_buckets_that_hold_them() {
        for micros in [1, 2, 3, 5, 100, 1000, 65_000, 10_000_000] {
            let took = Duration::from_micros(micros);
            let most = upper(bucket(took));
            assert!(
                took <= most && most.as_micros() <= 2 * u128::from(micros),
                "{micros}: {most:?}"
            );
        }
    }

    #[test]
    fn the_slowest_of_a_hundred_does_not_count() {
        let counters = Counters::default();
        assert_eq!(counters.p99(), None);
        for _ in 0..99 {
            counters.call(Duration::from_micros(100), false);
        }
        counters.call(Duration::from_secs(5), true);
        assert!(counters.p99().unwrap() < Duration::from_millis(1));
        assert_eq!((counters.calls(), counters.failures()), (100, 1));
    }
}
