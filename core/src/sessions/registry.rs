//! Everybody who is connected, and who is called what.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::name::{Name, NameError};
use super::outbox::Ending;
use super::places::{Holder, PlaceLimit, Places};
use super::session::{Held, Origin, Session};
use crate::access::{Accounts, User};

/// How long the name of a dropped shell is kept for the token that resumes it.
const HELD: Duration = Duration::from_mins(1);
/// A guest who asked for nothing for so long makes room for another where guests have no place left.
const YIELDS: Duration = Duration::from_mins(10);
/// How often such a guest is looked for: it takes a look at every session.
const LOOK: Duration = Duration::from_secs(1);
/// The most names with a number after them that are tried before a guest gets a fresh name.
const NUMBERED: u32 = 999;

/// The registry. One lock: every operation under it is short and does no I/O.
///
/// Names are of two kinds. Those of accounts belong to whoever logs in, in as many sessions as they like, and nobody
/// else can take them. All others are claimed, each by one session.
#[derive(Debug)]
pub struct Sessions {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
pub(super) struct Inner {
    last_id: u64,
    last_guest: u32,
    pub(super) by_id: HashMap<u64, Arc<Session>>,
    /// The places of connections from the network, by the ids of their sessions.
    pub(super) places: Places,
    /// Connections that have a place and are no session yet: what tells them that they lost it.
    handshakes: HashMap<u64, Arc<Notify>>,
    /// No guest was silent long enough to make room when this was last looked at.
    looked: Option<Instant>,
    claims: HashMap<String, Claim>,
    /// The accounts whose owners may be here, and whose names are theirs.
    pub(super) accounts: Arc<Accounts>,
    banned_names: HashMap<String, Instant>,
    /// Names whose bearers may not speak, so that coming back gives nobody the word.
    muted_names: HashMap<String, Instant>,
    banned_addresses: HashMap<IpAddr, Instant>,
    closed: bool,
}

/// Who has a key of a name.
#[derive(Debug, Clone)]
enum Claim {
    /// A session that is there.
    Session(u64),
    /// Nobody, but whoever shows the token until then gets it back.
    Held { held: Arc<Held>, until: Instant },
}

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

/// Why somebody can't be called that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClaimError {
    /// No name at all.
    Unfit(NameError),
    /// Somebody else is called that, or something that looks the same: somebody who is here, or who has an account. Which
    /// of the two is not told.
    Taken,
    /// Who logged in is called like the account.
    LoggedIn(String),
    /// An operator put the name out for a while.
    Banned,
}

/// How many may come in.
#[derive(Debug, Clone, Copy)]
pub struct Room {
    /// Sessions in all.
    pub sessions: usize,
    /// Sessions from one address (for IPv6, from one /64).
    pub per_address: usize,
    /// Bytes that may wait for each.
    pub outbox: usize,
}

impl Default for Sessions {
    fn default() -> Self {
        Self {
            inner: Mutex::new(Inner::default()),
        }
    }
}

impl Sessions {
    /// Keeps a place for one more connection from `address`, before the handshake is paid for: connections that never
    /// come to it take places, too. The ticket goes to [`Sessions::enter`] or [`Sessions::give_up`].
    ///
    /// Where there is no place, the connection that has been new for the longest makes room.
    pub fn reserve(&self, address: IpAddr, room: Room) -> Result<Ticket, Refusal> {
        let mut inner = self.lock();
        let address = neighbourhood(address);
        inner.may_enter(address)?;
        let id = inner.last_id + 1;
        let closed = inner.places.admit(id, address, room)?;
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
        origin: Origin,
        user: User,
        room: Room,
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
        let session = Arc::new(Session::new(id, origin, user, room.outbox));
        inner.by_id.insert(session.id, Arc::clone(&session));
        Ok(session)
    }

    /// The session asked for something without a login: it is a guest's from now on and holds its place. Where guests have
    /// as many as they may, one of them who has been silent for ten minutes makes room.
    pub fn settle(&self, session: &Session, room: Room) -> Result<(), PlaceLimit> {
        let mut inner = self.lock();
        inner.places.hold(session.id, Holder::Guest, room).or_else(|limit| {
            inner.displace_idle_guest(session, limit)?;
            inner.places.hold(session.id, Holder::Guest, room)
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

    /// Takes a session that ended out. The name of a shell is held for a minute.
    pub fn exit(&self, session: &Session, hold_name: bool) {
        let mut inner = self.lock();
        inner.by_id.remove(&session.id);
        inner.places.free(session.id);
        let (name, held, logged_in) = {
            let profile = session.profile();
            (profile.name.clone(), profile.held(), profile.user.account().is_some())
        };
        let Some(name) = name else { return };
        inner.release(session.id, &name);
        // Nobody has to hold the name of an account for its owner, nor the operator's.
        let free = Name::parse(name.as_str()).is_ok() && inner.accounts.find(&name).is_none();
        if let (true, true, false, Some(held)) = (hold_name, free, logged_in, held.map(Arc::new)) {
            let until = Instant::now() + HELD;
            for key in name.keys() {
                let held = Arc::clone(&held);
                inner.claims.insert(key.clone(), Claim::Held { held, until });
            }
        }
    }

    /// Everybody, by age.
    pub fn list(&self) -> Vec<Arc<Session>> {
        let mut all: Vec<_> = self.lock().by_id.values().cloned().collect();
        all.sort_unstable_by_key(|session| session.id);
        all
    }

    /// How many people and how many sessions in all are there.
    pub fn count(&self) -> (usize, usize) {
        let inner = self.lock();
        let people = inner.by_id.values().filter(|session| session.is_present());
        (people.count(), inner.by_id.len())
    }

    /// Who is called that, by a name as somebody types it: all sessions of an account's owner, by age, or the one session
    /// of somebody else. A guest who was called like an account before it was made is found by the `~` only.
    pub fn people(&self, typed: &str) -> Vec<Arc<Session>> {
        let Ok(name) = Name::form(typed) else {
            return Vec::new();
        };
        let inner = self.lock();
        if !typed.starts_with('~')
            && let Some(account) = inner.accounts.find(&name)
        {
            let theirs = inner.of_account(account.name().as_str());
            if !theirs.is_empty() {
                return theirs;
            }
        }
        let claimed = name.keys().iter().find_map(|key| match inner.claims.get(key) {
            Some(Claim::Session(id)) => inner.by_id.get(id).cloned(),
            _ => None,
        });
        claimed.into_iter().collect()
    }

    /// The session with that number.
    pub fn by_id(&self, id: u64) -> Option<Arc<Session>> {
        self.lock().by_id.get(&id).cloned()
    }

    /// Calls the session exactly `wanted`, or says why not. Its former name is free at once.
    pub fn rename(&self, session: &Session, wanted: &str) -> Result<String, ClaimError> {
        let name = Name::parse(wanted).map_err(ClaimError::Unfit)?;
        self.lock().claim(session, name, None)
    }

    /// Calls the session something as near to `wanted` as is free: the name itself, then with a number; without a usable
    /// wish, what its user is called, or `guest1` and so on. Who logged in is called like the account, whatever is wanted.
    ///
    /// Fails only with [`ClaimError::Banned`]: who was put out under a name doesn't get the next one like it.
    pub fn name_nearest(&self, session: &Session, wanted: Option<&str>) -> Result<String, ClaimError> {
        let mut inner = self.lock();
        if session.profile().user.account().is_some() {
            return Ok(session.shown_name());
        }
        let wanted = wanted.and_then(Name::nearest);
        if wanted.is_none()
            && let Some(shown) = inner.name_after_user(session)
        {
            return Ok(shown);
        }
        if let Some(name) = wanted {
            match inner.claim(session, name.clone(), None) {
                Ok(shown) => return Ok(shown),
                Err(ClaimError::Banned) => return Err(ClaimError::Banned),
                Err(_) => {}
            }
            for number in 2..=NUMBERED {
                if let Ok(shown) = inner.claim(session, name.numbered(number), None) {
                    return Ok(shown);
                }
            }
        }
        loop {
            inner.last_guest = inner.last_guest.wrapping_add(1);
            let fresh = format!("guest{}", inner.last_guest);
            if let Ok(name) = Name::parse(&fresh)
                && let Ok(shown) = inner.claim(session, name, None)
            {
                return Ok(shown);
            }
        }
    }

    /// Gives the session the name that `token` was issued with: held since its connection dropped, or still on a
    /// connection that has not noticed yet (that one is ended). `None` if the token is not known any more, or was issued
    /// to another user: a token stands for a name, never for a login.
    pub fn resume(&self, session: &Session, token: &str) -> Option<String> {
        let mut inner = self.lock();
        let before = inner
            .by_id
            .values()
            .find(|other| other.id != session.id && other.profile().token.as_deref() == Some(token));
        if let Some(before) = before.cloned() {
            let (user, account) = (session.profile().user.clone(), before.profile().user.clone());
            if user.account() != account.account() {
                return None;
            }
            if user.account().is_some() {
                before.outbox.end(Ending::Resumed);
                return Some(session.shown_name());
            }
            let name = before.profile().name.take()?;
            let guest = before.profile().guest.clone();
            inner.release(before.id, &name);
            before.outbox.end(Ending::Resumed);
            session.profile().guest = guest;
            return inner.claim(session, name, None).ok();
        }
        let held = inner.claims.values().find_map(|claim| match claim {
            Claim::Held { held, .. } if held.token == token => Some(Arc::clone(held)),
            _ => None,
        })?;
        let shown = inner.claim(session, held.name.clone(), Some(token)).ok()?;
        session.profile().guest.clone_from(&held.guest);
        Some(shown)
    }

    /// Lets whoever bears the session's name speak no more until then; `None`: again. A reconnection changes nothing.
    pub fn mute(&self, session: &Session, until: Option<Instant>) {
        let mut inner = self.lock();
        let mut profile = session.profile();
        profile.muted_until = until;
        for key in profile.name.iter().flat_map(Name::keys) {
            match until {
                Some(until) => inner.muted_names.insert(key.clone(), until),
                None => inner.muted_names.remove(key),
            };
        }
    }

    /// Keeps a name, and an address if nobody else shares it, out for `time`. Whether the address is out too: if not, only
    /// the name is, and somebody who takes another may come back.
    pub fn ban(&self, session: &Session, time: Duration) -> bool {
        let mut inner = self.lock();
        let until = Instant::now() + time;
        if let Some(name) = &session.profile().name {
            for key in name.keys() {
                inner.banned_names.insert(key.clone(), until);
            }
        }
        if let Origin::Network { peer, .. } = &session.origin {
            let address = neighbourhood(peer.ip());
            if inner.places.taken_from(address) == 1 && !peer.ip().is_loopback() {
                inner.banned_addresses.insert(address, until);
                return true;
            }
        }
        false
    }

    /// Lets nobody else in, and asks everybody to go.
    pub fn close(&self) {
        let mut inner = self.lock();
        inner.closed = true;
        for session in inner.by_id.values() {
            session.outbox.end(Ending::Stopping);
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
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
            session.outbox.end(Ending::Displaced);
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
        let there = newcomer.origin.neighbourhood();
        let idle = self
            .by_id
            .values()
            .filter(|other| limit == PlaceLimit::Guests || other.origin.neighbourhood() == there)
            .filter(|other| self.places.holder(other.id) == Some(&Holder::Guest))
            .map(|other| (other.idle(), other.id))
            .max();
        match idle {
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

    fn claim(&mut self, session: &Session, name: Name, token: Option<&str>) -> Result<String, ClaimError> {
        if let Some(account) = session.profile().user.account() {
            return if Name::form(account).is_ok_and(|own| own.is_like(&name)) {
                Ok(account.to_owned())
            } else {
                Err(ClaimError::LoggedIn(account.to_owned()))
            };
        }
        if self.is_banned(&name) {
            return Err(ClaimError::Banned);
        }
        if self.accounts.find(&name).is_some() {
            return Err(ClaimError::Taken);
        }
        let now = Instant::now();
        let free = |claim: Option<&Claim>| match claim {
            None => true,
            Some(Claim::Session(id)) => *id == session.id,
            Some(Claim::Held { held, until }) => *until <= now || token == Some(held.token.as_str()),
        };
        if !name.keys().iter().all(|key| free(self.claims.get(key))) {
            return Err(ClaimError::Taken);
        }
        self.muted_names.retain(|_, until| *until > now);
        let muted = name
            .keys()
            .iter()
            .filter_map(|key| self.muted_names.get(key))
            .max()
            .copied();
        let mut profile = session.profile();
        profile.muted_until = profile.muted_until.max(muted);
        if let Some(former) = profile.name.take() {
            self.release(session.id, &former);
        }
        for key in name.keys() {
            self.claims.insert(key.clone(), Claim::Session(session.id));
        }
        profile.name = Some(name);
        Ok(profile.shown_name())
    }

    /// Whether an operator put the name out for a while.
    pub(super) fn is_banned(&mut self, name: &Name) -> bool {
        let now = Instant::now();
        self.banned_names.retain(|_, until| *until > now);
        name.keys().iter().any(|key| self.banned_names.contains_key(key))
    }

    /// The sessions of an account's owner, by age.
    fn of_account(&self, account: &str) -> Vec<Arc<Session>> {
        let theirs = |session: &&Arc<Session>| session.profile().user.account() == Some(account);
        let mut theirs: Vec<_> = self.by_id.values().filter(theirs).cloned().collect();
        theirs.sort_unstable_by_key(|session| session.id);
        theirs
    }

    /// Calls the session what its user is called; a guest is called nothing by that. Users' names are reserved, so nobody
    /// else has them, and a user may have several sessions: none of them claims the name.
    fn name_after_user(&mut self, session: &Session) -> Option<String> {
        let mut profile = session.profile();
        if profile.user.is_guest() {
            return None;
        }
        let name = Name::form(profile.user.label()).ok()?;
        if let Some(former) = profile.name.replace(name) {
            self.release(session.id, &former);
        }
        Some(profile.shown_name())
    }

    /// Frees a name for others, if it is that session's.
    pub(super) fn release(&mut self, id: u64, name: &Name) {
        let now = Instant::now();
        self.claims.retain(|key, claim| match claim {
            Claim::Session(owner) => *owner != id || !name.keys().contains(key),
            Claim::Held { until, .. } => *until > now,
        });
    }
}

/// The part of an address that one household has: all of an IPv4 address, the first 64 bits of an IPv6 one.
pub fn neighbourhood(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(six) => {
            let network = six.to_bits() & (u128::MAX << 64);
            IpAddr::V6(network.into())
        }
        four @ IpAddr::V4(_) => four,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: Room = Room {
        sessions: 10,
        per_address: 2,
        outbox: 1000,
    };

    fn from(address: &str) -> Origin {
        let ip: IpAddr = address.parse().unwrap_or(IpAddr::from([127, 0, 0, 1]));
        Origin::Network {
            peer: (ip, 1).into(),
            tls: "TLSv1.2",
            cipher: "",
        }
    }

    fn enter(sessions: &Sessions, address: &str) -> Result<Arc<Session>, Refusal> {
        let ticket = sessions.reserve(address.parse().unwrap_or(IpAddr::from([127, 0, 0, 1])), ROOM)?;
        let session = sessions.enter(Some(&ticket), from(address), User::guest(), ROOM)?;
        assert_eq!(sessions.settle(&session, ROOM), Ok(()));
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
    fn who_never_comes_in_takes_a_place_until_given_up() {
        let sessions = Sessions::default();
        let address = IpAddr::from([192, 0, 2, 1]);
        let first = sessions.reserve(address, ROOM).expect("a place");
        let second = sessions.reserve(address, ROOM).expect("a place");
        // The third takes the first one's place, not another.
        let third = sessions.reserve(address, ROOM).expect("a place");
        assert!(third.crowded && !second.crowded);
        let entered = sessions.enter(Some(&first), from("192.0.2.1"), User::guest(), ROOM);
        assert_eq!(entered.err(), Some(Refusal::Displaced));
        assert_eq!(sessions.lock().places.taken_from(address), 2);
        sessions.give_up(&third);
        sessions.give_up(&first);
        assert_eq!(sessions.lock().places.taken_from(address), 1);
        sessions.close();
        assert_eq!(sessions.reserve(address, ROOM).err(), Some(Refusal::Stopping));
        let entered = sessions.enter(Some(&second), from("192.0.2.1"), User::guest(), ROOM);
        assert_eq!(entered.err(), Some(Refusal::Stopping));
        let inner = sessions.lock();
        assert_eq!((inner.handshakes.len(), inner.places.taken_from(address)), (0, 0));
    }

    #[test]
    fn a_new_session_is_told_that_it_lost_its_place() -> Result<(), Refusal> {
        let sessions = Sessions::default();
        let address = IpAddr::from([192, 0, 2, 1]);
        let come = || {
            let ticket = sessions.reserve(address, ROOM)?;
            sessions.enter(Some(&ticket), from("192.0.2.1"), User::guest(), ROOM)
        };
        let (one, two) = (come()?, come()?);
        {
            let _guard = sessions.logging_in(one.id);
            come()?;
            assert_eq!(one.outbox.ending(), None, "its password is being checked");
            assert_eq!(two.outbox.ending(), Some(Ending::Displaced));
        }
        come()?;
        assert_eq!(one.outbox.ending(), Some(Ending::Displaced));
        Ok(())
    }

    #[test]
    fn alike_names_get_a_number() -> Result<(), Refusal> {
        let sessions = Sessions::default();
        let one = enter(&sessions, "192.0.2.1")?;
        let two = enter(&sessions, "192.0.2.2")?;
        assert_eq!(sessions.name_nearest(&one, Some("ana")), Ok("~ana".to_owned()));
        assert_eq!(sessions.name_nearest(&two, Some("Ana")), Ok("~Ana-2".to_owned()));
        assert_eq!(sessions.rename(&two, "ANA"), Err(ClaimError::Taken));
        // A change of case of one's own name is fine.
        assert_eq!(sessions.rename(&one, "Ana"), Ok("~Ana".to_owned()));
        assert_eq!(sessions.name_nearest(&two, None), Ok("~guest1".to_owned()));
        assert_eq!(sessions.people("@aNA").first().map(|person| person.id), Some(one.id));
        Ok(())
    }

    #[test]
    fn operators_share_their_name_and_nobody_else_gets_it() -> Result<(), Refusal> {
        let sessions = Sessions::default();
        let door = || sessions.enter(None, Origin::Door { process: None }, User::operator(), ROOM);
        let (one, two) = (door()?, door()?);
        assert_eq!(sessions.name_nearest(&one, None), Ok("operator".to_owned()));
        // A client wishes for what its person is called on the machine.
        assert_eq!(sessions.name_nearest(&two, Some("root")), Ok("operator".to_owned()));
        one.profile().token = Some("secret".to_owned());
        sessions.exit(&one, true);
        assert_eq!(two.shown_name(), "operator");
        let guest = enter(&sessions, "192.0.2.1")?;
        assert_eq!(sessions.resume(&guest, "secret"), None);
        assert!(sessions.rename(&guest, "operator").is_err());
        Ok(())
    }

    #[test]
    fn a_dropped_name_waits_for_its_token() -> Result<(), Refusal> {
        let sessions = Sessions::default();
        let one = enter(&sessions, "192.0.2.1")?;
        let _ = sessions.name_nearest(&one, Some("ana"));
        one.profile().token = Some("secret".to_owned());
        sessions.exit(&one, true);

        let other = enter(&sessions, "192.0.2.2")?;
        assert_eq!(sessions.rename(&other, "ana"), Err(ClaimError::Taken));
        let again = enter(&sessions, "192.0.2.1")?;
        assert_eq!(sessions.resume(&again, "wrong"), None);
        assert_eq!(sessions.resume(&again, "secret"), Some("~ana".to_owned()));
        assert_eq!(sessions.resume(&other, "secret"), None);
        Ok(())
    }

    #[test]
    fn a_token_takes_over_from_a_connection_that_has_not_noticed() -> Result<(), Refusal> {
        let sessions = Sessions::default();
        let one = enter(&sessions, "192.0.2.1")?;
        let _ = sessions.name_nearest(&one, Some("ana"));
        one.profile().token = Some("secret".to_owned());
        let again = enter(&sessions, "192.0.2.1")?;
        assert_eq!(sessions.resume(&again, "secret"), Some("~ana".to_owned()));
        assert_eq!(one.outbox.take(&mut Vec::new()), Some(Ending::Resumed));
        Ok(())
    }

    #[test]
    fn a_banned_name_stays_out() -> Result<(), Refusal> {
        let sessions = Sessions::default();
        let one = enter(&sessions, "192.0.2.1")?;
        let _ = sessions.name_nearest(&one, Some("ana"));
        sessions.ban(&one, HELD);
        sessions.exit(&one, false);
        let again = sessions.reserve(IpAddr::from([192, 0, 2, 1]), ROOM);
        assert_eq!(again.err(), Some(Refusal::Banned));
        let other = enter(&sessions, "192.0.2.2")?;
        assert_eq!(sessions.rename(&other, "ana"), Err(ClaimError::Banned));
        Ok(())
    }
}
