//! Wrong guesses: how many may be made, and how long the next one has to wait after too many.
//!
//! They are counted for an address, for a name from an address, for a name from everywhere, and for a device secret. Who
//! is known, by the address from which that name logged in not long ago or by a device secret, waits only for what was
//! guessed wrongly in that very way, and for 30 s at most: else anybody could lock others out.
//!
//! Five wrong guesses at one name, and twenty in all, are free. Then each one has to wait, twice as long each time, and
//! one name gets fewer than 3,000 a day. The same wrong password counts once, the right one forgives its name, and
//! nobody who is logged in is affected. Somebody who guesses at a name from an address where it is known can't be told
//! from its owner but by the device secret.

mod record;

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use self::record::{ADDRESS, EVERYWHERE, FREE_REPEATS, KNOWN, Record, Rule, UNKNOWN};

/// Counts that are remembered. The mildest are forgotten when there are more.
const REMEMBERED: usize = 8192;

/// How long the next guess from an address waits at most, after too many wrong ones from there, whatever their names.
pub const LONGEST_WAIT_OF_ADDRESS: Duration = ADDRESS.longest;

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

/// How a wrong guess was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// Not at all: the same wrong password came a moment ago. A library tries it four times over.
    Repeated,
    /// As one guess.
    Counted,
    /// As one guess, and others have to wait from now on.
    Full,
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
        Self::wait_among(&self.lock(), guess, now)
    }

    fn wait_among(records: &HashMap<Key, Record>, guess: Guess, now: Instant) -> Option<Wait> {
        let wait = |key: &Key| {
            let rule = guess.rule(key);
            let time = records.get(key)?.settled(rule, now).wait(rule);
            let cause = key.cause();
            (time > Duration::ZERO).then_some(Wait { time, cause })
        };
        let keys = guess.waits_for();
        keys.iter().flatten().filter_map(wait).max_by_key(|wait| wait.time)
    }

    /// Counts a guess that was wrong. One that has to wait by now, because others were wrong while its password was
    /// hashed, is not counted; it must get the answer that it has to wait, right or wrong.
    pub fn wrong(&self, guess: Guess, now: Instant) -> Result<Count, Wait> {
        let mut records = self.lock();
        if let Some(wait) = Self::wait_among(&records, guess, now) {
            return Err(wait);
        }
        Ok(Self::count(&mut records, guess, now))
    }

    fn count(records: &mut HashMap<Key, Record>, guess: Guess, now: Instant) -> Count {
        let own = guess.own_key();
        let mut is_repeated = false;
        if let Some(record) = records.get_mut(&own)
            && let Some(same) = record.recognised.iter().position(|seen| *seen == guess.password)
        {
            if record.repeats[same] < FREE_REPEATS {
                record.repeats[same] += 1;
                return Count::Repeated;
            }
            is_repeated = true;
        }
        let mut full = false;
        for key in guess.counts_for().into_iter().flatten() {
            if records.len() >= REMEMBERED && !records.contains_key(&key) {
                forget_mildest(records, now);
            }
            let rule = guess.rule(&key);
            let record = records.entry(key).or_insert(Record::new(now));
            *record = record.settled(rule, now);
            record.guesses += 1.0;
            if record.guesses + 1.0 > rule.free {
                record.strikes = record.strikes.saturating_add(1);
                full = true;
            }
            if key == own && !is_repeated {
                record.recognised.rotate_right(1);
                record.recognised[0] = guess.password;
                record.repeats.rotate_right(1);
                record.repeats[0] = 0;
            }
        }
        if full { Count::Full } else { Count::Counted }
    }

    /// The guess was right: the account's owner mistyped before. The address is forgiven a little only, and only once for
    /// each name that becomes known there, or whoever has an account could guess at all others.
    pub fn right(&self, guess: Guess) {
        let mut records = self.lock();
        records.remove(&guess.own_key());
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
    fn own_key(self) -> Key {
        match self.trust {
            Trust::Device(device) => Key::Device(self.name, device),
            Trust::Unknown | Trust::Address => Key::Account(self.address, self.name),
        }
    }

    /// The counts that keep it waiting: those that others fill keep nobody waiting who is known.
    fn waits_for(self) -> [Option<Key>; 3] {
        let others = self.trust == Trust::Unknown;
        [
            Some(self.own_key()),
            others.then_some(Key::Address(self.address)),
            others.then_some(Key::Name(self.name)),
        ]
    }

    /// The counts that it adds to if it is wrong. A device's guesses are counted by themselves and for the name.
    fn counts_for(self) -> [Option<Key>; 3] {
        let address = !matches!(self.trust, Trust::Device(_));
        [
            Some(self.own_key()),
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
mod tests;
