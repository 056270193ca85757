//! The one grammar of the lines that people type: how a line falls into words, and which word belongs to which param.
//!
//! It knows no catalogue: a command is the slice of its params, as anything that says of each what [`Parameter`] asks. The
//! server checks and completes by it, `explain` and `check` read lines by it, and the shell sends, hints, completes and keeps
//! secrets to itself by it. What must come of a line is written down once, in `corpus`, and each of them is held to that.
//!
//! - [`words`] takes a line apart; [`words_to_cursor`] one that is still being typed; [`quoted`] is the way back.
//! - [`Parser`] gives each word of a command its [`Role`], and says what is [`Expected`] next.
//! - [`arguments_of`] is both: the words of a line as a shell sends them.

#[cfg(any(test, feature = "corpus"))]
pub mod corpus;
mod parameter;
mod parser;
mod words;

pub use parameter::Parameter;
pub use parser::{Expected, Parser, Role};
pub use words::{LineError, Word, quoted, words, words_to_cursor};

/// The words of a line as they are sent, its command's name first, which takes the first `name_words` of them: without
/// quotes, and what a param takes as the rest of the line in one word, as it was typed.
///
/// # Errors
/// A quote is never closed, or something stands there that only a shell would act upon; neither in the rest of a line.
pub fn arguments_of<P: Parameter>(line: &str, name_words: usize, params: &[P]) -> Result<Vec<String>, LineError> {
    let words = words(line);
    let rest = rest_start(&words, name_words, params);
    let before = words
        .into_iter()
        .take_while(|word| rest.is_none_or(|rest| word.start < rest));
    let mut sent = before.map(Word::checked).collect::<Result<Vec<_>, _>>()?;
    if let Some(rest) = rest {
        sent.push(line[rest..].trim_ascii_end().to_owned());
    }
    Ok(sent)
}

/// Where the value begins, in bytes, that takes the rest of a line from there on. None if the command has no such param, or
/// if nothing was typed for it.
fn rest_start<P: Parameter>(words: &[Word], name_words: usize, params: &[P]) -> Option<usize> {
    let mut parser = Parser::new(params);
    let mut arguments = words.iter().skip(name_words);
    let first = arguments.find(|word| match parser.take(&word.text) {
        Role::Rest(_) => true,
        // Whether or not it may begin so: that is the server's to say, about all of it.
        Role::UnknownFlag => parser.next_is_rest(),
        _ => false,
    });
    first.map(|word| word.start)
}

/// Whether one of the words after a command's name may be a secret: a value for a `secret` param, or, for a command with one,
/// a word that is none of its values.
pub fn tells_secret<P: Parameter>(words: &[impl AsRef<str>], params: &[P]) -> bool {
    let mut parser = Parser::new(params);
    takes_secret(params)
        && words.iter().any(|word| {
            let role = parser.take(word.as_ref());
            role.is_misfit() || role.value_of().is_some_and(|param| params[param].is_secret())
        })
}

/// Whether each param's flag stands among the words after a command's name.
pub fn flags_among<P: Parameter>(words: &[impl AsRef<str>], params: &[P]) -> Vec<bool> {
    let mut typed = vec![false; params.len()];
    let mut parser = Parser::new(params);
    for word in words {
        match parser.take(word.as_ref()) {
            Role::Flag(param)
            | Role::FlagWithValue { param, .. }
            | Role::Switch(param)
            | Role::SwitchWithValue(param) => typed[param] = true,
            Role::Switches(letters) => parser.switches(letters).for_each(|param| typed[param] = true),
            Role::Value(_)
            | Role::Rest(_)
            | Role::FlagValue(_)
            | Role::FlagsEnd
            | Role::UnknownFlag
            | Role::TooMany => {}
        }
    }
    typed
}

/// Whether a command takes a value that nobody may see.
pub fn takes_secret<P: Parameter>(params: &[P]) -> bool {
    params.iter().any(Parameter::is_secret)
}

#[cfg(test)]
mod tests {
    use super::corpus::{COMMAND, LINES, params};
    use super::*;

    #[test]
    fn lines_become_the_words_that_the_corpus_says() {
        for line in LINES {
            let params = params(line.params);
            let sent = arguments_of(line.typed, 1, &params);
            let expected: Vec<String> = [COMMAND]
                .iter()
                .chain(line.words)
                .map(|word| (*word).to_owned())
                .collect();
            assert_eq!(sent, Ok(expected), "{}", line.typed);
        }
    }

    #[test]
    fn flags_are_found_where_the_corpus_says() {
        for line in LINES {
            let params = params(line.params);
            let of_flags = params.iter().zip(line.given());
            let of_flags: Vec<bool> = of_flags.map(|(param, given)| param.flag().is_some() && given).collect();
            assert_eq!(flags_among(line.words, &params), of_flags, "{}", line.typed);
        }
    }

    #[test]
    fn what_the_corpus_calls_secret_is() {
        for line in LINES {
            let params = params(line.params);
            assert_eq!(tells_secret(line.words, &params), line.tells_secret(), "{}", line.typed);
        }
    }

    #[test]
    fn what_only_a_shell_would_act_upon_is_refused_outside_of_the_rest() {
        let params = params("to text...");
        let error = |line| arguments_of(line, 1, &params).err();
        assert_eq!(error("it a | b"), None);
        assert_eq!(error("it $HOME b"), Some(LineError::Operator("$H".to_owned())));
        assert_eq!(error("it 'a b"), Some(LineError::Quote('\'')));
    }
}
