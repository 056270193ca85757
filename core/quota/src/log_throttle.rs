//! A log line that would otherwise be written over and over: one a minute, with a count of those that were left out.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How often the same line may be in the log: an admin sees that it goes on, and nothing else is pushed out of the log.
const INTERVAL: Duration = Duration::from_mins(1);

/// Limits one kind of log line to one a minute. One for each kind, as a `static` or where the quota it is about lives.
///
/// ```
/// use caracola_quota::LogThrottle;
///
/// static FULL: LogThrottle = LogThrottle::new();
///
/// if let Some(repeated) = FULL.admit() {
///     tracing::warn!(repeated, "no room for another job");
/// }
/// ```
#[derive(Debug, Default)]
pub struct LogThrottle(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    written: Option<Instant>,
    left_out: u64,
}

impl LogThrottle {
    /// A line that hasn't been written yet.
    pub const fn new() -> Self {
        Self(Mutex::new(State {
            written: None,
            left_out: 0,
        }))
    }

    /// Whether the line may be written now: `None` if it was within the last minute. Else how often it was left out since.
    pub fn admit(&self) -> Option<u64> {
        self.admit_at(Instant::now())
    }

    fn admit_at(&self, now: Instant) -> Option<u64> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if state
            .written
            .is_some_and(|written| now.saturating_duration_since(written) < INTERVAL)
        {
            state.left_out += 1;
            return None;
        }
        state.written = Some(now);
        Some(std::mem::take(&mut state.left_out))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_a_minute_counts_the_others() {
        let throttle = LogThrottle::new();
        let start = Instant::now();
        assert_eq!(throttle.admit_at(start), Some(0));
        for second in 0..59 {
            assert_eq!(throttle.admit_at(start + Duration::from_secs(second)), None);
        }
        assert_eq!(throttle.admit_at(start + INTERVAL), Some(59));
        assert_eq!(throttle.admit_at(start + INTERVAL), None);
        assert_eq!(throttle.admit_at(start + 3 * INTERVAL), Some(1));
    }
}
