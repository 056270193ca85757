//! How many keys of `JOB START` each tenant may have remembered.

use std::collections::HashMap;

use crate::tenant::Tenant;

/// Keys at once: at most 40 MB of small files, of one block each. Past that new ones are refused rather than old ones
/// forgotten.
pub(super) const MOST: usize = 10_000;
/// Of these, what is kept for operators, admins and the door.
const RESERVE: usize = MOST / 10;
/// Keys of one account.
const OF_ACCOUNT: usize = MOST / 5;
/// Keys of the guests of one address.
const OF_ADDRESS: usize = MOST / 50;
/// Keys of all guests.
const OF_GUESTS: usize = MOST / 5;

/// Which limit a new key would exceed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyLimit {
    /// The account's share.
    #[error("{OF_ACCOUNT} keys of this account are remembered, which is its share")]
    Account,
    /// The share of the guests of one address.
    #[error("{OF_ADDRESS} keys of guests from this address are remembered, which is their share")]
    Address,
    /// The share of all guests.
    #[error("{OF_GUESTS} keys of guests are remembered, which is the share of all guests")]
    Guests,
    /// What there may be in all.
    #[error("{MOST} keys are remembered, or all but those kept for operators, which is the most for the server")]
    Server,
}

impl KeyLimit {
    /// How many keys that is.
    pub fn most(self) -> usize {
        match self {
            Self::Account => OF_ACCOUNT,
            Self::Address => OF_ADDRESS,
            Self::Guests => OF_GUESTS,
            Self::Server => MOST,
        }
    }
}

/// Keys that are remembered, counted.
#[derive(Debug, Default)]
pub(super) struct KeyCounts {
    by_tenant: HashMap<Tenant, usize>,
    guests: usize,
    /// Those that aren't staff's.
    others: usize,
    all: usize,
}

impl KeyCounts {
    /// Whether a tenant may have one more.
    pub(super) fn admit(&self, tenant: &Tenant) -> Result<(), KeyLimit> {
        let own = self.by_tenant.get(tenant).copied().unwrap_or(0);
        if self.all >= MOST {
            return Err(KeyLimit::Server);
        }
        if tenant.is_staff() {
            return Ok(());
        }
        if tenant.is_guests() && own >= OF_ADDRESS {
            Err(KeyLimit::Address)
        } else if tenant.is_guests() && self.guests >= OF_GUESTS {
            Err(KeyLimit::Guests)
        } else if own >= OF_ACCOUNT {
            Err(KeyLimit::Account)
        } else if self.others >= MOST - RESERVE {
            Err(KeyLimit::Server)
        } else {
            Ok(())
        }
    }

    /// Counts one more.
    pub(super) fn add(&mut self, tenant: Option<&Tenant>) {
        self.all += 1;
        self.others += usize::from(!tenant.is_some_and(Tenant::is_staff));
        if let Some(tenant) = tenant {
            self.guests += usize::from(tenant.is_guests());
            *self.by_tenant.entry(tenant.clone()).or_default() += 1;
        }
    }

    /// Counts one less.
    pub(super) fn remove(&mut self, tenant: Option<&Tenant>) {
        self.all -= 1;
        self.others -= usize::from(!tenant.is_some_and(Tenant::is_staff));
        let Some(tenant) = tenant else { return };
        self.guests -= usize::from(tenant.is_guests());
        if let Some(count) = self.by_tenant.get_mut(tenant) {
            *count -= 1;
            if *count == 0 {
                self.by_tenant.remove(tenant);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    fn add_all(counts: &mut KeyCounts, tenant: &Tenant) -> (usize, KeyLimit) {
        for number in 0.. {
            match counts.admit(tenant) {
                Ok(()) => counts.add(Some(tenant)),
                Err(limit) => return (number, limit),
            }
        }
        unreachable!("there is a limit");
    }

    #[test]
    fn nobody_uses_up_what_all_share() {
        let mut counts = KeyCounts::default();
        let guests = |last: u8| Tenant::guests(IpAddr::from([192, 0, 2, last]));
        assert_eq!(add_all(&mut counts, &guests(0)), (OF_ADDRESS, KeyLimit::Address));
        for address in 1..10 {
            assert_eq!(add_all(&mut counts, &guests(address)), (OF_ADDRESS, KeyLimit::Address));
        }
        assert_eq!(add_all(&mut counts, &guests(10)), (0, KeyLimit::Guests));
        for name in ["ana", "ben", "eva"] {
            let added = add_all(&mut counts, &Tenant::account(name, false));
            assert_eq!(added, (OF_ACCOUNT, KeyLimit::Account), "{name}");
        }
        let last = add_all(&mut counts, &Tenant::account("leo", false));
        assert_eq!(last, (MOST - RESERVE - OF_GUESTS - 3 * OF_ACCOUNT, KeyLimit::Server));
        let olga = Tenant::account("olga", true);
        assert_eq!(add_all(&mut counts, &olga), (RESERVE, KeyLimit::Server));
        counts.remove(Some(&olga));
        assert_eq!(counts.admit(&guests(10)), Err(KeyLimit::Guests));
        assert_eq!(counts.admit(&olga), Ok(()));
        for _ in 0..OF_ADDRESS {
            counts.remove(Some(&guests(0)));
        }
        assert_eq!(counts.admit(&guests(10)), Ok(()));
    }
}
