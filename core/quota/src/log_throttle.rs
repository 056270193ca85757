//! A log line that would otherwise be written over and over: one a minute, with a count of those that were left out.

use std::collections::BTreeMap;
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

/// Limits a log line to one a minute for each key, such as the command that it is about, so that who brings one about at will
/// hides no other.
///
/// ```
/// use caracola_quota::LogThrottles;
///
/// static FAILED: LogThrottles<String> = LogThrottles::new();
///
/// for command in ["df", "df", "git status"] {
///     if let Some(repeated) = FAILED.admit(command.to_owned()) {
///         tracing::warn!(command, repeated, "it failed");
///     }
/// }
/// ```
#[derive(Debug)]
pub struct LogThrottles<K> {
    by_key: Mutex<BTreeMap<K, State>>,
    /// For what comes while more keys than [`MOST_KEYS`] had a line within the last minute.
    others: LogThrottle,
}

/// How many keys have lines of their own within a minute: what bounds the memory, and how much one can have written.
const MOST_KEYS: usize = 256;

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
        self.0.lock().unwrap_or_else(PoisonError::into_inner).admit_at(now)
    }
}

impl<K: Ord> LogThrottles<K> {
    /// Lines that haven't been written yet.
    pub const fn new() -> Self {
        Self {
            by_key: Mutex::new(BTreeMap::new()),
            others: LogThrottle::new(),
        }
    }

    /// Whether the line of this key may be written now, as [`LogThrottle::admit`].
    pub fn admit(&self, key: K) -> Option<u64> {
        self.admit_at(key, Instant::now())
    }

    fn admit_at(&self, key: K, now: Instant) -> Option<u64> {
        let mut by_key = self.by_key.lock().unwrap_or_else(PoisonError::into_inner);
        if by_key.len() >= MOST_KEYS && !by_key.contains_key(&key) {
            by_key.retain(|_, state| state.is_recent(now));
            if by_key.len() >= MOST_KEYS {
                return self.others.admit_at(now);
            }
        }
        by_key.entry(key).or_default().admit_at(now)
    }
}

impl<K: Ord> Default for LogThrottles<K> {
    fn default() -> Self {
        Self::new()
    }
}

impl State {
    fn is_recent(&self, now: Instant) -> bool {
        self.written
            .is_some_and(|written| now.saturating_duration_since(written) < INTERVAL)
    }

    fn admit_at(&mut self, now: Instant) -> Option<u64> {
        if self.is_recent(now) {
            self.left_out += 1;
            return None;
        }
        self.written = Some(now);
        Some(std::mem::take(&mut self.left_out))
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

    #[test]
    fn each_key_has_a_line_of_its_own_as_long_as_there_are_few() {
        let throttles = LogThrottles::new();
        let start = Instant::now();
        assert_eq!(throttles.admit_at(0, start), Some(0));
        assert_eq!(throttles.admit_at(0, start), None);
        for key in 1..MOST_KEYS {
            assert_eq!(throttles.admit_at(key, start), Some(0));
        }
        // One line for all that are too many, and the first has its own as before.
        assert_eq!(throttles.admit_at(MOST_KEYS, start), Some(0));
        assert_eq!(throttles.admit_at(MOST_KEYS + 1, start), None);
        assert_eq!(throttles.admit_at(0, start), None);
        let later = start + INTERVAL;
        assert_eq!(throttles.admit_at(0, later), Some(2));
        assert_eq!(
            throttles.admit_at(MOST_KEYS, later),
            Some(0),
            "what is a minute old makes room"
        );
        let kept = throttles.by_key.lock().map(|by_key| by_key.len()).unwrap_or_default();
        assert_eq!(kept, 2);
    }
}
