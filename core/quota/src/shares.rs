//! How much of a number of things that all share each tenant may have.

use crate::Tenant;

/// The shares of something of which there is a fixed number for the whole server.
#[derive(Debug, Clone, Copy)]
pub struct Quota {
    /// How many there may be in all.
    pub most: usize,
    /// Of these, what is kept for operators, admins and the door.
    pub reserve: usize,
    /// How many one account may have.
    pub of_account: usize,
    /// How many the guests of one address may have.
    pub of_address: usize,
    /// How many all guests may have together.
    pub of_guests: usize,
}

/// How many there are when a tenant wants one more.
#[derive(Debug, Clone, Copy, Default)]
pub struct Taken {
    /// In all.
    pub all: usize,
    /// Those that aren't staff's.
    pub others: usize,
    /// Those of all guests.
    pub guests: usize,
    /// The tenant's own.
    pub own: usize,
}

/// Which limit one more would exceed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuotaLimit {
    /// The account's share.
    Account,
    /// The share of the guests of one address.
    Address,
    /// The share of all guests.
    Guests,
    /// What there may be in all.
    Server,
}

impl Quota {
    /// Whether a tenant may have one more beside what is taken.
    pub fn admit(&self, taken: Taken, tenant: &Tenant) -> Result<(), QuotaLimit> {
        if taken.all >= self.most {
            return Err(QuotaLimit::Server);
        }
        if tenant.is_staff() {
            return Ok(());
        }
        if tenant.is_guests() && taken.own >= self.of_address {
            Err(QuotaLimit::Address)
        } else if tenant.is_guests() && taken.guests >= self.of_guests {
            Err(QuotaLimit::Guests)
        } else if taken.own >= self.of_account {
            Err(QuotaLimit::Account)
        } else if taken.others >= self.most - self.reserve {
            Err(QuotaLimit::Server)
        } else {
            Ok(())
        }
    }

    /// How many a limit allows.
    pub fn most(&self, limit: QuotaLimit) -> usize {
        match limit {
            QuotaLimit::Account => self.of_account,
            QuotaLimit::Address => self.of_address,
            QuotaLimit::Guests => self.of_guests,
            QuotaLimit::Server => self.most,
        }
    }
}
