//! Who may do what. One function decides, for every door: [`authorize`].

pub mod role;

pub use role::Role;

use crate::catalogue::Command;

/// Who is asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The name in the user file, or `None` for a guest.
    name: Option<String>,
    role: Role,
}

impl User {
    /// Somebody who has not logged in, on a server that lets guests in.
    pub fn guest() -> Self {
        Self {
            name: None,
            role: Role::Guest,
        }
    }

    /// Whoever comes through the door: the server's own operator.
    pub fn operator() -> Self {
        Self {
            name: Some("operator".to_owned()),
            role: Role::Admin,
        }
    }

    /// Somebody with a role, whoever that may be: for telling what such people may do.
    pub fn with_role(role: Role) -> Self {
        match role {
            Role::Guest => Self::guest(),
            role => Self {
                name: Some(role.as_str().to_owned()),
                role,
            },
        }
    }

    /// What the user may do.
    pub fn role(&self) -> Role {
        self.role
    }

    /// For people: the user's name, or `guest`.
    pub fn label(&self) -> &str {
        self.name.as_deref().unwrap_or("guest")
    }

    /// Whether this is nobody in particular.
    pub fn is_guest(&self) -> bool {
        self.name.is_none()
    }
}

/// What somebody wants to do with a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// Run it.
    Run,
    /// Learn that it exists: in lists, in the catalogue sent to clients, among the nearest names.
    See,
    /// Have it, or its arguments, offered as completion.
    Complete,
    /// Read its card.
    Help,
}

/// Proof that [`authorize`] said yes. Only it makes one.
#[derive(Debug)]
pub struct Permit<'c> {
    command: &'c Command,
}

impl<'c> Permit<'c> {
    /// The command that the permit is for.
    pub fn command(&self) -> &'c Command {
        self.command
    }
}

/// The answer for somebody who may not. It carries nothing on purpose: what one may not see is the same as what does
/// not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hidden;

/// The one place that decides. Today all verbs need the command's least role; rights that differ by verb go here.
pub fn authorize<'c>(user: &User, command: &'c Command, verb: Verb) -> Result<Permit<'c>, Hidden> {
    match verb {
        Verb::Run | Verb::See | Verb::Complete | Verb::Help if user.role >= command.role => Ok(Permit { command }),
        _ => Err(Hidden),
    }
}
