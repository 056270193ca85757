//! Who logged in: the part of the registry that knows accounts.
//!
//! Nobody can claim an account's name: all sessions of its owner have it, and a session that has logged in has no
//! other. So a name without `~` is always an account's. Logging in and applying changed accounts happen under the
//! registry's one lock, so that no session of a removed account is forgotten.

use std::collections::HashSet;
use std::sync::Arc;

use super::outbox::EndReason;
use super::places::{Capacity, Holder, PlaceLimit};
use super::registry::Sessions;
use super::session::Session;
use crate::access::{Account, Accounts, Role, User};

/// Why a right password doesn't let somebody in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoginError {
    /// The account, or its password, changed while the password was checked.
    Outdated,
    /// An operator banned the name for a while.
    Banned,
    /// As many sessions as may are there already, of this account or in all.
    Full(PlaceLimit),
}

/// What became of a session when the accounts changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Affected {
    /// The session.
    pub session: u64,
    /// Who it is now, or nobody: then it was told to end.
    pub user: Option<User>,
}

/// What became of everything when the accounts changed.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct AccountChanges {
    /// The sessions concerned.
    pub affected: Vec<Affected>,
    /// The names of accounts that are gone, or have another password: nobody is logged in to them any more, and what they had
    /// begun is to end.
    pub revoked: Vec<String>,
}

impl Sessions {
    /// The session is its account's owner's from now on, and called like it. What it was called before is free. Returns
    /// who it is.
    ///
    /// The account must be one that is active. That is asked under the same lock under which [`Sessions::set_accounts`] ends
    /// the sessions of accounts that go, so none is forgotten.
    pub fn log_in(&self, session: &Session, account: &Account, capacity: Capacity) -> Result<User, LoginError> {
        let mut inner = self.lock();
        let current = inner.accounts.named(account.name().as_str()).cloned();
        let current = current.filter(|current| current.password() == account.password());
        let current = current.ok_or(LoginError::Outdated)?;
        if inner.is_banned(current.name()) {
            return Err(LoginError::Banned);
        }
        inner
            .places
            .hold(session.id, holder(&User::from_account(&current)), capacity)
            .map_err(LoginError::Full)?;
        let mut profile = session.profile();
        if let Some(former) = profile.name.replace(current.name().clone()) {
            inner.release(session.id, &former);
        }
        profile.user = User::from_account(&current);
        Ok(profile.user.clone())
    }

    /// The session is `user`'s again, who it was when it came. What an account's owner was called goes with the account.
    pub fn log_out(&self, session: &Session, user: User) {
        // No login, and no change of accounts, comes in between.
        let mut inner = self.lock();
        let mut profile = session.profile();
        if profile.user.account().is_some() {
            profile.name = None;
            profile.token = None;
            inner.places.set(session.id, Holder::New);
        }
        profile.user = user;
    }

    /// These accounts are active now. Sessions of those that are gone or have another password are told to end, unless the
    /// account says that they go on; those whose role changed have the new one at once. A guest who is called like a new one keeps that name until leaving.
    pub fn set_accounts(&self, accounts: Arc<Accounts>) -> AccountChanges {
        let mut inner = self.lock();
        let inner = &mut *inner;
        let continued = |former: &&Account| {
            let now = accounts.named(former.name().as_str());
            now.is_some_and(|now| now.continues(former))
        };
        let former = Arc::clone(&inner.accounts);
        let revoked = former.iter().filter(|former| !continued(former));
        let revoked: HashSet<&str> = revoked.map(|former| former.name().as_str()).collect();
        let mut affected = Vec::new();
        for session in inner.by_id.values() {
            let mut profile = session.profile();
            let Some(account) = profile.user.account() else {
                continue;
            };
            let now = accounts.named(account).map(User::from_account);
            let end_reason = match &now {
                None => Some(EndReason::Removed),
                Some(_) if revoked.contains(account) => Some(EndReason::PasswordChanged),
                Some(now) if *now == profile.user => continue,
                Some(_) => None,
            };
            let user = now.filter(|_| end_reason.is_none());
            match &user {
                Some(user) => {
                    profile.user = user.clone();
                    inner.places.set(session.id, holder(user));
                    session.outbox.nudge();
                }
                None => session.outbox.end(end_reason.unwrap_or(EndReason::Removed)),
            }
            affected.push(Affected {
                session: session.id,
                user,
            });
        }
        let revoked = revoked.into_iter().map(str::to_owned).collect();
        inner.accounts = accounts;
        AccountChanges { affected, revoked }
    }
}

/// As whom an account's owner holds a place.
fn holder(user: &User) -> Holder {
    if user.role() >= Role::Operator {
        Holder::Operator
    } else {
        Holder::User(user.label().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Password;
    use crate::name::Name;
    use crate::sessions::{ClaimError, Endpoint};

    const CAPACITY: Capacity = Capacity {
        sessions: 10,
        per_address: 10,
        outbox: 1000,
    };

    fn account(name: &str, role: Role, password: &Password) -> Account {
        let made = Name::parse(name).ok().zip(password.hash().ok());
        let made = made.and_then(|(name, password)| Account::new(name, role, None, password).ok());
        made.unwrap_or_else(|| panic!("no account {name}"))
    }

    fn accounts(all: &[&Account]) -> Arc<Accounts> {
        let mut accounts = Accounts::default();
        for &account in all {
            assert_eq!(accounts.add(account.clone()), Ok(()));
        }
        Arc::new(accounts)
    }

    fn enter(sessions: &Sessions) -> Arc<Session> {
        let endpoint = Endpoint::Network {
            peer: ([192, 0, 2, 1], 1).into(),
            tls: "TLSv1.2",
            cipher: "",
        };
        let place = sessions.reserve([192, 0, 2, 1].into(), CAPACITY);
        match place.and_then(|ticket| sessions.enter(Some(&ticket), endpoint, User::guest(), CAPACITY)) {
            Ok(session) => session,
            Err(refusal) => panic!("{refusal:?}"),
        }
    }

    fn numbers(people: &[Arc<Session>]) -> Vec<u64> {
        people.iter().map(|session| session.id).collect()
    }

    #[test]
    fn an_account_s_name_is_its_owner_s_in_every_session() {
        let sessions = Sessions::default();
        let ana = account("ana", Role::User, &Password::new(b"correct horse"));
        sessions.set_accounts(accounts(&[&ana]));
        let (guest, one, two) = (enter(&sessions), enter(&sessions), enter(&sessions));
        assert_eq!(sessions.rename(&guest, "Аna"), Err(ClaimError::Taken));
        assert_eq!(sessions.name_nearest(&guest, Some("ana")), Ok("~ana-2".to_owned()));
        let _ = sessions.name_nearest(&one, Some("eva"));
        for session in [&one, &two] {
            assert_eq!(
                sessions.log_in(session, &ana, CAPACITY).map(|user| user.role()),
                Ok(Role::User)
            );
            assert_eq!(session.shown_name(), "ana");
        }
        assert_eq!(sessions.name_nearest(&one, Some("eva")), Ok("ana".to_owned()));
        assert_eq!(sessions.rename(&one, "ANA"), Ok("ana".to_owned()));
        assert_eq!(
            sessions.rename(&one, "eva"),
            Err(ClaimError::LoggedIn("ana".to_owned()))
        );
        assert_eq!(
            sessions.rename(&guest, "eva"),
            Ok("~eva".to_owned()),
            "her former name is free"
        );
        assert_eq!(numbers(&sessions.people("@Ana")), [one.id, two.id]);
        sessions.log_out(&two, User::guest());
        assert_eq!(two.shown_name(), "");
        assert_eq!(numbers(&sessions.people("ana")), [one.id]);
    }

    #[test]
    fn a_guest_who_was_there_first_keeps_the_name_until_leaving() {
        let sessions = Sessions::default();
        let (guest, user) = (enter(&sessions), enter(&sessions));
        assert_eq!(sessions.name_nearest(&guest, Some("ana")), Ok("~ana".to_owned()));
        guest.profile().token = Some("secret".to_owned());
        let ana = account("ana", Role::User, &Password::new(b"correct horse"));
        assert_eq!(sessions.set_accounts(accounts(&[&ana])), AccountChanges::default());
        assert_eq!(guest.shown_name(), "~ana");
        assert_eq!(numbers(&sessions.people("ana")), [guest.id], "nobody else is here yet");
        assert!(sessions.log_in(&user, &ana, CAPACITY).is_ok());
        assert_eq!(numbers(&sessions.people("ana")), [user.id]);
        assert_eq!(numbers(&sessions.people("~ana")), [guest.id]);
        sessions.exit(&guest, true);
        let again = enter(&sessions);
        assert_eq!(sessions.resume(&again, "secret"), None);
        assert_eq!(sessions.name_nearest(&again, Some("ana")), Ok("~ana-2".to_owned()));
    }

    #[test]
    fn a_token_is_no_login() {
        let sessions = Sessions::default();
        let ana = account("ana", Role::User, &Password::new(b"correct horse"));
        sessions.set_accounts(accounts(&[&ana]));
        let before = enter(&sessions);
        assert!(sessions.log_in(&before, &ana, CAPACITY).is_ok());
        before.profile().token = Some("secret".to_owned());
        let thief = enter(&sessions);
        assert_eq!(sessions.resume(&thief, "secret"), None);
        assert_eq!(before.outbox.take(&mut Vec::new()), None);
        let again = enter(&sessions);
        assert!(sessions.log_in(&again, &ana, CAPACITY).is_ok());
        assert_eq!(sessions.resume(&again, "secret"), Some("ana".to_owned()));
        assert_eq!(before.outbox.take(&mut Vec::new()), Some(EndReason::Resumed));
    }

    #[test]
    fn changed_accounts_reach_the_sessions_they_are_about() {
        let sessions = Sessions::default();
        let password = Password::new(b"correct horse");
        let (ana, ben) = (
            account("ana", Role::User, &password),
            account("ben", Role::User, &password),
        );
        sessions.set_accounts(accounts(&[&ana, &ben]));
        let (with_ana, with_ben, guest) = (enter(&sessions), enter(&sessions), enter(&sessions));
        assert!(
            sessions.log_in(&with_ana, &ana, CAPACITY).is_ok() && sessions.log_in(&with_ben, &ben, CAPACITY).is_ok()
        );
        let promoted = Account::new(ana.name().clone(), Role::Admin, None, ana.password().clone());
        let promoted = promoted.unwrap_or_else(|error| panic!("{error}"));
        let changes = sessions.set_accounts(accounts(&[&promoted]));
        assert_eq!(
            (changes.affected.len(), &changes.revoked[..]),
            (2, &["ben".to_owned()][..])
        );
        assert_eq!(with_ana.profile().user.role(), Role::Admin);
        assert!(with_ana.outbox.take_nudge() && !guest.outbox.take_nudge());
        assert_eq!(with_ben.outbox.take(&mut Vec::new()), Some(EndReason::Removed));
        assert_eq!(sessions.log_in(&guest, &ben, CAPACITY), Err(LoginError::Outdated));
        let other = account("ana", Role::Admin, &Password::new(b"another horse"));
        assert_eq!(sessions.log_in(&guest, &other, CAPACITY), Err(LoginError::Outdated));
    }

    #[test]
    fn another_password_ends_sessions_unless_the_account_keeps_them() {
        let sessions = Sessions::default();
        let first = account("ana", Role::User, &Password::new(b"correct horse"));
        sessions.set_accounts(accounts(&[&first]));
        let (one, other) = (enter(&sessions), enter(&sessions));
        assert!(sessions.log_in(&one, &first, CAPACITY).is_ok());
        let second = account("ana", Role::Admin, &Password::new(b"another horse"));
        let kept = second.clone().keeping_sessions_of(Some(first.password().fingerprint()));
        let changes = sessions.set_accounts(accounts(&[&kept]));
        assert_eq!((changes.affected.len(), changes.revoked.len()), (1, 0));
        assert_eq!(one.outbox.end_reason(), None);
        assert_eq!(one.profile().user.role(), Role::Admin, "the role counts all the same");
        assert_eq!(sessions.log_in(&other, &first, CAPACITY), Err(LoginError::Outdated));
        // What stands in the file says nothing about passwords that come later.
        let third = account("ana", Role::Admin, &Password::new(b"a third horse"));
        let third = third.keeping_sessions_of(Some(first.password().fingerprint()));
        one.outbox.end(EndReason::TooSlow);
        let changes = sessions.set_accounts(accounts(&[&third]));
        assert_eq!(changes.revoked, ["ana"]);
        assert_eq!(
            one.outbox.end_reason(),
            Some(EndReason::PasswordChanged),
            "it has no rights any more"
        );
        assert_eq!(sessions.set_accounts(accounts(&[&third])).revoked, Vec::<String>::new());
    }

    #[test]
    fn a_ban_holds_for_who_logs_in() {
        let sessions = Sessions::default();
        let ana = account("ana", Role::User, &Password::new(b"correct horse"));
        sessions.set_accounts(accounts(&[&ana]));
        let (session, neighbour) = (enter(&sessions), enter(&sessions));
        assert!(sessions.log_in(&session, &ana, CAPACITY).is_ok());
        sessions.ban(&session, std::time::Duration::from_mins(1));
        sessions.exit(&session, false);
        assert_eq!(sessions.log_in(&neighbour, &ana, CAPACITY), Err(LoginError::Banned));
    }
}
