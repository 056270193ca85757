//! The names of dropped shells, which are kept for the tokens that resume them: how many, and for whom.
//!
//! Where there are too many, none is refused: the oldest of the address that has most is free again. Whoever resumes it gets
//! another name then, as after a minute.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::registry::{Claim, Inner};
use super::session::Held;
use caracola_quota::LogThrottle;

/// How long the name of a dropped shell is kept for the token that resumes it.
const HELD: Duration = Duration::from_mins(1);
/// Names that are held at once for those from the network: as many as there are sessions by default, which is some
/// three megabytes. The door's own come beside them.
const MOST: usize = 4096;
/// Of these, names of one address: as many as it has sessions by default, so that nobody loses one where all drop at once.
const OF_ADDRESS: usize = 256;

/// Which limit another held name exceeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum HeldLimit {
    /// The share of one address.
    #[error("{OF_ADDRESS} names of dropped shells are held for one address, which is its share")]
    Address,
    /// What there may be in all.
    #[error("{MOST} names of dropped shells are held, which is the most for the server")]
    Server,
}

/// A name that isn't held any more, though its time was not over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Freed {
    /// The neighbourhood whose name it was.
    from: IpAddr,
    limit: HeldLimit,
}

impl Freed {
    /// Tells the admin, once a minute.
    pub(super) fn log(self) {
        static WRITTEN: LogThrottle = LogThrottle::new();
        if let Some(repeated) = WRITTEN.admit() {
            let Self { from, limit } = self;
            tracing::warn!(%from, %limit, repeated, "the name of a dropped shell is free before its time");
        }
    }
}

impl Inner {
    /// Keeps a name for its token. Tells whether another is free for that. Names whose time is over must be gone already.
    pub(super) fn hold(&mut self, held: Held) -> Option<Freed> {
        let freed = held.from.and_then(|from| self.free_another(from));
        self.insert(held);
        freed
    }

    fn insert(&mut self, held: Held) {
        let (held, until) = (Arc::new(held), Instant::now() + HELD);
        for key in held.name.keys() {
            let held = Arc::clone(&held);
            self.claims.insert(key.clone(), Claim::Held { held, until });
        }
    }

    /// Frees a name if there is no place for another one of an address.
    fn free_another(&mut self, from: IpAddr) -> Option<Freed> {
        if self.claims.len() < OF_ADDRESS {
            return None;
        }
        // The oldest name and the number of names, by address. A name has two keys, which may be the same.
        let mut by_address: HashMap<IpAddr, (Instant, &Arc<Held>, usize)> = HashMap::new();
        let mut all = 0;
        for (key, claim) in &self.claims {
            let Claim::Held { held, until } = claim else { continue };
            let Some(address) = held.from.filter(|_| *key == held.name.keys()[0]) else {
                continue;
            };
            all += 1;
            let (oldest, name, count) = by_address.entry(address).or_insert((*until, held, 0));
            *count += 1;
            if *until < *oldest {
                (*oldest, *name) = (*until, held);
            }
        }
        let most = |address: &IpAddr| by_address.get(address).map_or(0, |(_, _, count)| *count);
        let (from, limit) = if most(&from) >= OF_ADDRESS {
            (from, HeldLimit::Address)
        } else if all >= MOST {
            (by_address.keys().copied().max_by_key(most)?, HeldLimit::Server)
        } else {
            return None;
        };
        let oldest = Arc::clone(by_address.get(&from)?.1);
        self.claims
            .retain(|_, claim| !matches!(claim, Claim::Held { held, .. } if Arc::ptr_eq(held, &oldest)));
        Some(Freed { from, limit })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::Name;

    fn held(last: u8, number: usize) -> Held {
        Held {
            name: Name::parse(&format!("n{last}x{number}")).expect("it is a name"),
            token: format!("{last} {number}"),
            guest: None,
            from: Some(IpAddr::from([192, 0, 2, last])),
        }
    }

    fn hold(inner: &mut Inner, last: u8, number: usize) -> Option<HeldLimit> {
        let held = held(last, number);
        inner.hold(held).map(|freed| freed.limit)
    }

    fn tokens_from(inner: &Inner, last: u8) -> Vec<&str> {
        let from = Some(IpAddr::from([192, 0, 2, last]));
        let held = inner.claims.values().filter_map(|claim| match claim {
            Claim::Held { held, .. } if held.from == from => Some(held.token.as_str()),
            _ => None,
        });
        let mut tokens: Vec<_> = held.collect();
        tokens.sort_unstable();
        tokens.dedup();
        tokens
    }

    #[test]
    fn an_address_has_a_share_and_loses_its_own_oldest() {
        let mut inner = Inner::default();
        assert_eq!(hold(&mut inner, 1, 0), None);
        for number in 0..OF_ADDRESS {
            assert_eq!(hold(&mut inner, 2, number), None);
        }
        assert_eq!(hold(&mut inner, 2, OF_ADDRESS), Some(HeldLimit::Address));
        assert_eq!(
            (tokens_from(&inner, 1).len(), tokens_from(&inner, 2).len()),
            (1, OF_ADDRESS)
        );
        assert!(!tokens_from(&inner, 2).contains(&"2 0"), "the oldest");
    }

    #[test]
    fn a_full_server_frees_a_name_of_the_address_that_has_most() {
        let mut inner = Inner::default();
        for number in 0..OF_ADDRESS {
            inner.insert(held(0, number));
        }
        let (others, of_each) = (32_u8, (MOST - OF_ADDRESS) / 32);
        for last in 1..=others {
            for number in 0..of_each {
                inner.insert(held(last, number));
            }
        }
        assert_eq!(hold(&mut inner, 99, 0), Some(HeldLimit::Server));
        assert_eq!(
            (tokens_from(&inner, 0).len(), tokens_from(&inner, 99).len()),
            (OF_ADDRESS - 1, 1)
        );
    }
}
