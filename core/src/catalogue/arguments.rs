//! Checks the words that someone typed against what a command declares.

use std::borrow::Cow;

use super::command::{Action, Command};
use super::diagnostic::{nearest_word, quoted};
use super::name::fold;
use super::param::{Param, ParamKind};
use crate::language::{Language, Speech};

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

/// Why words are no arguments for a command.
#[derive(Debug, Clone, PartialEq)]
pub enum ArgumentError {
    /// A required param got no value.
    Missing {
        /// As the usage line calls it.
        param: String,
    },
    /// A word too many.
    Unexpected {
        /// The first word that no param takes.
        word: String,
    },
    /// A value that its param doesn't take.
    Unfit {
        /// As the usage line calls it.
        param: String,
        /// The value.
        value: String,
        /// What is wrong with it.
        fault: Fault,
    },
}

/// What is wrong with a value.
#[derive(Debug, Clone, PartialEq)]
pub enum Fault {
    /// Nothing in it.
    Empty,
    /// Not a whole number of 64 bits.
    NoInteger,
    /// Not a finite number.
    NoNumber,
    /// Neither yes nor no.
    NoBoolean,
    /// Not the tag of a language.
    NoLanguage,
    /// Less than this.
    Under(f64),
    /// More than this.
    Over(f64),
    /// More characters than this.
    LongerThan(usize),
    /// None of the choices.
    NoChoice {
        /// All of them.
        choices: Vec<String>,
        /// The one that was probably meant.
        near: Option<String>,
    },
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
    let checked = |value: Cow<'w, str>| match check_value(param, &value) {
        Ok(Cow::Borrowed(_)) => Ok(value),
        Ok(Cow::Owned(other)) => Ok(Cow::Owned(other)),
        Err(fault) => Err(ArgumentError::Unfit {
            param: param.placeholder(),
            value: value.into_owned(),
            fault,
        }),
    };
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
            let values = several.iter().map(|word| checked(Cow::Borrowed(*word)));
            Ok(Argument::Many(values.collect::<Result<_, _>>()?))
        }
        [one] => Ok(Argument::One(checked(Cow::Borrowed(*one))?)),
        several => Ok(Argument::One(checked(Cow::Owned(several.join(" ")))?)),
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

impl ArgumentError {
    /// One sentence about what is wrong, and the usage line; all in one line.
    pub fn message(&self, command: &Command, speech: Speech) -> String {
        let sentence = self.sentence(&command.name, speech);
        let usage = match speech {
            Speech::English => "Usage",
            Speech::Spanish => "Uso",
        };
        format!("{sentence} {usage}: {}", command.usage().join(" | "))
    }

    fn sentence(&self, command: &str, speech: Speech) -> String {
        match (self, speech) {
            (ArgumentError::Missing { param }, Speech::English) => {
                format!("`{command}` needs {param}.")
            }
            (ArgumentError::Missing { param }, Speech::Spanish) => {
                format!("A `{command}` le falta {param}.")
            }
            (ArgumentError::Unexpected { word }, Speech::English) => {
                format!("`{command}` has no use for {}.", quoted(word))
            }
            (ArgumentError::Unexpected { word }, Speech::Spanish) => {
                format!("`{command}` no sabe qué hacer con {}.", quoted(word))
            }
            (ArgumentError::Unfit { param, value, fault }, Speech::English) => {
                format!("{param} cannot be {}: {}.", quoted(value), fault.in_english())
            }
            (ArgumentError::Unfit { param, value, fault }, Speech::Spanish) => {
                format!("{param} no puede ser {}: {}.", quoted(value), fault.in_spanish())
            }
        }
    }
}

impl Fault {
    fn in_english(&self) -> String {
        match self {
            Fault::Empty => "it is empty".to_owned(),
            Fault::NoInteger => "it must be a whole number".to_owned(),
            Fault::NoNumber => "it must be a number".to_owned(),
            Fault::NoBoolean => "it must be yes or no".to_owned(),
            Fault::NoLanguage => "it must be the tag of a language, such as en, es or es-MX".to_owned(),
            Fault::Under(min) => format!("it must be at least {min}"),
            Fault::Over(max) => format!("it must be at most {max}"),
            Fault::LongerThan(most) => format!("it may have at most {most} characters"),
            Fault::NoChoice { near: Some(near), .. } => format!("did you mean `{near}`?"),
            Fault::NoChoice { choices, near: None } => format!("it must be one of {}", few(choices)),
        }
    }

    fn in_spanish(&self) -> String {
        match self {
            Fault::Empty => "está vacío".to_owned(),
            Fault::NoInteger => "debe ser un número entero".to_owned(),
            Fault::NoNumber => "debe ser un número".to_owned(),
            Fault::NoBoolean => "debe ser sí o no".to_owned(),
            Fault::NoLanguage => "debe ser la etiqueta de un idioma, como en, es o es-MX".to_owned(),
            Fault::Under(min) => format!("debe ser al menos {min}"),
            Fault::Over(max) => format!("debe ser como mucho {max}"),
            Fault::LongerThan(most) => format!("puede tener como mucho {most} caracteres"),
            Fault::NoChoice { near: Some(near), .. } => format!("¿querías decir `{near}`?"),
            Fault::NoChoice { choices, near: None } => format!("debe ser una de estas opciones: {}", few(choices)),
        }
    }
}

/// The choices for a message, not all when there are many.
pub(super) fn few(choices: &[String]) -> String {
    const MOST: usize = 12;
    let mut shown = choices[..choices.len().min(MOST)].join(", ");
    if choices.len() > MOST {
        shown.push_str(", …");
    }
    shown
}
