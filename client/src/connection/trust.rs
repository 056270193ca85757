//! Meeting a server whose key nobody vouches for: the question, the loud refusals and what they say.

use std::io;
use std::path::PathBuf;

use super::fingerprint::Fingerprint;
use super::known_hosts::Pin;
use crate::phrases::Speech;

/// What to do about a server that is met for the first time and has no valid certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Newcomer {
    /// There is a person at the terminal.
    Ask,
    /// `--trust-new`.
    Trust,
    /// There is nobody to ask.
    Refuse,
}

/// Why a server's key wasn't accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Nobody to ask.
    Unknown { seen: Fingerprint },
    /// The person said no.
    Declined,
    /// `--fingerprint` named another key, or the person typed another.
    NotTheOneNamed { wanted: Fingerprint, seen: Fingerprint },
    /// Another key is pinned.
    Changed { pin: Pin, seen: Fingerprint, file: PathBuf },
}

impl Refusal {
    /// Several lines for a person.
    pub(crate) fn explain(&self, place: &str, speech: Speech) -> String {
        match self {
            Self::Unknown { seen } => speech.unknown_key(place, seen),
            Self::Declined => speech.declined(),
            Self::NotTheOneNamed { wanted, seen } => speech.wrong_key(place, wanted, seen),
            Self::Changed { pin, seen, file } => {
                speech.changed_key(place, &pin.fingerprint, seen, file.display(), pin.line)
            }
        }
    }
}

/// Shows the fingerprint on the terminal and waits for `yes`, `no` or the fingerprint itself.
pub(crate) fn ask(place: &str, seen: &Fingerprint, speech: Speech) -> Result<(), Refusal> {
    converse(place, seen, speech, &mut io::stdin().lock(), &mut io::stderr().lock())
}

fn converse(
    place: &str,
    seen: &Fingerprint,
    speech: Speech,
    input: &mut impl io::BufRead,
    output: &mut impl io::Write,
) -> Result<(), Refusal> {
    // A terminal that can't be written to can't be answered from either: the read below then ends the talk.
    let _ = writeln!(output, "{}", speech.new_key(place, seen));
    let mut question = speech.ask_yes_no();
    loop {
        let _ = write!(output, "{question} ");
        let _ = output.flush();
        let mut answer = String::new();
        match input.by_ref().read_line(&mut answer) {
            Ok(length) if length > 0 => {}
            _ => return Err(Refusal::Declined),
        }
        match answer.trim().to_lowercase().as_str() {
            "yes" | "sí" | "si" => return Ok(()),
            "no" | "n" => return Err(Refusal::Declined),
            _ => {}
        }
        if let Ok(wanted) = answer.parse::<Fingerprint>() {
            return if wanted == *seen {
                Ok(())
            } else {
                Err(Refusal::NotTheOneNamed {
                    wanted,
                    seen: seen.clone(),
                })
            };
        }
        question = speech.ask_again();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn talk(input: &str, speech: Speech) -> (Result<(), Refusal>, String) {
        let seen = Fingerprint::of_key(b"key");
        let mut output = Vec::new();
        let result = converse("lab:22722", &seen, speech, &mut input.as_bytes(), &mut output);
        (result, String::from_utf8_lossy(&output).into_owned())
    }

    #[test]
    fn yes_no_or_the_fingerprint() {
        let seen = Fingerprint::of_key(b"key");
        assert_eq!(talk("yes\n", Speech::English).0, Ok(()));
        assert_eq!(talk(" Sí \n", Speech::Spanish).0, Ok(()));
        assert_eq!(talk(&format!("{seen}\n"), Speech::English).0, Ok(()));
        assert_eq!(talk("no\n", Speech::English).0, Err(Refusal::Declined));
        let wanted = Fingerprint::of_key(b"other");
        assert_eq!(
            talk(&format!("{wanted}\n"), Speech::English).0,
            Err(Refusal::NotTheOneNamed { wanted, seen })
        );
    }

    #[test]
    fn anything_else_is_asked_again_and_the_end_is_a_no() {
        let (result, shown) = talk("y\n\nmaybe\nyes\n", Speech::English);
        assert_eq!(result, Ok(()));
        assert_eq!(shown.matches("yes").count(), 4, "{shown}");
        assert_eq!(talk("", Speech::English).0, Err(Refusal::Declined));
        assert_eq!(talk("maybe", Speech::English).0, Err(Refusal::Declined));
    }

    #[test]
    fn the_question_shows_the_fingerprint_in_the_persons_language() {
        let seen = Fingerprint::of_key(b"key").to_string();
        for (speech, word) in [(Speech::English, "fingerprint"), (Speech::Spanish, "huella")] {
            let (_, shown) = talk("no\n", speech);
            assert!(shown.contains(&seen) && shown.contains(word), "{shown}");
        }
    }

    #[test]
    fn a_changed_key_says_both_and_which_line_to_remove() {
        let pin = Pin {
            fingerprint: Fingerprint::of_key(b"old"),
            line: 3,
        };
        let refusal = Refusal::Changed {
            pin: pin.clone(),
            seen: Fingerprint::of_key(b"new"),
            file: PathBuf::from("/home/ana/known_hosts"),
        };
        for speech in [Speech::English, Speech::Spanish] {
            let text = refusal.explain("lab:22722", speech);
            assert!(text.contains(&pin.fingerprint.to_string()));
            assert!(text.contains(&Fingerprint::of_key(b"new").to_string()));
            assert!(text.contains("/home/ana/known_hosts") && text.contains('3'));
        }
    }
}
