//! What programs said when they were run to complete others' arguments, kept for a moment: who types a word asks several
//! times, and a program isn't started for each key.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use caracola_wire::Offer;

use crate::jobs::Owner;

/// For how long it does. About as long as it takes to type a word; what is offered may be older than the world by this
/// much.
const LIFE: Duration = Duration::from_secs(5);
/// Bytes that are kept in all. Past that everything is forgotten, which costs some programs.
const MOST_BYTES: usize = 4 * 1024 * 1024;
/// Bytes that an offer costs beside its text: itself, and two pieces of memory.
const OFFER: usize = size_of::<Offer>() + 2 * 32;

/// What was asked: a program may say something else to somebody else, and after a reload.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Asked {
    /// The catalogue's number.
    pub catalogue: u64,
    /// The name of the command that was run.
    pub command: String,
    /// Whom it was run for.
    pub owner: Owner,
}

/// The answers of the last seconds.
#[derive(Debug, Default)]
pub struct Completions {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    answers: HashMap<Asked, Answer>,
    bytes: usize,
}

#[derive(Debug)]
struct Answer {
    since: Instant,
    offers: Arc<[Offer]>,
    bytes: usize,
}

impl Completions {
    /// What was answered a moment ago.
    pub fn recent(&self, asked: &Asked, now: Instant) -> Option<Arc<[Offer]>> {
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = inner.answers.get(asked).filter(|answer| answer.is_fresh(now))?;
        Some(Arc::clone(&answer.offers))
    }

    /// Keeps an answer for a moment.
    pub fn keep(&self, asked: Asked, offers: Arc<[Offer]>, now: Instant) {
        let text = |offer: &Offer| offer.value.len() + offer.about.len() + OFFER;
        let bytes = offers.iter().map(text).sum::<usize>() + asked.command.len() + 2 * size_of::<(Asked, Answer)>();
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.answers.retain(|_, answer| answer.is_fresh(now));
        inner.bytes = inner.answers.values().map(|answer| answer.bytes).sum();
        if inner.bytes + bytes > MOST_BYTES {
            inner.answers.clear();
            inner.bytes = 0;
        }
        if bytes <= MOST_BYTES {
            let since = now;
            let before = inner.answers.insert(asked, Answer { since, offers, bytes });
            inner.bytes += bytes;
            inner.bytes -= before.map_or(0, |before| before.bytes);
        }
    }
}

impl Answer {
    fn is_fresh(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.since) < LIFE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(command: &str, session: u64) -> Asked {
        Asked {
            catalogue: 1,
            command: command.into(),
            owner: Owner::Session(session),
        }
    }

    fn offers(value: &str) -> Arc<[Offer]> {
        Arc::new([Offer {
            value: value.into(),
            about: String::new(),
        }])
    }

    #[test]
    fn answers_do_for_a_moment_and_for_who_asked() {
        let completions = Completions::default();
        let now = Instant::now();
        completions.keep(asked("disks", 1), offers("sda"), now);
        assert_eq!(completions.recent(&asked("disks", 1), now), Some(offers("sda")));
        assert_eq!(completions.recent(&asked("disks", 2), now), None);
        assert_eq!(completions.recent(&asked("disks", 1), now + LIFE), None);
        let reloaded = Asked {
            catalogue: 2,
            ..asked("disks", 1)
        };
        assert_eq!(completions.recent(&reloaded, now), None);
    }

    #[test]
    fn no_more_is_kept_than_may_be() {
        let completions = Completions::default();
        let now = Instant::now();
        let long = "x".repeat(MOST_BYTES / 10);
        for session in 0..100 {
            completions.keep(asked("disks", session), offers(&long), now);
            let inner = completions.inner.lock().expect("nobody panicked");
            assert!(inner.bytes <= MOST_BYTES && inner.answers.len() < 10);
        }
        assert!(completions.recent(&asked("disks", 99), now).is_some());
        completions.keep(asked("all", 1), offers(&"x".repeat(MOST_BYTES)), now);
        assert_eq!(completions.recent(&asked("all", 1), now), None);
        completions.keep(asked("disks", 2), offers("a"), now + LIFE);
        let inner = completions.inner.lock().expect("nobody panicked");
        assert_eq!(inner.answers.len(), 1, "what is old is gone");
    }
}
