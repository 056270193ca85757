//! Who is asking, and who may do what. One function decides, for every door: [`authorize`].
//!
//! People without an account are guests. Accounts are in `users.toml` of the state folder: [`user_file`] is its format,
//! [`users`] what of it is active, [`password`] how a password is kept and checked. What a stranger's guesses may cost
//! is bounded in [`logins`]: how fast they may come in [`failures`], how many wait in [`login_queue`], and whom they don't keep out
//! in [`known_logins`] and [`devices`].

pub mod account;
pub mod afar;
pub mod devices;
pub mod failures;
pub mod known_logins;
pub mod login_queue;
pub mod logins;
pub mod password;
pub mod user_file;
pub mod users;
pub mod watch;

use std::sync::Arc;

pub use account::{Account, Accounts};
pub use logins::{LoginRefused, Logins};
pub use password::Password;
pub use users::Users;

use caracola_catalogue::Command;
pub use caracola_catalogue::Role;

/// Who is asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    identity: Identity,
    role: Role,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Identity {
    /// Somebody who has not logged in.
    Guest,
    /// Somebody who logged in, by the account's name.
    Account(Arc<str>),
    /// The server's own operator.
    Door,
}

impl User {
    /// Somebody who has not logged in, on a server that lets guests in.
    pub fn guest() -> Self {
        Self {
            identity: Identity::Guest,
            role: Role::Guest,
        }
    }

    /// Whoever comes through the door: the server's own operator.
    pub fn operator() -> Self {
        Self {
            identity: Identity::Door,
            role: Role::Admin,
        }
    }

    /// Somebody who showed that the account is theirs.
    pub fn from_account(account: &Account) -> Self {
        Self {
            identity: Identity::Account(account.name().as_str().into()),
            role: account.role(),
        }
    }

    /// Somebody with a role, whoever that may be: for telling what such people may do.
    pub fn with_role(role: Role) -> Self {
        match role {
            Role::Guest => Self::guest(),
            role => Self {
                identity: Identity::Account(role.as_str().into()),
                role,
            },
        }
    }

    /// What the user may do.
    pub fn role(&self) -> Role {
        self.role
    }

    /// For people: the account's name, `guest`, or `operator`. No account is called like the last two.
    pub fn label(&self) -> &str {
        match &self.identity {
            Identity::Guest => "guest",
            Identity::Account(name) => name,
            Identity::Door => "operator",
        }
    }

    /// Whether this is nobody in particular.
    pub fn is_guest(&self) -> bool {
        self.identity == Identity::Guest
    }

    /// The name of the account that the user logged in to. None for guests, and for the operator at the door.
    pub fn account(&self) -> Option<&str> {
        match &self.identity {
            Identity::Account(name) => Some(name),
            Identity::Guest | Identity::Door => None,
        }
    }
}

/// What somebody wants to do with a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// Run it.
    Run,
    /// Learn that it exists: in lists, in the catalogue sent to clients, among the nearest names.
    See,
    /// Have it, or its arguments, offered as completion.
    Complete,
    /// Read its card.
    Help,
    /// Read what somebody else's run of it wrote.
    Output,
    /// End somebody else's run of it.
    Kill,
    /// See that somebody else's run of it is there, and how far it is.
    Watch,
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

/// The one place that decides. Today every operation needs the command's least role; rights that differ by operation go here.
pub fn authorize<'c>(user: &User, command: &'c Command, operation: Operation) -> Result<Permit<'c>, Hidden> {
    match operation {
        Operation::Run | Operation::See | Operation::Complete | Operation::Help if user.role >= command.role => {
            Ok(Permit { command })
        }
        // Others' runs are for those who look after the server, if they could have started them themselves.
        Operation::Output | Operation::Kill | Operation::Watch if user.role >= command.role.max(Role::Operator) => {
            Ok(Permit { command })
        }
        _ => Err(Hidden),
    }
}
