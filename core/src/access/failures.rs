//! Wrong guesses: how many may be made, and how long the next one has to wait after too many.
//!
//! They are counted for an address, for a name from an address, for a name from everywhere, and for a device secret. Who
//! is known, by the address from which that name logged in not long ago or by a device secret, waits only for what was
//! guessed wrongly in that very way, and for 30 s at most: else anybody could lock others out.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Counts that are remembered. The mildest are forgotten when there are more.
const REMEMBERED: usize = 8192;
/// Different wrong passwords for one name from one address that are recognised when they come again.
const RECOGNISED: usize = 8;
/// After this time without a wrong guess all is forgiven: until then waits don't begin small again.
const QUIET: Duration = Duration::from_hours(1);

/// What is allowed of one kind of count.
#[derive(Debug, Clone, Copy)]
struct Rule {
    /// Wrong guesses before the next one has to wait.
    free: f64,
    /// In this time one guess is forgiven, until the limit is hit; then it doubles with each further guess ...
    forgiven: Duration,
    /// ... up to this.
    longest: Duration,
}

/// From one address at all names. Many, since a class of sixty behind one address mistypes too. 450 guesses a day.
const ADDRESS: Rule = Rule {
    free: 20.0,
    forgiven: Duration::from_secs(12),
    longest: Duration::from_secs(192),
};
/// At one name from an address where it isn't known. 450 guesses a day.
const UNKNOWN: Rule = Rule { free: 5.0, ..ADDRESS };
/// At one name from an address where it is known, or with a device secret: 2,885 guesses a day.
const KNOWN: Rule = Rule {
    longest: Duration::from_secs(30),
    ..UNKNOWN
};
/// At one name from everywhere: 2,740 guesses a day, however many addresses there are.
const EVERYWHERE: Rule = Rule {
    free: 40.0,
    forgiven: Duration::from_secs(32),
    longest: Duration::from_secs(32),
};

/// The memory of wrong guesses. It only ever delays logins: who is logged in already is not touched by it, whatever
/// address they share.
#[derive(Debug, Default)]
pub struct Failures {
    records: Mutex<HashMap<Key, Record>>,
    hash: RandomState,
}

/// A guess: from where, at whom, with what.
#[derive(Debug, Clone, Copy)]
pub struct Guess {
    address: IpAddr,
    /// Of the name as it was typed, known or not: which of them there are is told by nothing.
    name: u64,
    trust: Trust,
    /// A keyed hash, in this process's memory only, by which the same wrong password is recognised.
    password: u64,
}

/// What is known of who guesses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// Nothing.
    Unknown,
    /// That name logged in from that address not long ago.
    Address,
    /// A device secret of that account came with it; its number.
    Device(u64),
}

/// Why a guess has to wait: where the wrong passwords came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// From this address, for whatever names.
    Address,
    /// From this address, for this name.
    NameFromThere,
    /// For this name, from everywhere.
    Name,
    /// With this device secret.
    Device,
}

/// A delay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    /// For how long.
    pub time: Duration,
    /// Why.
    pub cause: Cause,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Key {
    Address(IpAddr),
    Account(IpAddr, u64),
    Name(u64),
    Device(u64, u64),
}

#[derive(Debug, Clone, Copy)]
struct Record {
    guesses: f64,
    strikes: u32,
    at: Instant,
    /// The last wrong passwords, hashed; zeros for none.
    recognised: [u64; RECOGNISED],
}

impl Failures {
    /// A guess from an address, or from the network that stands for it, at a name.
    pub fn guess(&self, address: IpAddr, name: &[u8], password: &[u8], trust: Trust) -> Guess {
        Guess {
            address,
            name: self.name(name),
            trust,
            password: self.hash.hash_one((address, name, password)),
        }
    }

    /// The number by which a name is counted while this process lives.
    pub fn name(&self, name: &[u8]) -> u64 {
        self.hash.hash_one(name)
    }

    /// How long this guess has to wait, if it may not be made now.
    pub fn wait(&self, guess: Guess, now: Instant) -> Option<Wait> {
        let records = self.lock();
        let wait = |key: &Key| {
            let rule = guess.rule(key);
            let time = records.get(key)?.settled(rule, now).wait(rule);
            let cause = key.cause();
            (time > Duration::ZERO).then_some(Wait { time, cause })
        };
        let keys = guess.waits_for();
        keys.iter().flatten().filter_map(wait).max_by_key(|wait| wait.time)
    }

    /// The guess was wrong. True if others will have to wait from now on. The same wrong password counts once: a library
    /// tries it four times over.
    pub fn wrong(&self, guess: Guess, now: Instant) -> bool {
        let mut records = self.lock();
        let own = guess.own();
        if let Some(record) = records.get(&own)
            && record.recognised.contains(&guess.password)
        {
            return false;
        }
        let mut full = false;
        for key in guess.counts_for().into_iter().flatten() {
            if records.len() >= REMEMBERED && !records.contains_key(&key) {
                forget_mildest(&mut records, now);
            }
            let rule = guess.rule(&key);
            let record = records.entry(key).or_insert(Record::new(now));
            *record = record.settled(rule, now);
            record.guesses += 1.0;
            if record.guesses + 1.0 > rule.free {
                record.strikes = record.strikes.saturating_add(1);
                full = true;
            }
            if key == own {
                record.recognised.rotate_right(1);
                record.recognised[0] = guess.password;
            }
        }
        full
    }

    /// The guess was right: the account's owner mistyped before. The address is forgiven a little only, and only once for
    /// each name that becomes known there, or whoever has an account could guess at all others.
    pub fn right(&self, guess: Guess) {
        let mut records = self.lock();
        records.remove(&guess.own());
        if guess.trust == Trust::Unknown
            && let Some(record) = records.get_mut(&Key::Address(guess.address))
        {
            record.strikes = record.strikes.saturating_sub(1);
        }
    }

    /// Forgets what was guessed wrongly at a name, from everywhere, and by an address, at all names. How many counts that
    /// were.
    pub fn forget(&self, name: &[u8], address: Option<IpAddr>) -> usize {
        let name = self.name(name);
        let mut records = self.lock();
        let before = records.len();
        records.retain(|key, _| match key {
            Key::Account(_, counted) | Key::Name(counted) | Key::Device(counted, _) => *counted != name,
            Key::Address(counted) => Some(*counted) != address,
        });
        before - records.len()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Record>> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Guess {
    /// Where it came from.
    pub fn address(self) -> IpAddr {
        self.address
    }

    /// What is known of who guesses.
    pub fn trust(self) -> Trust {
        self.trust
    }

    /// The count that is of this name and this origin alone.
    fn own(self) -> Key {
        match self.trust {
            Trust::Device(device) => Key::Device(self.name, device),
            Trust::Unknown | Trust::Address => Key::Account(self.address, self.name),
        }
    }

    /// The counts that keep it waiting: those that others fill keep nobody waiting who is known.
    fn waits_for(self) -> [Option<Key>; 3] {
        let others = self.trust == Trust::Unknown;
        [
            Some(self.own()),
            others.then_some(Key::Address(self.address)),
            others.then_some(Key::Name(self.name)),
        ]
    }

    /// The counts that it adds to if it is wrong. A device's guesses are counted by themselves and for the name.
    fn counts_for(self) -> [Option<Key>; 3] {
        let address = !matches!(self.trust, Trust::Device(_));
        [
            Some(self.own()),
            address.then_some(Key::Address(self.address)),
            Some(Key::Name(self.name)),
        ]
    }

    fn rule(self, key: &Key) -> Rule {
        match key {
            Key::Address(_) => ADDRESS,
            Key::Name(_) => EVERYWHERE,
            Key::Account(..) if self.trust == Trust::Unknown => UNKNOWN,
            Key::Account(..) | Key::Device(..) => KNOWN,
        }
    }
}

impl Key {
    fn cause(self) -> Cause {
        match self {
            Self::Address(_) => Cause::Address,
            Self::Account(..) => Cause::NameFromThere,
            Self::Name(_) => Cause::Name,
            Self::Device(..) => Cause::Device,
        }
    }
}

impl Record {
    fn new(now: Instant) -> Self {
        Self {
            guesses: 0.0,
            strikes: 0,
            at: now,
            recognised: [0; RECOGNISED],
        }
    }

    /// The time in which one guess is forgiven.
    fn pace(self, rule: Rule) -> Duration {
        // The strike that filled it up is the first wait, not the first doubling.
        let doublings = self.strikes.saturating_sub(1).min(16);
        (rule.forgiven * (1 << doublings)).min(rule.longest)
    }

    fn settled(self, rule: Rule, now: Instant) -> Self {
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

    fn wait(self, rule: Rule) -> Duration {
        // One more guess must fit.
        let over = (self.guesses + 1.0 - rule.free).max(0.0);
        self.pace(rule).mul_f64(over)
    }
}

/// Makes room: forgets what is forgiven, and if that is not enough the milder half.
fn forget_mildest(records: &mut HashMap<Key, Record>, now: Instant) {
    // By the rule that forgives fastest of those that last: which one was meant is not stored.
    let guesses = |record: &Record| record.settled(UNKNOWN, now).guesses;
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
    const DAY: Duration = Duration::from_hours(24);
    const RIGHT: &[u8] = b"correct horse";

    fn unknown(failures: &Failures, address: IpAddr, name: &str) -> Guess {
        failures.guess(address, name.as_bytes(), RIGHT, Trust::Unknown)
    }

    fn known(failures: &Failures, address: IpAddr, name: &str) -> Guess {
        failures.guess(address, name.as_bytes(), RIGHT, Trust::Address)
    }

    fn wait(failures: &Failures, guess: Guess, now: Instant) -> Duration {
        failures.wait(guess, now).map_or(Duration::ZERO, |wait| wait.time)
    }

    /// Guesses wrongly with a password that was not tried yet.
    fn wrong(failures: &Failures, mut guess: Guess, now: Instant) -> bool {
        static FRESH: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(1);
        guess.password = FRESH.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        failures.wrong(guess, now)
    }

    /// Somebody who guesses, each time with another password, whenever it may.
    struct Attacker {
        guess: Guess,
        guesses: usize,
    }

    impl Attacker {
        fn at(guess: Guess) -> Self {
            Self { guess, guesses: 0 }
        }

        fn guess(&mut self, failures: &Failures, now: Instant) {
            while wait(failures, self.guess, now).is_zero() {
                wrong(failures, self.guess, now);
                self.guesses += 1;
            }
        }
    }

    /// Guesses wrongly whenever it may, for so long; how many guesses that were.
    fn guess_for(failures: &Failures, guess: Guess, start: Instant, time: Duration) -> usize {
        let mut attacker = Attacker::at(guess);
        let mut now = start;
        while now < start + time {
            attacker.guess(failures, now);
            now += wait(failures, guess, now);
        }
        attacker.guesses
    }

    #[test]
    fn five_mistakes_are_free_and_then_waiting_grows() {
        let failures = Failures::default();
        let start = Instant::now();
        let guess = unknown(&failures, HERE, "ana");
        let mut waits = Vec::new();
        let mut now = start;
        for _ in 0..10 {
            let wait = wait(&failures, guess, now);
            waits.push((wait + Duration::from_millis(500)).as_secs());
            now += wait;
            wrong(&failures, guess, now);
        }
        assert_eq!(waits, [0, 0, 0, 0, 0, 12, 24, 48, 96, 192]);
        let guesses = guess_for(&failures, guess, now, DAY);
        assert!(guesses < 500, "{guesses} guesses a day");
        // And all is forgotten after a quiet hour.
        let later = now + DAY + Duration::from_hours(1);
        assert_eq!(wait(&failures, guess, later), Duration::ZERO);
    }

    #[test]
    fn who_is_known_waits_for_half_a_minute_at_most() {
        let failures = Failures::default();
        let guess = known(&failures, HERE, "ana");
        let mut now = Instant::now();
        let mut waits = Vec::new();
        for _ in 0..10 {
            let wait = wait(&failures, guess, now);
            waits.push((wait + Duration::from_millis(500)).as_secs());
            now += wait;
            wrong(&failures, guess, now);
        }
        assert_eq!(waits, [0, 0, 0, 0, 0, 12, 24, 30, 30, 30]);
    }

    #[test]
    fn one_name_gets_fewer_than_three_thousand_guesses_a_day() {
        let start = Instant::now();
        for trust in [Trust::Unknown, Trust::Address, Trust::Device(7)] {
            let failures = Failures::default();
            let guess = failures.guess(HERE, b"ana", RIGHT, trust);
            let guesses = guess_for(&failures, guess, start, DAY);
            assert!(guesses < 3000, "{guesses} a day by {trust:?}");
        }
        // Resting until all of a burst is forgiven gains nothing.
        let failures = Failures::default();
        let guess = known(&failures, HERE, "ana");
        let mut attacker = Attacker::at(guess);
        let mut now = start;
        while now < start + DAY {
            attacker.guess(&failures, now);
            now += Duration::from_mins(1);
        }
        assert!(attacker.guesses < 3000, "{} a day in bursts", attacker.guesses);
        // Forty addresses together, and one where the name is known among them.
        let failures = Failures::default();
        let mut attackers: Vec<_> = (0..40)
            .map(|last| Attacker::at(unknown(&failures, IpAddr::from([198, 51, 100, last]), "ana")))
            .collect();
        attackers.push(Attacker::at(known(&failures, HERE, "ana")));
        let mut now = start;
        while now < start + DAY {
            for attacker in &mut attackers {
                attacker.guess(&failures, now);
            }
            now += Duration::from_secs(4);
        }
        let guesses: usize = attackers.iter().map(|attacker| attacker.guesses).sum();
        assert!(guesses < 3000, "{guesses} a day from everywhere");
    }

    /// 119 tries with the right password, one every three minutes, each beside an attacker that guesses whenever it may:
    /// at what it is told, and how long the longest of them had to wait.
    fn beside_attackers(failures: &Failures, attackers: &[Guess], right: Guess) -> Duration {
        let mut attackers: Vec<_> = attackers.iter().copied().map(Attacker::at).collect();
        let start = Instant::now();
        let mut longest = Duration::ZERO;
        for second in 0..119 * 180 {
            let now = start + Duration::from_secs(second);
            for attacker in &mut attackers {
                attacker.guess(failures, now);
            }
            if second % 180 == 179 {
                longest = longest.max(wait(failures, right, now));
                failures.right(right);
            }
        }
        longest
    }

    #[test]
    fn an_attacker_at_the_same_address_locks_out_nobody_who_is_known() {
        // At another's name, at many names, and at the owner's own, who has a device secret.
        let failures = Failures::default();
        let ben = unknown(&failures, HERE, "ben");
        let ana = known(&failures, HERE, "ana");
        assert_eq!(beside_attackers(&failures, &[ben], ana), Duration::ZERO);
        let failures = Failures::default();
        let names: Vec<_> = (0..40)
            .map(|name| unknown(&failures, HERE, &format!("u{name}")))
            .collect();
        assert_eq!(beside_attackers(&failures, &names, ana), Duration::ZERO);
        let failures = Failures::default();
        let attacker = known(&failures, HERE, "ana");
        let device = failures.guess(HERE, b"ana", RIGHT, Trust::Device(7));
        assert_eq!(beside_attackers(&failures, &[attacker], device), Duration::ZERO);
        // Without anything that tells the two apart, it is told to wait for one turn; who then comes first has it.
        let longest = beside_attackers(&failures, &[attacker], attacker);
        assert!(longest <= Duration::from_secs(30), "{longest:?}");
    }

    #[test]
    fn attackers_at_other_addresses_lock_out_nobody_who_is_known() {
        let failures = Failures::default();
        let attackers: Vec<_> = (0..50)
            .map(|last| unknown(&failures, IpAddr::from([198, 51, 100, last]), "ana"))
            .collect();
        let ana = known(&failures, HERE, "ana");
        assert_eq!(beside_attackers(&failures, &attackers, ana), Duration::ZERO);
        let stranger = unknown(&failures, THERE, "ana");
        let wait = failures.wait(stranger, Instant::now() + Duration::from_secs(119 * 180));
        assert_eq!(wait.map(|wait| wait.cause), Some(Cause::Name));
    }

    #[test]
    fn the_same_wrong_password_counts_once() {
        let failures = Failures::default();
        let now = Instant::now();
        let stale = failures.guess(HERE, b"ana", b"last year's", Trust::Unknown);
        for _ in 0..100 {
            assert!(!failures.wrong(stale, now));
        }
        assert_eq!(failures.wait(stale, now), None);
        // At another name it is another guess.
        for name in 0..19_u8 {
            failures.wrong(failures.guess(HERE, &[name], b"last year's", Trust::Unknown), now);
        }
        assert!(failures.wait(stale, now).is_some());
    }

    #[test]
    fn one_account_s_guesses_leave_others_and_other_addresses_alone() {
        let failures = Failures::default();
        let now = Instant::now();
        let ana = unknown(&failures, HERE, "ana");
        for _ in 0..10 {
            wrong(&failures, ana, now);
        }
        let wait = failures.wait(ana, now);
        assert_eq!(wait.map(|wait| wait.cause), Some(Cause::NameFromThere));
        for free in [unknown(&failures, HERE, "ben"), unknown(&failures, THERE, "ana")] {
            assert_eq!(failures.wait(free, now), None);
        }
    }

    #[test]
    fn guesses_at_many_accounts_are_counted_together() {
        let failures = Failures::default();
        let now = Instant::now();
        let made = (0..100u8)
            .map(|name| failures.guess(HERE, &[name], RIGHT, Trust::Unknown))
            .filter(|guess| failures.wait(*guess, now).is_none())
            .filter(|guess| {
                wrong(&failures, *guess, now);
                true
            })
            .count();
        assert_eq!(made, 20);
        let wait = failures.wait(unknown(&failures, HERE, "ana"), now);
        assert_eq!(wait.map(|wait| wait.cause), Some(Cause::Address));
        assert_eq!(failures.wait(known(&failures, HERE, "ana"), now), None);
    }

    #[test]
    fn the_right_password_clears_its_account() {
        let failures = Failures::default();
        let now = Instant::now();
        let ana = unknown(&failures, HERE, "ana");
        for _ in 0..4 {
            wrong(&failures, ana, now);
        }
        failures.right(ana);
        for _ in 0..5 {
            assert_eq!(failures.wait(ana, now), None);
            wrong(&failures, ana, now);
        }
        assert!(failures.wait(ana, now).is_some());
    }

    #[test]
    fn an_admin_may_forget_them() {
        let failures = Failures::default();
        let now = Instant::now();
        for name in ["ana", "ben", "eva", "ida", "ole"] {
            for _ in 0..10 {
                wrong(&failures, unknown(&failures, HERE, name), now);
            }
        }
        assert_eq!(failures.forget(b"ana", None), 2);
        let wait = |name| {
            failures
                .wait(unknown(&failures, HERE, name), now)
                .map(|wait| wait.cause)
        };
        assert_eq!(wait("ana"), Some(Cause::Address));
        assert_eq!(failures.forget(b"ana", Some(HERE)), 1);
        assert_eq!(wait("ana"), None);
        assert_eq!(wait("ben"), Some(Cause::NameFromThere));
    }

    #[test]
    fn memory_is_bounded_and_keeps_the_worst() {
        let failures = Failures::default();
        let now = Instant::now();
        let worst = unknown(&failures, HERE, "ana");
        for _ in 0..10 {
            wrong(&failures, worst, now);
        }
        for index in 0..u32::try_from(REMEMBERED).unwrap_or(u32::MAX) {
            let address = IpAddr::from((0x0a00_0000 + index).to_be_bytes());
            wrong(&failures, unknown(&failures, address, &format!("u{index}")), now);
        }
        let remembered = failures.lock().len();
        assert!(remembered <= REMEMBERED, "{remembered}");
        assert!(failures.wait(worst, now).is_some());
    }
}
