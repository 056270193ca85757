//! Checks the words that someone typed against what a command declares.

use std::borrow::Cow;

use caracola_wire::line::{Parser, Role};
use zeroize::Zeroizing;

use super::Param;
use super::argument_error::ArgumentError;
use super::kind::ParamKind;
use super::value::{Value, check};
use crate::diagnostic::nearest_word;

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
    pub(crate) given: Vec<Vec<Value<'w>>>,
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

/// Checks `words` against the params of a command that is not a card.
pub(crate) fn declared<'w>(params: &'w [Param], words: &[&'w str]) -> Result<Arguments<'w>, ArgumentError> {
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
pub(crate) fn apart<'w>(params: &'w [Param], words: &[&'w str]) -> Result<Apart<'w>, ArgumentError> {
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

/// Which words belong to which param, by the one grammar of lines.
pub(crate) fn sort<'w>(params: &'w [Param], words: &[&'w str]) -> Result<Vec<Vec<&'w str>>, ArgumentError> {
    let mut sorted = Sorted::new(params);
    let mut parser = Parser::new(params);
    for &word in words {
        match parser.take(word) {
            Role::Value(position) | Role::Rest(position) => sorted.values[position].push(word),
            Role::FlagValue(position) => sorted.flagged(position, word)?,
            Role::FlagWithValue { param, value } => sorted.flagged(param, value)?,
            Role::Switch(position) => sorted.flagged(position, "true")?,
            Role::Switches(letters) => {
                for position in parser.switches(letters) {
                    sorted.flagged(position, "true")?;
                }
            }
            Role::Flag(_) | Role::FlagsEnd => {}
            Role::SwitchWithValue(position) => {
                return Err(ArgumentError::TakesNoValue {
                    flag: params[position].label(),
                });
            }
            Role::UnknownFlag => return Err(unknown_flag(params, word)),
            Role::TooMany => {
                return Err(ArgumentError::Unexpected {
                    word: Some(word.to_owned()),
                });
            }
        }
    }
    match parser.awaited() {
        Some(position) => Err(ArgumentError::NeedsValue {
            flag: params[position].label(),
            param: params[position].placeholder(),
        }),
        None => Ok(sorted.values),
    }
}

/// The words of each param.
struct Sorted<'w> {
    params: &'w [Param],
    values: Vec<Vec<&'w str>>,
}

impl<'w> Sorted<'w> {
    fn new(params: &'w [Param]) -> Self {
        let values = params.iter().map(|_| Vec::new()).collect();
        Sorted { params, values }
    }

    /// Adds a value that came with its flag, which may come only once unless its param is a list.
    fn flagged(&mut self, position: usize, value: &'w str) -> Result<(), ArgumentError> {
        let param = &self.params[position];
        if !param.list && !self.values[position].is_empty() {
            return Err(ArgumentError::Twice { flag: param.label() });
        }
        self.values[position].push(value);
        Ok(())
    }
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
    let checked = |word: &'w str| check(param, word).map_err(|fault| unfit(word, fault));
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
            let value = check(param, &line).map(Value::into_owned);
            Ok(vec![value.map_err(|fault| unfit(&line, fault))?])
        }
        several => several.iter().map(|word| checked(word)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use caracola_wire::line::corpus::{self, LINES};

    use super::{apart, sort};
    use crate::tests::corpus_params;
    use crate::{Catalogue, Command, ParamKind};

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
        assert_eq!(raw("-la").as_deref(), Ok("text=-la"), "`--a` is not a letter");
        assert_eq!(raw("-l -- -ll").as_deref(), Ok("long=true text=-ll"));
    }

    #[test]
    fn each_param_gets_the_words_that_the_corpus_says() {
        for line in LINES {
            let params = corpus_params(line.params);
            let sorted = sort(&params, line.words).ok();
            assert_eq!(sorted, line.values(), "{} of {}", line.typed, line.params);
        }
    }

    #[test]
    fn secrets_are_kept_apart_as_the_corpus_says() {
        for line in LINES {
            let params = corpus_params(line.params);
            let secret = apart(&params, line.words).map(|apart| apart.secret).ok();
            let expected = line.values().map(|values| {
                let params = corpus::params(line.params);
                let pairs = params.iter().zip(values);
                let secrets = pairs.filter(|(param, _)| param.kind == "secret");
                secrets.flat_map(|(_, values)| values).collect::<Vec<_>>()
            });
            let takes_secret = params.iter().any(|param| param.kind == ParamKind::Secret);
            // Without a secret, no word is looked at.
            let expected = if takes_secret { expected } else { Some(Vec::new()) };
            assert_eq!(secret, expected, "{} of {}", line.typed, line.params);
        }
    }
}
