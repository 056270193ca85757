//! Who is called what: the part of the registry that gives names, and gives them back to the tokens that they were issued with.

use std::sync::Arc;
use std::time::Instant;

use super::outbox::EndReason;
use super::registry::{Claim, Inner, Sessions};
use super::session::Session;
use crate::name::{Name, NameError};

/// The most names with a number after them that are tried before a guest gets a fresh name.
const NUMBERED: u32 = 999;

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
    /// An operator banned the name for a while.
    Banned,
}

impl Sessions {
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

    /// Calls the session exactly `wanted`, or says why not. Its former name is free at once.
    pub fn rename(&self, session: &Session, wanted: &str) -> Result<String, ClaimError> {
        let name = Name::parse(wanted).map_err(ClaimError::Unfit)?;
        self.lock().claim(session, name, None)
    }

    /// Calls the session something as near to `wanted` as is free: the name itself, then with a number; without a usable
    /// wish, what its user is called, or `guest1` and so on. Who logged in is called like the account, whatever is wanted.
    ///
    /// Fails only with [`ClaimError::Banned`]: who was banned under a name doesn't get the next one like it.
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
                before.outbox.end(EndReason::Resumed);
                return Some(session.shown_name());
            }
            let name = before.profile().name.take()?;
            let guest = before.profile().guest.clone();
            inner.release(before.id, &name);
            before.outbox.end(EndReason::Resumed);
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
}

impl Inner {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::User;
    use crate::sessions::entry::tests::{CAPACITY, enter};
    use crate::sessions::{Endpoint, Refusal};

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
        let door = || sessions.enter(None, Endpoint::Door { process: None }, User::operator(), CAPACITY);
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
        assert_eq!(one.outbox.take(&mut Vec::new()), Some(EndReason::Resumed));
        Ok(())
    }
}
