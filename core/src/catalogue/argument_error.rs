//! What is wrong with arguments, in the reader's language.

use super::command::Command;
use super::diagnostic::quoted;
use crate::language::Speech;

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
                format!("{param} cannot be {}: {}", quoted(value), fault.in_english())
            }
            (ArgumentError::Unfit { param, value, fault }, Speech::Spanish) => {
                format!("{param} no puede ser {}: {}", quoted(value), fault.in_spanish())
            }
        }
    }
}

impl Fault {
    fn in_english(&self) -> String {
        match self {
            Fault::Empty => "it is empty.".to_owned(),
            Fault::NoInteger => "it must be a whole number.".to_owned(),
            Fault::NoNumber => "it must be a number.".to_owned(),
            Fault::NoBoolean => "it must be yes or no.".to_owned(),
            Fault::NoLanguage => "it must be the tag of a language, such as en, es or es-MX.".to_owned(),
            Fault::Under(min) => format!("it must be at least {min}."),
            Fault::Over(max) => format!("it must be at most {max}."),
            Fault::LongerThan(most) => format!("it may have at most {most} characters."),
            Fault::NoChoice { near: Some(near), .. } => format!("did you mean `{near}`?"),
            Fault::NoChoice { choices, near: None } => format!("it must be one of {}.", few(choices)),
        }
    }

    fn in_spanish(&self) -> String {
        match self {
            Fault::Empty => "está vacío.".to_owned(),
            Fault::NoInteger => "debe ser un número entero.".to_owned(),
            Fault::NoNumber => "debe ser un número.".to_owned(),
            Fault::NoBoolean => "debe ser sí o no.".to_owned(),
            Fault::NoLanguage => "debe ser la etiqueta de un idioma, como en, es o es-MX.".to_owned(),
            Fault::Under(min) => format!("debe ser al menos {min}."),
            Fault::Over(max) => format!("debe ser como mucho {max}."),
            Fault::LongerThan(most) => format!("puede tener como mucho {most} caracteres."),
            Fault::NoChoice { near: Some(near), .. } => format!("¿querías decir `{near}`?"),
            Fault::NoChoice { choices, near: None } => format!("debe ser una de estas opciones: {}.", few(choices)),
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
