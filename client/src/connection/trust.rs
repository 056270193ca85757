//! Meeting a server whose key nobody vouches for: the question, the loud refusals and what they say.

use std::path::PathBuf;

use caracola_speech::Speech;

use super::fingerprint::Fingerprint;
use super::known_hosts::Pin;
use crate::{answers, screen, terminal};

/// What to do about a server that is met for the first time and has no valid certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UnknownHostPolicy {
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
            Self::Declined => speech.not_connected(),
            Self::NotTheOneNamed { wanted, seen } => speech.wrong_key(place, wanted, seen),
            Self::Changed { pin, seen, file } => {
                speech.changed_key(place, &pin.fingerprint, seen, file.display(), pin.line)
            }
        }
    }
}

/// Shows the fingerprint on the terminal and waits for `yes`, `no` or the fingerprint itself.
pub(crate) async fn ask(place: &str, seen: &Fingerprint, speech: Speech) -> Result<(), Refusal> {
    screen::tell(&speech.new_key(place, seen));
    let mut question = speech.is_key_right();
    loop {
        let Ok(Some(answer)) = terminal::ask_openly(&format!("{question} ")).await else {
            return Err(Refusal::Declined);
        };
        if let Some(decision) = decided(&answer, seen) {
            return decision;
        }
        question = speech.is_key_right_again();
    }
}

/// What an answer means; none if it says neither.
fn decided(answer: &str, seen: &Fingerprint) -> Option<Result<(), Refusal>> {
    if answers::is_yes_in_full(answer) {
        return Some(Ok(()));
    }
    if answers::is_no(answer) {
        return Some(Err(Refusal::Declined));
    }
    let wanted = answer.trim().parse::<Fingerprint>().ok()?;
    if wanted == *seen {
        return Some(Ok(()));
    }
    Some(Err(Refusal::NotTheOneNamed {
        wanted,
        seen: seen.clone(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yes_no_or_the_fingerprint() {
        let seen = Fingerprint::of_key(b"key");
        for yes in ["yes", " Sí ", &seen.to_string()] {
            assert_eq!(decided(yes, &seen), Some(Ok(())), "{yes}");
        }
        assert_eq!(decided("no", &seen), Some(Err(Refusal::Declined)));
        let wanted = Fingerprint::of_key(b"other");
        assert_eq!(
            decided(&wanted.to_string(), &seen),
            Some(Err(Refusal::NotTheOneNamed {
                wanted: wanted.clone(),
                seen: seen.clone()
            }))
        );
        for neither in ["y", "", "maybe", "yes please"] {
            assert_eq!(decided(neither, &seen), None, "{neither}");
        }
    }

    #[test]
    fn the_question_shows_the_fingerprint_in_the_persons_language() {
        let seen = Fingerprint::of_key(b"key").to_string();
        for (speech, word) in [(Speech::English, "fingerprint"), (Speech::Spanish, "huella")] {
            let shown = speech.new_key("lab:22722", &seen);
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
