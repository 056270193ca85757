//! Whether what a helper says an answer is can be one. An honest helper has asked the same of its plugin
//! (`collector`, `table`); a plugin that writes frames itself has not.

use caracola_wire::png::SIGNATURE;

use super::protocol::Violation;
use crate::call::{Answer, Answered, COST_OF_TEXT, Candidate, Failure};
use crate::collector::{MOST_CANDIDATES, ROOM_FOR_ERROR, is_prompt, is_state};
use crate::library::Described;
use crate::load_error::LoadError;
use crate::logger::shown;

/// An answer that may have `most` bytes, some of which have been streamed already.
pub(super) fn answer(answer: &Answer, most: usize, streamed: usize) -> Result<(), Violation> {
    let gathered: usize = answer.chunks.iter().map(|(_, bytes)| bytes.len()).sum();
    let room = if matches!(answer.result, Err(Failure::Said(..))) {
        ROOM_FOR_ERROR
    } else {
        0
    };
    if cost(answer).saturating_add(gathered).saturating_add(streamed) > most.saturating_add(room) {
        return Err(Violation::AnswerTooLarge(most));
    }
    if answer.chunks.iter().any(|(stream, _)| !is_stream(*stream)) {
        return Err(Violation::Impossible("output of no stream"));
    }
    if !answer.state.as_deref().is_none_or(is_state) || !answer.prompt.as_deref().is_none_or(is_prompt) {
        return Err(Violation::Impossible("a state or a prompt that can't be"));
    }
    match &answer.result {
        Ok(Answered::Table(table)) => {
            let columns = table.columns.len();
            if columns == 0 || table.rows.iter().any(|row| row.len() != columns) {
                return Err(Violation::Impossible("a table that is none"));
            }
        }
        Ok(Answered::Image { png, .. }) if !png.starts_with(SIGNATURE) => {
            return Err(Violation::Impossible("a picture that is none"));
        }
        Ok(_) | Err(Failure::Said(..) | Failure::NoAnswer | Failure::TooLarge(_) | Failure::Cancelled) => {}
        Err(_) => return Err(Violation::Impossible("a failure that only the server knows of")),
    }
    Ok(())
}

/// What the answer itself takes of its size, chunks not counted.
fn cost(answer: &Answer) -> usize {
    match &answer.result {
        Ok(Answered::Text(text)) | Err(Failure::Said(_, text)) => text.len(),
        Ok(Answered::Card(card)) => {
            let examples = card.examples.iter().flat_map(|(run, about)| [run, about]);
            let others = [&card.name, &card.summary, &card.note];
            cost_of_texts(examples.chain(&card.usage).chain(others))
        }
        Ok(Answered::Table(table)) => {
            let cells = table.rows.iter().flatten();
            cost_of_texts(cells.chain(&table.columns).chain([&table.note]))
        }
        Ok(Answered::Image { png, alt }) => png.len().saturating_add(alt.len()),
        Ok(Answered::Done) | Err(_) => 0,
    }
}

fn cost_of_texts<'a>(texts: impl Iterator<Item = &'a String>) -> usize {
    texts.map(|text| text.len() + COST_OF_TEXT).sum()
}

/// Values that are offered, of `most` bytes.
pub(super) fn candidates(candidates: &[Candidate], most: usize) -> Result<(), Violation> {
    let bytes: usize = candidates.iter().map(|(value, about)| value.len() + about.len()).sum();
    if candidates.len() > MOST_CANDIDATES || bytes > most {
        return Err(Violation::AnswerTooLarge(most));
    }
    Ok(())
}

/// What a plugin says of itself.
pub(super) fn described(described: &Described) -> Result<(), Violation> {
    if described.is_possible() {
        Ok(())
    } else {
        Err(Violation::Impossible("a description that can't be"))
    }
}

/// A refusal, from a process that may say anything: texts are short, and harmless in a log.
pub(super) fn refusal(error: LoadError) -> LoadError {
    match error {
        LoadError::Descriptor(what) => LoadError::Descriptor(shown(&what)),
        LoadError::NotALibrary(why) => LoadError::NotALibrary(shown(&why)),
        LoadError::Start { status, complaint } => LoadError::Start {
            status,
            complaint: shown(&complaint),
        },
        LoadError::Abi { .. }
        | LoadError::NeedsNewerServer { .. }
        | LoadError::NoEntry
        | LoadError::TooSlow(_)
        | LoadError::HeldBack => error,
        // The server's own to say.
        LoadError::Fence(_)
        | LoadError::File { .. }
        | LoadError::Helper(_)
        | LoadError::Missing { .. }
        | LoadError::Passing(_) => LoadError::Helper(shown(&error.to_string())),
    }
}

/// Whether it is standard output or standard error.
pub(super) fn is_stream(stream: u8) -> bool {
    matches!(stream, 1 | 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::PluginTable;

    fn text(text: &str) -> Answer {
        Answer {
            result: Ok(Answered::Text(text.into())),
            chunks: Vec::new(),
            state: None,
            prompt: None,
        }
    }

    #[test]
    fn an_answer_has_no_more_than_it_may() {
        assert_eq!(answer(&text("12345"), 5, 0), Ok(()));
        assert_eq!(answer(&text("12345"), 5, 1), Err(Violation::AnswerTooLarge(5)));
        let mut chunks = text("1");
        chunks.chunks = vec![(1, vec![0; 5])];
        assert_eq!(answer(&chunks, 5, 0), Err(Violation::AnswerTooLarge(5)));
        assert_eq!(answer(&text("1"), 5, usize::MAX), Err(Violation::AnswerTooLarge(5)));
        let many = vec![(String::new(), String::new()); MOST_CANDIDATES + 1];
        assert_eq!(candidates(&many, 5), Err(Violation::AnswerTooLarge(5)));
    }

    #[test]
    fn what_no_plugin_can_say_is_refused() {
        let refused = |change: fn(&mut Answer)| {
            let mut changed = text("x");
            change(&mut changed);
            let checked = answer(&changed, 1000, 0);
            assert!(
                matches!(checked, Err(Violation::Impossible(_))),
                "{changed:?}: {checked:?}"
            );
        };
        refused(|answer| answer.chunks = vec![(3, Vec::new())]);
        refused(|answer| answer.prompt = Some("\u{1b}[2J".into()));
        refused(|answer| answer.prompt = Some("x".repeat(65)));
        refused(|answer| answer.result = Err(Failure::Busy(caracola_quota::gate::Full::All)));
        refused(|answer| answer.result = Err(Failure::Crashed("not me".into())));
        refused(|answer| {
            answer.result = Ok(Answered::Image {
                png: b"GIF89a".to_vec(),
                alt: String::new(),
            });
        });
        refused(|answer| {
            answer.result = Ok(Answered::Table(PluginTable {
                columns: vec!["a".into(), "b".into()],
                rows: vec![vec!["1".into()]],
                note: String::new(),
            }));
        });
        let mut state = text("x");
        state.state = Some("x".repeat(5000));
        assert!(answer(&state, 1_000_000, 0).is_err());
    }
}
