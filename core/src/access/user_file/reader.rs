//! Reads `users.toml`, strictly: all accounts, or all that is wrong.

use std::fmt;
use std::path::Path;

use caracola_catalogue::document::{self, Section, Value};
use caracola_catalogue::{Diagnostic, Role, SourceFile};
use caracola_speech::{Speech, excerpt};

use super::{KEEP_SESSIONS_OF, USERS};
use crate::access::account::{Account, Accounts};
use crate::access::password::StoredPassword;
use crate::name::Name;

/// What may be said about an account. The last is for this program only to say.
const KEYS: [&str; 4] = ["role", "since", "password", KEEP_SESSIONS_OF];
/// What a role can be.
const ROLES: &str = "a role is \"user\", \"operator\" or \"admin\"";
/// Where a password comes from.
const HASH: &str = "`caracolad user passwd NAME` writes it, as a hash";

/// What is wrong with a file, in its order: where, what, and what to do. No value of the file is in the sentences, and no line
/// of it is shown, since the log is read by more people than the file.
#[derive(Debug, Clone)]
pub struct Mistakes(pub(super) Vec<Diagnostic>);

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, mistake) in self.0.iter().enumerate() {
            let comma = if index == 0 { "" } else { "; " };
            write!(f, "{comma}{}", mistake.brief())?;
        }
        Ok(())
    }
}

impl std::error::Error for Mistakes {}

/// Reads all accounts of the text of a file, or says all that is wrong.
pub fn read(path: &Path, text: &str) -> Result<Accounts, Mistakes> {
    let file = SourceFile::new(path.to_string_lossy(), text);
    document::read(&file, |whole| accounts(&whole)).map_err(Mistakes)
}

/// The number, from 1, of the line where the account of that name begins.
pub fn line_of(text: &str, name: &str) -> Option<usize> {
    let file = SourceFile::new(USERS, text);
    let line = document::read(&file, |whole| {
        let accounts = whole.named(USERS);
        let account = accounts.iter().find(|account| account.key() == name);
        account.map(|account| account.key_place().line())
    });
    line.ok().flatten()
}

fn accounts(whole: &Section<'_>) -> Accounts {
    whole.reject_unknown("the file of users", &[USERS]);
    let mut accounts = Accounts::default();
    for value in whole.named(USERS) {
        if let Some(account) = account(&value)
            && let Err(error) = accounts.add(account)
        {
            value.report(Diagnostic::error(value.key_place(), error.to_string()));
        }
    }
    accounts
}

fn account(value: &Value<'_>) -> Option<Account> {
    if !value.is_table() {
        let message = format!("write [{USERS}.NAME], and what is to be said below it");
        value.report(Diagnostic::error(value.key_place(), message));
        return None;
    }
    let table = value.table()?;
    table.reject_unknown("an account", &KEYS);
    // Each of them is read before one that is wrong ends it: all that is wrong is to be told.
    let name = name(value);
    let role = table
        .required("role", "this account", ROLES)
        .and_then(|value| role(&value));
    let since = table.value("since").and_then(|value| since(&value));
    let password = table.required("password", "this account", HASH);
    let password = password.and_then(|value| password_of(&value));
    let kept = table.value(KEEP_SESSIONS_OF).and_then(|value| fingerprint(&value));
    match Account::new(name?, role?, since, password?) {
        Ok(account) => Some(account.keeping_sessions_of(kept)),
        Err(error) => {
            value.report(Diagnostic::error(value.key_place(), error.to_string()));
            None
        }
    }
}

fn name(account: &Value<'_>) -> Option<Name> {
    let text = account.key();
    let mistake = |sentence: String| {
        account.report(Diagnostic::error(account.key_place(), sentence));
        None
    };
    // An account of an older version may have a name that nobody can take today: it goes on, and can be removed.
    match Name::parse_stored(text) {
        // As it is shown, without `~` or `@` before it, and composed: what people type finds it then.
        Ok(name) if name.as_str() == text => {
            if let Err(why) = Name::parse(text) {
                let user = excerpt::escaped_word(text);
                let why = why.sentence(&user, Speech::English);
                tracing::warn!(user, why, "no new user could have the name of this one: rename them");
            }
            Some(name)
        }
        Ok(name) => mistake(format!("write this name as {:?}", name.as_str())),
        Err(why) => mistake(why.sentence(&excerpt::escaped_word(text), Speech::English)),
    }
}

fn role(value: &Value<'_>) -> Option<Role> {
    let role = value.value().as_str().and_then(|text| text.parse().ok());
    reported(role, value, ROLES)
}

fn since(value: &Value<'_>) -> Option<String> {
    let since = value.value().as_datetime().filter(|since| since.date.is_some());
    let since = since.map(|since| since.to_string().replace('T', " "));
    reported(since, value, "`since` is a date, such as 2026-11-22")
}

fn password_of(value: &Value<'_>) -> Option<StoredPassword> {
    let Some(text) = value.value().as_str() else {
        value.report(value.error("`password` is a string").help(HASH));
        return None;
    };
    match StoredPassword::parse(text) {
        Ok(password) => Some(password),
        Err(error) => {
            value.report(value.error(error.to_string()));
            None
        }
    }
}

fn fingerprint(value: &Value<'_>) -> Option<String> {
    let text = value.value().as_str();
    let text = text.filter(|text| text.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let sentence = "`keep_sessions_of` is what `caracolad user passwd NAME --keep-sessions` writes: leave it out";
    reported(text.map(str::to_owned), value, sentence)
}

/// What was read; without it, `sentence` is reported.
fn reported<T>(read: Option<T>, value: &Value<'_>, sentence: &str) -> Option<T> {
    if read.is_none() {
        value.report(value.error(sentence));
    }
    read
}
