//! What the last word of a line that is being typed could be.

use std::borrow::Cow;

use super::arguments::{Positions, switches};
use super::command::Action;
use super::languages::LanguageId;
use super::param::{Param, ParamKind};
use super::{Catalogue, Command};

/// What could stand where a line ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected<'w> {
    /// A value.
    Value {
        /// The position of its param.
        position: usize,
        /// `--flag=` where that is part of the word.
        prefix: &'w str,
        /// What was typed of the value.
        begun: &'w str,
    },
    /// One of the flags.
    Flag {
        /// What was typed of it.
        begun: &'w str,
    },
    /// Nothing that the command takes.
    Nothing,
}

impl Command {
    /// What the last of `words`, which come after the command's name, could become. They are sorted as
    /// [`Command::arguments`] sorts them, but no value is checked: a line that is being typed is seldom right.
    pub fn expected<'w>(&self, words: &[&'w str]) -> Expected<'w> {
        let params = self.params.as_slice();
        let Some((begun, earlier)) = words.split_last() else {
            return Expected::Nothing;
        };
        let mut line = Line::new(params);
        for word in earlier {
            if !line.passes(word) {
                return Expected::Nothing;
            }
        }
        line.expected(begun)
    }

    /// The flags that may still be typed after `words`, each with what follows it.
    pub fn flags(&self, words: &[&str]) -> impl Iterator<Item = (&str, String)> {
        let free = self
            .params
            .iter()
            .enumerate()
            .filter(|(position, param)| param.list || !is_flagged(&self.params, *position, words));
        free.filter_map(|(_, param)| {
            let follows = if param.is_switch() {
                String::new()
            } else {
                param.placeholder()
            };
            Some((param.flag.as_deref()?, follows))
        })
    }
}

impl Catalogue {
    /// The values that the catalogue itself knows for a param, and what each means.
    pub fn known_values<'c>(
        &'c self,
        command: &'c Command,
        position: usize,
        language: LanguageId,
    ) -> Vec<(&'c str, Cow<'c, str>)> {
        let Some(param) = command.params.get(position) else {
            return Vec::new();
        };
        let listed = param.choices.iter().chain(&param.suggest).map(|choice| {
            let about = choice.about.as_ref().map(|text| self.text(text, language));
            (choice.value.as_str(), Cow::Borrowed(about.unwrap_or_default()))
        });
        let listed: Vec<_> = listed.collect();
        match &command.action {
            _ if !listed.is_empty() => listed,
            Action::Lookup(lookup) => {
                let entries = lookup.entries();
                let entries =
                    entries.map(|(key, text)| (key, Cow::Owned(super::export::about(self.text(text, language)))));
                entries.collect()
            }
            _ if param.kind == ParamKind::Boolean => ["true", "false"].map(|word| (word, Cow::Borrowed(""))).into(),
            _ => Vec::new(),
        }
    }
}

/// A line as far as it was read.
struct Line<'p> {
    params: &'p [Param],
    positions: Positions<'p>,
    /// The last word was this param's flag, and its value comes next.
    awaited: Option<usize>,
    takes_flags: bool,
    /// The param that takes the rest of the line has begun: what comes now is the middle of its value.
    in_rest: bool,
}

impl<'p> Line<'p> {
    fn new(params: &'p [Param]) -> Self {
        Self {
            params,
            positions: Positions::new(params),
            awaited: None,
            takes_flags: params.iter().any(|param| param.flag.is_some()),
            in_rest: false,
        }
    }

    /// Reads a word; false if it makes no sense there.
    fn passes(&mut self, word: &str) -> bool {
        if self.awaited.take().is_some() {
            return true;
        }
        if self.may_be_flag(word) {
            if word == "--" {
                self.takes_flags = false;
                return true;
            }
            if let Some((position, value)) = flagged(self.params, word) {
                self.awaited = (value.is_none() && !self.params[position].is_switch()).then_some(position);
                return true;
            }
            if switches(self.params, word).is_some() {
                return true;
            }
            if !self.positions.next_allows_dash() {
                return false;
            }
        }
        let taken = self.positions.take();
        self.in_rest |= taken.is_some_and(|position| self.params[position].rest);
        taken.is_some()
    }

    fn expected(mut self, begun: &str) -> Expected<'_> {
        let value = |position, prefix, begun| Expected::Value {
            position,
            prefix,
            begun,
        };
        if let Some(position) = self.awaited {
            return value(position, "", begun);
        }
        if self.takes_flags && begun.starts_with('-') && !self.positions.next_allows_dash() {
            let Some((position, Some(typed))) = flagged(self.params, begun) else {
                return Expected::Flag { begun };
            };
            if self.params[position].is_switch() {
                return Expected::Nothing;
            }
            let prefix = &begun[..begun.len() - typed.len()];
            return value(position, prefix, typed);
        }
        match self.positions.take() {
            Some(_) if self.in_rest => Expected::Nothing,
            Some(position) => value(position, "", begun),
            None if self.takes_flags && begun.is_empty() => Expected::Flag { begun },
            None => Expected::Nothing,
        }
    }

    fn may_be_flag(&self, word: &str) -> bool {
        self.takes_flags && word.len() > 1 && word.starts_with('-')
    }
}

/// The position of the param whose flag a word is, and the value that is in the same word.
fn flagged<'w>(params: &[Param], word: &'w str) -> Option<(usize, Option<&'w str>)> {
    let (flag, value) = match word.split_once('=') {
        Some((flag, value)) if flag.starts_with("--") => (flag, Some(value)),
        _ => (word, None),
    };
    let position = params.iter().position(|param| param.flag.as_deref() == Some(flag))?;
    Some((position, value))
}

/// Whether the flag of the param at `position` stands among the words.
fn is_flagged(params: &[Param], position: usize, words: &[&str]) -> bool {
    words.iter().any(|word| match flagged(params, word) {
        Some((flagged, _)) => flagged == position,
        None => switches(params, word).is_some_and(|switches| switches.contains(&position)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::LanguageId;

    const FILE: &str = r#"
        [commands.find]
        summary = "Find"
        exec = ["find", "{folder}", "{depth}", "{all}", "{big}", "{names}"]
        params = [
            { name = "folder" },
            { name = "depth", flag = "--depth", suggest = ["1", "2"] },
            { name = "all", flag = "-a", type = "boolean" },
            { name = "names", list = true, required = false },
            { name = "big", flag = "-b", type = "boolean" },
        ]
        [commands.raw]
        summary = "Raw"
        exec = ["raw", "{quick}", "{text}"]
        params = [{ name = "quick", flag = "--quick", type = "boolean" }, { name = "text", allow_dash = true }]
        [commands.note]
        summary = "Note"
        exec = ["note", "{to}", "{text}"]
        params = [{ name = "to" }, { name = "text", rest = true }]
        [commands.port]
        summary = "Port"
        [commands.port.lookup]
        443 = "HTTPS"
    "#;

    fn catalogue() -> Catalogue {
        let loaded = Catalogue::from_text(FILE).unwrap_or_else(|broken| panic!("{broken}"));
        loaded.catalogue
    }

    fn expected<'w>(command: &str, words: &[&'w str]) -> Expected<'w> {
        let catalogue = catalogue();
        catalogue.command(command).expect("it is there").expected(words)
    }

    fn value<'w>(position: usize, prefix: &'w str, begun: &'w str) -> Expected<'w> {
        Expected::Value {
            position,
            prefix,
            begun,
        }
    }

    #[test]
    fn flags_stand_anywhere_and_the_others_in_their_order() {
        for (words, wanted) in [
            (&[""][..], value(0, "", "")),
            (&["sr"], value(0, "", "sr")),
            (&["-"], Expected::Flag { begun: "-" }),
            (&["--de"], Expected::Flag { begun: "--de" }),
            (&["--depth", "1"], value(1, "", "1")),
            (&["--depth", "-"], value(1, "", "-")),
            (&["--depth=1"], value(1, "--depth=", "1")),
            (&["-a", "s"], value(0, "", "s")),
            (&["--depth", "1", "s"], value(0, "", "s")),
            (&["-ab", "s"], value(0, "", "s")),
            (&["src", "x"], value(3, "", "x")),
            (&["src", "x", "y"], value(3, "", "y")),
            (&["--", "-x"], value(0, "", "-x")),
            (&["--nonsense", ""], Expected::Nothing),
            (&[], Expected::Nothing),
        ] {
            assert_eq!(expected("find", words), wanted, "{words:?}");
        }
    }

    #[test]
    fn what_takes_dashes_takes_what_is_no_flag() {
        assert_eq!(expected("raw", &["-x"]), value(1, "", "-x"));
        assert_eq!(expected("raw", &["-x", "y"]), Expected::Nothing);
        assert_eq!(expected("raw", &["--quick", "y"]), value(1, "", "y"));
        assert_eq!(expected("port", &["443", ""]), Expected::Nothing);
        assert_eq!(expected("note", &["ana", "bu"]), value(1, "", "bu"));
        assert_eq!(
            expected("note", &["ana", "buy", "m"]),
            Expected::Nothing,
            "the middle of a value"
        );
    }

    #[test]
    fn flags_that_stand_there_are_not_offered_again() {
        let catalogue = catalogue();
        let flags = |words: &[&str]| -> Vec<String> {
            let find = catalogue.command("find").expect("it is there");
            find.flags(words)
                .map(|(flag, follows)| format!("{flag} {follows}"))
                .collect()
        };
        assert_eq!(flags(&["src"]), ["--depth DEPTH", "-a ", "-b "]);
        assert_eq!(flags(&["--depth=2", "-a", "-b"]), Vec::<String>::new());
        assert_eq!(flags(&["-ab"]), ["--depth DEPTH"]);
    }

    #[test]
    fn choices_and_keys_are_known() {
        let catalogue = catalogue();
        let values = |command: &str, position| -> Vec<String> {
            let command = catalogue.command(command).expect("it is there");
            let known = catalogue.known_values(command, position, LanguageId::default());
            known.iter().map(|(value, about)| format!("{value}: {about}")).collect()
        };
        assert_eq!(values("find", 1), ["1: ", "2: "]);
        assert_eq!(values("port", 0), ["443: HTTPS"]);
        assert_eq!(values("find", 0), Vec::<String>::new());
        assert_eq!(values("find", 9), Vec::<String>::new());
    }
}
