//! Names of commands: which are allowed, and how they are compared.

mod names;
mod nearest;

use std::borrow::Cow;

use caracola_wire::text;
use unicode_normalization::UnicodeNormalization;

pub(crate) use names::Names;
pub(crate) use nearest::Candidates;

/// The most words a name may have.
pub const MOST_WORDS: usize = 4;

/// The longest name, in bytes.
pub const LONGEST_NAME: usize = 64;

/// Why a text cannot be the name or an alias of a command; each says what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NameError {
    /// Not a single word.
    #[error("it is empty; give it one to four words")]
    Empty,
    /// Longer than [`LONGEST_NAME`].
    #[error("it is longer than 64 bytes; shorten it")]
    TooLong,
    /// More than [`MOST_WORDS`] words.
    #[error("it has more than four words; shorten it")]
    TooManyWords,
    /// A blank at an end, two in a row, or another blank than the space.
    #[error("its words are separated by something else than one space; leave single spaces only")]
    Blanks,
    /// A control character, or one that hides or reorders text.
    #[error("it has a character that cannot be printed; take it out")]
    Unprintable,
    /// A character that quotes when typed in a shell.
    #[error("it has a quote or a backslash, which nobody could type in the shell; take it out")]
    Quote,
    /// Begins with a colon.
    #[error("it begins with a colon, as the shell's own words do; take the colon away")]
    Colon,
}

/// Checks a name as it is written in a file.
pub(crate) fn check(name: &str) -> Result<(), NameError> {
    if name.trim().is_empty() {
        return Err(NameError::Empty);
    }
    if name.len() > LONGEST_NAME {
        return Err(NameError::TooLong);
    }
    if name
        .chars()
        .any(|character| character.is_whitespace() && character != ' ')
    {
        return Err(NameError::Blanks);
    }
    if !text::is_clean(name) {
        return Err(NameError::Unprintable);
    }
    if name.split(' ').any(str::is_empty) {
        return Err(NameError::Blanks);
    }
    if name.split(' ').count() > MOST_WORDS {
        return Err(NameError::TooManyWords);
    }
    if name.contains(['\'', '"', '\\']) {
        return Err(NameError::Quote);
    }
    if name.starts_with(':') {
        return Err(NameError::Colon);
    }
    Ok(())
}

/// Names that differ only in case, or in how their accents are encoded, fold to the same text.
///
/// Allocates nothing for text that is in lower-case ASCII already.
pub(crate) fn fold(name: &str) -> Cow<'_, str> {
    if name.is_ascii() {
        if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
            Cow::Owned(name.to_ascii_lowercase())
        } else {
            Cow::Borrowed(name)
        }
    } else {
        let composed: String = name.nfc().collect();
        Cow::Owned(composed.to_lowercase().nfc().collect())
    }
}

/// The plugin whose function a name could be: what stands before the first dot, folded.
pub(crate) fn plugin(name: &str) -> Option<Cow<'_, str>> {
    let (plugin, function) = name.split_once('.')?;
    (!plugin.is_empty() && !function.is_empty()).then(|| fold(plugin))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_one_to_four_printable_words_are_allowed() {
        for name in [
            "ls",
            "git commit",
            "a b c d",
            "[",
            "..",
            "g++",
            "¿qué?",
            "año nuevo",
            "7z",
            "a.",
            "x:y",
            "LS",
            "mkfs.ext4",
            "python3.11",
            "docker.io",
        ] {
            assert_eq!(check(name), Ok(()), "{name}");
        }
    }

    #[test]
    fn other_names_are_refused_with_the_reason() {
        for (name, error) in [
            ("", NameError::Empty),
            ("  ", NameError::Empty),
            ("a b c d e", NameError::TooManyWords),
            (" ls", NameError::Blanks),
            ("git  commit", NameError::Blanks),
            ("git\tcommit", NameError::Blanks),
            ("git\u{a0}commit", NameError::Blanks),
            ("l\u{7}s", NameError::Unprintable),
            ("l\u{202e}s", NameError::Unprintable),
            ("l\u{200b}s", NameError::Unprintable),
            ("it's", NameError::Quote),
            (":time", NameError::Colon),
        ] {
            assert_eq!(check(name), Err(error), "{name:?}");
        }
        assert_eq!(check(&"x".repeat(LONGEST_NAME + 1)), Err(NameError::TooLong));
        assert_eq!(check(&"x".repeat(LONGEST_NAME)), Ok(()));
    }

    #[test]
    fn case_and_encoding_do_not_count() {
        assert!(matches!(fold("git commit"), Cow::Borrowed(_)));
        assert_eq!(fold("LS"), "ls");
        assert_eq!(fold("QUIÉN"), "quién");
        assert_eq!(fold("quie\u{301}n"), "quién");
        assert_eq!(fold("ΑΣ"), fold("ας"));
    }
}
