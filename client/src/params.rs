//! Which words of a line are for which param of its command, as the server sorts them: flags anywhere, the others by their
//! position.

use caracola_wire::line;
use caracola_wire::{CatalogueEntry, ParamEntry};

/// What a word is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Role {
    /// A value for the param with this number.
    Value(usize),
    /// The flag of the param with this number: its value comes next, unless it is a switch.
    Flag(usize),
    /// `--flag=value`.
    FlagWithValue(usize),
    /// `-la`: the short switches of the params with these numbers.
    Switches(Vec<usize>),
    /// The first `--`: no flags come after it.
    FlagsEnd,
    /// Nothing that the command takes.
    Extra,
}

/// Sorts words one by one, in their order.
#[derive(Debug, Clone)]
pub(crate) struct Sorter<'p> {
    params: &'p [ParamEntry],
    /// The param that the next word is for, if it is no flag.
    next: usize,
    /// The last word was this param's flag.
    awaited: Option<usize>,
    takes_flags: bool,
}

impl<'p> Sorter<'p> {
    pub(crate) fn new(params: &'p [ParamEntry]) -> Self {
        let mut sorter = Self {
            params,
            next: 0,
            awaited: None,
            takes_flags: params.iter().any(|param| param.flag.is_some()),
        };
        sorter.skip_flags();
        sorter
    }

    /// The role of the next word.
    pub(crate) fn take(&mut self, word: &str) -> Role {
        if let Some(param) = self.awaited.take() {
            return Role::Value(param);
        }
        if self.takes_flags && word == "--" {
            self.takes_flags = false;
            return Role::FlagsEnd;
        }
        if self.takes_flags && word.len() > 1 && word.starts_with('-') {
            return self.take_flag(word);
        }
        match self.params.get(self.next) {
            Some(param) => {
                let number = self.next;
                // What follows in the line is part of the value.
                self.takes_flags &= !param.rest;
                if !(param.rest || param.list) {
                    self.next += 1;
                    self.skip_flags();
                }
                Role::Value(number)
            }
            None => Role::Extra,
        }
    }

    /// The param that a word here would be for, and its number, unless it were a flag.
    pub(crate) fn expected(&self) -> Option<(usize, &'p ParamEntry)> {
        let number = self.awaited.unwrap_or(self.next);
        Some((number, self.params.get(number)?))
    }

    /// Whether a flag was the last word and wants its value now.
    pub(crate) fn awaits_value(&self) -> bool {
        self.awaited.is_some()
    }

    /// Whether a word that begins with a dash would be a flag here.
    pub(crate) fn takes_flags(&self) -> bool {
        self.takes_flags && self.awaited.is_none()
    }

    /// Whether from here on everything is one value, whatever is in it; `word` is the first of it.
    fn begins_rest(&self, word: &str) -> bool {
        let is_rest = self.params.get(self.next).is_some_and(|param| param.rest);
        let may_be_flag = self.takes_flags && word.len() > 1 && word.starts_with('-');
        let is_flag = || word == "--" || self.flag(word).is_some() || self.switches(word).is_some();
        is_rest && self.awaited.is_none() && !(may_be_flag && is_flag())
    }

    fn take_flag(&mut self, word: &str) -> Role {
        let Some((number, has_value)) = self.flag(word) else {
            return self.switches(word).map_or(Role::Extra, Role::Switches);
        };
        if has_value {
            return Role::FlagWithValue(number);
        }
        if !is_switch(&self.params[number]) {
            self.awaited = Some(number);
        }
        Role::Flag(number)
    }

    /// The param whose flag a word is, and whether its value is in the word too.
    fn flag(&self, word: &str) -> Option<(usize, bool)> {
        let (flag, has_value) = match word.split_once('=') {
            Some((flag, _)) if flag.starts_with("--") => (flag, true),
            _ => (word, false),
        };
        let is_it = |param: &ParamEntry| param.flag.as_deref() == Some(flag);
        Some((self.params.iter().position(is_it)?, has_value))
    }

    /// The params that a word of several short switches says yes to.
    fn switches(&self, word: &str) -> Option<Vec<usize>> {
        let letters = word.strip_prefix('-')?;
        if letters.starts_with('-') || letters.chars().nth(1).is_none() {
            return None;
        }
        let switch = |letter: char| {
            let is_it = |flag: &str| flag.strip_prefix('-').is_some_and(|name| name.chars().eq([letter]));
            let mut params = self.params.iter();
            params.position(|param| is_switch(param) && param.flag.as_deref().is_some_and(is_it))
        };
        letters.chars().map(switch).collect()
    }

    fn skip_flags(&mut self) {
        while self.params.get(self.next).is_some_and(|param| param.flag.is_some()) {
            self.next += 1;
        }
    }
}

/// Whether its flag stands alone.
pub(crate) fn is_switch(param: &ParamEntry) -> bool {
    param.flag.is_some() && param.kind == "boolean"
}

/// Whether its values are to be seen by nobody.
pub(crate) fn is_secret(param: &ParamEntry) -> bool {
    param.kind == "secret"
}

/// Whether a command takes a value that nobody may see.
pub(crate) fn takes_secret(entry: &CatalogueEntry) -> bool {
    entry.params.iter().any(is_secret)
}

/// Where the value begins, in bytes, that takes the rest of a line from there on: after the name's words and those for
/// other params. None if the command has no such param, or if nothing was typed for it.
pub(crate) fn rest_start(line: &str, entry: &CatalogueEntry, name_words: usize) -> Option<usize> {
    let mut sorter = Sorter::new(&entry.params);
    for word in line::words(line).iter().skip(name_words) {
        if sorter.begins_rest(&word.text) {
            return Some(word.start);
        }
        sorter.take(&word.text);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::tests::{index, param};

    fn roles(name: &str, words: &str) -> Vec<Role> {
        let index = index();
        let entry = index.entry(name).expect(name);
        let mut sorter = Sorter::new(&entry.params);
        words.split_whitespace().map(|word| sorter.take(word)).collect()
    }

    #[test]
    fn flags_stand_anywhere_and_the_others_in_their_order() {
        use Role::{Extra, Flag, FlagWithValue, FlagsEnd, Value};

        // find FOLDER [--depth DEPTH] [--all]
        assert_eq!(
            roles("find", "src --depth 2 --all"),
            [Value(0), Flag(1), Value(1), Flag(2)]
        );
        assert_eq!(
            roles("find", "--all --depth=2 src x"),
            [Flag(2), FlagWithValue(1), Value(0), Extra]
        );
        assert_eq!(roles("find", "--depth --all src"), [Flag(1), Value(1), Value(0)]);
        assert_eq!(roles("find", "-- --all"), [FlagsEnd, Value(0)]);
        assert_eq!(roles("find", "--other -"), [Extra, Value(0)]);
        // No flags at all: a dash is a letter.
        assert_eq!(roles("tell", "-x --"), [Value(0), Value(1)]);
    }

    #[test]
    fn short_switches_stand_together() {
        use Role::{Extra, Flag, Switches, Value};

        let flag = |flag: &str, kind| ParamEntry {
            flag: Some(flag.to_owned()),
            ..param("x", kind)
        };
        let params = [
            flag("-l", "boolean"),
            flag("-a", "boolean"),
            flag("-al", "boolean"),
            flag("-d", "string"),
            param("path", "string"),
        ];
        let mut sorter = Sorter::new(&params);
        let words = ["-la", "-al", "-d", "-la", "-lx", "-ld", "--la", "p", "--", "-la"];
        let roles: Vec<Role> = words.iter().map(|word| sorter.take(word)).collect();
        let expected = [
            Switches(vec![0, 1]),
            Flag(2),
            Flag(3),
            Value(3),
            Extra,
            Extra,
            Extra,
            Value(4),
            Role::FlagsEnd,
            Extra,
        ];
        assert_eq!(roles, expected);
    }

    #[test]
    fn the_rest_begins_after_the_flags_before_it() {
        let index = index();
        let rest = |line: &str| {
            let (entry, words) = index.find_in_line(line)?;
            Some(line[rest_start(line, entry, words)?..].to_owned())
        };
        assert_eq!(
            rest("note --urgent buy  milk --now").as_deref(),
            Some("buy  milk --now")
        );
        assert_eq!(rest("note -- --urgent").as_deref(), Some("--urgent"));
        assert_eq!(rest("note -x y").as_deref(), Some("-x y"));
        assert_eq!(rest("tell ana it's  so").as_deref(), Some("it's  so"));
        assert_eq!(rest("note --urgent"), None);
        assert_eq!(rest("ls a b"), None);
    }
}
