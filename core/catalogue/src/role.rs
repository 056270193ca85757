//! The four built-in roles.

use std::fmt;
use std::str::FromStr;

/// What someone may see and run, least first: every role may do all that the ones before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Role {
    /// Someone who hasn't logged in.
    #[default]
    Guest,
    /// Someone who has logged in.
    User,
    /// Someone who runs programs and keeps order in the rooms.
    Operator,
    /// Someone who may do everything, such as whoever comes in by the door.
    Admin,
}

impl Role {
    /// All roles, least first.
    pub const ALL: [Role; 4] = [Role::Guest, Role::User, Role::Operator, Role::Admin];

    /// The word for it in `commands.toml`, on the wire and in messages.
    pub const fn as_str(self) -> &'static str {
        match self {
            Role::Guest => "guest",
            Role::User => "user",
            Role::Operator => "operator",
            Role::Admin => "admin",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// A word that names no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a role: there are guest, user, operator and admin")]
pub struct UnknownRole(pub String);

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(word: &str) -> Result<Self, UnknownRole> {
        Role::ALL
            .into_iter()
            .find(|role| role.as_str() == word)
            .ok_or_else(|| UnknownRole(word.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_is_read_back_from_its_word_and_stands_in_order() {
        for role in Role::ALL {
            assert_eq!(role.as_str().parse(), Ok(role));
        }
        assert!(Role::ALL.is_sorted());
        assert!(Role::Operator > Role::User);
        assert_eq!("root".parse::<Role>(), Err(UnknownRole("root".into())));
    }
}
