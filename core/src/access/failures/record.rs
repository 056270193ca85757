//! One count of wrong guesses: how it grows, how it is forgiven, and how long it makes the next guess wait.

use std::time::{Duration, Instant};

/// Different wrong passwords for one name from one address that are recognised when they come again.
const RECOGNISED: usize = 8;
/// How often one of them may come again before each further time counts as another guess: a library with an old password
/// tries four times for each of two connections. Without a limit one password would cost a hash each time, for ever.
pub(super) const FREE_REPEATS: u8 = 8;
/// After this time without a wrong guess all is forgiven: until then waits don't begin small again.
const QUIET: Duration = Duration::from_hours(1);

/// What is allowed of one kind of count.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule {
    /// Wrong guesses before the next one has to wait.
    pub(super) free: f64,
    /// In this time one guess is forgiven, until the limit is hit; then it doubles with each further guess ...
    forgiven: Duration,
    /// ... up to this.
    pub(super) longest: Duration,
}

/// From one address at all names. Many, since a class of sixty behind one address mistypes too. 450 guesses a day.
pub(super) const ADDRESS: Rule = Rule {
    free: 20.0,
    forgiven: Duration::from_secs(12),
    longest: Duration::from_secs(192),
};
/// At one name from an address where it isn't known. 450 guesses a day.
pub(super) const UNKNOWN: Rule = Rule { free: 5.0, ..ADDRESS };
/// At one name from an address where it is known, or with a device secret: 2,885 guesses a day.
pub(super) const KNOWN: Rule = Rule {
    longest: Duration::from_secs(30),
    ..UNKNOWN
};
/// At one name from everywhere: 2,740 guesses a day, however many addresses there are.
pub(super) const EVERYWHERE: Rule = Rule {
    free: 40.0,
    forgiven: Duration::from_secs(32),
    longest: Duration::from_secs(32),
};

#[derive(Debug, Clone, Copy)]
pub(super) struct Record {
    pub(super) guesses: f64,
    pub(super) strikes: u32,
    at: Instant,
    /// The last wrong passwords, hashed; zeros for none.
    pub(super) recognised: [u64; RECOGNISED],
    /// How often each of them came again.
    pub(super) repeats: [u8; RECOGNISED],
}

impl Record {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            guesses: 0.0,
            strikes: 0,
            at: now,
            recognised: [0; RECOGNISED],
            repeats: [0; RECOGNISED],
        }
    }

    /// The time in which one guess is forgiven.
    fn pace(self, rule: Rule) -> Duration {
        // The strike that filled it up is the first wait, not the first doubling.
        let doublings = self.strikes.saturating_sub(1).min(16);
        (rule.forgiven * (1 << doublings)).min(rule.longest)
    }

    pub(super) fn settled(self, rule: Rule, now: Instant) -> Self {
        let since = now.saturating_duration_since(self.at);
        let forgiven = since.as_secs_f64() / self.pace(rule).as_secs_f64();
        let guesses = (self.guesses - forgiven).max(0.0);
        let quiet = guesses == 0.0 && since >= QUIET;
        Self {
            guesses,
            strikes: if quiet { 0 } else { self.strikes },
            at: now,
            ..self
        }
    }

    pub(super) fn wait(self, rule: Rule) -> Duration {
        // One more guess must fit.
        let over = (self.guesses + 1.0 - rule.free).max(0.0);
        self.pace(rule).mul_f64(over)
    }
}
