//! Whose a job is.

use std::fmt;

/// Whose job it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Owner {
    /// Everybody who is logged in as this user.
    User(String),
    /// This one session, of a guest.
    Session(u64),
}

impl Owner {
    /// A guest whose session ended with its server: no session has this number.
    pub(super) const NOBODY: Self = Self::Session(0);
}

impl fmt::Display for Owner {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(user) => write!(formatter, "user {user}"),
            Self::Session(session) => write!(formatter, "session {session}"),
        }
    }
}
