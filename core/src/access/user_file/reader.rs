//! Reads `users.toml`, strictly: all accounts, or all that is wrong.

use std::fmt;
use std::ops::Range;

use toml_edit::{Document, Item, Table, TableLike};

use super::{KEEP_SESSIONS_OF, USERS};
use crate::access::account::{Account, Accounts};
use crate::access::password::StoredPassword;
use crate::name::Name;
use caracola_catalogue::Role;
use caracola_speech::Speech;
use caracola_speech::excerpt;

/// What people may say about an account.
const KEYS: [&str; 3] = ["role", "since", "password"];

/// What is wrong with a file: each of them a line's number, from 1, and a sentence. No value of the file is in them,
/// since the log is read by more people than the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistakes(pub(super) Vec<(usize, String)>);

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (line, sentence)) in self.0.iter().enumerate() {
            let comma = if index == 0 { "" } else { "; " };
            write!(f, "{comma}line {line}: {sentence}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Mistakes {}

/// Reads all accounts, or says all that is wrong.
pub fn read(text: &str) -> Result<Accounts, Mistakes> {
    let document = Document::parse(text).map_err(|error| {
        let line = line_at(text, error.span());
        Mistakes(vec![(line, error.message().trim_end().replace('\n', ", "))])
    })?;
    let mut reader = Reader {
        text,
        mistakes: Vec::new(),
    };
    let accounts = reader.accounts(document.as_table());
    if reader.mistakes.is_empty() {
        Ok(accounts)
    } else {
        Err(Mistakes(reader.mistakes))
    }
}

struct Reader<'t> {
    text: &'t str,
    mistakes: Vec<(usize, String)>,
}

impl Reader<'_> {
    fn accounts(&mut self, root: &Table) -> Accounts {
        let mut accounts = Accounts::default();
        for (key, item) in root {
            let at = span_of(root, key, item);
            let Some(users) = item.as_table_like().filter(|_| key == USERS) else {
                self.mistake(at, format!("only [{USERS}.NAME] can stand here, not `{}`", shown(key)));
                continue;
            };
            for (name, item) in users.iter() {
                let at = span_of(users, name, item);
                if let Some(account) = self.account(name, item, at.clone())
                    && let Err(error) = accounts.add(account)
                {
                    self.mistake(at, error.to_string());
                }
            }
        }
        accounts
    }

    fn account(&mut self, name: &str, item: &Item, at: Option<Range<usize>>) -> Option<Account> {
        let Some(table) = item.as_table_like() else {
            self.mistake(at, format!("write [{USERS}.NAME], and what is to be said below it"));
            return None;
        };
        let before = self.mistakes.len();
        let name = self.name(name, at.clone());
        let (mut role, mut since, mut password, mut kept) = (None, None, None, None);
        for (key, item) in table.iter() {
            let at = span_of(table, key, item);
            match key {
                "role" => role = self.role(item, at),
                "since" => since = self.since(item, at),
                "password" => password = self.password(item, at),
                KEEP_SESSIONS_OF => kept = self.fingerprint(item, at),
                _ => self.mistake(at, format!("there is no `{}`: write {}", shown(key), KEYS.join(", "))),
            }
        }
        for key in ["role", "password"] {
            if !table.contains_key(key) {
                self.mistake(at.clone(), format!("`{key}` is missing"));
            }
        }
        if self.mistakes.len() > before {
            return None;
        }
        match Account::new(name?, role?, since, password?) {
            Ok(account) => Some(account.keeping_sessions_of(kept)),
            Err(error) => {
                self.mistake(at, error.to_string());
                None
            }
        }
    }

    fn name(&mut self, text: &str, at: Option<Range<usize>>) -> Option<Name> {
        // An account of an older version may have a name that nobody can take today: it goes on, and can be removed.
        match Name::parse_stored(text) {
            // As it is shown, without `~` or `@` before it, and composed: what people type finds it then.
            Ok(name) if name.as_str() == text => {
                if let Err(why) = Name::parse(text) {
                    let why = why.sentence(&shown(text), Speech::English);
                    tracing::warn!(
                        user = shown(text),
                        why,
                        "no new user could have the name of this one: rename them"
                    );
                }
                Some(name)
            }
            Ok(name) => {
                self.mistake(at, format!("write this name as {:?}", name.as_str()));
                None
            }
            Err(why) => {
                self.mistake(at, why.sentence(&shown(text), Speech::English));
                None
            }
        }
    }

    fn role(&mut self, item: &Item, at: Option<Range<usize>>) -> Option<Role> {
        let role = item.as_str().and_then(|text| text.parse().ok());
        if role.is_none() {
            self.mistake(at, "a role is \"user\", \"operator\" or \"admin\"".to_owned());
        }
        role
    }

    fn since(&mut self, item: &Item, at: Option<Range<usize>>) -> Option<String> {
        let since = item.as_datetime().filter(|datetime| datetime.date.is_some());
        if since.is_none() {
            self.mistake(at, "`since` is a date, such as 2026-11-22".to_owned());
        }
        since.map(|since| since.to_string().replace('T', " "))
    }

    fn password(&mut self, item: &Item, at: Option<Range<usize>>) -> Option<StoredPassword> {
        let Some(text) = item.as_str() else {
            self.mistake(
                at,
                "`password` is a string: the hash that `caracolad user passwd NAME` writes".to_owned(),
            );
            return None;
        };
        match StoredPassword::parse(text) {
            Ok(password) => Some(password),
            Err(error) => {
                self.mistake(at, error.to_string());
                None
            }
        }
    }

    fn fingerprint(&mut self, item: &Item, at: Option<Range<usize>>) -> Option<String> {
        let text = item
            .as_str()
            .filter(|text| text.bytes().all(|byte| byte.is_ascii_hexdigit()));
        if text.is_none() {
            let sentence =
                "`keep_sessions_of` is what `caracolad user passwd NAME --keep-sessions` writes: leave it out";
            self.mistake(at, sentence.to_owned());
        }
        text.map(str::to_owned)
    }

    fn mistake(&mut self, at: Option<Range<usize>>, sentence: String) {
        let line = line_at(self.text, at);
        self.mistakes.push((line, sentence));
    }
}

/// Where a key stands, or what it leads to.
pub(super) fn span_of(table: &dyn TableLike, key: &str, item: &Item) -> Option<Range<usize>> {
    let key = table.get_key_value(key).and_then(|(key, _)| key.span());
    item.span().filter(|_| item.is_table()).or(key).or_else(|| item.span())
}

/// The number, from 1, of the line where something begins.
pub(super) fn line_at(text: &str, at: Option<Range<usize>>) -> usize {
    let end = at.map_or(0, |at| at.start).min(text.len());
    1 + text.bytes().take(end).filter(|&byte| byte == b'\n').count()
}

/// A key as it may be told: short, and nothing in it moves a cursor.
fn shown(key: &str) -> String {
    excerpt::escaped_word(key)
}
