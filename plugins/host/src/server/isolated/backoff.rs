//! How long to wait before a plugin's process is started again.

use std::time::Duration;

/// The second crash in a row waits this long, and each further one twice as long as the one before.
const FIRST: Duration = Duration::from_millis(50);
/// A plugin that crashes while it works for somebody never waits longer: others want it.
const LONGEST_AT_WORK: Duration = Duration::from_millis(250);
/// One that can't begin, or ends when nobody wants anything of it, does.
const LONGEST_OTHERWISE: Duration = Duration::from_secs(30);
/// After it has run for so long, an end is the first again.
const GOOD: Duration = Duration::from_secs(10);

/// The ends of one plugin's processes, in a row.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    ends: u32,
}

impl Backoff {
    /// It ended after `ran`, `at_work` if somebody waited for an answer, or had had one.
    pub(super) fn ended(&mut self, ran: Duration, at_work: bool) -> Duration {
        if ran >= GOOD {
            self.ends = 0;
        }
        self.next(if at_work { LONGEST_AT_WORK } else { LONGEST_OTHERWISE })
    }

    /// It could not begin.
    pub(super) fn did_not_begin(&mut self) -> Duration {
        // Never at once: why it couldn't is likely to hold a moment later.
        self.ends = self.ends.max(1);
        self.next(LONGEST_OTHERWISE)
    }

    fn next(&mut self, longest: Duration) -> Duration {
        let pause = match self.ends.checked_sub(1) {
            None => Duration::ZERO,
            Some(doublings) => FIRST.saturating_mul(1 << doublings.min(16)).min(longest),
        };
        self.ends = self.ends.saturating_add(1);
        pause
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT_ONCE: Duration = Duration::from_millis(3);

    fn pauses(count: usize, mut next: impl FnMut() -> Duration) -> Vec<u64> {
        (0..count).map(|_| u64::try_from(next().as_millis()).unwrap()).collect()
    }

    #[test]
    fn the_first_crash_costs_nothing_and_no_other_much() {
        let mut backoff = Backoff::default();
        let pauses = pauses(7, || backoff.ended(AT_ONCE, true));
        assert_eq!(pauses, [0, 50, 100, 200, 250, 250, 250]);
        assert_eq!(backoff.ended(GOOD, true), Duration::ZERO);
    }

    #[test]
    fn what_cannot_begin_is_tried_ever_less_often() {
        let mut backoff = Backoff::default();
        let pauses = pauses(50, || backoff.did_not_begin());
        assert_eq!(pauses[..4], [50, 100, 200, 400]);
        assert_eq!(pauses[49], 30_000);
        assert_eq!(backoff.ended(AT_ONCE, false), LONGEST_OTHERWISE);
    }
}
