//! What the last word of a line that is being typed could be.

use std::borrow::Cow;

use caracola_wire::line::{self, Expected, Parser};

use crate::command::Action;
use crate::text::LanguageId;
use crate::{Catalogue, Command};

impl Command {
    /// What the last of `words`, which come after the command's name, could become. They are sorted as
    /// [`Command::arguments`] sorts them, but no value is checked: a line that is being typed is seldom right.
    pub fn expected<'w>(&self, words: &[&'w str]) -> Expected<'w> {
        let Some((begun, earlier)) = words.split_last() else {
            return Expected::Nothing;
        };
        let mut parser = Parser::new(&self.params);
        if earlier.iter().any(|word| parser.take(word).is_misfit()) {
            return Expected::Nothing;
        }
        parser.expected(begun)
    }

    /// The flags that may still be typed after `words`, each with what follows it.
    pub fn flags(&self, words: &[&str]) -> impl Iterator<Item = (&str, String)> {
        let typed = line::flags_among(words, &self.params);
        let free = self.params.iter().zip(typed);
        let free = free.filter(|(param, typed)| param.list || !typed);
        free.filter_map(|(param, _)| {
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
            _ => param
                .kind
                .offers()
                .iter()
                .map(|word| (*word, Cow::Borrowed("")))
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use caracola_wire::line::corpus::{self, COMMAND, TYPED};
    use caracola_wire::line::words_to_cursor;

    use super::*;
    use crate::LanguageId;
    use crate::tests::corpus_catalogue;

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
    fn what_takes_dashes_takes_what_is_not_a_flag() {
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
    fn what_the_corpus_says_is_expected_next() {
        for line in TYPED {
            let Some(catalogue) = corpus_catalogue(line.params) else {
                continue;
            };
            let command = catalogue.command(COMMAND).expect("it is there");
            let words = words_to_cursor(line.typed);
            let words: Vec<&str> = words.iter().skip(1).map(|word| word.text.as_str()).collect();
            let expected = corpus::expected_text(command.expected(&words), &corpus::params(line.params));
            assert_eq!(expected, line.expected, "{} of {}", line.typed, line.params);
        }
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
