//! What is wrong with arguments, in the reader's language.

use super::kind::Fault;
use super::secret::HIDDEN;
use crate::diagnostic::quoted;
use caracola_speech::Speech;

/// Why words are not arguments for a command.
#[derive(Debug, Clone, PartialEq)]
pub enum ArgumentError {
    /// A required param got no value.
    Missing {
        /// As the usage line calls it.
        param: String,
    },
    /// A word too many.
    Unexpected {
        /// The first word that no param takes; hidden if it may be part of a secret.
        word: Option<String>,
    },
    /// A word that looks like a flag and is not one.
    UnknownFlag {
        /// The word; hidden if it may be part of a secret.
        word: Option<String>,
        /// The flag that was probably meant.
        near: Option<String>,
    },
    /// A flag that may come only once.
    Twice {
        /// The flag.
        flag: String,
    },
    /// A flag without the value that belongs to it.
    NeedsValue {
        /// The flag.
        flag: String,
        /// What its value is called.
        param: String,
    },
    /// A value for a flag that says all by itself.
    TakesNoValue {
        /// The flag.
        flag: String,
    },
    /// A value that its param doesn't take.
    Unfit {
        /// As the usage line calls it.
        param: String,
        /// The value; hidden if it may be a secret.
        value: Option<String>,
        /// What is wrong with it.
        fault: Fault,
    },
}

impl ArgumentError {
    /// The same without anything that was typed.
    pub(crate) fn without_values(self) -> Self {
        match self {
            ArgumentError::Unexpected { .. } => ArgumentError::Unexpected { word: None },
            ArgumentError::UnknownFlag { .. } => ArgumentError::UnknownFlag { word: None, near: None },
            ArgumentError::Unfit { param, fault, .. } => ArgumentError::Unfit {
                param,
                value: None,
                fault: fault.without_values(),
            },
            ArgumentError::Missing { .. }
            | ArgumentError::Twice { .. }
            | ArgumentError::NeedsValue { .. }
            | ArgumentError::TakesNoValue { .. } => self,
        }
    }

    /// One sentence about what is wrong with arguments of a command of that name.
    pub(crate) fn sentence(&self, command: &str, speech: Speech) -> String {
        match self {
            ArgumentError::Missing { param } => speech.argument_missing(command, param),
            ArgumentError::Unexpected { word } => speech.argument_unexpected(command, shown(word.as_deref())),
            ArgumentError::UnknownFlag { word, near } => {
                let word = shown(word.as_deref());
                match near {
                    Some(near) => speech.flag_unknown_near(command, word, near),
                    None => speech.flag_unknown(command, word),
                }
            }
            ArgumentError::Twice { flag } => speech.flag_twice(flag),
            ArgumentError::NeedsValue { flag, param } => speech.flag_needs_value(flag, param),
            ArgumentError::TakesNoValue { flag } => speech.flag_takes_no_value(flag),
            ArgumentError::Unfit { param, value, fault } => {
                speech.argument_unfit(param, shown(value.as_deref()), fault.sentence(speech))
            }
        }
    }
}

/// A word that was typed, or stars for one that may be a secret.
fn shown(word: Option<&str>) -> String {
    word.map_or_else(|| HIDDEN.to_owned(), quoted)
}
