//! Checks the words that someone typed against what a command declares.

use std::borrow::Cow;

use zeroize::Zeroizing;

use super::argument_error::ArgumentError;
use super::command::Action;
use super::diagnostic::nearest_word;
use super::param::{Param, ParamKind};
use super::value::{self, Value};

/// The words for a command, those that are secrets apart from the others.
#[derive(Debug)]
pub struct Apart<'w> {
    /// The others, each group behind the number of its param and how many they are; all as they came where no param is
    /// secret.
    pub open: Vec<Cow<'w, str>>,
    /// The secrets.
    pub secret: Vec<&'w str>,
}

/// Checked arguments, one for each declared param in their order. A card's are all its words: it takes any.
#[derive(Debug)]
pub struct Arguments<'w> {
    given: Vec<Vec<Value<'w>>>,
}

impl<'w> Arguments<'w> {
    /// The value of the param at `position`, from 0: the default if none was typed, `None` if there is no default either.
    /// Choices come as the file writes them, booleans as `true` or `false`, paths as they were typed, secrets not at all.
    pub fn get(&self, position: usize) -> Option<&str> {
        self.value(position)?.as_str()
    }

    /// All values of the param at `position`, as above; more than one only for a param with `list`.
    pub fn list(&self, position: usize) -> Vec<&str> {
        self.values(position).iter().filter_map(Value::as_str).collect()
    }

    /// The value of the param at `position`.
    pub fn value(&self, position: usize) -> Option<&Value<'w>> {
        self.values(position).first()
    }

    /// All values of the param at `position`; more than one only for a param with `list`.
    pub fn values(&self, position: usize) -> &[Value<'w>] {
        self.given.get(position).map_or(&[], Vec::as_slice)
    }
}

/// Checks `words` for a command of this action; see [`Command::arguments`](super::Command::arguments).
pub(super) fn check<'w>(
    action: &Action,
    params: &'w [Param],
    words: &[&'w str],
) -> Result<Arguments<'w>, ArgumentError> {
    if matches!(action, Action::Card) {
        let words = words.iter().map(|word| vec![Value::Text(Cow::Borrowed(*word))]);
        return Ok(Arguments { given: words.collect() });
    }
    declared(params, words)
}

/// Checks `words` against the params of a command that is no card.
pub(super) fn declared<'w>(params: &'w [Param], words: &[&'w str]) -> Result<Arguments<'w>, ArgumentError> {
    let checked = sort(params, words).and_then(|sorted| {
        let pairs = params.iter().zip(&sorted);
        let given = pairs.map(|(param, words)| values(param, words));
        given.collect::<Result<_, _>>()
    });
    match checked {
        Ok(given) => Ok(Arguments { given }),
        // A secret may have been typed anywhere: too many words, or in another's place.
        Err(error) if params.iter().any(|param| param.kind == ParamKind::Secret) => Err(error.without_values()),
        Err(error) => Err(error),
    }
}

/// Which words are secrets, before any of them has been checked. An error if it can't be told.
pub(super) fn apart<'w>(params: &'w [Param], words: &[&'w str]) -> Result<Apart<'w>, ArgumentError> {
    let is_secret = |param: &Param| param.kind == ParamKind::Secret;
    let (mut open, mut secret) = (Vec::new(), Vec::new());
    if !params.iter().any(is_secret) {
        open.extend(words.iter().map(|word| Cow::Borrowed(*word)));
        return Ok(Apart { open, secret });
    }
    let sorted = sort(params, words).map_err(ArgumentError::without_values)?;
    for (position, (param, words)) in params.iter().zip(sorted).enumerate() {
        if is_secret(param) {
            secret.extend(words);
        } else {
            open.push(Cow::Owned(format!("{position} {}", words.len())));
            open.extend(words.into_iter().map(Cow::Borrowed));
        }
    }
    Ok(Apart { open, secret })
}

/// Which words belong to which param, by their position or the flag before them.
pub(super) fn sort<'w>(params: &'w [Param], words: &[&'w str]) -> Result<Vec<Vec<&'w str>>, ArgumentError> {
    let mut sorted: Vec<Vec<&str>> = params.iter().map(|_| Vec::new()).collect();
    let mut positions = Positions::new(params);
    let mut words = words.iter().copied();
    let mut flags_ended = !params.iter().any(|param| param.flag.is_some());
    while let Some(word) = words.next() {
        if !flags_ended && word == "--" {
            flags_ended = true;
            continue;
        }
        if !flags_ended && word.len() > 1 && word.starts_with('-') {
            if let Some((position, value)) = flagged(params, word, &mut words)? {
                take_flag(params, &mut sorted, position, value)?;
                continue;
            }
            if let Some(positions) = switches(params, word) {
                for position in positions {
                    take_flag(params, &mut sorted, position, "true")?;
                }
                continue;
            }
            if !positions.next_allows_dash() {
                return Err(unknown_flag(params, word));
            }
        }
        let position = positions.take().ok_or_else(|| ArgumentError::Unexpected {
            word: Some(word.to_owned()),
        })?;
        sorted[position].push(word);
    }
    Ok(sorted)
}

fn take_flag<'w>(
    params: &[Param],
    sorted: &mut [Vec<&'w str>],
    position: usize,
    value: &'w str,
) -> Result<(), ArgumentError> {
    if !params[position].list && !sorted[position].is_empty() {
        return Err(ArgumentError::Twice {
            flag: params[position].label(),
        });
    }
    sorted[position].push(value);
    Ok(())
}

/// The params that a word of several short switches says yes to: `-la` is `-l -a` if both are flags without a value. A flag
/// that is called so as a whole comes first.
pub(super) fn switches(params: &[Param], word: &str) -> Option<Vec<usize>> {
    let letters = word.strip_prefix('-')?;
    if letters.starts_with('-') || letters.chars().nth(1).is_none() {
        return None;
    }
    let switch = |letter: char| {
        let is_it = |flag: &str| flag.strip_prefix('-').is_some_and(|name| name.chars().eq([letter]));
        let mut params = params.iter();
        params.position(|param| param.is_switch() && param.flag.as_deref().is_some_and(is_it))
    };
    letters.chars().map(switch).collect()
}

/// Which param the next word without a flag belongs to.
pub(super) struct Positions<'p> {
    params: &'p [Param],
    next: usize,
}

impl<'p> Positions<'p> {
    pub(super) fn new(params: &'p [Param]) -> Self {
        let mut positions = Positions { params, next: 0 };
        positions.skip_flags();
        positions
    }

    fn skip_flags(&mut self) {
        while self.params.get(self.next).is_some_and(|param| param.flag.is_some()) {
            self.next += 1;
        }
    }

    /// Whether a word there may begin as a flag does.
    pub(super) fn next_allows_dash(&self) -> bool {
        self.params.get(self.next).is_some_and(|param| param.allow_dash)
    }

    /// The position of the param that the next word is for; none if there are no more.
    pub(super) fn take(&mut self) -> Option<usize> {
        let taken = self.next;
        let param = self.params.get(taken)?;
        if !(param.rest || param.list) {
            self.next += 1;
            self.skip_flags();
        }
        Some(taken)
    }
}

/// The param whose flag `word` is, and its value: `--x VALUE`, `--x=VALUE`, or `--x` alone for a boolean.
fn flagged<'w>(
    params: &'w [Param],
    word: &'w str,
    words: &mut impl Iterator<Item = &'w str>,
) -> Result<Option<(usize, &'w str)>, ArgumentError> {
    let (flag, value) = match word.split_once('=') {
        Some((flag, value)) if flag.starts_with("--") => (flag, Some(value)),
        _ => (word, None),
    };
    let position = params.iter().position(|param| param.flag.as_deref() == Some(flag));
    let Some(position) = position else {
        return Ok(None);
    };
    let param = &params[position];
    let value = match value {
        Some(_) if param.is_switch() => {
            return Err(ArgumentError::TakesNoValue { flag: flag.to_owned() });
        }
        None if param.is_switch() => "true",
        Some(value) => value,
        None => words.next().ok_or_else(|| ArgumentError::NeedsValue {
            flag: flag.to_owned(),
            param: param.placeholder(),
        })?,
    };
    Ok(Some((position, value)))
}

fn unknown_flag(params: &[Param], word: &str) -> ArgumentError {
    const SHORT: usize = 2;
    let typed = word.split_once('=').map_or(word, |(flag, _)| flag);
    let flags = params.iter().filter_map(|param| param.flag.as_deref());
    // Any letter is like any other; but the right one may have been typed with a value as only `--long` ones have it.
    let flags = flags.filter(|flag| *flag == typed || flag.len() > SHORT && typed.len() > SHORT);
    ArgumentError::UnknownFlag {
        near: nearest_word(typed, flags).map(str::to_owned),
        word: Some(word.to_owned()),
    }
}

fn values<'w>(param: &'w Param, words: &[&'w str]) -> Result<Vec<Value<'w>>, ArgumentError> {
    let unfit = |value: &str, fault| ArgumentError::Unfit {
        param: param.label(),
        value: Some(value.to_owned()),
        fault,
    };
    let checked = |word: &'w str| value::check(param, word).map_err(|fault| unfit(word, fault));
    let words = if param.rest && words.iter().all(|word| word.trim().is_empty()) {
        &[]
    } else {
        words
    };
    match words {
        [] if param.required => Err(ArgumentError::Missing {
            param: param.card_label(),
        }),
        [] => param.default.iter().map(|default| checked(default)).collect(),
        several if param.rest && several.len() > 1 => {
            // It may be a secret.
            let line = Zeroizing::new(several.join(" "));
            let value = value::check(param, &line).map(Value::into_owned);
            Ok(vec![value.map_err(|fault| unfit(&line, fault))?])
        }
        several => several.iter().map(|word| checked(word)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use crate::catalogue::{Catalogue, Command};

    const FILE: &str = r#"
        [commands.ls]
        summary = "List"
        exec = ["ls", "{long}", "{all}", "{la}", "{depth}", "{paths}"]
        params = [
            { name = "long", flag = "-l", type = "boolean" },
            { name = "all", flag = "-a", type = "boolean" },
            { name = "la", flag = "-al", type = "boolean" },
            { name = "depth", flag = "-d", allow_dash = true },
            { name = "paths", list = true, required = false },
        ]
        [commands.raw]
        summary = "Raw"
        exec = ["raw", "{long}", "{all}", "{text}"]
        params = [
            { name = "long", flag = "-l", type = "boolean" },
            { name = "all", flag = "--a", type = "boolean" },
            { name = "text", allow_dash = true, list = true, required = false },
        ]
    "#;

    /// The params that have values, and the values, or the error.
    fn given(command: &Command, line: &str) -> Result<String, String> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let arguments = command.arguments(&words).map_err(|error| format!("{error:?}"))?;
        let params = command.params.iter().enumerate();
        let given = params.map(|(position, param)| (&param.name, arguments.list(position)));
        let given = given.filter(|(_, values)| !values.is_empty());
        Ok(given
            .map(|(name, values)| format!("{name}={}", values.join(",")))
            .collect::<Vec<_>>()
            .join(" "))
    }

    #[test]
    fn short_switches_stand_together() {
        let catalogue = Catalogue::from_text(FILE).unwrap().catalogue;
        let ls = |line: &str| given(catalogue.command("ls").unwrap(), line);
        let same = |line: &str, expected: &str| assert_eq!(ls(line).as_deref(), Ok(expected), "{line}");
        same("-la", "long=true all=true");
        same("x -la y", "long=true all=true paths=x,y");
        same("-al", "la=true");
        same("-d -la", "depth=-la");
        // Not all of them are switches of the command, one comes twice, or it isn't short.
        for line in ["-lx", "-ld", "-ll", "-la -l", "-lá", "--la", "-l=true"] {
            assert!(ls(line).is_err(), "{line}: {:?}", ls(line));
        }
        let raw = |line: &str| given(catalogue.command("raw").unwrap(), line);
        assert_eq!(raw("-la").as_deref(), Ok("text=-la"), "`--a` is no letter");
        assert_eq!(raw("-l -- -ll").as_deref(), Ok("long=true text=-ll"));
    }
}
