//! Checks the words that someone typed against what a command declares.

use std::borrow::Cow;

use super::{Action, Command};
use crate::param::{Apart, ArgumentError, Arguments, Param, Value, apart, declared, sort};
use caracola_speech::Speech;

impl Command {
    /// Checks how many words there are, their types and choices, and fills in defaults. A card takes anything. A param with
    /// `rest` takes all the words that are left, joined by one blank if they are several.
    ///
    /// Looks at the file system for params of type `path`, and only for those: see [`Command::looks_at_files`].
    pub fn arguments<'w>(&'w self, words: &[&'w str]) -> Result<Arguments<'w>, ArgumentError> {
        check(&self.action, &self.params, words)
    }

    /// Which of the words for it are secrets. They needn't be valid; it is an error if nobody can tell what they are for.
    pub fn apart<'w>(&'w self, words: &[&'w str]) -> Result<Apart<'w>, ArgumentError> {
        apart(&self.params, words)
    }

    /// [`Command::arguments`] by other params than its own.
    pub fn arguments_by<'w>(&self, params: &'w [Param], words: &[&'w str]) -> Result<Arguments<'w>, ArgumentError> {
        check(&self.action, params, words)
    }

    /// The values in `words` of all params but the one at `position`, by name, as they were typed: nobody has checked them.
    /// There are none if the words make no sense.
    pub fn unchecked(&self, words: &[&str], position: usize) -> Vec<(String, Vec<String>)> {
        let sorted = sort(&self.params, words).unwrap_or_default();
        let pairs = self.params.iter().zip(sorted).enumerate();
        let given = pairs.filter(|(number, (_, words))| *number != position && !words.is_empty());
        given
            .map(|(_, (param, words))| (param.name.clone(), words.into_iter().map(str::to_owned).collect()))
            .collect()
    }
}

/// Checks `words` for a command of this action; see [`Command::arguments`].
fn check<'w>(action: &Action, params: &'w [Param], words: &[&'w str]) -> Result<Arguments<'w>, ArgumentError> {
    if matches!(action, Action::Card) {
        let words = words.iter().map(|word| vec![Value::Text(Cow::Borrowed(*word))]);
        return Ok(Arguments { given: words.collect() });
    }
    declared(params, words)
}

impl ArgumentError {
    /// One sentence about what is wrong, and the usage line; all in one line.
    pub fn message(&self, command: &Command, speech: Speech) -> String {
        let sentence = self.sentence(&command.name, speech);
        speech.with_usage(sentence, command.usage().join(" | "))
    }
}
