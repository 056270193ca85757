//! How many rooms there may be, and how many of them each tenant may have made.

use crate::tenant::Tenant;

/// Rooms at once, beside the lobby. Far more than people need, far fewer than would cost anything.
const MOST: usize = 1000;
/// Of these, what is kept for operators, admins and the door.
const RESERVE: usize = MOST / 10;
/// Rooms that one account made.
const OF_ACCOUNT: usize = MOST / 10;
/// Rooms that the guests of one address made.
const OF_ADDRESS: usize = MOST / 20;
/// Rooms that all guests made.
const OF_GUESTS: usize = MOST / 2;

/// Which limit a new room would exceed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RoomLimit {
    /// The account's share.
    #[error("{OF_ACCOUNT} rooms were made by this account, which is its share")]
    Account,
    /// The share of the guests of one address.
    #[error("{OF_ADDRESS} rooms were made by guests from this address, which is their share")]
    Address,
    /// The share of all guests.
    #[error("{OF_GUESTS} rooms were made by guests, which is the share of all guests")]
    Guests,
    /// What there may be in all.
    #[error("there are {MOST} rooms, or all but those kept for operators, which is the most for the server")]
    Server,
}

impl RoomLimit {
    /// How many rooms that is.
    pub fn most(self) -> usize {
        match self {
            Self::Account => OF_ACCOUNT,
            Self::Address => OF_ADDRESS,
            Self::Guests => OF_GUESTS,
            Self::Server => MOST,
        }
    }
}

/// Whether a tenant may make a room beside those that these tenants made. Counts them: a room is made so seldom that it
/// isn't worth keeping the counts.
pub(super) fn admit<'t>(makers: impl Iterator<Item = &'t Tenant>, tenant: &Tenant) -> Result<(), RoomLimit> {
    let (mut all, mut others, mut by_guests, mut own) = (0, 0, 0, 0);
    for maker in makers {
        all += 1;
        others += usize::from(!maker.is_staff());
        by_guests += usize::from(maker.is_guests());
        own += usize::from(maker == tenant);
    }
    if all >= MOST {
        return Err(RoomLimit::Server);
    }
    if tenant.is_staff() {
        return Ok(());
    }
    if tenant.is_guests() && own >= OF_ADDRESS {
        Err(RoomLimit::Address)
    } else if tenant.is_guests() && by_guests >= OF_GUESTS {
        Err(RoomLimit::Guests)
    } else if own >= OF_ACCOUNT {
        Err(RoomLimit::Account)
    } else if others >= MOST - RESERVE {
        Err(RoomLimit::Server)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    /// Makes rooms until there is a limit: how many, and which.
    fn make_all(makers: &mut Vec<Tenant>, tenant: &Tenant) -> (usize, RoomLimit) {
        for number in 0.. {
            match admit(makers.iter(), tenant) {
                Ok(()) => makers.push(tenant.clone()),
                Err(limit) => return (number, limit),
            }
        }
        unreachable!("there is a limit");
    }

    #[test]
    fn everybody_has_a_share_and_staff_a_reserve() {
        let mut makers = Vec::new();
        let guests = |last: u8| Tenant::guests(IpAddr::from([192, 0, 2, last]));
        for last in 0..10 {
            assert_eq!(make_all(&mut makers, &guests(last)), (OF_ADDRESS, RoomLimit::Address));
        }
        assert_eq!(make_all(&mut makers, &guests(10)), (0, RoomLimit::Guests));
        for name in ["ana", "ben", "eva", "leo"] {
            let account = Tenant::account(name, false);
            assert_eq!(make_all(&mut makers, &account), (OF_ACCOUNT, RoomLimit::Account));
        }
        let last = Tenant::account("luz", false);
        assert_eq!(make_all(&mut makers, &last), (0, RoomLimit::Server));
        let olga = Tenant::account("olga", true);
        assert_eq!(make_all(&mut makers, &olga), (RESERVE, RoomLimit::Server));
    }
}
