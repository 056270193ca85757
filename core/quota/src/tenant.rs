//! For whom something counts that all share: places, keys, runs, kept output. Every such quota has a share for each tenant,
//! and a reserve for those who look after the server.

use std::hash::{Hash, Hasher};
use std::net::IpAddr;
use std::sync::Arc;

/// Somebody who has a share of what all use: an account with all its sessions, or the guests of one address together. A
/// guest's session is not a tenant, since anybody can have many of them.
#[derive(Debug, Clone)]
pub struct Tenant {
    holder: Holder,
    is_staff: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Holder {
    /// The operator's door.
    Door,
    /// An account, by its name.
    Account(Arc<str>),
    /// Guests, by the neighbourhood of their address.
    Guests(IpAddr),
}

impl Tenant {
    /// The server's own operator, and what runs for the server itself.
    pub const DOOR: Self = Self {
        holder: Holder::Door,
        is_staff: true,
    };

    /// An account, by its name. `is_staff`: it is an operator's or an admin's.
    pub fn account(name: &str, is_staff: bool) -> Self {
        Self {
            holder: Holder::Account(name.into()),
            is_staff,
        }
    }

    /// The guests of one neighbourhood.
    pub fn guests(neighbourhood: IpAddr) -> Self {
        Self {
            holder: Holder::Guests(neighbourhood),
            is_staff: false,
        }
    }

    /// Whether the reserve is for them: operators, admins, the door.
    pub fn is_staff(&self) -> bool {
        self.is_staff
    }

    /// Whether nobody has logged in there.
    pub fn is_guests(&self) -> bool {
        matches!(self.holder, Holder::Guests(_))
    }
}

/// The same tenant, whatever role the account has by now.
impl PartialEq for Tenant {
    fn eq(&self, other: &Self) -> bool {
        self.holder == other.holder
    }
}

impl Eq for Tenant {}

impl Hash for Tenant {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.holder.hash(state);
    }
}

/// For the log.
impl std::fmt::Display for Tenant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.holder {
            Holder::Door => f.write_str("the door"),
            Holder::Account(name) => f.write_str(name),
            Holder::Guests(address) => write!(f, "guests from {address}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_the_same_tenant_in_any_role() {
        assert_eq!(Tenant::account("ana", false), Tenant::account("ana", true));
        assert_ne!(Tenant::account("ana", true), Tenant::account("ben", true));
        assert_ne!(Tenant::account("ana", true), Tenant::DOOR);
        assert!(Tenant::DOOR.is_staff() && Tenant::guests(IpAddr::from([127, 0, 0, 1])).is_guests());
    }
}
