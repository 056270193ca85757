//! When a plugin in the server's process isn't called any more: it has overstayed too often.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Calls that overstayed, after which the plugin is disabled.
const MOST: u32 = 3;

/// The calls that overstayed. One that returns in time makes them forgotten, but not while one of them still holds its thread:
/// among calls that are fine, those that never return would else take all places, one by one.
#[derive(Debug, Default)]
pub(super) struct Strikes {
    count: AtomicU32,
    overstaying: AtomicU32,
}

/// A call that has overstayed and not returned yet. To be dropped when it has.
#[derive(Debug)]
pub(super) struct Overstaying(Arc<Strikes>);

impl Strikes {
    /// A call overstays.
    #[must_use]
    pub(super) fn strike(self: &Arc<Self>) -> Overstaying {
        self.overstaying.fetch_add(1, Ordering::Relaxed);
        self.count.fetch_add(1, Ordering::Relaxed);
        Overstaying(Arc::clone(self))
    }

    /// A call returned in time.
    pub(super) fn forgive(&self) {
        if self.count.load(Ordering::Relaxed) == 0 || self.overstaying.load(Ordering::Relaxed) > 0 {
            return;
        }
        let forgiven = |count| (count < MOST).then_some(0);
        // Else it is too late.
        let _ = self.count.fetch_update(Ordering::Relaxed, Ordering::Relaxed, forgiven);
    }

    /// Whether there were too many. Once so, always so.
    pub(super) fn are_out(&self) -> bool {
        self.count.load(Ordering::Relaxed) >= MOST
    }
}

impl Drop for Overstaying {
    fn drop(&mut self) {
        self.0.overstaying.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_in_a_row_count() {
        let strikes = Arc::new(Strikes::default());
        for _ in 0..10 {
            drop(strikes.strike());
            drop(strikes.strike());
            assert!(!strikes.are_out());
            strikes.forgive();
        }
        drop(strikes.strike());
        drop(strikes.strike());
        drop(strikes.strike());
        assert!(strikes.are_out());
        strikes.forgive();
        assert!(strikes.are_out());
    }

    #[test]
    fn those_that_never_return_are_not_forgotten() {
        let strikes = Arc::new(Strikes::default());
        let first = strikes.strike();
        strikes.forgive();
        let _second = strikes.strike();
        drop(first);
        strikes.forgive();
        assert!(!strikes.are_out());
        let _third = strikes.strike();
        assert!(strikes.are_out());
    }
}
