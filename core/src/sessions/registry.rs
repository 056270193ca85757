//! Everybody who is connected, and who is kept out or silent.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::neighbourhood::neighbourhood;
use super::outbox::EndReason;
use super::places::Places;
use super::session::{Endpoint, Held, Session};
use crate::access::Accounts;
use crate::name::Name;

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
    pub(super) last_id: u64,
    pub(super) last_guest: u32,
    pub(super) by_id: HashMap<u64, Arc<Session>>,
    /// The places of connections from the network, by the ids of their sessions.
    pub(super) places: Places,
    /// Connections that have a place and are not sessions yet: what tells them that they lost it.
    pub(super) handshakes: HashMap<u64, Arc<Notify>>,
    /// No guest was silent long enough to make room when this was last looked at.
    pub(super) looked: Option<Instant>,
    pub(super) claims: HashMap<String, Claim>,
    /// The accounts whose owners may be here, and whose names are theirs.
    pub(super) accounts: Arc<Accounts>,
    banned_names: HashMap<String, Instant>,
    /// Names whose bearers may not speak, so that coming back gives nobody the word.
    pub(super) muted_names: HashMap<String, Instant>,
    pub(super) banned_addresses: HashMap<IpAddr, Instant>,
    pub(super) closed: bool,
}

/// Who has a key of a name.
#[derive(Debug, Clone)]
pub(super) enum Claim {
    /// A session that is there.
    Session(u64),
    /// Nobody, but whoever shows the token until then gets it back.
    Held { held: Arc<Held>, until: Instant },
}

impl Default for Sessions {
    fn default() -> Self {
        Self {
            inner: Mutex::new(Inner::default()),
        }
    }
}

impl Sessions {
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

    /// The session with that number.
    pub fn by_id(&self, id: u64) -> Option<Arc<Session>> {
        self.lock().by_id.get(&id).cloned()
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
        if let Endpoint::Network { peer, .. } = &session.endpoint {
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
            session.outbox.end(EndReason::Stopping);
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// Whether an operator banned the name for a while.
    pub(super) fn is_banned(&mut self, name: &Name) -> bool {
        let now = Instant::now();
        self.banned_names.retain(|_, until| *until > now);
        name.keys().iter().any(|key| self.banned_names.contains_key(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sessions::entry::tests::{CAPACITY, enter};
    use crate::sessions::{ClaimError, Refusal};

    #[test]
    fn a_banned_name_stays_out() -> Result<(), Refusal> {
        let sessions = Sessions::default();
        let one = enter(&sessions, "192.0.2.1")?;
        let _ = sessions.name_nearest(&one, Some("ana"));
        sessions.ban(&one, Duration::from_mins(1));
        sessions.exit(&one, false);
        let again = sessions.reserve(IpAddr::from([192, 0, 2, 1]), CAPACITY);
        assert_eq!(again.err(), Some(Refusal::Banned));
        let other = enter(&sessions, "192.0.2.2")?;
        assert_eq!(sessions.rename(&other, "ana"), Err(ClaimError::Banned));
        Ok(())
    }
}
