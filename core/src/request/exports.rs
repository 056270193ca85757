//! What a client is told of the catalogue, for its completion: by role and language, each encoded once. `CATALOGUE` sends
//! it; whoever changes what a session may see tells it the new hash.

use super::Caller;
use crate::access::{self, Role, User, authorize};
use caracola_catalogue::{Catalogue, Command, Exported, LanguageId};

/// What `CATALOGUE` sends to the caller.
pub(crate) fn exported<'c>(catalogue: &'c Catalogue, caller: &Caller) -> &'c Exported {
    exported_for(catalogue, caller.user.role(), caller.language_id)
}

/// The hash of that.
pub(crate) fn catalogue_hash(catalogue: &Catalogue, caller: &Caller) -> String {
    exported(catalogue, caller).hash.clone()
}

/// Encodes for a new catalogue what was asked for of the one before: every open shell is about to ask again. Takes its
/// time where there are thousands of commands.
pub(crate) fn encode_ahead(before: &Catalogue, new: &Catalogue) {
    for (role, language) in before.asked_for() {
        let language = new.language_id(before.language(language));
        exported_for(new, role, language);
    }
}

/// Whether a command is offered to a user as completion, and so is in what `CATALOGUE` sends.
pub(crate) fn completes(user: &User, command: &Command) -> bool {
    authorize(user, command, access::Operation::Complete).is_ok()
}

/// What `CATALOGUE` sends to people of a role, in a language.
fn exported_for(catalogue: &Catalogue, role: Role, language: LanguageId) -> &Exported {
    // What is kept for a role must not depend on who of that role came first.
    let anybody = User::with_role(role);
    catalogue.exported(role, language, |command| completes(&anybody, command))
}
