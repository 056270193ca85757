//! Rooms: where people talk. Who is in, what was said last, and one encoding for many listeners.

mod quota;

use caracola_quota::LogThrottle;
use caracola_speech::Speech;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use caracola_wire::{Encoder, Protocol, Push};

use crate::message_line::MessageLine;
use crate::name::{Name, NameError};
use crate::sessions::{Form, Session};
use caracola_quota::Tenant;

pub use self::quota::RoomLimit;

/// The room that every shell is in at first. It is always there.
pub const LOBBY: &str = "lobby";
/// Lines that somebody who comes late still sees.
const HISTORY: usize = 20;
/// Bytes that these lines may cost in a room; one line is always kept.
const HISTORY_COST: usize = 32 * 1024;
/// Rooms that one session may be in.
pub const ROOMS_PER_SESSION: usize = 32;

/// All rooms. One lock: what is said in a room reaches everybody in the same order.
#[derive(Debug, Default)]
pub struct Rooms {
    by_key: Mutex<HashMap<String, Room>>,
}

#[derive(Debug)]
struct Room {
    name: String,
    /// For whom it counts, as long as it is there; the lobby for nobody.
    maker: Option<Tenant>,
    members: Vec<Arc<Session>>,
    history: VecDeque<Said>,
}

/// One line that somebody said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The speaker's name as it was shown then.
    pub name: String,
    /// Who the speaker was logged in as.
    pub user: String,
    /// The words.
    pub text: MessageLine,
    /// When, in milliseconds since 1970, UTC.
    pub ms: u64,
}

/// Why somebody can't come into a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JoinError {
    /// That is not a name of a room: the rules of people's names hold.
    Unfit(NameError),
    /// There are as many rooms as there may be, of this tenant or at all.
    TooManyRooms(RoomLimit),
    /// The session is in as many rooms as it may be.
    TooManyForYou,
}

/// What one finds in a room.
#[derive(Debug)]
pub struct Joined {
    /// The room's name as its first visitor wrote it.
    pub room: String,
    /// False if the session was in it before.
    pub new: bool,
    /// What was said last, oldest first.
    pub history: Vec<Said>,
}

impl Rooms {
    /// Brings a tenant's session into a room, which is made if need be. Tells the admin where no room may be made, once a
    /// minute.
    pub fn join(&self, session: &Arc<Session>, tenant: &Tenant, room: &str) -> Result<Joined, JoinError> {
        static FULL: LogThrottle = LogThrottle::new();
        let joined = self.enter(session, tenant, room);
        if let Err(JoinError::TooManyRooms(limit)) = joined
            && let Some(repeated) = FULL.admit()
        {
            tracing::warn!(%tenant, %limit, repeated, "no place for another room: refused");
        }
        joined
    }

    fn enter(&self, session: &Arc<Session>, tenant: &Tenant, room: &str) -> Result<Joined, JoinError> {
        let name = Name::parse_public(room).map_err(JoinError::Unfit)?;
        let mut rooms = self.lock();
        let already = rooms.values().filter(|room| room.has(session)).count();
        let key = key(&name);
        let maker = (!is_same(room, LOBBY)).then(|| tenant.clone());
        if maker.is_some() && already < ROOMS_PER_SESSION && !rooms.contains_key(&key) {
            let makers = rooms.values().filter_map(|room| room.maker.as_ref());
            quota::admit(makers, tenant).map_err(JoinError::TooManyRooms)?;
        }
        let entry = match rooms.entry(key) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(_) if already >= ROOMS_PER_SESSION => return Err(JoinError::TooManyForYou),
            Entry::Vacant(entry) => entry.insert(Room::new(name.as_str(), maker)),
        };
        let new = !entry.has(session);
        if new {
            if already >= ROOMS_PER_SESSION {
                return Err(JoinError::TooManyForYou);
            }
            entry.members.push(Arc::clone(session));
        }
        Ok(Joined {
            room: entry.name.clone(),
            new,
            history: entry.history.iter().cloned().collect(),
        })
    }

    /// Takes a session out of a room and tells the room's name, or `None` if it was not in it.
    pub fn leave(&self, session: &Session, room: &str) -> Option<String> {
        let key = key(&Name::form(room).ok()?);
        let mut rooms = self.lock();
        let found = rooms.get_mut(&key)?;
        let place = found.members.iter().position(|member| member.id == session.id)?;
        found.members.remove(place);
        let name = found.name.clone();
        if found.members.is_empty() && name != LOBBY {
            rooms.remove(&key);
        }
        Some(name)
    }

    /// Takes a session out of all its rooms and tells their names.
    pub fn leave_all(&self, session: &Session) -> Vec<String> {
        let mut left = Vec::new();
        self.lock().retain(|_, room| {
            if let Some(place) = room.members.iter().position(|member| member.id == session.id) {
                room.members.remove(place);
                left.push(room.name.clone());
            }
            !room.members.is_empty() || room.name == LOBBY
        });
        left.sort_unstable();
        left
    }

    /// Says something in a room: every member gets it once, the speaker too if it is one. Returns how many got it.
    /// Nobody in a room that is not there.
    pub fn say(&self, room: &str, said: Said) -> usize {
        let Ok(name) = Name::form(room) else { return 0 };
        let mut rooms = self.lock();
        let Some(room) = rooms.get_mut(&key(&name)) else {
            return 0;
        };
        let mut encoded = ByForm::default();
        for member in &room.members {
            let bytes = encoded.in_form(member.form(), |form| encode(&room.name, &said, form));
            member.outbox.push(bytes);
        }
        room.remember(said);
        room.members.len()
    }

    /// Tells the shells in a room something, each in its language. `except` is who caused it.
    pub fn notice(&self, room: &str, except: Option<u64>, kind: &str, text: impl Fn(Speech) -> String) {
        let Ok(name) = Name::form(room) else { return };
        let rooms = self.lock();
        let Some(room) = rooms.get(&key(&name)) else {
            return;
        };
        notify(room.members.iter(), except, kind, text);
    }

    /// The rooms with their numbers of members, by name.
    pub fn list(&self) -> Vec<(String, usize)> {
        let rooms = self.lock();
        let mut all: Vec<_> = rooms
            .values()
            .map(|room| (room.name.clone(), room.members.len()))
            .collect();
        all.sort_unstable();
        all
    }

    /// Whether a session is in a room.
    pub fn has(&self, session: &Session, room: &str) -> bool {
        let Ok(name) = Name::form(room) else { return false };
        self.lock().get(&key(&name)).is_some_and(|room| room.has(session))
    }

    /// The rooms of all who are in any, by the session's number, each by name. One look for everybody.
    pub fn of_everybody(&self) -> HashMap<u64, Vec<String>> {
        let mut everybody: HashMap<u64, Vec<String>> = HashMap::new();
        for room in self.lock().values() {
            for member in &room.members {
                everybody.entry(member.id).or_default().push(room.name.clone());
            }
        }
        for rooms in everybody.values_mut() {
            rooms.sort_unstable();
        }
        everybody
    }

    /// The rooms that a session is in, by name.
    pub fn of(&self, session: &Session) -> Vec<String> {
        let rooms = self.lock();
        let mut own: Vec<_> = rooms
            .values()
            .filter(|room| room.has(session))
            .map(|room| room.name.clone())
            .collect();
        own.sort_unstable();
        own
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Room>> {
        self.by_key.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Room {
    fn new(name: &str, maker: Option<Tenant>) -> Self {
        Self {
            name: name.to_owned(),
            maker,
            members: Vec::new(),
            history: VecDeque::new(),
        }
    }

    /// Keeps a line for those who come late, and forgets the oldest that there is no room for.
    fn remember(&mut self, said: Said) {
        self.history.push_back(said);
        let cost = |said: &Said| size_of::<Said>() + said.name.len() + said.user.len() + said.text.as_str().len();
        let mut all: usize = self.history.iter().map(cost).sum();
        while self.history.len() > HISTORY || (all > HISTORY_COST && self.history.len() > 1) {
            let Some(oldest) = self.history.pop_front() else { return };
            all -= cost(&oldest);
        }
    }

    fn has(&self, session: &Session) -> bool {
        self.members.iter().any(|member| member.id == session.id)
    }
}

/// Tells shells something, each in its language, encoded once per language.
pub fn notify<'s>(
    sessions: impl Iterator<Item = &'s Arc<Session>>,
    except: Option<u64>,
    kind: &str,
    text: impl Fn(Speech) -> String,
) {
    let mut encoded: HashMap<Speech, Bytes> = HashMap::new();
    for session in sessions {
        if !session.is_shell() || except == Some(session.id) {
            continue;
        }
        let speech = session.profile().speech;
        let bytes = encoded
            .entry(speech)
            .or_insert_with(|| notice_bytes(kind, &text(speech)));
        session.outbox.push(bytes.clone());
    }
}

/// A notice to a shell, encoded: each line of it a push of its own, and clean, whoever's words are in it.
pub fn notice_bytes(kind: &str, text: &str) -> Bytes {
    let mut out = Vec::new();
    for text in caracola_wire::text::lines(text) {
        let kind = kind.to_owned();
        Push::Notice { kind, text }.encode(&mut Encoder::new(&mut out, Protocol::Resp3));
    }
    out.into()
}

/// A push to a shell, encoded.
pub fn push_bytes(push: &Push) -> Bytes {
    let mut out = Vec::new();
    push.encode(&mut Encoder::new(&mut out, Protocol::Resp3));
    out.into()
}

/// A line as a push to a shell that was not there when it was said.
pub fn message_bytes(room: &str, said: &Said) -> Bytes {
    encode(room, said, Form::Shell)
}

/// Whether two texts are spellings of one room.
pub fn is_same(one: &str, other: &str) -> bool {
    matches!((Name::form(one), Name::form(other)), (Ok(one), Ok(other)) if key(&one) == key(&other))
}

/// Two spellings of a room are one room.
fn key(name: &Name) -> String {
    name.keys()[0].clone()
}

/// What was encoded already, by form.
#[derive(Default)]
struct ByForm([Option<Bytes>; 3]);

impl ByForm {
    fn in_form(&mut self, form: Form, encode: impl FnOnce(Form) -> Bytes) -> Bytes {
        self.0[form as usize].get_or_insert_with(|| encode(form)).clone()
    }
}

fn encode(room: &str, said: &Said, form: Form) -> Bytes {
    if form == Form::Shell {
        return push_bytes(&Push::Message {
            room: room.to_owned(),
            name: said.name.clone(),
            user: said.user.clone(),
            text: said.text.clone().into(),
            ms: said.ms,
        });
    }
    let protocol = match form {
        Form::Resp2 => Protocol::Resp2,
        Form::Resp3 | Form::Shell => Protocol::Resp3,
    };
    let mut out = Vec::new();
    let payload = format!("{}: {}", said.name, said.text.as_str());
    Encoder::new(&mut out, protocol)
        .push(3)
        .bulk(b"message")
        .bulk(room.as_bytes())
        .bulk(payload.as_bytes());
    out.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_fewer_lines() {
        let said = |size: usize| Said {
            name: "~ana".to_owned(),
            user: String::new(),
            text: MessageLine::split(&"x".repeat(size)).expect("it is a line").remove(0),
            ms: 0,
        };
        let mut room = Room::new("den", None);
        for _ in 0..2 * HISTORY {
            room.remember(said(10));
        }
        assert_eq!(room.history.len(), HISTORY);
        room.remember(said(HISTORY_COST - 1000));
        assert!((2..HISTORY).contains(&room.history.len()));
        room.remember(said(2 * HISTORY_COST));
        assert_eq!(room.history.len(), 1, "one is always kept");
    }
}
