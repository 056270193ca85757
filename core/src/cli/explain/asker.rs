//! Who would type a line, and what lets them.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use super::Report;
use crate::access::user_file;
use crate::access::users::{self, FILE};
use crate::access::{Account, Accounts, Operation, Role, User, authorize};
use crate::name::Name;
use crate::state_folder;
use caracola_catalogue::{Catalogue, Command, nearest_word};

/// Somebody, by the word that the command line has for them.
pub(super) struct Asker {
    pub(super) user: User,
    /// For people: what makes them have their role.
    pub(super) known_by: String,
}

/// Looks for an account of that name, else for a role: then it is anybody who has it. Where the accounts can't be read, a
/// role is taken for one, and it is said that nobody knows better.
pub(super) fn find(word: &str, state_dir: Option<&Path>) -> Result<Asker> {
    let role = word.parse::<Role>();
    let file = match UserFile::read(state_dir) {
        Ok(file) => file,
        Err(error) => match role {
            Ok(role) => {
                return Ok(anybody(
                    role,
                    &format!("; whether an account has this name is not known: {error:#}"),
                ));
            }
            Err(_) => return Err(error),
        },
    };
    match (file.account(word), role) {
        (Some(account), _) => Ok(Asker {
            user: User::from_account(account),
            known_by: format!("an account, of the role {} ({})", account.role(), file.place(account)),
        }),
        (None, Ok(role)) => Ok(anybody(role, "")),
        (None, Err(_)) => {
            let names = file.accounts.iter().map(|account| account.name().as_str());
            let near = nearest_word(word, names.chain(Role::ALL.map(Role::as_str)));
            let near = near.map(|near| format!(": did you mean `{near}`?")).unwrap_or_default();
            let roles = Role::ALL.map(Role::as_str).join(", ");
            bail!(
                "{:?} is neither a user in {} nor a role ({roles}){near}",
                word,
                file.path.display()
            )
        }
    }
}

fn anybody(role: Role, note: &str) -> Asker {
    let who = match role {
        Role::Guest => "anybody who has not logged in".to_owned(),
        role => format!("anybody of the role {role}"),
    };
    Asker {
        user: User::with_role(role),
        known_by: format!("{who}{note}"),
    }
}

/// The accounts of a state folder.
struct UserFile {
    path: PathBuf,
    text: String,
    accounts: Accounts,
}

impl UserFile {
    fn read(state_dir: Option<&Path>) -> Result<Self> {
        let state = state_folder::find(state_dir)?;
        let path = state.join(FILE);
        let text = users::read_text(&state)?.unwrap_or_default();
        let accounts = user_file::read(&path, &text)?;
        Ok(Self { path, text, accounts })
    }

    /// The account that logging in with this name would lead to.
    fn account(&self, name: &str) -> Option<&Account> {
        self.accounts.find(&Name::form(name).ok()?)
    }

    /// The file and the line where an account is.
    fn place(&self, account: &Account) -> String {
        let line = user_file::line_of(&self.text, account.name().as_str());
        let line = line.map(|line| format!(":{line}")).unwrap_or_default();
        format!("{}{line}", self.path.display())
    }
}

/// Tells whether somebody may run a command, and by which rule.
pub(super) fn permission(catalogue: &Catalogue, asker: &Asker, command: &Command, report: &mut Report) -> bool {
    let user = &asker.user;
    let allowed = authorize(user, command, Operation::Run).is_ok();
    let least = command.role;
    let rule = match &command.role_origin {
        Some(origin) => format!("`roles` ({origin}) lets the role {least} and those above"),
        None if command.exec().is_some() => format!("without `roles`, programs are for the role {least} and above"),
        None => format!("without `roles`, this is for the role {least} and above"),
    };
    let answer = if allowed {
        "yes"
    } else {
        "no, and to this user the command does not exist"
    };
    report.add("May run it", format!("{answer}: {rule}"));
    if !user.is_guest() {
        return allowed;
    }
    let access = catalogue.settings().access;
    let said = match access.guest_line {
        Some(line) => format!("guest = {} in line {line}", access.guest),
        None => "there is no guest = true under [access]".to_owned(),
    };
    let answer = if access.guest {
        "yes"
    } else {
        "no, so nobody can ask this"
    };
    report.add("Let in", format!("{answer}: {said}"));
    allowed && access.guest
}
