//! Where a person's folder is.

use std::fmt::Write;

use crate::fault::Fault;
use crate::path::LONGEST_NAME;

/// A person's place below the root.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    /// Whether it is a guest's.
    pub(crate) is_guest: bool,
    /// The folder's name: small letters, digits, `_`, `-`, and `%` with two digits for each other byte. So no two people
    /// have one folder, however the file system compares names.
    pub(crate) name: String,
}

impl Place {
    /// The folder that holds those of all accounts.
    pub(crate) const USERS: &'static str = "users";
    /// The folder that holds those of all guests.
    pub(crate) const GUESTS: &'static str = "guests";

    /// The place of [`Call::person`](caracola_sdk::Call::person), which is checked again: the server promises letters, digits,
    /// `_`, `-`, and `~` where a guest's begins.
    pub(crate) fn of(person: &str) -> Result<Self, Fault> {
        let refused = || Fault::Person(person.to_owned());
        let (is_guest, id) = match person.strip_prefix('~') {
            Some(id) => (true, id),
            None => (false, person),
        };
        if id.is_empty() {
            return Err(refused());
        }
        let mut name = String::new();
        for letter in id.chars() {
            match letter {
                'a'..='z' | '0'..='9' | '_' | '-' => name.push(letter),
                'A'..='Z' => write!(name, "%{:02x}", u32::from(letter)).map_err(|_| refused())?,
                _ if letter.is_alphanumeric() && !letter.is_ascii() => {
                    for byte in letter.encode_utf8(&mut [0; 4]).bytes() {
                        write!(name, "%{byte:02x}").map_err(|_| refused())?;
                    }
                }
                _ => return Err(refused()),
            }
        }
        if name.len() > LONGEST_NAME {
            return Err(refused());
        }
        Ok(Self { is_guest, name })
    }

    /// The folder that it is in.
    pub(crate) fn parent(&self) -> &'static str {
        if self.is_guest { Self::GUESTS } else { Self::USERS }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_people_have_one_folder() {
        let name = |person: &str| Place::of(person).map(|place| (place.parent(), place.name));
        assert_eq!(name("ana"), Ok(("users", "ana".into())));
        assert_eq!(name("Ana"), Ok(("users", "%41na".into())));
        assert_eq!(name("josé"), Ok(("users", "jos%c3%a9".into())));
        assert_ne!(name("ſ"), name("s"));
        assert_ne!(name("K"), name("\u{212a}"), "the sign of Kelvin");
        assert_eq!(name("~0af3"), Ok(("guests", "0af3".into())));
        assert_ne!(name("~ana"), name("ana"));
    }

    #[test]
    fn what_is_no_person_has_none() {
        for person in [
            "", "~", "..", ".", "a/b", "/", "a.b", "~~a", "a~", "a\0", "a b", "%41", "~../ana", "e\u{301}",
        ] {
            assert!(Place::of(person).is_err(), "{person:?}");
        }
        assert!(Place::of(&"ñ".repeat(100)).is_err());
    }
}
