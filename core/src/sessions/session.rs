//! One connection, as everybody else sees it.
//!
//! A guest's id for plugins begins alike for all guests of an address: the ABI has no address, and what a plugin gives
//! each guest must be shared between addresses. It is a hash with a key of this run of the server, so it tells no
//! address.

use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use caracola_wire::Protocol;

use super::neighbourhood::neighbourhood;
use super::outbox::Outbox;
use crate::access::User;
use crate::name::Name;
use caracola_speech::Speech;

/// Where a session came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Endpoint {
    /// The network, over TLS.
    Network {
        /// The other end.
        peer: SocketAddr,
        /// `TLSv1.2`.
        tls: &'static str,
        /// OpenSSL's name of the cipher suite.
        cipher: &'static str,
    },
    /// The Unix socket in the state folder.
    Door {
        /// The process at the other end, if the kernel told.
        process: Option<i32>,
    },
}

impl Endpoint {
    /// Who comes that way, before any login.
    pub fn user(&self) -> User {
        match self {
            Self::Network { .. } => User::guest(),
            Self::Door { .. } => User::operator(),
        }
    }

    /// The part of the network that it came from and that one household has; `None` at the door.
    pub fn neighbourhood(&self) -> Option<IpAddr> {
        match self {
            Self::Network { peer, .. } => Some(neighbourhood(peer.ip())),
            Self::Door { .. } => None,
        }
    }
}

impl std::fmt::Display for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Network { peer, .. } => write!(f, "{peer}"),
            Self::Door { process: Some(process) } => write!(f, "door (process {process})"),
            Self::Door { process: None } => f.write_str("door"),
        }
    }
}

/// In which form a session is sent what others say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A library's classic array.
    Resp2 = 0,
    /// A library's push.
    Resp3 = 1,
    /// A shell's typed push.
    Shell = 2,
}

/// The shared side of a session. The session's own task holds the rest.
#[derive(Debug)]
pub struct Session {
    /// Unique while the server runs; counts up from 1.
    pub id: u64,
    /// Where it came from.
    pub endpoint: Endpoint,
    /// What others send it.
    pub outbox: Outbox,
    began: Instant,
    /// Milliseconds after `began` of the last request.
    active: AtomicU64,
    form: AtomicU8,
    present: AtomicBool,
    /// A request of it takes its time.
    waits: AtomicBool,
    /// It asked by `SUBSCRIBE` to be sent what is said.
    listens: AtomicBool,
    profile: Mutex<Profile>,
}

/// The system gives no random bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the server has no randomness")]
pub struct NoRandomness;

/// Bytes of a guest's id that are the same for all guests of a neighbourhood, so that what gives each guest something can
/// share it fairly between addresses. It is a keyed hash: nobody can tell the address by it.
const HOUSEHOLD: usize = 4;

fn new_guest(endpoint: &Endpoint) -> Result<String, NoRandomness> {
    static KEY: OnceLock<[u8; 32]> = OnceLock::new();
    let random = |bytes: &mut [u8]| openssl::rand::rand_bytes(bytes).map_err(|_| NoRandomness);
    let mut key = [0; 32];
    random(&mut key)?;
    let mut hash = openssl::sha::Sha256::new();
    hash.update(KEY.get_or_init(|| key));
    if let Endpoint::Network { peer, .. } = endpoint {
        hash.update(neighbourhood(peer.ip()).to_string().as_bytes());
    }
    let mut bytes = [0; 16];
    random(&mut bytes)?;
    bytes[..HOUSEHOLD].copy_from_slice(&hash.finish()[..HOUSEHOLD]);
    Ok(format!("~{}", hex::encode(bytes)))
}

/// What may change about a session, and others may ask about.
#[derive(Debug)]
pub struct Profile {
    /// Who it is logged in as.
    pub user: User,
    /// What people call it. A library that never spoke has none.
    pub name: Option<Name>,
    /// What a library called itself by `CLIENT SETNAME`. No name of a person: pools give all their connections the same.
    pub label: String,
    /// In which language notices are made for it.
    pub speech: Speech,
    /// The last command that it ran, by its name alone.
    pub doing: String,
    /// The secret that lets a later connection take the name over.
    pub token: Option<String>,
    /// By what plugins know it while nobody is logged in; made when one first asks.
    pub guest: Option<String>,
    /// Until when it may not speak.
    pub muted_until: Option<Instant>,
}

impl Session {
    /// A session that has said nothing yet. `outbox` is the most bytes that may wait for it.
    pub fn new(id: u64, endpoint: Endpoint, user: User, outbox: usize) -> Self {
        Self {
            id,
            endpoint,
            outbox: Outbox::new(outbox),
            began: Instant::now(),
            active: AtomicU64::new(0),
            form: AtomicU8::new(Form::Resp2 as u8),
            present: AtomicBool::new(false),
            waits: AtomicBool::new(false),
            listens: AtomicBool::new(false),
            profile: Mutex::new(Profile {
                user,
                name: None,
                label: String::new(),
                speech: Speech::English,
                doing: String::new(),
                token: None,
                guest: None,
                muted_until: None,
            }),
        }
    }

    /// The changeable part. Hold it for a moment only: `who` and every message ask for it.
    pub fn profile(&self) -> MutexGuard<'_, Profile> {
        self.profile.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How others' words are to be encoded for this session.
    pub fn form(&self) -> Form {
        match self.form.load(Ordering::Relaxed) {
            0 => Form::Resp2,
            1 => Form::Resp3,
            _ => Form::Shell,
        }
    }

    /// Notes that the session speaks `protocol`, as a library or as a shell.
    pub fn speaks(&self, protocol: Protocol, shell: bool) {
        let form = match (shell, protocol) {
            (true, _) => Form::Shell,
            (false, Protocol::Resp3) => Form::Resp3,
            (false, Protocol::Resp2) => Form::Resp2,
        };
        self.form.store(form as u8, Ordering::Relaxed);
    }

    /// Notes that a request came now.
    pub fn touch(&self, now: Instant) {
        let after = now.saturating_duration_since(self.began).as_millis();
        self.active
            .store(u64::try_from(after).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// Time since the last request, or since the beginning.
    pub fn idle(&self) -> Duration {
        let active = Duration::from_millis(self.active.load(Ordering::Relaxed));
        self.began.elapsed().saturating_sub(active)
    }

    /// Notes whether the session waits for the reply to a request that takes its time.
    pub fn set_waiting(&self, waits: bool) {
        self.waits.store(waits, Ordering::Relaxed);
        self.touch(Instant::now());
    }

    /// Notes whether a library listens here: it is silent by design.
    pub fn set_listening(&self, listens: bool) {
        self.listens.store(listens, Ordering::Relaxed);
    }

    /// Whether nothing is asked for nor listened to here: who is silent then may make room for another.
    pub fn is_unused(&self) -> bool {
        !self.waits.load(Ordering::Relaxed) && !self.listens.load(Ordering::Relaxed)
    }

    /// How long it has been connected.
    pub fn age(&self) -> Duration {
        self.began.elapsed()
    }

    /// Notes that a person came, or that the connection began again.
    pub fn set_present(&self, present: bool) {
        self.present.store(present, Ordering::Relaxed);
    }

    /// Whether a person sits there, as far as a server can tell: not a program's connection nor a script.
    pub fn is_present(&self) -> bool {
        self.present.load(Ordering::Relaxed)
    }

    /// Whether it said `SHELL`, and is sent typed replies and pushes.
    pub fn is_shell(&self) -> bool {
        self.form() == Form::Shell
    }

    /// The name as others see it: guests have a `~` before theirs. Empty while it has none.
    pub fn shown_name(&self) -> String {
        self.profile().shown_name()
    }

    /// Puts into `name` how others see it, and into `person` by what plugins know who it is: the account, or for a guest `~`
    /// and 32 bits for the address, 96 random ones, which a connection that resumes the name takes over. Fails where there is no randomness.
    pub fn name_and_person(&self, name: &mut String, person: &mut String) -> Result<(), NoRandomness> {
        let mut profile = self.profile();
        profile.show_name(name);
        person.clear();
        if !profile.user.is_guest() {
            person.push_str(profile.user.label());
            return Ok(());
        }
        if profile.guest.is_none() {
            profile.guest = Some(new_guest(&self.endpoint)?);
        }
        person.push_str(profile.guest.as_deref().unwrap_or_default());
        Ok(())
    }
}

/// What comes back with a token.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) name: Name,
    pub(super) token: String,
    /// By what plugins know its bearer.
    pub(super) guest: Option<String>,
    /// The neighbourhood of the address that the name counts for; none for the door.
    pub(super) from: Option<IpAddr>,
}

impl Profile {
    /// What is to come back with the session's token, if it has one and a name; `from` is its neighbourhood.
    pub(super) fn held(&self, from: Option<IpAddr>) -> Option<Held> {
        Some(Held {
            name: self.name.clone()?,
            token: self.token.clone()?,
            guest: self.guest.clone(),
            from,
        })
    }

    /// See [`Session::shown_name`].
    pub fn shown_name(&self) -> String {
        let mut shown = String::new();
        self.show_name(&mut shown);
        shown
    }

    fn show_name(&self, into: &mut String) {
        into.clear();
        if let Some(name) = &self.name {
            if self.user.is_guest() {
                into.push('~');
            }
            into.push_str(name.as_str());
        }
    }
}

/// Milliseconds since the beginning of 1970, UTC: how times travel on the wire.
pub fn unix_milliseconds(at: SystemTime) -> u64 {
    let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guests_of_one_address_begin_alike_and_are_different() -> Result<(), NoRandomness> {
        let person = |address: &str| {
            let endpoint = Endpoint::Network {
                peer: address.parse().expect("an address"),
                tls: "TLSv1.3",
                cipher: "",
            };
            let session = Session::new(1, endpoint, User::guest(), 1);
            let (mut name, mut person) = (String::new(), String::new());
            session.name_and_person(&mut name, &mut person).map(|()| person)
        };
        let (one, same, other) = (person("192.0.2.1:1")?, person("192.0.2.1:2")?, person("192.0.2.2:1")?);
        assert_eq!((one.len(), &one[..1]), (33, "~"));
        assert_eq!(one[..9], same[..9]);
        assert_ne!(one[9..], same[9..]);
        assert_ne!(one[..9], other[..9]);
        Ok(())
    }
}
