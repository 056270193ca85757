//! All sentences that the server and the client say, one row each, with a cell for every language.
//!
//! A row makes a method of [`Speech`]: `speech.joined_room(name, room)` is the sentence in that language. There is one file
//! for each subject. A file that isn't among [`all`] doesn't pass clippy, since nothing reads its rows then.
//!
//! # To add a sentence
//! Write its row in the file of its subject, or in a new one: a name, what is put into it, and a cell for each language.
//! A name is unique among all files, and is read at the place of use (`speech.wrong_passwords_from_address(seconds)`), so it
//! says what the sentence is about. Where its name doesn't say to whom it is said, or when, its doc does.
//! - A cell is a whole sentence, or a whole part such as a heading: languages put their words in different orders, and a
//!   sentence made of pieces fits only one of them.
//! - What is put in is shown as [`Display`](std::fmt::Display) has it, or by `{name:?}` in quotes and escaped, which is for
//!   what somebody typed.
//! - Sentences for the log, for `caracolad`'s own command line, and those that Redis libraries search for are in English only,
//!   and stand where they are used.
//!
//! # To add a language
//! Add its variant to [`Speech`] and to [`Speech::ALL`], with its tag. The compiler then asks for its cell in every row, and
//! the tests below hold that none is empty or forgets what is put into it.

mod arguments;
mod cards;
mod client;
#[cfg(test)]
mod faults;
mod help;
mod jobs;
mod limits;
mod operators;
mod plugins;
mod reloads;
mod replies;
mod requests;
mod rooms;
mod sessions;
mod tables;
mod values;

use crate::Speech;

/// A sentence in every language: a row of the tables in this module's files.
#[derive(Debug, Clone, Copy)]
pub struct Sentence {
    /// The method of [`Speech`] that says it.
    pub name: &'static str,
    /// What is put into it, by name.
    pub placeholders: &'static [&'static str],
    /// The text in each language, with placeholders as [`format!`] has them.
    pub cells: &'static [(Speech, &'static str)],
}

/// All of them, for tests that look at each.
pub fn all() -> impl Iterator<Item = &'static Sentence> {
    let subjects = [
        arguments::ROWS,
        cards::ROWS,
        help::ROWS,
        jobs::ROWS,
        limits::ROWS,
        operators::ROWS,
        plugins::ROWS,
        reloads::ROWS,
        replies::ROWS,
        requests::ROWS,
        rooms::ROWS,
        sessions::ROWS,
        tables::ROWS,
        values::ROWS,
    ];
    subjects.into_iter().chain(client::ROWS).flatten()
}

/// Makes a method of [`Speech`] of each row, and the table `ROWS` of them all. A row is
///
/// ```text
/// /// To a room when somebody comes in.
/// joined_room(name, room):
///     English "{name} joined {room}",
///     Spanish "{name} entró en {room}";
/// ```
macro_rules! sentences {
    ($($(#[$doc:meta])* $name:ident($($placeholder:ident),*): $($language:ident $cell:literal),+;)+) => {
        impl $crate::Speech {
            $(
                $(#[$doc])*
                ///
                /// ```text
                $(#[doc = concat!(stringify!($language), ": ", $cell)])+
                /// ```
                pub fn $name(self, $($placeholder: impl std::fmt::Display + std::fmt::Debug),*) -> String {
                    match self {
                        $($crate::Speech::$language => format!($cell),)+
                    }
                }
            )+
        }

        /// The rows of this file.
        pub(super) const ROWS: &[super::Sentence] = &[$(super::Sentence {
            name: stringify!($name),
            placeholders: &[$(stringify!($placeholder)),*],
            cells: &[$(($crate::Speech::$language, $cell)),+],
        }),+];
    };
}
use sentences;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_of_every_sentence_is_as_it_should_be() {
        let mut seen = 0;
        for sentence in all() {
            let faults = faults::of(sentence);
            assert!(faults.is_empty(), "{}: {faults:#?}", sentence.name);
            seen += 1;
        }
        assert!(seen > 100, "{seen} sentences were looked at");
    }

    #[test]
    fn a_sentence_is_said_in_each_language() {
        assert_eq!(Speech::English.joined_room("ana", "lobby"), "ana joined lobby");
        assert_eq!(Speech::Spanish.joined_room("ana", "lobby"), "ana entró en lobby");
    }
}
