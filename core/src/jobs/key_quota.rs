//! How many keys of `JOB START` each tenant may have remembered.

use std::collections::HashMap;
use std::fmt;

use caracola_quota::Tenant;
use caracola_quota::{Quota, QuotaLimit, Taken};

/// Keys at once: at most 40 MB of small files, of one block each. Past that new ones are refused rather than old ones
/// forgotten.
pub(super) const MOST: usize = 10_000;
const KEYS: Quota = Quota {
    most: MOST,
    reserve: MOST / 10,
    of_account: MOST / 5,
    of_address: MOST / 50,
    of_guests: MOST / 5,
};

/// Which limit a new key would exceed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyLimit(pub QuotaLimit);

impl KeyLimit {
    /// How many that is.
    pub fn most(self) -> usize {
        KEYS.most(self.0)
    }
}

impl fmt::Display for KeyLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let most = self.most();
        match self.0 {
            QuotaLimit::Account => write!(f, "{most} keys of this account are remembered, which is its share"),
            QuotaLimit::Address => write!(
                f,
                "{most} keys of guests from this address are remembered, which is their share"
            ),
            QuotaLimit::Guests => write!(
                f,
                "{most} keys of guests are remembered, which is the share of all guests"
            ),
            QuotaLimit::Server => write!(
                f,
                "{most} keys are remembered, or all but those kept for operators, which is the most for the server"
            ),
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
        let taken = Taken {
            all: self.all,
            others: self.others,
            guests: self.guests,
            own: self.by_tenant.get(tenant).copied().unwrap_or(0),
        };
        KEYS.admit(taken, tenant).map_err(KeyLimit)
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
        assert_eq!(
            add_all(&mut counts, &guests(0)),
            (KEYS.of_address, KeyLimit(QuotaLimit::Address))
        );
        for address in 1..10 {
            assert_eq!(
                add_all(&mut counts, &guests(address)),
                (KEYS.of_address, KeyLimit(QuotaLimit::Address))
            );
        }
        assert_eq!(add_all(&mut counts, &guests(10)), (0, KeyLimit(QuotaLimit::Guests)));
        for name in ["ana", "ben", "eva"] {
            let added = add_all(&mut counts, &Tenant::account(name, false));
            assert_eq!(added, (KEYS.of_account, KeyLimit(QuotaLimit::Account)), "{name}");
        }
        let last = add_all(&mut counts, &Tenant::account("leo", false));
        assert_eq!(
            last,
            (
                MOST - KEYS.reserve - KEYS.of_guests - 3 * KEYS.of_account,
                KeyLimit(QuotaLimit::Server)
            )
        );
        let olga = Tenant::account("olga", true);
        assert_eq!(
            add_all(&mut counts, &olga),
            (KEYS.reserve, KeyLimit(QuotaLimit::Server))
        );
        counts.remove(Some(&olga));
        assert_eq!(counts.admit(&guests(10)), Err(KeyLimit(QuotaLimit::Guests)));
        assert_eq!(counts.admit(&olga), Ok(()));
        for _ in 0..KEYS.of_address {
            counts.remove(Some(&guests(0)));
        }
        assert_eq!(counts.admit(&guests(10)), Ok(()));
    }
}
