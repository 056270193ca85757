//! The types of values: one row each, with all that there is to say about it.
//!
//! A new type is a line of `kinds!` below and its [`Row`], in a module of its own or beside those that are like it; what is
//! said of its values stands with all sentences, in `caracola_speech`. Reader, schema, reference, cards, completion and the
//! warnings about programs go by the rows.

mod fault;
mod network;
mod number;
mod path;
mod time;
mod words;

pub(crate) use fault::few;
pub use fault::{Fault, PathFault};
pub(crate) use network::is_scheme;
pub use path::Confined;
pub(super) use path::confine;

use super::Param;
use caracola_speech::Speech;

/// All that is to be said about a type of values.
struct Row {
    /// The word for it in a file and on the wire.
    name: &'static str,
    /// What a value of it is, for people who write a file.
    about: &'static str,
    /// The keys of a param that mean something for it, of those that don't for every type.
    keys: &'static [&'static str],
    /// Which texts are values of it.
    check: Check,
    /// What is said of a text that isn't; none where every text is a value, or where the check says it all.
    fault: Option<Said>,
    /// What a card says that values look like, where the name of the type has to be explained.
    form: fn(&Param, Speech) -> Option<String>,
    /// Values that are offered where a file names none.
    offers: &'static [&'static str],
    /// How a file may write a value, besides in quotes.
    written: Written,
    /// How much of a value is the caller's choice.
    freedom: Freedom,
}

/// The row of a sentence.
type Said = fn(Speech) -> String;

impl Row {
    /// What the rows of types have that nothing is to be said about.
    const PLAIN: Row = Row {
        name: "",
        about: "",
        keys: &["suggest", "complete", "default", "list"],
        check: Check::Any,
        fault: None,
        form: |_, _| None,
        offers: &[],
        written: Written::Quoted,
        freedom: Freedom::None,
    };
}

/// Which texts are values of a type.
enum Check {
    /// All of them.
    Any,
    /// Those of which this holds.
    Is(fn(&str) -> bool),
    /// Those that a word of the type's own stands for: programs get that one.
    Word(fn(&str) -> Option<&'static str>),
    /// Those that this takes, which also looks at what else the param says.
    By(fn(&Param, &str) -> Result<(), Fault>),
}

/// How a file may write a value, besides in quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Written {
    /// In quotes only.
    Quoted,
    /// As `true` or `false`.
    Boolean,
    /// As an integer.
    Integer,
    /// As an integer or a floating-point number.
    Number,
}

/// How much of a value is the caller's choice: what it could do to a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Freedom {
    /// Nothing that a program could mistake for something else: a number, a host, one of a list.
    None,
    /// Any text that the param's pattern lets through.
    Text,
    /// The path of a file, which begins with a slash.
    Path,
    /// An address that begins with its scheme, and has no blank in it.
    Url,
}

/// Declares the types, each with its row: first those that any command may use, then those of built-ins only.
macro_rules! kinds {
    (
        ordinary: { $($(#[$about:meta])+ $kind:ident = $row:path,)+ }
        of_builtins: { $($(#[$own_about:meta])+ $own_kind:ident = $own_row:path,)+ }
    ) => {
        /// What the values of a param are.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ParamKind {
            $($(#[$about])+ $kind,)+
            $($(#[$own_about])+ $own_kind,)+
        }

        impl ParamKind {
            /// Those that any command may use.
            pub(crate) const ORDINARY: &[ParamKind] = &[$(ParamKind::$kind),+];
            /// Those that only built-ins may use.
            pub(crate) const OF_BUILTINS: &[ParamKind] = &[$(ParamKind::$own_kind),+];

            const fn row(self) -> &'static Row {
                match self {
                    $(ParamKind::$kind => &$row,)+
                    $(ParamKind::$own_kind => &$own_row,)+
                }
            }
        }
    };
}

kinds! {
    ordinary: {
        /// Any word.
        String = words::STRING,
        /// A whole number of 64 bits.
        Integer = number::INTEGER,
        /// A finite number.
        Number = number::NUMBER,
        /// Yes or no.
        Boolean = words::BOOLEAN,
        /// One of the declared choices.
        Choice = words::CHOICE,
        /// A file or folder under a root.
        Path = path::PATH,
        /// How long: `90s`, `2h`.
        Duration = time::DURATION,
        /// A day: `2026-11-22`.
        Date = time::DATE,
        /// An address of the Internet Protocol.
        Ip = network::IP,
        /// The name or address of a host.
        Host = network::HOST,
        /// A port of TCP or UDP, from 1 to 65535.
        Port = network::PORT,
        /// A URL with a host.
        Url = network::URL,
        /// What nobody may see; it reaches a program by its standard input only.
        Secret = words::SECRET,
    }
    of_builtins: {
        /// Words for people, as they are typed.
        Text = words::TEXT,
        /// The name of someone who is connected.
        Person = words::PERSON,
        /// A room.
        Room = words::ROOM,
        /// A command.
        Command = words::COMMAND,
        /// The tag of a language.
        Language = words::LANGUAGE,
    }
}

impl ParamKind {
    /// The word for it in a file and on the wire.
    pub const fn as_str(self) -> &'static str {
        self.row().name
    }

    /// What a value of it is, for people who write a file.
    pub(crate) fn about(self) -> &'static str {
        self.row().about
    }

    /// Whether a key of a param, which doesn't for every type, means something for this one.
    pub(crate) fn takes(self, key: &str) -> bool {
        self.row().keys.contains(&key)
    }

    /// Checks a text by all that its param says about the values of this type. The word that stands for it, if that isn't
    /// the text itself.
    pub(super) fn check(self, param: &Param, text: &str) -> Result<Option<&'static str>, Fault> {
        let misfit = Err(Fault::NotA(self));
        match self.row().check {
            Check::Any => Ok(None),
            Check::Is(is_one) if is_one(text) => Ok(None),
            Check::Is(_) => misfit,
            Check::Word(word) => word(text).map_or(misfit, |word| Ok(Some(word))),
            Check::By(check) => check(param, text).map(|()| None),
        }
    }

    /// What is said of a text that is not a value of it.
    fn fault(self, speech: Speech) -> String {
        self.row().fault.map_or_else(String::new, |said| said(speech))
    }

    /// What a card says that values look like, where their name alone doesn't.
    pub(super) fn form(self, param: &Param, speech: Speech) -> Option<String> {
        (self.row().form)(param, speech)
    }

    /// Values that are offered where a file names none.
    pub(crate) fn offers(self) -> &'static [&'static str] {
        self.row().offers
    }

    /// How a file may write a value, besides in quotes.
    pub(crate) fn written(self) -> Written {
        self.row().written
    }

    /// How much of a value is the caller's choice.
    pub(crate) fn freedom(self) -> Freedom {
        self.row().freedom
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn all() -> impl Iterator<Item = ParamKind> {
        ParamKind::ORDINARY.iter().chain(ParamKind::OF_BUILTINS).copied()
    }

    #[test]
    fn each_row_says_what_it_is_called_and_what_it_is() {
        let names: BTreeSet<_> = all().map(ParamKind::as_str).collect();
        assert_eq!(names.len(), all().count());
        for kind in all() {
            assert!(!kind.as_str().is_empty() && kind.about().ends_with('.'), "{kind:?}");
        }
    }

    #[test]
    fn what_can_be_refused_has_a_sentence_for_it() {
        for kind in all() {
            let Row { check, fault, .. } = kind.row();
            let may_refuse = matches!(check, Check::Is(_) | Check::Word(_));
            assert!(fault.is_some() || !may_refuse, "{kind:?}");
        }
    }
}
