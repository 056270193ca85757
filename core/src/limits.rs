//! Rates: how often somebody may do something.

use std::time::{Duration, Instant};

/// Seconds' worth of tokens that may be saved up: a burst after a silence is a person, not a flood.
const BURST_SECONDS: u32 = 5;
/// The same, as tokens are counted.
const BURST: f64 = BURST_SECONDS as f64;

/// Programs that a session may have started in a second to complete arguments, on average. What they say is kept for some
/// seconds, so who only types needs far fewer.
pub const COMPLETIONS_PER_SECOND: u32 = 2;

/// A token bucket. Refills steadily; takes one token for each thing done.
#[derive(Debug, Clone)]
pub struct Bucket {
    tokens: f64,
    filled: Instant,
}

impl Bucket {
    /// A full bucket for things that may happen `rate` times a second.
    pub fn full(rate: u32, now: Instant) -> Self {
        Self {
            tokens: f64::from(rate) * BURST,
            filled: now,
        }
    }

    /// Takes a token, or says no. `rate` is in tokens a second and may change between calls.
    pub fn take(&mut self, rate: u32, now: Instant) -> bool {
        self.take_part(rate, 1.0, now).is_ok()
    }

    /// The most things that may ever happen at once, at `rate` tokens a second.
    pub fn most_at_once(rate: u32) -> usize {
        (rate as usize).saturating_mul(BURST_SECONDS as usize)
    }

    /// Takes `count` tokens, or none and says no.
    pub fn take_several(&mut self, count: u32, rate: u32, now: Instant) -> bool {
        self.take_part(rate, f64::from(count), now).is_ok()
    }

    /// Takes `cost` tokens, or says how long it takes until there are so many.
    pub fn take_part(&mut self, rate: u32, cost: f64, now: Instant) -> Result<(), Duration> {
        let rate = f64::from(rate);
        let since = now.saturating_duration_since(self.filled).as_secs_f64();
        self.tokens = (self.tokens + since * rate).min(rate * BURST);
        self.filled = now;
        if self.tokens < cost {
            let missing = (cost - self.tokens) / rate;
            return Err(Duration::try_from_secs_f64(missing).unwrap_or(Duration::MAX));
        }
        self.tokens -= cost;
        Ok(())
    }

    /// Whether nothing was taken for so long that it is full again, whatever its rate.
    pub fn is_full(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.filled).as_secs_f64() >= BURST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_a_flood_does_not() {
        let start = Instant::now();
        let mut bucket = Bucket::full(2, start);
        assert_eq!((0..20).filter(|_| bucket.take(2, start)).count(), 10);
        let later = start + Duration::from_secs(1);
        assert_eq!((0..20).filter(|_| bucket.take(2, later)).count(), 2);
    }

    #[test]
    fn as_many_as_are_saved_up_may_happen_at_once() {
        let start = Instant::now();
        let most = u32::try_from(Bucket::most_at_once(3)).unwrap_or(u32::MAX);
        assert_eq!(most, 15);
        let mut bucket = Bucket::full(3, start);
        assert!(!bucket.take_several(most + 1, 3, start));
        assert!(bucket.take_several(most, 3, start));
        assert!(!bucket.take(3, start));
    }
}
