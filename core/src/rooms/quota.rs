//! How many rooms there may be, and how many of them each tenant may have made.

use std::fmt;

use caracola_quota::Tenant;
use caracola_quota::{Quota, QuotaLimit, Taken};

/// Rooms at once, beside the lobby. Far more than people need, far fewer than would cost anything.
const MOST: usize = 1000;
const ROOMS: Quota = Quota {
    most: MOST,
    reserve: MOST / 10,
    of_account: MOST / 10,
    of_address: MOST / 20,
    of_guests: MOST / 2,
};

/// Which limit a new room would exceed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoomLimit(pub QuotaLimit);

impl RoomLimit {
    /// How many that is.
    pub fn most(self) -> usize {
        ROOMS.most(self.0)
    }
}

impl fmt::Display for RoomLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let most = self.most();
        match self.0 {
            QuotaLimit::Account => write!(f, "{most} rooms were made by this account, which is its share"),
            QuotaLimit::Address => write!(
                f,
                "{most} rooms were made by guests from this address, which is their share"
            ),
            QuotaLimit::Guests => write!(f, "{most} rooms were made by guests, which is the share of all guests"),
            QuotaLimit::Server => write!(
                f,
                "there are {most} rooms, or all but those kept for operators, which is the most for the server"
            ),
        }
    }
}

/// Whether a tenant may make a room beside those that these tenants made. Counts them: a room is made so seldom that it
/// isn't worth keeping the counts.
pub(super) fn admit<'t>(makers: impl Iterator<Item = &'t Tenant>, tenant: &Tenant) -> Result<(), RoomLimit> {
    let mut taken = Taken::default();
    for maker in makers {
        taken.all += 1;
        taken.others += usize::from(!maker.is_staff());
        taken.guests += usize::from(maker.is_guests());
        taken.own += usize::from(maker == tenant);
    }
    ROOMS.admit(taken, tenant).map_err(RoomLimit)
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
            assert_eq!(
                make_all(&mut makers, &guests(last)),
                (ROOMS.of_address, RoomLimit(QuotaLimit::Address))
            );
        }
        assert_eq!(make_all(&mut makers, &guests(10)), (0, RoomLimit(QuotaLimit::Guests)));
        for name in ["ana", "ben", "eva", "leo"] {
            let account = Tenant::account(name, false);
            assert_eq!(
                make_all(&mut makers, &account),
                (ROOMS.of_account, RoomLimit(QuotaLimit::Account))
            );
        }
        let last = Tenant::account("luz", false);
        assert_eq!(make_all(&mut makers, &last), (0, RoomLimit(QuotaLimit::Server)));
        let olga = Tenant::account("olga", true);
        assert_eq!(
            make_all(&mut makers, &olga),
            (ROOMS.reserve, RoomLimit(QuotaLimit::Server))
        );
    }
}
