//! Checks the words that someone typed against what a command declares.

use std::borrow::Cow;

use super::argument_error::{ArgumentError, Fault};
use super::command::{Action, Command};
use super::diagnostic::nearest_word;
use super::name::fold;
use super::param::{Param, ParamKind};
use crate::language::Language;

/// Checked arguments, one for each declared param in their order. A card's are all its words: it takes any.
#[derive(Debug, Clone, PartialEq)]
pub struct Arguments<'w> {
    given: Vec<Argument<'w>>,
}

#[derive(Debug, Clone, PartialEq)]
enum Argument<'w> {
    Absent,
    One(Cow<'w, str>),
    Many(Vec<Cow<'w, str>>),
}

impl Arguments<'_> {
    /// The value of the param at `position`, from 0: the default if none was typed, `None` if there is no default either.
    /// Choices come as the file writes them, booleans as `true` or `false`.
    pub fn get(&self, position: usize) -> Option<&str> {
        match self.given.get(position)? {
            Argument::Absent => None,
            Argument::One(value) => Some(value),
            Argument::Many(values) => values.first().map(|value| &**value),
        }
    }

    /// All values of the param at `position`; more than one only for a param with `list`.
    pub fn list(&self, position: usize) -> Vec<&str> {
        match self.given.get(position) {
            None | Some(Argument::Absent) => Vec::new(),
            Some(Argument::One(value)) => vec![value],
            Some(Argument::Many(values)) => values.iter().map(|value| &**value).collect(),
        }
    }
}

/// Checks `words` for `command`; see [`Command::arguments`].
pub(super) fn check<'w>(command: &Command, words: &[&'w str]) -> Result<Arguments<'w>, ArgumentError> {
    if matches!(command.action, Action::Card) {
        let words = words.iter().map(|word| Argument::One(Cow::Borrowed(*word)));
        return Ok(Arguments { given: words.collect() });
    }
    let mut left = words;
    let mut given = Vec::with_capacity(command.params.len());
    for param in &command.params {
        let taken = if param.rest || param.list {
            left.len()
        } else {
            left.len().min(1)
        };
        let (own, others) = left.split_at(taken);
        left = others;
        given.push(argument(param, own)?);
    }
    match left.first() {
        None => Ok(Arguments { given }),
        Some(word) => Err(ArgumentError::Unexpected {
            word: (*word).to_owned(),
        }),
    }
}

fn argument<'w>(param: &Param, words: &[&'w str]) -> Result<Argument<'w>, ArgumentError> {
    let unfit = |value: &str, fault| ArgumentError::Unfit {
        param: param.placeholder(),
        value: value.to_owned(),
        fault,
    };
    let checked = |word: &'w str| check_value(param, word).map_err(|fault| unfit(word, fault));
    let words = if param.rest && words.iter().all(|word| word.trim().is_empty()) {
        &[]
    } else {
        words
    };
    match words {
        [] if param.required => Err(ArgumentError::Missing {
            param: param.placeholder(),
        }),
        [] => Ok(param
            .default
            .clone()
            .map_or(Argument::Absent, |default| Argument::One(Cow::Owned(default)))),
        several if param.list => {
            let values = several.iter().map(|word| checked(word));
            Ok(Argument::Many(values.collect::<Result<_, _>>()?))
        }
        [one] => Ok(Argument::One(checked(one)?)),
        several => {
            let line = several.join(" ");
            let value = check_value(param, &line).map_err(|fault| unfit(&line, fault))?;
            Ok(Argument::One(Cow::Owned(value.into_owned())))
        }
    }
}

/// Checks one value, and gives it as the command gets it: borrowed when that is as it was typed.
pub(super) fn check_value<'v>(param: &Param, value: &'v str) -> Result<Cow<'v, str>, Fault> {
    if param.required && value.is_empty() {
        return Err(Fault::Empty);
    }
    match param.kind {
        ParamKind::Integer => {
            let integer: i64 = value.parse().map_err(|_| Fault::NoInteger)?;
            #[expect(
                clippy::cast_precision_loss,
                reason = "bounds are written as numbers a person can read"
            )]
            within(param, integer as f64)?;
        }
        ParamKind::Number => {
            let number: f64 = value.parse().map_err(|_| Fault::NoNumber)?;
            if !number.is_finite() {
                return Err(Fault::NoNumber);
            }
            within(param, number)?;
        }
        ParamKind::Boolean => return boolean(value).map(Cow::Borrowed).ok_or(Fault::NoBoolean),
        ParamKind::Language => {
            value.parse::<Language>().map_err(|_| Fault::NoLanguage)?;
        }
        ParamKind::String
        | ParamKind::Choice
        | ParamKind::Text
        | ParamKind::Person
        | ParamKind::Room
        | ParamKind::Command => {}
    }
    if let Some(most) = param.max_len
        && value.chars().nth(most).is_some()
    {
        return Err(Fault::LongerThan(most));
    }
    choice(param, value)
}

fn within(param: &Param, number: f64) -> Result<(), Fault> {
    match (param.min, param.max) {
        (Some(min), _) if number < min => Err(Fault::Under(min)),
        (_, Some(max)) if number > max => Err(Fault::Over(max)),
        _ => Ok(()),
    }
}

fn boolean(value: &str) -> Option<&'static str> {
    match &*fold(value) {
        "true" | "yes" | "on" | "1" | "sí" | "si" => Some("true"),
        "false" | "no" | "off" | "0" => Some("false"),
        _ => None,
    }
}

fn choice<'v>(param: &Param, value: &'v str) -> Result<Cow<'v, str>, Fault> {
    let choices = || param.choices.iter().map(|choice| choice.value.as_str());
    if param.choices.is_empty() || choices().any(|choice| choice == value) {
        return Ok(Cow::Borrowed(value));
    }
    let folded = fold(value);
    match choices().find(|choice| fold(choice) == folded) {
        Some(choice) => Ok(Cow::Owned(choice.to_owned())),
        None => Err(Fault::NoChoice {
            choices: choices().map(str::to_owned).collect(),
            near: nearest_word(value, choices()).map(str::to_owned),
        }),
    }
}
