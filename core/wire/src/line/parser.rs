//! Which word of a line belongs to which param.

use super::Parameter;

/// What a word after a command's name is. Params are named by their position among the command's, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role<'w> {
    /// A value for the param whose place it is in.
    Value(usize),
    /// Part of the value of the param that takes the rest of the line: its first word, or one that follows.
    Rest(usize),
    /// The flag of a param whose value is the next word.
    Flag(usize),
    /// That value.
    FlagValue(usize),
    /// `--flag=value`.
    FlagWithValue {
        /// The param.
        param: usize,
        /// What stands behind the `=`.
        value: &'w str,
    },
    /// The flag of a param that it says yes to by itself.
    Switch(usize),
    /// `--flag=value` for a flag without a value.
    SwitchWithValue(usize),
    /// `-la`: several short switches, each of whose letters is here; [`Parser::switches`] tells the params.
    Switches(&'w str),
    /// The first `--`: no flags come after it.
    FlagsEnd,
    /// It begins as a flag does, and is none.
    UnknownFlag,
    /// All params have their words.
    TooMany,
}

impl Role<'_> {
    /// The param that the word, or a part of it, is a value for.
    pub fn value_of(self) -> Option<usize> {
        match self {
            Role::Value(param) | Role::Rest(param) | Role::FlagValue(param) | Role::FlagWithValue { param, .. } => {
                Some(param)
            }
            _ => None,
        }
    }

    /// Whether the command doesn't take such a word there.
    pub fn is_misfit(self) -> bool {
        matches!(self, Role::SwitchWithValue(_) | Role::UnknownFlag | Role::TooMany)
    }
}

/// What could stand where a line that is being typed ends.
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
    /// Nothing that can be offered: the command takes no more, or the middle of the rest of a line.
    Nothing,
}

/// Gives the words of a command their roles, one by one in their order: flags stand anywhere, the others are told by their
/// places. Allocates nothing.
#[derive(Debug, Clone)]
pub struct Parser<'p, P> {
    params: &'p [P],
    /// The param that the next word is for, if it is not a flag.
    next: usize,
    /// The last word was this param's flag.
    awaited: Option<usize>,
    flags: bool,
    in_rest: bool,
}

impl<'p, P: Parameter> Parser<'p, P> {
    /// At the first word after the name of the command that takes these.
    pub fn new(params: &'p [P]) -> Self {
        let mut parser = Self {
            params,
            next: 0,
            awaited: None,
            flags: params.iter().any(|param| param.flag().is_some()),
            in_rest: false,
        };
        parser.skip_flags();
        parser
    }

    /// The role of the next word. After one that is a misfit the others are read as if it weren't there.
    pub fn take<'w>(&mut self, word: &'w str) -> Role<'w> {
        if let Some(param) = self.awaited.take() {
            return Role::FlagValue(param);
        }
        if self.flags && word.len() > 1 && word.starts_with('-') {
            if word == "--" {
                self.flags = false;
                return Role::FlagsEnd;
            }
            if let Some(role) = self.flag(word) {
                if let Role::Flag(param) = role {
                    self.awaited = Some(param);
                }
                return role;
            }
            if !self.next_allows_dash() {
                return Role::UnknownFlag;
            }
        }
        self.take_place()
    }

    /// What the next word, of which this was typed, could become.
    pub fn expected<'w>(&self, begun: &'w str) -> Expected<'w> {
        let value = |position, prefix, begun| Expected::Value {
            position,
            prefix,
            begun,
        };
        if let Some(param) = self.awaited {
            return value(param, "", begun);
        }
        if self.flags && begun.starts_with('-') {
            match self.flag(begun) {
                Some(Role::FlagWithValue { param, value: typed }) => {
                    return value(param, &begun[..begun.len() - typed.len()], typed);
                }
                Some(Role::SwitchWithValue(_)) => return Expected::Nothing,
                _ if !self.next_allows_dash() => return Expected::Flag { begun },
                _ => {}
            }
        }
        match self.next_position() {
            Some(_) if self.in_rest => Expected::Nothing,
            Some(position) => value(position, "", begun),
            None if self.flags && begun.is_empty() => Expected::Flag { begun },
            None => Expected::Nothing,
        }
    }

    /// The params that the letters of [`Role::Switches`] say yes to.
    pub fn switches<'w>(&self, letters: &'w str) -> impl Iterator<Item = usize> + use<'p, 'w, P> {
        let params = self.params;
        letters.chars().filter_map(|letter| switch(params, letter))
    }

    /// The param whose flag was the last word: its value comes next.
    pub fn awaited(&self) -> Option<usize> {
        self.awaited
    }

    /// Whether a word here may be a flag.
    pub fn takes_flags(&self) -> bool {
        self.flags && self.awaited.is_none()
    }

    /// Whether the rest of the line has begun: all that comes is part of that value.
    pub fn in_rest(&self) -> bool {
        self.in_rest
    }

    /// The param that the next word without a flag is for.
    pub fn next_position(&self) -> Option<usize> {
        (self.next < self.params.len()).then_some(self.next)
    }

    /// Whether the next word without a flag is of the rest of the line.
    pub(super) fn next_is_rest(&self) -> bool {
        self.params.get(self.next).is_some_and(Parameter::is_rest)
    }

    fn next_allows_dash(&self) -> bool {
        self.params.get(self.next).is_some_and(Parameter::allows_dash)
    }

    fn skip_flags(&mut self) {
        while self.params.get(self.next).is_some_and(|param| param.flag().is_some()) {
            self.next += 1;
        }
    }

    fn take_place(&mut self) -> Role<'static> {
        let taken = self.next;
        let Some(param) = self.params.get(taken) else {
            return Role::TooMany;
        };
        if param.is_rest() {
            self.in_rest = true;
            // A dash is a letter in there.
            self.flags = false;
            return Role::Rest(taken);
        }
        if !param.is_list() {
            self.next += 1;
            self.skip_flags();
        }
        Role::Value(taken)
    }

    /// The role of a word that begins with a dash, if it is a flag or several. A flag that is called as the whole word comes
    /// before switches that stand together.
    fn flag<'w>(&self, word: &'w str) -> Option<Role<'w>> {
        let (flag, value) = match word.split_once('=') {
            Some((flag, value)) if flag.starts_with("--") => (flag, Some(value)),
            _ => (word, None),
        };
        let Some(param) = self.params.iter().position(|param| param.flag() == Some(flag)) else {
            return self.short_switches(word).map(Role::Switches);
        };
        Some(match (self.params[param].is_switch(), value) {
            (true, Some(_)) => Role::SwitchWithValue(param),
            (true, None) => Role::Switch(param),
            (false, Some(value)) => Role::FlagWithValue { param, value },
            (false, None) => Role::Flag(param),
        })
    }

    /// The letters of a word of at least two short switches.
    fn short_switches<'w>(&self, word: &'w str) -> Option<&'w str> {
        let letters = word.strip_prefix('-')?;
        let are_several = !letters.starts_with('-') && letters.chars().nth(1).is_some();
        let mut each = letters.chars();
        (are_several && each.all(|letter| switch(self.params, letter).is_some())).then_some(letters)
    }
}

/// The switch of one letter that is called so.
fn switch<P: Parameter>(params: &[P], letter: char) -> Option<usize> {
    let is_it = |flag: &str| flag.strip_prefix('-').is_some_and(|name| name.chars().eq([letter]));
    params
        .iter()
        .position(|param| param.is_switch() && param.flag().is_some_and(is_it))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::line::corpus::{LINES, TYPED, expected, params, roles};

    #[test]
    fn words_have_the_roles_that_the_corpus_says() {
        for line in LINES {
            let params = params(line.params);
            assert_eq!(
                roles(line.words, &params),
                line.roles,
                "{} of {}",
                line.typed,
                line.params
            );
        }
    }

    #[test]
    fn what_the_corpus_says_is_expected_next() {
        for line in TYPED {
            let params = params(line.params);
            assert_eq!(
                expected(line.typed, &params),
                line.expected,
                "{} of {}",
                line.typed,
                line.params
            );
        }
    }

    #[test]
    fn a_misfit_changes_nothing_for_what_follows() {
        let params = params("folder --depth");
        let mut parser = Parser::new(&params);
        assert_eq!(parser.take("--other"), Role::UnknownFlag);
        assert_eq!(parser.take("src"), Role::Value(0));
        assert_eq!(parser.take("more"), Role::TooMany);
        assert_eq!(parser.take("--depth"), Role::Flag(1));
        assert_eq!(parser.awaited(), Some(1));
    }
}
