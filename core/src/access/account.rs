//! Accounts: who may log in, and as what.

use std::collections::HashMap;

use super::password::StoredPassword;
use crate::name::Name;
use caracola_catalogue::Role;

/// A name that would be read as nobody in particular.
const NOBODY: &str = "guest";

/// Somebody who may log in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    name: Name,
    role: Role,
    since: Option<String>,
    password: StoredPassword,
    /// The former password whose sessions go on, by its fingerprint.
    keep_sessions_of: Option<String>,
}

/// Why there can be no such account.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccountError {
    /// Not a role that somebody who logs in can have.
    #[error("the role guest is for those who don't log in: choose user, operator or admin")]
    GuestRole,
    /// The name is the word for those without one.
    #[error("{NOBODY:?} is the word for those who don't log in: choose another name")]
    Nobody,
    /// Two of them could be taken for one another.
    #[error("the names {0:?} and {1:?} look alike: choose another for one of them")]
    Alike(String, String),
}

impl Account {
    /// An account with a well-formed name. `since` is when it was made, for people.
    pub fn new(name: Name, role: Role, since: Option<String>, password: StoredPassword) -> Result<Self, AccountError> {
        if role == Role::Guest {
            return Err(AccountError::GuestRole);
        }
        if Name::form(NOBODY).is_ok_and(|nobody| nobody.is_like(&name)) {
            return Err(AccountError::Nobody);
        }
        Ok(Self {
            name,
            role,
            since,
            password,
            keep_sessions_of: None,
        })
    }

    /// The same, with sessions going on that logged in with a former password of this fingerprint.
    #[must_use]
    pub fn keeping_sessions_of(mut self, fingerprint: Option<String>) -> Self {
        self.keep_sessions_of = fingerprint;
        self
    }

    /// Whether who logged in to `former`, an account of the same name, is still logged in to this one: it has the same
    /// password, or says that the sessions of the former one go on.
    pub fn continues(&self, former: &Account) -> bool {
        self.password == former.password || self.keep_sessions_of.as_ref() == Some(&former.password.fingerprint())
    }

    /// What its owner logs in as, and is called.
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// What its owner may do.
    pub fn role(&self) -> Role {
        self.role
    }

    /// When it was made, if the file says so.
    pub fn since(&self) -> Option<&str> {
        self.since.as_deref()
    }

    /// The password, as it is kept.
    pub fn password(&self) -> &StoredPassword {
        &self.password
    }
}

/// All accounts. No two have names that look alike.
#[derive(Debug, Default)]
pub struct Accounts {
    list: Vec<Account>,
    by_key: HashMap<String, usize>,
}

impl Accounts {
    /// Adds one, or says with which other its name could be mixed up.
    pub fn add(&mut self, account: Account) -> Result<(), AccountError> {
        if let Some(other) = self.find(&account.name) {
            return Err(AccountError::Alike(
                other.name.as_str().to_owned(),
                account.name.as_str().to_owned(),
            ));
        }
        for key in account.name.keys() {
            self.by_key.insert(key.clone(), self.list.len());
        }
        self.list.push(account);
        Ok(())
    }

    /// The account whose name is this, or looks like it.
    pub fn find(&self, name: &Name) -> Option<&Account> {
        let index = name.keys().iter().find_map(|key| self.by_key.get(key))?;
        self.list.get(*index)
    }

    /// The account that is called exactly this.
    pub fn named(&self, name: &str) -> Option<&Account> {
        self.list.iter().find(|account| account.name.as_str() == name)
    }

    /// All of them, in the order of the file.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Account> {
        self.list.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether nobody can log in.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}
