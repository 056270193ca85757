//! How connections come in and go: the part of the registry that keeps places for them.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::neighbourhood::neighbourhood;
use super::outbox::EndReason;
use super::places::{Capacity, Full, Holder, PlaceLimit};
use super::registry::{Inner, Sessions};
use super::session::{Endpoint, Session};
use crate::access::User;
use crate::name::Name;

/// A guest who asked for nothing for so long makes room for another where guests have no place left.
const YIELDS: Duration = Duration::from_mins(10);
/// How often such a guest is looked for: it takes a look at every session.
const LOOK: Duration = Duration::from_secs(1);

/// Why a connection is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// An operator put the address out for a while.
    Banned,
    /// It lost its place to a later connection before its handshake was over.
    Displaced,
    /// The server has as many sessions as it may.
    Full,
    /// This address has as many sessions as it may.
    FullFromThere,
    /// The server is stopping.
    Stopping,
}

impl From<Full> for Refusal {
    fn from(full: Full) -> Self {
        match full {
            Full::Server => Self::Full,
            Full::Address => Self::FullFromThere,
        }
    }
}

/// A place that is kept for a connection.
#[derive(Debug)]
pub struct Ticket {
    /// What its session's id will be.
    id: u64,
    displaced: Arc<Notify>,
    /// Whether another connection had to make room for it.
    pub crowded: bool,
}

impl Ticket {
    /// Returns once the place is lost to a later connection. Cancel safe.
    pub async fn displaced(&self) {
        self.displaced.notified().await;
    }
}

/// Keeps the place of a new connection while its password is checked.
#[derive(Debug)]
pub struct LoggingIn<'s> {
    sessions: &'s Sessions,
    session: u64,
}

impl Drop for LoggingIn<'_> {
    fn drop(&mut self) {
        let mut inner = self.sessions.lock();
        if inner.places.holder(self.session) == Some(&Holder::LoggingIn) {
            inner.places.set(self.session, Holder::New);
        }
    }
}

impl Sessions {
    /// Keeps a place for one more connection from `address`, before the handshake is paid for: connections that never
    /// come to it take places, too. The ticket goes to [`Sessions::enter`] or [`Sessions::give_up`].
    ///
    /// Where there is no place, the connection that has been new for the longest makes room.
    pub fn reserve(&self, address: IpAddr, capacity: Capacity) -> Result<Ticket, Refusal> {
        let mut inner = self.lock();
        let address = neighbourhood(address);
        inner.may_enter(address)?;
        let id = inner.last_id + 1;
        let closed = inner.places.admit(id, address, capacity)?;
        inner.last_id = id;
        if let Some(closed) = closed {
            inner.displace(closed);
        }
        let displaced = Arc::new(Notify::new());
        inner.handshakes.insert(id, Arc::clone(&displaced));
        Ok(Ticket {
            id,
            displaced,
            crowded: closed.is_some(),
        })
    }

    /// Frees the place of a connection that did not come in.
    pub fn give_up(&self, ticket: &Ticket) {
        self.lock().give_up(ticket.id);
    }

    /// Lets a connection in; one from the network into the place that was kept for it.
    pub fn enter(
        &self,
        ticket: Option<&Ticket>,
        endpoint: Endpoint,
        user: User,
        capacity: Capacity,
    ) -> Result<Arc<Session>, Refusal> {
        let mut inner = self.lock();
        if let Some(Ticket { id, .. }) = ticket {
            if inner.closed {
                inner.give_up(*id);
            } else if inner.handshakes.remove(id).is_none() {
                return Err(Refusal::Displaced);
            }
        }
        if inner.closed {
            return Err(Refusal::Stopping);
        }
        let id = match ticket {
            Some(ticket) => ticket.id,
            None => inner.last_id + 1,
        };
        inner.last_id = inner.last_id.max(id);
        let session = Arc::new(Session::new(id, endpoint, user, capacity.outbox));
        inner.by_id.insert(session.id, Arc::clone(&session));
        Ok(session)
    }

    /// The session asked for something without a login: it is a guest's from now on and holds its place. Where guests have
    /// as many as they may, one of them who has been silent for ten minutes makes room, unless a request of theirs
    /// runs still or they listen by `SUBSCRIBE`.
    pub fn settle(&self, session: &Session, capacity: Capacity) -> Result<(), PlaceLimit> {
        let mut inner = self.lock();
        inner.places.hold(session.id, Holder::Guest, capacity).or_else(|limit| {
            inner.displace_idle_guest(session, limit)?;
            inner.places.hold(session.id, Holder::Guest, capacity)
        })
    }

    /// What the session asked for made no sense after all: it is as new as before.
    pub fn unsettle(&self, session: &Session) {
        self.lock().places.set(session.id, Holder::New);
    }

    /// A password of this session is being checked until the guard is dropped: until then it makes room for nobody.
    /// Without effect for one that is not new.
    pub fn logging_in(&self, session: u64) -> LoggingIn<'_> {
        let mut inner = self.lock();
        if inner.places.holder(session) == Some(&Holder::New) {
            inner.places.set(session, Holder::LoggingIn);
        }
        LoggingIn {
            sessions: self,
            session,
        }
    }

    /// Takes a session that ended out. The name of a shell is held for a minute, unless too many are.
    pub fn exit(&self, session: &Session, hold_name: bool) {
        let mut inner = self.lock();
        inner.by_id.remove(&session.id);
        inner.places.free(session.id);
        let (name, held, logged_in) = {
            let profile = session.profile();
            let held = profile.held(session.endpoint.neighbourhood());
            (profile.name.clone(), held, profile.user.account().is_some())
        };
        let Some(name) = name else { return };
        inner.release(session.id, &name);
        // Nobody has to hold the name of an account for its owner, nor the operator's.
        let free = Name::parse(name.as_str()).is_ok() && inner.accounts.find(&name).is_none();
        if let (true, true, false, Some(held)) = (hold_name, free, logged_in, held) {
            let freed = inner.hold(held);
            drop(inner);
            if let Some(freed) = freed {
                freed.log();
            }
        }
    }
}

impl Inner {
    /// `address` is a neighbourhood.
    fn may_enter(&mut self, address: IpAddr) -> Result<(), Refusal> {
        let now = Instant::now();
        self.banned_addresses.retain(|_, until| *until > now);
        if self.closed {
            Err(Refusal::Stopping)
        } else if self.banned_addresses.contains_key(&address) {
            Err(Refusal::Banned)
        } else {
            Ok(())
        }
    }

    fn give_up(&mut self, id: u64) {
        self.handshakes.remove(&id);
        self.places.free(id);
    }

    /// Ends a connection that lost its place.
    fn displace(&mut self, id: u64) {
        self.places.free(id);
        if let Some(session) = self.by_id.get(&id) {
            session.outbox.end(EndReason::Displaced);
        } else if let Some(handshake) = self.handshakes.remove(&id) {
            handshake.notify_one();
        }
    }

    /// Makes room for a guest that `limit` keeps out, if another has been silent for long: the one that was so longest.
    fn displace_idle_guest(&mut self, newcomer: &Session, limit: PlaceLimit) -> Result<(), PlaceLimit> {
        let now = Instant::now();
        let looked = |at| now.saturating_duration_since(at) < LOOK;
        if self.looked.is_some_and(looked) {
            return Err(limit);
        }
        match self.idlest_guest(newcomer, limit) {
            Some((idle, id)) if idle >= YIELDS => {
                self.displace(id);
                Ok(())
            }
            _ => {
                self.looked = Some(now);
                Err(limit)
            }
        }
    }

    /// Which of the guests that could make room asked for nothing for the longest, and for how long.
    fn idlest_guest(&self, newcomer: &Session, limit: PlaceLimit) -> Option<(Duration, u64)> {
        let there = newcomer.endpoint.neighbourhood();
        self.by_id
            .values()
            .filter(|other| limit == PlaceLimit::Guests || other.endpoint.neighbourhood() == there)
            .filter(|other| self.places.holder(other.id) == Some(&Holder::Guest) && other.is_unused())
            .map(|other| (other.idle(), other.id))
            .max()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::sessions) const CAPACITY: Capacity = Capacity {
        sessions: 10,
        per_address: 2,
        outbox: 1000,
    };

    pub(in crate::sessions) fn from(address: &str) -> Endpoint {
        let ip: IpAddr = address.parse().unwrap_or(IpAddr::from([127, 0, 0, 1]));
        Endpoint::Network {
            peer: (ip, 1).into(),
            tls: "TLSv1.2",
            cipher: "",
        }
    }

    pub(in crate::sessions) fn enter(sessions: &Sessions, address: &str) -> Result<Arc<Session>, Refusal> {
        let ticket = sessions.reserve(address.parse().unwrap_or(IpAddr::from([127, 0, 0, 1])), CAPACITY)?;
        let session = sessions.enter(Some(&ticket), from(address), User::guest(), CAPACITY)?;
        assert_eq!(sessions.settle(&session, CAPACITY), Ok(()));
        Ok(session)
    }

    #[test]
    fn one_address_is_bounded_and_an_exit_makes_room() -> Result<(), Refusal> {
        let sessions = Sessions::default();
        let first = enter(&sessions, "192.0.2.1")?;
        enter(&sessions, "192.0.2.1")?;
        let third = enter(&sessions, "192.0.2.1").map(|session| session.id);
        assert_eq!(third, Err(Refusal::FullFromThere));
        enter(&sessions, "192.0.2.2")?;
        sessions.exit(&first, false);
        enter(&sessions, "192.0.2.1")?;
        // Two hosts of one IPv6 network are one neighbourhood.
        enter(&sessions, "2001:db8::1")?;
        enter(&sessions, "2001:db8::2")?;
        assert!(enter(&sessions, "2001:db8::3").is_err());
        enter(&sessions, "2001:db8:0:1::3")?;
        Ok(())
    }

    #[test]
    fn guests_who_wait_or_listen_make_no_room() -> Result<(), Refusal> {
        let sessions = Sessions::default();
        let (one, two) = (enter(&sessions, "192.0.2.1")?, enter(&sessions, "192.0.2.1")?);
        let idlest = || sessions.lock().idlest_guest(&one, PlaceLimit::Guests).map(|(_, id)| id);
        one.set_waiting(true);
        assert_eq!(idlest(), Some(two.id));
        two.set_listening(true);
        assert_eq!(idlest(), None);
        one.set_waiting(false);
        assert_eq!(idlest(), Some(one.id));
        Ok(())
    }

    #[test]
    fn who_never_comes_in_takes_a_place_until_given_up() {
        let sessions = Sessions::default();
        let address = IpAddr::from([192, 0, 2, 1]);
        let first = sessions.reserve(address, CAPACITY).expect("a place");
        let second = sessions.reserve(address, CAPACITY).expect("a place");
        // The third takes the first one's place, not another.
        let third = sessions.reserve(address, CAPACITY).expect("a place");
        assert!(third.crowded && !second.crowded);
        let entered = sessions.enter(Some(&first), from("192.0.2.1"), User::guest(), CAPACITY);
        assert_eq!(entered.err(), Some(Refusal::Displaced));
        assert_eq!(sessions.lock().places.taken_from(address), 2);
        sessions.give_up(&third);
        sessions.give_up(&first);
        assert_eq!(sessions.lock().places.taken_from(address), 1);
        sessions.close();
        assert_eq!(sessions.reserve(address, CAPACITY).err(), Some(Refusal::Stopping));
        let entered = sessions.enter(Some(&second), from("192.0.2.1"), User::guest(), CAPACITY);
        assert_eq!(entered.err(), Some(Refusal::Stopping));
        let inner = sessions.lock();
        assert_eq!((inner.handshakes.len(), inner.places.taken_from(address)), (0, 0));
    }

    #[test]
    fn a_new_session_is_told_that_it_lost_its_place() -> Result<(), Refusal> {
        let sessions = Sessions::default();
        let address = IpAddr::from([192, 0, 2, 1]);
        let come = || {
            let ticket = sessions.reserve(address, CAPACITY)?;
            sessions.enter(Some(&ticket), from("192.0.2.1"), User::guest(), CAPACITY)
        };
        let (one, two) = (come()?, come()?);
        {
            let _guard = sessions.logging_in(one.id);
            come()?;
            assert_eq!(one.outbox.end_reason(), None, "its password is being checked");
            assert_eq!(two.outbox.end_reason(), Some(EndReason::Displaced));
        }
        come()?;
        assert_eq!(one.outbox.end_reason(), Some(EndReason::Displaced));
        Ok(())
    }
}
