//! Names of people and of rooms: what is a name, and when two of them are too alike to tell apart.
//!
//! A name has two keys: the skeleton of the folded name and the folded skeleton of the name, because folding case and
//! mapping look-alikes don't commute. Two names are alike if any key is the same.

use caracola_wire::text::{self, CharacterKind};
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::{decompose_canonical, is_combining_mark};
use unicode_security::confusable_detection::skeleton;

use caracola_speech::Speech;

/// The longest name, in characters.
pub const LONGEST: usize = 20;
/// The most marks on one letter, those that it has in one character with it among them. More pile up over the lines around; only
/// a letter that Unicode itself has with more, such as the Greek ᾧ, may have them.
pub const MOST_MARKS: usize = 2;

/// Names that only the server itself uses, in the languages it speaks.
const RESERVED: &[&str] = &[
    "server", "operator", "servidor", "operador", "caracola", "admin", "root", "system", "everyone", "todos",
];

/// A well-formed name of a person, in NFC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    shown: String,
    keys: [String; 2],
}

/// Why a text is not a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameError {
    /// No letter and no digit.
    Empty,
    /// More than [`LONGEST`] characters.
    TooLong,
    /// A character that is not a letter, digit, `_` or `-`, or that shows as nothing.
    Character(char),
    /// More than [`MOST_MARKS`] on one letter.
    Marks,
    /// A name that the server keeps for itself.
    Reserved,
}

impl NameError {
    /// Why `wanted` is not a name, for whoever typed it.
    pub fn sentence(self, wanted: &str, speech: Speech) -> String {
        match self {
            Self::Empty => speech.name_empty(),
            Self::TooLong => speech.name_too_long(LONGEST),
            Self::Character(odd) => speech.name_with_odd_character(odd.escape_debug()),
            Self::Marks => speech.name_with_too_many_marks(MOST_MARKS),
            Self::Reserved => speech.name_reserved(wanted),
        }
    }
}

impl Name {
    /// Checks `text` as a name that a person may take. One leading `~` or `@`, as names are shown and addressed, is
    /// taken off.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        Self::parse_public(text)?.unless_reserved()
    }

    /// Like [`Name::parse`], but the server's own names are names too: for a room.
    pub fn parse_public(text: &str) -> Result<Self, NameError> {
        let name = Self::form(text)?;
        let mut parts = Parts::default();
        for character in name.shown.chars() {
            parts.add(character)?;
        }
        if parts.has_letter {
            Ok(name)
        } else {
            Err(NameError::Empty)
        }
    }

    /// Like [`Name::parse`] by the rule of earlier versions, which let a name have no letter, more marks and letters that
    /// show as nothing: for the accounts that they stored.
    pub fn parse_stored(text: &str) -> Result<Self, NameError> {
        Self::form(text)?.unless_reserved()
    }

    /// Like [`Name::parse_stored`], but the server's own names are names too: for finding somebody, not for taking a name.
    pub fn form(text: &str) -> Result<Self, NameError> {
        let bare = text.strip_prefix(['~', '@']).unwrap_or(text);
        // A name takes at most four times its characters in bytes; no more of a hostile text is worth normalising.
        if bare.len() > LONGEST * 16 {
            return Err(NameError::TooLong);
        }
        let shown: String = bare.nfc().collect();
        if shown.is_empty() {
            return Err(NameError::Empty);
        }
        if shown.chars().count() > LONGEST {
            return Err(NameError::TooLong);
        }
        // Marks are letters' parts in many scripts, but not at the start, where they would join what stands before.
        let first_is_mark = shown.chars().next().is_some_and(is_combining_mark);
        let unfit =
            |&c: &char| !(c.is_alphanumeric() || matches!(c, '_' | '-') || (is_combining_mark(c) && !first_is_mark));
        match shown.chars().find(unfit) {
            Some(character) => Err(NameError::Character(character)),
            None => Ok(Self::known(&shown)),
        }
    }

    fn unless_reserved(self) -> Result<Self, NameError> {
        if RESERVED.iter().any(|reserved| self.is_like(&Self::known(reserved))) {
            return Err(NameError::Reserved);
        }
        Ok(self)
    }

    /// The nearest name to any text: what is unfit dropped, cut to length. `None` if nothing is left.
    pub fn nearest(text: &str) -> Option<Self> {
        let mut parts = Parts::default();
        let kept: String = text
            .nfc()
            .filter(|&character| parts.add(character).is_ok())
            .take(LONGEST)
            .collect();
        Self::parse(&kept).ok()
    }

    /// The name with a number after it (`ana-2`), still within [`LONGEST`].
    #[must_use]
    pub fn numbered(&self, number: u32) -> Self {
        let suffix = format!("-{number}");
        let kept: String = self.shown.chars().take(LONGEST - suffix.len()).collect();
        Self::known(&format!("{kept}{suffix}"))
    }

    /// The name as it is shown.
    pub fn as_str(&self) -> &str {
        &self.shown
    }

    /// Two names are alike when any of their keys is the same. There are two because folding case and mapping
    /// look-alikes don't commute: `Ian` looks like `lan` as written, and like `ian` folded.
    pub fn keys(&self) -> &[String; 2] {
        &self.keys
    }

    /// Whether a person could take one name for the other.
    pub fn is_like(&self, other: &Self) -> bool {
        self.keys.iter().any(|key| other.keys.contains(key))
    }

    fn known(shown: &str) -> Self {
        let folded = shown.to_lowercase();
        let keys = [
            skeleton(&folded).collect(),
            skeleton(shown).collect::<String>().to_lowercase(),
        ];
        Self {
            shown: shown.to_owned(),
            keys,
        }
    }
}

/// A name as far as it was read.
#[derive(Default)]
struct Parts {
    has_letter: bool,
    /// Something stands there that a mark can go with.
    has_base: bool,
    /// Marks on it that take no room of their own.
    marks: usize,
}

impl Parts {
    /// Adds a character, or says why it may not follow what was added before.
    fn add(&mut self, character: char) -> Result<(), NameError> {
        let unfit = Err(NameError::Character(character));
        match text::kind(character) {
            // Letters' parts in many scripts, but not at the start, where they would join what stands before.
            CharacterKind::Mark if !self.has_base => return unfit,
            CharacterKind::Mark => {
                let more = nonspacing_marks(character);
                if more > 0 && self.marks + more > MOST_MARKS {
                    return Err(NameError::Marks);
                }
                self.marks += more;
            }
            CharacterKind::Visible if character.is_alphanumeric() || matches!(character, '_' | '-') => {
                self.has_letter |= character.is_alphanumeric();
                self.has_base = true;
                self.marks = nonspacing_marks(character);
            }
            _ => return unfit,
        }
        Ok(())
    }
}

/// Marks in a character, taken apart, that take no room of their own.
fn nonspacing_marks(character: char) -> usize {
    let mut count = 0;
    decompose_canonical(character, |part| count += usize::from(text::is_nonspacing_mark(part)));
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn look_alikes_and_cases_are_one_name() {
        // The second of each pair: capital; Cyrillic а; capital I for l; zero for O; decomposed ñ.
        for (one, other) in [
            ("ana", "ANA"),
            ("ana", "аna"),
            ("lan", "Ian"),
            ("Oli", "0li"),
            ("niña", "nin\u{303}a"),
        ] {
            let (Ok(one), Ok(other)) = (Name::parse(one), Name::parse(other)) else {
                panic!("{one} and {other} are names");
            };
            assert!(one.is_like(&other), "{one:?} {other:?}");
        }
        assert_ne!(Name::parse("ana"), Name::parse("eva"));
    }

    #[test]
    fn what_is_no_name() {
        assert_eq!(Name::parse(""), Err(NameError::Empty));
        assert_eq!(Name::parse("~"), Err(NameError::Empty));
        assert_eq!(Name::parse("two words"), Err(NameError::Character(' ')));
        assert_eq!(Name::parse("a\u{1b}[2J"), Err(NameError::Character('\u{1b}')));
        assert_eq!(Name::parse("\u{202e}ana"), Err(NameError::Character('\u{202e}')));
        assert_eq!(Name::parse("\u{301}a"), Err(NameError::Character('\u{301}')));
        assert_eq!(Name::parse(&"a".repeat(21)), Err(NameError::TooLong));
        assert_eq!(Name::parse("SERVER"), Err(NameError::Reserved));
        assert_eq!(Name::parse("0perator"), Err(NameError::Reserved));
        assert!(Name::form("server").is_ok());
    }

    #[test]
    fn a_name_shows_and_does_not_pile_up() {
        for name in [
            "\u{3164}",
            "a\u{3164}b",
            "\u{ffa0}x",
            "a\u{115f}",
            "\u{2800}",
            "a\u{17b4}",
            "a\u{fe0f}",
            "a\u{200d}b",
            "a\u{16fe4}",
            "\u{13441}",
        ] {
            assert!(matches!(Name::parse(name), Err(NameError::Character(_))), "{name:?}");
        }
        for name in ["___", "-", "~__"] {
            assert_eq!(Name::parse(name), Err(NameError::Empty));
        }
        // A mark that is in one character with its letter counts too, but for a letter that is only there with three.
        assert!(Name::parse("e\u{301}\u{302}").is_ok());
        for name in ["e\u{301}\u{301}\u{301}", "é\u{301}\u{301}", "ễ\u{323}", "ᾧ\u{301}"] {
            assert_eq!(Name::parse(name), Err(NameError::Marks), "{name:?}");
        }
        assert_eq!(Name::parse("x\u{301}\u{302}\u{303}"), Err(NameError::Marks));
        assert_eq!(Name::parse("\u{93f}\u{915}"), Err(NameError::Character('\u{93f}')));
        for name in ["नमस्ते", "ज़ीनत", "ผู้ใช้", "Nguyễn", "ᾧα", "ក្ក", "한글", "محمد", "1"]
        {
            assert!(Name::parse(name).is_ok(), "{name}");
        }
        let near = |text| Name::nearest(text).map(|name| name.as_str().to_owned());
        assert_eq!(
            near("\u{301}x\u{301}\u{302}\u{303}\u{3164}y").as_deref(),
            Some("x\u{301}\u{302}y")
        );
        assert_eq!(near("\u{3164}__"), None);
    }

    #[test]
    fn names_of_older_versions_are_found_but_not_given() {
        for name in ["___", "x\u{301}\u{302}\u{303}", "a\u{3164}b"] {
            assert!(
                Name::parse(name).is_err() && Name::parse_public(name).is_err(),
                "{name:?}"
            );
            assert!(Name::parse_stored(name).is_ok() && Name::form(name).is_ok(), "{name:?}");
        }
        assert_eq!(Name::parse_stored("server"), Err(NameError::Reserved));
        assert_eq!(Name::parse_stored("\u{301}a"), Err(NameError::Character('\u{301}')));
        assert!(Name::parse_public("server").is_ok());
    }

    #[test]
    fn any_text_has_at_most_a_name_near_it() {
        let name = |text| Name::nearest(text).map(|name| name.as_str().to_owned());
        assert_eq!(name("John Smith"), Some("JohnSmith".to_owned()));
        assert_eq!(name("my.app/2"), Some("myapp2".to_owned()));
        assert_eq!(name("!!"), None);
        let long = Name::parse(&"x".repeat(LONGEST)).map(|name| name.numbered(12).shown.len());
        assert_eq!(long, Ok(LONGEST));
    }
}
