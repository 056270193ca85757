//! Words that people type to say yes, no or goodbye. They count in every language, whichever one the client speaks.

use caracola_speech::Speech;

/// Whether this is a whole word for yes. A letter isn't enough.
pub(crate) fn is_yes_in_full(answer: &str) -> bool {
    is_among(answer, Speech::words_for_yes)
}

/// Whether this is a word or a letter for yes.
pub(crate) fn is_yes(answer: &str) -> bool {
    is_yes_in_full(answer) || is_among(answer, Speech::letter_for_yes)
}

/// Whether this is a word or a letter for no.
pub(crate) fn is_no(answer: &str) -> bool {
    is_among(answer, Speech::words_for_no)
}

/// Whether this leaves the shell even when no server is there to understand it.
pub(crate) fn is_farewell(line: &str) -> bool {
    is_among(line, Speech::farewells)
}

fn is_among(answer: &str, words: fn(Speech) -> String) -> bool {
    let answer = answer.trim().to_lowercase();
    Speech::ALL
        .into_iter()
        .any(|speech| words(speech).split(' ').any(|word| word == answer))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_every_language_count() {
        for (is_meant, meant, others) in [
            (
                is_yes as fn(&str) -> bool,
                &["y", " YES ", "s", "Sí"][..],
                &["", "n", "no", "yeah no", "1"][..],
            ),
            (is_yes_in_full, &["yes", " Sí "], &["y", "s", "", "maybe", "yes please"]),
            (is_no, &["no", "N"], &["", "nope", "yes"]),
            (
                is_farewell,
                &["quit", "Salir", "exit", "logout"],
                &["", "quit now", "q"],
            ),
        ] {
            for answer in meant {
                assert!(is_meant(answer), "{answer}");
            }
            for answer in others {
                assert!(!is_meant(answer), "{answer}");
            }
        }
    }
}
