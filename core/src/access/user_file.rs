//! The format of `users.toml`, read strictly and changed without touching what else a person wrote there.
//!
//! ```toml
//! [users.ana]
//! role = "operator"
//! since = 2026-11-22 09:05:07Z
//! # With `passwd --keep-sessions`: the sessions of this former password go on.
//! keep_sessions_of = "5feceb66ffc86f38d952786c6d696c79"
//! password = "$argon2id$v=19$m=19456,t=2,p=1$..."
//! ```
//!
//! A file that makes no sense changes nothing. An empty or missing one is somebody's accident, since `caracolad user`
//! never leaves one; to let nobody log in, remove the users.

mod reader;

use std::path::Path;

use caracola_catalogue::{Diagnostic, SourceFile, SourceSpan};
use toml_edit::{DocumentMut, Item, Table, TableLike, value};

pub use self::reader::{Mistakes, line_of, read};
use super::account::Account;
use super::password::StoredPassword;

/// What stands at the top of every file that this program writes. So a file of it is never empty, and an empty one is
/// known to be somebody's accident.
const HEADER: &str = "\
# Who may log in to this server. `caracolad user` writes this file; a running server sees every change at once.
# It may be edited by hand: a role is user, operator or admin. Passwords are kept as argon2id hashes:
# `caracolad user passwd NAME` sets one.
";
/// The one table of the file.
const USERS: &str = "users";
/// Which former password's sessions go on: only this program can say that.
const KEEP_SESSIONS_OF: &str = "keep_sessions_of";

/// A file's text, to be changed. What is not changed stays as it was written, comments included.
pub struct UserFile {
    document: DocumentMut,
}

impl UserFile {
    /// Takes a text that [`read`] found nothing wrong with.
    pub fn parse(path: &Path, text: &str) -> Result<Self, Mistakes> {
        read(path, text)?;
        let document = text.parse().map_err(|error: toml_edit::TomlError| {
            let file = SourceFile::new(path.to_string_lossy(), text);
            let place = SourceSpan::new(&file, error.span().unwrap_or_default());
            Mistakes(vec![Diagnostic::error(place, error.message())])
        })?;
        Ok(Self { document })
    }

    /// Adds an account after all others. The caller has made sure that there is none of that name.
    pub fn add(&mut self, account: &Account) {
        let mut table = Table::new();
        table.insert("role", value(account.role().as_str()));
        if let Some(since) = account
            .since()
            .and_then(|since| since.parse::<toml_edit::Datetime>().ok())
        {
            table.insert("since", value(since));
        }
        table.insert("password", value(account.password().to_text()));
        table.decor_mut().set_prefix("\n");
        if let Some(users) = self.users() {
            users.insert(account.name().as_str(), Item::Table(table));
        }
    }

    /// Takes an account out, with the comments that stand right before it. False if there is none.
    pub fn remove(&mut self, name: &str) -> bool {
        self.users().is_some_and(|users| users.remove(name).is_some())
    }

    /// Replaces an account's password; with the fingerprint of the former one, sessions that logged in with that go on. False
    /// if there is no such account.
    pub fn set_password(&mut self, name: &str, password: &StoredPassword, keep_sessions_of: Option<&str>) -> bool {
        let account = self.users().and_then(|users| users.get_mut(name));
        let Some(account) = account.and_then(Item::as_table_like_mut) else {
            return false;
        };
        account.insert("password", value(password.to_text()));
        match keep_sessions_of {
            Some(fingerprint) => account.insert(KEEP_SESSIONS_OF, value(fingerprint)),
            None => account.remove(KEEP_SESSIONS_OF),
        };
        true
    }

    /// The whole file.
    pub fn to_text(&self) -> String {
        let text = self.document.to_string();
        if text.starts_with(HEADER) {
            return text;
        }
        let rest = text.trim_start_matches('\n');
        let gap = if rest.is_empty() { "" } else { "\n" };
        format!("{HEADER}{gap}{rest}")
    }

    fn users(&mut self) -> Option<&mut dyn TableLike> {
        let users = self.document.entry(USERS).or_insert_with(|| {
            let mut users = Table::new();
            // No heading of its own: those of the accounts say it.
            users.set_implicit(true);
            Item::Table(users)
        });
        users.as_table_like_mut()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::{Accounts, Password};
    use crate::name::Name;
    use caracola_catalogue::Role;

    fn stored() -> StoredPassword {
        match Password::new(b"correct horse").hash() {
            Ok(stored) => stored,
            Err(error) => panic!("{error}"),
        }
    }

    fn account(name: &str) -> Account {
        let name = Name::parse(name).unwrap_or_else(|why| panic!("{name}: {why:?}"));
        let since = Some("2026-11-22 09:05:07Z".to_owned());
        Account::new(name, Role::Operator, since, stored()).unwrap_or_else(|error| panic!("{error}"))
    }

    fn parse(text: &str) -> Result<UserFile, Mistakes> {
        UserFile::parse(Path::new("users.toml"), text)
    }

    fn read_text(text: &str) -> Result<Accounts, Mistakes> {
        read(Path::new("users.toml"), text)
    }

    fn mistakes(text: &str) -> String {
        match read_text(text) {
            Ok(accounts) => panic!("{} accounts in {text:?}", accounts.len()),
            Err(mistakes) => mistakes.to_string(),
        }
    }

    #[test]
    fn what_is_written_is_read_back() -> Result<(), Mistakes> {
        let mut file = parse("")?;
        let (ana, maría) = (account("ana"), account("maría"));
        file.add(&ana);
        file.add(&maría);
        let text = file.to_text();
        assert!(
            text.starts_with(HEADER) && text.contains("\n\n[users.ana]\nrole = \"operator\"\n"),
            "{text}"
        );
        let accounts = read_text(&text)?;
        assert_eq!(accounts.iter().collect::<Vec<_>>(), [&ana, &maría]);
        Ok(())
    }

    #[test]
    fn accounts_of_older_versions_are_read() -> Result<(), Mistakes> {
        let hash = stored().to_text();
        let account = |name: &str| format!("[users.\"{name}\"]\nrole = 'user'\npassword = '{hash}'\n");
        let text = account("___") + &account("x\u{301}\u{302}\u{303}") + &account("ana");
        let names = |accounts: &Accounts| -> Vec<bool> {
            let new = accounts
                .iter()
                .map(|account| Name::parse(account.name().as_str()).is_ok());
            new.collect()
        };
        assert_eq!(names(&read_text(&text)?), [false, false, true]);
        let mut file = parse(&text)?;
        assert!(file.remove("___"));
        assert_eq!(read_text(&file.to_text())?.len(), 2);
        Ok(())
    }

    #[test]
    fn a_person_s_own_lines_stay() -> Result<(), Mistakes> {
        let hash = stored().to_text();
        let text = format!(
            "# ours\n[users]\nben = {{ role = 'user', password = '{hash}' }} # leaves in May\n\n# hers\n[users.ana]\nrole='admin'\npassword = '{hash}'\n# end\n"
        );
        let mut file = parse(&text)?;
        file.add(&account("eva"));
        assert!(file.set_password("ana", &stored(), None));
        assert!(file.set_password("ben", &stored(), None));
        assert!(!file.set_password("ian", &stored(), None));
        let changed = file.to_text();
        for kept in [
            "# ours\n",
            "# leaves in May\n",
            "# hers\n[users.ana]\nrole='admin'\n",
            "# end\n",
        ] {
            assert!(changed.contains(kept), "{kept:?} in {changed}");
        }
        assert!(!changed.contains(&hash), "{changed}");
        assert_eq!(read_text(&changed)?.len(), 3);
        assert!(file.remove("ben") && file.remove("ana") && file.remove("eva"));
        assert!(!file.remove("ana"));
        let emptied = file.to_text();
        assert!(read_text(&emptied)?.is_empty());
        assert!(emptied.starts_with(HEADER), "{emptied}");
        Ok(())
    }

    #[test]
    fn all_mistakes_are_told_with_their_lines_and_without_values() {
        let hash = stored().to_text();
        let good = format!("[users.ana]\nrole = 'user'\npassword = '{hash}'\n");
        assert!(read_text(&good).is_ok());
        for (wrong, told) in [
            (
                good.replace("role", "rol"),
                "users.toml:1:1: this account has no `role` (a role is \"user\", \"operator\" or \"admin\"); users.toml:2:1: an account has no key `rol` (did you mean `role`?)",
            ),
            (
                good.replace("'user'", "'root'"),
                "users.toml:2:8: a role is \"user\", \"operator\" or \"admin\"",
            ),
            (
                good.replace("'user'", "'guest'"),
                "users.toml:1:8: the role guest is for those who don't log in",
            ),
            (good.replace("'user'", "1"), "users.toml:2:8: a role is"),
            (
                good.replace("users.ana", "users.server"),
                "users.toml:1:8: \"server\" is kept for the server",
            ),
            (
                good.replace("users.ana", "users.guest"),
                "users.toml:1:8: \"guest\" is the word",
            ),
            (
                good.replace("users.ana", "users.'a b'"),
                "users.toml:1:8: ' ' can't be in a name",
            ),
            (
                good.replace("users.ana", "users.'~ana'"),
                "users.toml:1:8: write this name as \"ana\"",
            ),
            (
                good.replace("users.ana", "people.ana"),
                "users.toml:1:2: the file of users has no key `people` (its keys are `users`)",
            ),
            (
                format!("x = 1\n{good}"),
                "users.toml:1:1: the file of users has no key `x`",
            ),
            ("[users]\nana = 1\n".to_owned(), "users.toml:2:1: write [users.NAME]"),
            (
                "[[users]]\n".to_owned(),
                "users.toml:1:1: `users` takes a table, not a list",
            ),
            (format!("{good}since = 'May'\n"), "users.toml:4:9: `since` is a date"),
            (
                format!("{good}{}", good.replace("ana", "ANA")),
                "users.toml:4:8: the names \"ana\" and \"ANA\" look alike",
            ),
            (
                good.replace("argon2id", "argon2i"),
                "users.toml:3:12: this hash was made in another way",
            ),
            (good.replace("$v", "v"), "users.toml:3:12: this"),
            (format!("{good}{good}"), "users.toml:4:"),
            (good.replace("= '$", "= $"), "users.toml:3:"),
        ] {
            let mistakes = mistakes(&wrong);
            assert!(mistakes.starts_with(told), "{mistakes}\nin {wrong}");
            assert!(!mistakes.contains(&hash[40..60]), "{mistakes}");
        }
    }
}
