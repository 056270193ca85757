//! The places that connections from the network take: how many there are, for whom, and which connection makes room.
//!
//! A connection is *new* until it has asked for something that was served. New ones may take every place that is free, but
//! hold none against others: where there is no free place, the one that has been new for the longest is closed. Guests
//! leave an eighth of the places to those who log in, and these leave a sixteenth to operators and admins; one account
//! takes at most half. The operator's door takes no place.
//!
//! `HELLO` counts as something that was served, so that the connections of a library's pool may be silent.

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;
use std::sync::Arc;

use super::session::Session;
use caracola_quota::LogThrottle;

/// Guests leave this part of all places, and of an address's, to those who log in.
const KEPT_FROM_GUESTS: usize = 8;
/// Guests and users leave this part to operators and admins.
const KEPT_FROM_USERS: usize = 16;
/// One account takes at most this part, unless it is an operator's or an admin's.
const ACCOUNT_SHARE: usize = 2;

/// Who has a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Holder {
    /// A connection that has not asked for anything yet.
    New,
    /// One whose password is being checked, or waits for that. The queue of logins bounds how many there are.
    LoggingIn,
    /// Somebody who has not logged in.
    Guest,
    /// The owner of an account, by its name.
    User(Arc<str>),
    /// An operator or an admin.
    Operator,
}

/// How many may come in.
#[derive(Debug, Clone, Copy)]
pub struct Capacity {
    /// Sessions in all.
    pub sessions: usize,
    /// Sessions from one address (for IPv6, from one /64).
    pub per_address: usize,
    /// Bytes that may wait for each.
    pub outbox: usize,
}

/// There is no place for one more connection, and none that makes room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Full {
    /// In the whole server.
    Server,
    /// For its address.
    Address,
}

/// Why a session may not hold its place as what it wants to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlaceLimit {
    /// The account has half of all places.
    Account,
    /// The account has half of the places of this address.
    AccountFromThere,
    /// Guests have all places that they may.
    Guests,
    /// Guests have all places of this address that they may.
    GuestsFromThere,
    /// What is left is for operators and admins.
    Users,
    /// What this address has left is for operators and admins.
    UsersFromThere,
}

impl PlaceLimit {
    /// Tells the admin that a session met this limit, once a minute.
    pub fn log(self, session: &Session) {
        static WRITTEN: [LogThrottle; 6] = [const { LogThrottle::new() }; 6];
        if let Some(repeated) = WRITTEN[self as usize].admit() {
            tracing::warn!(session = session.id, from = %session.endpoint, limit = ?self, repeated, "no place: refused");
        }
    }
}

/// All places that are taken.
#[derive(Debug, Default)]
pub(super) struct Places {
    taken: HashMap<u64, TakenPlace>,
    all: Shares,
    by_address: HashMap<IpAddr, Shares>,
}

#[derive(Debug)]
struct TakenPlace {
    /// A neighbourhood.
    address: IpAddr,
    holder: Holder,
}

/// How the places of an address, or all of them, are shared.
#[derive(Debug, Default)]
struct Shares {
    /// By age.
    new: BTreeSet<u64>,
    logging_in: usize,
    guests: usize,
    users: usize,
    operators: usize,
    accounts: HashMap<Arc<str>, usize>,
}

impl Places {
    /// Gives a place to connection `id`, the youngest there is, from a neighbourhood. If there is none free, another new
    /// connection loses its own, and is returned: the oldest of that address, or, where the server is full, of the address
    /// that has most of them.
    pub(super) fn admit(&mut self, id: u64, address: IpAddr, capacity: Capacity) -> Result<Option<u64>, Full> {
        let there = self.by_address.get(&address);
        let makes_room = if there.is_some_and(|there| there.total() >= capacity.per_address) {
            let oldest = there.and_then(Shares::oldest_new);
            Some(oldest.ok_or(Full::Address)?)
        } else if self.all.total() >= capacity.sessions {
            let busiest = self.by_address.values().max_by_key(|shares| shares.new.len());
            Some(busiest.and_then(Shares::oldest_new).ok_or(Full::Server)?)
        } else {
            None
        };
        if let Some(makes_room) = makes_room {
            self.free(makes_room);
        }
        self.insert(
            id,
            TakenPlace {
                address,
                holder: Holder::New,
            },
        );
        Ok(makes_room)
    }

    /// Frees a place. One that is free already stays so.
    pub(super) fn free(&mut self, id: u64) {
        self.remove(id);
    }

    /// Who holds a place, if anybody still does.
    pub(super) fn holder(&self, id: u64) -> Option<&Holder> {
        self.taken.get(&id).map(|place| &place.holder)
    }

    /// How many places a neighbourhood has taken.
    pub(super) fn taken_from(&self, address: IpAddr) -> usize {
        self.by_address.get(&address).map_or(0, Shares::total)
    }

    /// The place of `id` is `holder`'s from now on, or, where the limits forbid that, stays whose it was. What has no place,
    /// such as a session of the door, needs none.
    pub(super) fn hold(&mut self, id: u64, holder: Holder, capacity: Capacity) -> Result<(), PlaceLimit> {
        let Some(place) = self.remove(id) else { return Ok(()) };
        let fits = self.fits(place.address, &holder, capacity);
        let holder = if fits.is_ok() { holder } else { place.holder };
        self.insert(id, TakenPlace { holder, ..place });
        fits
    }

    /// The same, whatever the limits say: for what needs no share, or has come to it already.
    pub(super) fn set(&mut self, id: u64, holder: Holder) {
        if let Some(place) = self.remove(id) {
            self.insert(id, TakenPlace { holder, ..place });
        }
    }

    fn fits(&self, address: IpAddr, holder: &Holder, capacity: Capacity) -> Result<(), PlaceLimit> {
        let none = Shares::default();
        let (all, there) = (&self.all, self.by_address.get(&address).unwrap_or(&none));
        match holder {
            Holder::New | Holder::LoggingIn | Holder::Operator => return Ok(()),
            Holder::Guest => {
                if there.guests >= but(capacity.per_address, KEPT_FROM_GUESTS) {
                    return Err(PlaceLimit::GuestsFromThere);
                }
                if all.guests >= but(capacity.sessions, KEPT_FROM_GUESTS) {
                    return Err(PlaceLimit::Guests);
                }
            }
            Holder::User(account) => {
                let has = |shares: &Shares| shares.accounts.get(account).copied().unwrap_or(0);
                if has(there) >= capacity.per_address.div_ceil(ACCOUNT_SHARE) {
                    return Err(PlaceLimit::AccountFromThere);
                }
                if has(all) >= capacity.sessions.div_ceil(ACCOUNT_SHARE) {
                    return Err(PlaceLimit::Account);
                }
            }
        }
        if there.guests + there.users >= but(capacity.per_address, KEPT_FROM_USERS) {
            return Err(PlaceLimit::UsersFromThere);
        }
        if all.guests + all.users >= but(capacity.sessions, KEPT_FROM_USERS) {
            return Err(PlaceLimit::Users);
        }
        Ok(())
    }

    fn insert(&mut self, id: u64, place: TakenPlace) {
        self.all.add(id, &place.holder);
        self.by_address.entry(place.address).or_default().add(id, &place.holder);
        self.taken.insert(id, place);
    }

    fn remove(&mut self, id: u64) -> Option<TakenPlace> {
        let place = self.taken.remove(&id)?;
        self.all.remove(id, &place.holder);
        if let Some(shares) = self.by_address.get_mut(&place.address) {
            shares.remove(id, &place.holder);
            if shares.total() == 0 {
                self.by_address.remove(&place.address);
            }
        }
        Some(place)
    }
}

impl Shares {
    fn total(&self) -> usize {
        self.new.len() + self.logging_in + self.guests + self.users + self.operators
    }

    fn oldest_new(&self) -> Option<u64> {
        self.new.first().copied()
    }

    fn add(&mut self, id: u64, holder: &Holder) {
        match holder {
            Holder::New => drop(self.new.insert(id)),
            Holder::LoggingIn => self.logging_in += 1,
            Holder::Guest => self.guests += 1,
            Holder::User(account) => {
                self.users += 1;
                *self.accounts.entry(Arc::clone(account)).or_default() += 1;
            }
            Holder::Operator => self.operators += 1,
        }
    }

    fn remove(&mut self, id: u64, holder: &Holder) {
        match holder {
            Holder::New => drop(self.new.remove(&id)),
            Holder::LoggingIn => self.logging_in -= 1,
            Holder::Guest => self.guests -= 1,
            Holder::User(account) => {
                self.users -= 1;
                if let Some(count) = self.accounts.get_mut(account) {
                    *count -= 1;
                    if *count == 0 {
                        self.accounts.remove(account);
                    }
                }
            }
            Holder::Operator => self.operators -= 1,
        }
    }
}

/// All of `places` but one in `kept`: of a handful none is kept.
fn but(places: usize, kept: usize) -> usize {
    places - places / kept
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAPACITY: Capacity = Capacity {
        sessions: 64,
        per_address: 32,
        outbox: 1000,
    };

    fn address(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    fn user(name: &str) -> Holder {
        Holder::User(name.into())
    }

    /// Connections `ids` from an address, which come in as `holder`. How many do.
    fn come(places: &mut Places, ids: std::ops::Range<u64>, from: u8, holder: &Holder) -> usize {
        let mut count = 0;
        for id in ids {
            if places.admit(id, address(from), CAPACITY).is_ok() && places.hold(id, holder.clone(), CAPACITY).is_ok() {
                count += 1;
            }
        }
        count
    }

    #[test]
    fn the_oldest_new_connection_of_an_address_makes_room() {
        let mut places = Places::default();
        assert_eq!(come(&mut places, 1..33, 1, &Holder::New), 32);
        assert_eq!(places.admit(33, address(1), CAPACITY), Ok(Some(1)));
        assert_eq!(places.hold(2, Holder::Guest, CAPACITY), Ok(()));
        assert_eq!(
            places.admit(34, address(1), CAPACITY),
            Ok(Some(3)),
            "2 is not new any more"
        );
        assert_eq!(
            places.admit(35, address(2), CAPACITY),
            Ok(None),
            "another address has its own"
        );
        assert_eq!(places.holder(1), None);
        // What it is told to be after it lost its place changes nothing.
        assert_eq!(places.hold(1, Holder::Guest, CAPACITY), Ok(()));
        assert_eq!(places.taken_from(address(1)), 32);
    }

    #[test]
    fn in_a_full_server_the_address_with_most_new_connections_makes_room() {
        let mut places = Places::default();
        come(&mut places, 1..33, 1, &Holder::New);
        come(&mut places, 33..65, 2, &Holder::New);
        places.free(1);
        assert_eq!(places.admit(65, address(3), CAPACITY), Ok(None));
        assert_eq!(places.admit(66, address(3), CAPACITY), Ok(Some(33)));
    }

    #[test]
    fn guests_leave_places_to_users_and_users_to_operators() {
        let mut places = Places::default();
        assert_eq!(come(&mut places, 1..100, 1, &Holder::Guest), 28);
        assert_eq!(
            places.hold(99, Holder::Guest, CAPACITY),
            Err(PlaceLimit::GuestsFromThere)
        );
        assert_eq!(places.hold(99, user("ana"), CAPACITY), Ok(()));
        assert_eq!(come(&mut places, 100..200, 1, &user("ben")), 1);
        assert_eq!(places.hold(199, user("ben"), CAPACITY), Err(PlaceLimit::UsersFromThere));
        assert_eq!(places.hold(199, Holder::Operator, CAPACITY), Ok(()));
        assert_eq!(places.hold(198, Holder::Operator, CAPACITY), Ok(()));
        // It is full of those who came to something.
        assert_eq!(places.admit(200, address(1), CAPACITY), Err(Full::Address));
        assert_eq!(come(&mut places, 201..300, 2, &Holder::Guest), 28);
        assert_eq!(
            places.hold(299, Holder::Guest, CAPACITY),
            Err(PlaceLimit::GuestsFromThere)
        );
        assert_eq!(places.admit(300, address(3), CAPACITY), Ok(Some(296)));
        assert_eq!(places.hold(300, Holder::Guest, CAPACITY), Err(PlaceLimit::Guests));
    }

    #[test]
    fn one_account_leaves_half_to_others() {
        let mut places = Places::default();
        assert_eq!(come(&mut places, 1..100, 1, &user("ana")), 16);
        assert_eq!(
            places.hold(99, user("ana"), CAPACITY),
            Err(PlaceLimit::AccountFromThere)
        );
        assert_eq!(places.hold(99, user("ben"), CAPACITY), Ok(()));
        assert_eq!(come(&mut places, 100..200, 2, &user("ana")), 16);
        assert!(matches!(places.admit(200, address(3), CAPACITY), Ok(Some(_))));
        assert_eq!(places.hold(200, user("ana"), CAPACITY), Err(PlaceLimit::Account));
        places.free(5);
        assert_eq!(places.hold(200, user("ana"), CAPACITY), Ok(()));
    }

    #[test]
    fn who_logs_in_at_this_moment_makes_no_room() {
        let mut places = Places::default();
        come(&mut places, 1..33, 1, &Holder::LoggingIn);
        assert_eq!(places.admit(33, address(1), CAPACITY), Err(Full::Address));
        for id in 1..33 {
            places.free(id);
        }
        assert!(places.by_address.is_empty() && places.taken.is_empty());
        assert_eq!(places.all.total(), 0);
    }

    #[test]
    fn of_a_handful_nothing_is_kept() {
        let few = Capacity {
            sessions: 4,
            per_address: 3,
            ..CAPACITY
        };
        let mut places = Places::default();
        for id in 1..4 {
            assert_eq!(places.admit(id, address(1), few), Ok(None));
            assert_eq!(places.hold(id, Holder::Guest, few), Ok(()));
        }
    }
}
