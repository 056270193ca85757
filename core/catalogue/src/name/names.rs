//! Finds commands by what was typed.

use std::borrow::Cow;
use std::collections::HashMap;

use super::{LONGEST_NAME, MOST_WORDS, fold};

/// The names and aliases of all commands, folded.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// By first word.
    first: HashMap<Box<str>, First>,
    /// Names of several words, by all of them with one blank between.
    several: HashMap<Box<str>, u32>,
}

#[derive(Debug, Clone, Copy)]
struct First {
    /// The command that is called by this word alone.
    command: Option<u32>,
    /// The most words of a name that begins with this one.
    longest: usize,
}

impl Names {
    pub(crate) fn insert(&mut self, name: &str, command: u32) {
        let folded = fold(name);
        let words = folded.split(' ').count();
        let word = folded.split(' ').next().unwrap_or_default();
        let first = self.first.entry(word.into()).or_insert(First {
            command: None,
            longest: words,
        });
        first.longest = first.longest.max(words);
        if words == 1 {
            first.command = Some(command);
        } else {
            self.several.insert(folded.as_ref().into(), command);
        }
    }

    /// The command of exactly this name or alias.
    pub(crate) fn exactly(&self, name: &str) -> Option<u32> {
        let folded = fold(name);
        if folded.contains(' ') {
            self.several.get(&*folded).copied()
        } else {
            self.first.get(&*folded)?.command
        }
    }

    /// The command that the words begin with, and how many of them are its name: as many as can be. A name of one word in
    /// lower-case ASCII is found without allocating.
    pub(crate) fn find<'w>(&self, mut words: impl Iterator<Item = &'w [u8]>) -> Option<(u32, usize)> {
        let word = folded(words.next()?)?;
        let first = *self.first.get(&*word)?;
        let longest = if first.longest > 1 {
            self.find_several(&word, words.take(first.longest - 1))
        } else {
            None
        };
        longest.or_else(|| Some((first.command?, 1)))
    }

    fn find_several<'w>(&self, first: &str, others: impl Iterator<Item = &'w [u8]>) -> Option<(u32, usize)> {
        let mut name = String::with_capacity(LONGEST_NAME);
        name.push_str(first);
        let mut found = None;
        for (position, word) in others.enumerate() {
            let Some(word) = folded(word).filter(|word| !word.contains(' ')) else {
                break;
            };
            name.push(' ');
            name.push_str(&word);
            if let Some(command) = self.several.get(&*name) {
                found = Some((*command, position + 2));
            }
        }
        found
    }
}

/// A word as names have it; `None` for what is in no name.
fn folded(word: &[u8]) -> Option<Cow<'_, str>> {
    // Folding can make text shorter, but hardly to a quarter.
    const LONGEST: usize = 4 * LONGEST_NAME;
    if word.len() > LONGEST {
        return None;
    }
    Some(fold(std::str::from_utf8(word).ok()?))
}

const _: () = assert!(MOST_WORDS > 1, "the table for names of several words would be idle");

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        let mut names = Names::default();
        let all = [
            "ls",
            "git commit",
            "git",
            "git commit amend",
            "disk wipe all now",
            "Quién",
            "LL",
        ];
        for (number, name) in (0..).zip(all) {
            names.insert(name, number);
        }
        names
    }

    fn find(line: &str) -> Option<(u32, usize)> {
        names().find(line.split(' ').map(str::as_bytes))
    }

    #[test]
    fn the_longest_name_is_found() {
        for (line, found) in [
            ("ls", Some((0, 1))),
            ("LS -l", Some((0, 1))),
            ("ll", Some((6, 1))),
            ("git", Some((2, 1))),
            ("git push", Some((2, 1))),
            ("git commit", Some((1, 2))),
            ("Git COMMIT -m x", Some((1, 2))),
            ("git commit amend now", Some((3, 3))),
            ("disk wipe all now", Some((4, 4))),
            ("disk wipe all", None),
            ("disk", None),
            ("quién", Some((5, 1))),
            ("quie\u{301}n", Some((5, 1))),
            ("", None),
            ("commit", None),
        ] {
            assert_eq!(find(line), found, "{line}");
        }
    }

    #[test]
    fn what_is_no_text_or_has_blanks_is_no_name() {
        let words: [&[u8]; 1] = [b"l\xff"];
        assert_eq!(names().find(words.into_iter()), None);
        let words: [&[u8]; 1] = [b"git commit"];
        assert_eq!(names().find(words.into_iter()), None);
        let words: [&[u8]; 3] = [b"disk", b"wipe all", b"now"];
        assert_eq!(names().find(words.into_iter()), None);
        let words: [&[u8]; 2] = [b"git", b"\xff"];
        assert_eq!(names().find(words.into_iter()), Some((2, 1)));
        assert_eq!(names().find(std::iter::empty()), None);
        let long = vec![b'l'; 100_000];
        assert_eq!(names().find(std::iter::once(&long[..])), None);
    }

    #[test]
    fn exactly_takes_the_whole_name() {
        assert_eq!(names().exactly("GIT Commit"), Some(1));
        assert_eq!(names().exactly("git commit x"), None);
        assert_eq!(names().exactly("git  commit"), None);
        assert_eq!(names().exactly("disk"), None);
    }
}
