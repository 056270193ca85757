//! For whom something counts that all share: places, keys, runs, kept output. Every such quota has a share for each tenant,
//! and a reserve for those who look after the server.

use std::hash::{Hash, Hasher};
use std::net::IpAddr;
use std::sync::Arc;

use crate::access::{Role, User};
use crate::sessions::{Origin, neighbourhood};

/// Somebody who has a share of what all use: an account with all its sessions, or the guests of one address together. A
/// guest's session is no tenant, since anybody can have many of them.
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

    /// For whom it counts what this user does in a session that came from there.
    pub fn of(user: &User, origin: &Origin) -> Self {
        let is_staff = user.role() >= Role::Operator;
        let holder = match (user.account(), origin) {
            (Some(account), _) => Holder::Account(account.into()),
            (None, Origin::Network { peer, .. }) => Holder::Guests(neighbourhood(peer.ip())),
            (None, Origin::Door { .. }) => Holder::Door,
        };
        Self { holder, is_staff }
    }

    /// An account that looks after nothing, by its name.
    pub fn account(name: &str) -> Self {
        Self {
            holder: Holder::Account(name.into()),
            is_staff: false,
        }
    }

    /// The guests of one address.
    pub fn guests(address: IpAddr) -> Self {
        Self {
            holder: Holder::Guests(neighbourhood(address)),
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

    fn from(address: &str) -> Origin {
        Origin::Network {
            peer: address.parse().expect("an address"),
            tls: "TLSv1.3",
            cipher: "",
        }
    }

    #[test]
    fn guests_of_one_network_are_one_tenant_and_an_account_is_one_anywhere() {
        let guest = |address| Tenant::of(&User::guest(), &from(address));
        assert_eq!(guest("192.0.2.1:1"), guest("192.0.2.1:2"));
        assert_eq!(guest("[2001:db8::1]:1"), guest("[2001:db8::2]:1"));
        assert_ne!(guest("192.0.2.1:1"), guest("192.0.2.2:1"));
        let user = |address| Tenant::of(&User::with_role(Role::User), &from(address));
        assert_eq!(user("192.0.2.1:1"), user("192.0.2.2:1"));
        assert_ne!(user("192.0.2.1:1"), guest("192.0.2.1:1"));
    }

    #[test]
    fn the_reserve_is_for_those_who_look_after_the_server() {
        let is_staff = |user: &User| Tenant::of(user, &from("192.0.2.1:1")).is_staff();
        assert!(!is_staff(&User::guest()) && !is_staff(&User::with_role(Role::User)));
        assert!(is_staff(&User::with_role(Role::Operator)) && is_staff(&User::with_role(Role::Admin)));
        let door = Tenant::of(&User::operator(), &Origin::Door { process: None });
        assert!(door.is_staff() && door == Tenant::DOOR);
    }
}
