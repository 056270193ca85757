//! Wrong guesses: how many an address may make, and how long it waits after too many.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Wrong guesses at one account from one address before it has to wait.
const AT_ONE_ACCOUNT: f64 = 5.0;
/// Wrong guesses from one address in all. More, since a class of sixty behind one address mistypes too.
const IN_ALL: f64 = 20.0;
/// In this time one guess is forgiven, until the limit is hit; then it doubles with each further guess.
const FORGIVEN: Duration = Duration::from_secs(12);
/// Doublings, the first wait included: the longest is 12 s << 4, some three minutes a guess.
const STRIKES: u32 = 5;
/// Addresses and pairs that are remembered. The mildest are forgotten when there are more.
const REMEMBERED: usize = 8192;

/// The memory of wrong guesses. It only ever delays logins: who is logged in already is not touched by it, whatever
/// address they share.
#[derive(Debug, Default)]
pub struct Failures {
    records: Mutex<HashMap<Key, Record>>,
    hash: RandomState,
}

/// A guess: from where, and at whom.
#[derive(Debug, Clone, Copy)]
pub struct Guess {
    address: IpAddr,
    /// Of the name as it was typed, known or not: which of them there are is told by nothing.
    name: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Key {
    Address(IpAddr),
    Account(IpAddr, u64),
}

#[derive(Debug, Clone, Copy)]
struct Record {
    guesses: f64,
    strikes: u32,
    at: Instant,
}

impl Failures {
    /// A guess from an address, or from the network that stands for it, at a name.
    pub fn guess(&self, address: IpAddr, name: &[u8]) -> Guess {
        Guess {
            address,
            name: self.hash.hash_one(name),
        }
    }

    /// How long this guess has to wait; zero if it may be made now.
    pub fn wait(&self, guess: Guess, now: Instant) -> Duration {
        let records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        let wait = |key: &Key| {
            let record = records.get(key).copied();
            record.map_or(Duration::ZERO, |record| record.settled(now).wait(key.limit()))
        };
        guess.keys().iter().map(wait).max().unwrap_or_default()
    }

    /// The guess was wrong. True if others will have to wait from now on.
    pub fn wrong(&self, guess: Guess, now: Instant) -> bool {
        let mut records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        let mut full = false;
        for key in guess.keys() {
            if records.len() >= REMEMBERED && !records.contains_key(&key) {
                forget_mildest(&mut records, now);
            }
            let record = records.entry(key).or_insert(Record {
                guesses: 0.0,
                strikes: 0,
                at: now,
            });
            *record = record.settled(now);
            record.guesses += 1.0;
            if record.guesses + 1.0 > key.limit() {
                record.strikes = (record.strikes + 1).min(STRIKES);
                full = true;
            }
        }
        full
    }

    /// The guess was right: the account's owner mistyped before. The address is forgiven a little only, or whoever has
    /// an account could guess at all others.
    pub fn right(&self, guess: Guess) {
        let mut records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        let [address, account] = guess.keys();
        records.remove(&account);
        if let Some(record) = records.get_mut(&address) {
            record.strikes = record.strikes.saturating_sub(1);
        }
    }
}

impl Guess {
    fn keys(self) -> [Key; 2] {
        [Key::Address(self.address), Key::Account(self.address, self.name)]
    }
}

impl Key {
    fn limit(self) -> f64 {
        match self {
            Self::Address(_) => IN_ALL,
            Self::Account(..) => AT_ONE_ACCOUNT,
        }
    }
}

impl Record {
    /// The time in which one guess is forgiven.
    fn pace(self) -> Duration {
        // The strike that filled it up is the first wait, not the first doubling.
        FORGIVEN * (1 << self.strikes.saturating_sub(1))
    }

    fn settled(self, now: Instant) -> Self {
        let since = now.saturating_duration_since(self.at);
        let forgiven = since.as_secs_f64() / self.pace().as_secs_f64();
        let guesses = (self.guesses - forgiven).max(0.0);
        Self {
            guesses,
            strikes: if guesses > 0.0 { self.strikes } else { 0 },
            at: now,
        }
    }

    fn wait(self, limit: f64) -> Duration {
        // One more guess must fit.
        let over = (self.guesses + 1.0 - limit).max(0.0);
        self.pace().mul_f64(over)
    }
}

/// Makes room: forgets what is forgiven, and if that is not enough the milder half.
fn forget_mildest(records: &mut HashMap<Key, Record>, now: Instant) {
    let guesses = |record: &Record| record.settled(now).guesses;
    records.retain(|_, record| guesses(record) > 0.0);
    if records.len() < REMEMBERED {
        return;
    }
    let mut all: Vec<_> = records.values().map(guesses).collect();
    let middle = all.len() / 2;
    let (_, median, _) = all.select_nth_unstable_by(middle, f64::total_cmp);
    let median = *median;
    records.retain(|_, record| guesses(record) > median);
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));
    const THERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 2));

    /// Guesses wrongly whenever it may, for so long; how many guesses that were.
    fn guess_for(failures: &Failures, guess: Guess, start: Instant, time: Duration) -> usize {
        let mut now = start;
        let mut guesses = 0;
        while now < start + time {
            let wait = failures.wait(guess, now);
            if wait.is_zero() {
                failures.wrong(guess, now);
                guesses += 1;
            } else {
                now += wait;
            }
        }
        guesses
    }

    #[test]
    fn five_mistakes_are_free_and_then_waiting_grows() {
        let failures = Failures::default();
        let start = Instant::now();
        let guess = failures.guess(HERE, b"ana");
        let mut waits = Vec::new();
        let mut now = start;
        for _ in 0..10 {
            let wait = failures.wait(guess, now);
            waits.push((wait + Duration::from_millis(500)).as_secs());
            now += wait;
            failures.wrong(guess, now);
        }
        assert_eq!(waits, [0, 0, 0, 0, 0, 12, 24, 48, 96, 192]);
        let day = Duration::from_hours(24);
        let guesses = guess_for(&failures, guess, now, day);
        assert!(guesses < 500, "{guesses} guesses a day");
        // And all is forgotten after a quiet hour.
        assert_eq!(
            failures.wait(guess, now + day + Duration::from_hours(1)),
            Duration::ZERO
        );
    }

    #[test]
    fn one_account_s_guesses_leave_others_and_other_addresses_alone() {
        let failures = Failures::default();
        let now = Instant::now();
        let ana = failures.guess(HERE, b"ana");
        for _ in 0..10 {
            failures.wrong(ana, now);
        }
        assert!(failures.wait(ana, now) > Duration::ZERO);
        for free in [failures.guess(HERE, b"ben"), failures.guess(THERE, b"ana")] {
            assert_eq!(failures.wait(free, now), Duration::ZERO);
        }
    }

    #[test]
    fn guesses_at_many_accounts_are_counted_together() {
        let failures = Failures::default();
        let now = Instant::now();
        let made = (0..100u8)
            .map(|name| failures.guess(HERE, &[name]))
            .filter(|guess| failures.wait(*guess, now).is_zero())
            .filter(|guess| {
                failures.wrong(*guess, now);
                true
            })
            .count();
        assert_eq!(made, 20);
        assert!(failures.wait(failures.guess(HERE, b"ana"), now) > Duration::ZERO);
    }

    #[test]
    fn the_right_password_clears_its_account() {
        let failures = Failures::default();
        let now = Instant::now();
        let ana = failures.guess(HERE, b"ana");
        for _ in 0..4 {
            failures.wrong(ana, now);
        }
        failures.right(ana);
        for _ in 0..5 {
            assert_eq!(failures.wait(ana, now), Duration::ZERO);
            failures.wrong(ana, now);
        }
        assert!(failures.wait(ana, now) > Duration::ZERO);
    }

    #[test]
    fn memory_is_bounded_and_keeps_the_worst() {
        let failures = Failures::default();
        let now = Instant::now();
        let worst = failures.guess(HERE, b"ana");
        for _ in 0..10 {
            failures.wrong(worst, now);
        }
        for index in 0..u32::try_from(REMEMBERED).unwrap_or(u32::MAX) {
            let address = IpAddr::from((0x0a00_0000 + index).to_be_bytes());
            failures.wrong(failures.guess(address, b"x"), now);
        }
        let remembered = failures.records.lock().unwrap_or_else(PoisonError::into_inner).len();
        assert!(remembered <= REMEMBERED, "{remembered}");
        assert!(failures.wait(worst, now) > Duration::ZERO);
    }
}
