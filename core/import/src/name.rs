//! Names of pages, made into names that commands can have.

use caracola_wire::text;
use unicode_normalization::UnicodeNormalization as _;

use caracola_catalogue::{LONGEST_NAME, MOST_WORDS};

/// A name that a command can have, and what had to be changed for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fitted {
    pub(super) name: String,
    /// In words, first to last; empty if nothing was changed.
    pub(super) changes: Vec<&'static str>,
}

/// Why a name cannot be made to fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unfit {
    #[error("nothing is left of its name that can be typed")]
    Empty,
    #[error("its name is longer than 64 bytes")]
    TooLong,
}

/// Fits the heading of a page to the rules for names of commands.
pub(super) fn fit(title: &str) -> Result<Fitted, Unfit> {
    let mut changes = Vec::new();
    let mut note = |changed: bool, what| {
        if changed {
            changes.push(what);
        }
    };
    let printable = text::clean(title);
    note(printable != title, "it had a character that cannot be printed");
    let typed = printable.replace(['\'', '"', '\\'], "");
    note(typed != printable, "a quote or a backslash cannot be typed in a name");
    let bare = typed.trim_start_matches(|character: char| character == ':' || character.is_whitespace());
    note(
        bare.len() < typed.trim_start().len(),
        "a colon begins the shell's own words",
    );
    let mut words: Vec<String> = bare.split_whitespace().map(str::to_owned).collect();
    note(words.len() > MOST_WORDS, "a name has four words at the most");
    if words.len() > MOST_WORDS {
        let last = words.split_off(MOST_WORDS - 1);
        words.push(last.join("-"));
    }
    let mut dotted = false;
    for word in words.iter_mut().filter(|word| is_plugin_function(word)) {
        *word = word.replace('.', "-");
        dotted = true;
    }
    note(dotted, "a dot between words is kept for functions of plugins");
    // Once more: what a quote stood between may be too many marks now.
    let name = text::clean(&words.join(" ")).into_owned();
    if name.is_empty() {
        Err(Unfit::Empty)
    } else if name.len() > LONGEST_NAME {
        Err(Unfit::TooLong)
    } else {
        Ok(Fitted { name, changes })
    }
}

/// Names that the catalogue takes for the same, because they differ only in case or in how accents are encoded, fold to
/// the same text.
pub(super) fn fold(name: &str) -> String {
    let composed: String = name.nfc().collect();
    composed.to_lowercase().nfc().collect()
}

/// Whether a word has the form `plugin.function`, or more parts than two.
fn is_plugin_function(word: &str) -> bool {
    let is_part = |part: &str| {
        let fits = |character: char| character.is_alphanumeric() || matches!(character, '_' | '-');
        !part.is_empty() && part.chars().all(fits)
    };
    word.contains('.') && word.starts_with(char::is_alphabetic) && word.split('.').all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use caracola_catalogue::Catalogue;

    #[test]
    fn most_names_stay() {
        for name in [
            "ls",
            "git commit",
            "!",
            "[",
            "[[",
            "2to3",
            "g++",
            "..",
            ".",
            "%",
            "^",
            "a b c d",
            "Get-ChildItem",
            "7z.",
            "1.2",
        ] {
            let fitted = fit(name).unwrap();
            assert_eq!((fitted.name.as_str(), fitted.changes.len()), (name, 0), "{name}");
        }
    }

    #[test]
    fn others_are_changed_as_little_as_need_be() {
        for (title, name) in [
            ("mkfs.ext4", "mkfs-ext4"),
            ("update-rc.d x", "update-rc-d x"),
            ("a b c d e", "a b c d-e"),
            ("a b c d.e f", "a b c d-e-f"),
            (":colon", "colon"),
            (": colon", "colon"),
            ("it's", "its"),
            ("a\\b", "ab"),
            ("a\u{202e}b", "ab"),
        ] {
            let fitted = fit(title).unwrap();
            assert_eq!(fitted.name, name, "{title}");
            assert!(!fitted.changes.is_empty(), "{title}");
        }
        let fitted = fit(" git  commit\u{a0}now ").unwrap();
        assert_eq!((fitted.name.as_str(), fitted.changes.len()), ("git commit now", 0));
    }

    #[test]
    fn some_cannot_be_names() {
        for title in ["", "  ", ":", "'", "\\\"", "\u{200b}"] {
            assert_eq!(fit(title), Err(Unfit::Empty), "{title:?}");
        }
        assert_eq!(fit(&"x".repeat(65)), Err(Unfit::TooLong));
    }

    fn loads(name: &str) -> bool {
        let file = format!("[commands.{}]\nsummary = \"x\"\n", crate::toml_text::quoted(name));
        Catalogue::from_text(&file).is_ok()
    }

    proptest::proptest! {
        #[test]
        fn what_fits_is_a_name_to_the_catalogue(title in "([ :.'\"\\\\a-cA-C0-9é|\u{200b}\u{7}-]|\\PC){1,24}") {
            if let Ok(fitted) = fit(&title) {
                let name = fitted.name;
                proptest::prop_assert!(loads(&name), "{name:?}");
                proptest::prop_assert_eq!(fit(&name).map(|again| again.name), Ok(name));
            }
        }
    }
}
