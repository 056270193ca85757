//! What helps while typing: completion, hints, colours.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use caracola_wire::line;
use rustyline::completion::Completer;
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::Hinter;
use rustyline::history::SearchDirection;
use rustyline::validate::Validator;
use rustyline::{CompletionType, Context, Helper};
use tokio::sync::mpsc::UnboundedSender;

use super::complete::{self, Choice, Sources};
use super::event::Event;
use super::hint::{self, Ghost};
use crate::catalogue::Shared;
use crate::layout::Page;
use crate::own_words;
use crate::question::{Asked, Offer, Question};
use crate::secret_line;

/// Completion doesn't wait longer than this for what only the server knows.
const ANSWER_LIMIT: Duration = Duration::from_millis(300);
/// For so long the last answer does: Tab is often pressed twice.
const ANSWER_LIFE: Duration = Duration::from_secs(2);

/// What helps while typing.
pub(super) struct Assistant {
    catalogue: Shared,
    page: Page,
    events: UnboundedSender<Event>,
    answers: RefCell<HashMap<Asked, (Instant, Vec<Offer>)>>,
    is_empty: Cell<bool>,
}

impl Assistant {
    /// Questions for the server go out as `events`.
    pub(super) fn new(catalogue: Shared, page: Page, events: UnboundedSender<Event>) -> Self {
        Self {
            catalogue,
            page,
            events,
            answers: RefCell::new(HashMap::new()),
            is_empty: Cell::new(true),
        }
    }

    /// Whether the line was empty when it was last drawn.
    pub(super) fn saw_empty_line(&self) -> bool {
        self.is_empty.get()
    }

    /// Asks the server, through the thread that talks with it, and gives up after [`ANSWER_LIMIT`].
    fn ask(&self, asked: Asked) -> Vec<Offer> {
        let mut answers = self.answers.borrow_mut();
        answers.retain(|_, (when, _)| when.elapsed() < ANSWER_LIFE);
        if let Some((_, offers)) = answers.get(&asked) {
            return offers.clone();
        }
        let (answer, answered) = mpsc::sync_channel(1);
        let question = Question {
            asked: asked.clone(),
            answer,
        };
        if self.events.send(Event::Question(question)).is_err() {
            return Vec::new();
        }
        // An answer that came too late is asked for again.
        let Ok(offers) = answered.recv_timeout(ANSWER_LIMIT) else {
            return Vec::new();
        };
        answers.insert(asked, (Instant::now(), offers.clone()));
        offers
    }
}

impl Helper for Assistant {}

impl Validator for Assistant {}

impl Completer for Assistant {
    type Candidate = Choice;

    fn complete(&self, line: &str, cursor: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<Choice>)> {
        let catalogue = self.catalogue.current();
        let sources = Sources {
            catalogue: &catalogue,
            ask: &|asked| self.ask(asked),
            speech: self.page.speech,
            columns: self.page.measured_again().columns.unwrap_or(80).saturating_sub(1),
        };
        Ok(complete::complete(line, cursor, &sources))
    }
}

impl Hinter for Assistant {
    type Hint = Ghost;

    fn hint(&self, line: &str, cursor: usize, context: &Context<'_>) -> Option<Ghost> {
        self.is_empty.set(line.is_empty());
        let catalogue = self.catalogue.current();
        let earlier = |text: &str| {
            let last = context.history().len().checked_sub(1)?;
            let found = context.history().starts_with(text, last, SearchDirection::Reverse);
            let found = found.ok()??.entry.into_owned();
            // An earlier version, or a catalogue that said less, may have kept it.
            (!secret_line::tells_secret(&found, &catalogue)).then_some(found)
        };
        hint::hint(line, cursor, &catalogue, earlier)
    }
}

impl Highlighter for Assistant {
    fn highlight<'l>(&self, line: &'l str, _: usize) -> Cow<'l, str> {
        Cow::Owned(painted(line, &self.catalogue, self.page))
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        Cow::Owned(self.page.palette.dim(hint))
    }

    fn highlight_candidate<'c>(&self, candidate: &'c str, _: CompletionType) -> Cow<'c, str> {
        match candidate.split_once("  ") {
            Some((value, about)) => {
                let about = self.page.palette.dim(about);
                Cow::Owned(format!("{}  {about}", self.page.palette.bold(value)))
            }
            None => Cow::Borrowed(candidate),
        }
    }

    fn highlight_char(&self, _: &str, _: usize, kind: CmdKind) -> bool {
        kind != CmdKind::MoveCursor
    }
}

/// The line with its command's name coloured: as known, or as unknown once a blank shows that it is complete.
fn painted(line: &str, catalogue: &Shared, page: Page) -> String {
    let start = line.len() - line.trim_start().len();
    let text = &line[start..];
    let catalogue = catalogue.current();
    let (name_words, is_known) = match catalogue.find_in_line(text) {
        Some((_, words)) => (words, true),
        None => (1, own_words::is_own(text.split_whitespace().next().unwrap_or_default())),
    };
    let end = nth_word_end(text, name_words);
    let (name, rest) = text.split_at(end);
    let may_grow = rest.is_empty() && catalogue.starting_with(name, true).next().is_some();
    let shown = if is_known {
        page.palette.known(name)
    } else if may_grow || text.starts_with(':') || catalogue.is_empty() {
        name.to_owned()
    } else {
        page.palette.error(name)
    };
    format!("{}{shown}{rest}", &line[..start])
}

/// Where the word with this number (from 1) ends, in bytes.
fn nth_word_end(text: &str, number: usize) -> usize {
    let words = line::words(text);
    let word = words.get(number.saturating_sub(1)).or(words.last());
    word.map_or(0, |word| word.end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::tests::index;
    use crate::layout::color::{Depth, Palette};
    use crate::layout::tests::plain;
    use crate::layout::wrap;

    fn shown(line: &str) -> String {
        let catalogue = Shared::default();
        catalogue.replace(index());
        let page = Page {
            palette: Palette { depth: Depth::Indexed },
            ..plain(80)
        };
        painted(line, &catalogue, page)
    }

    #[test]
    fn known_and_unknown_names_look_different() {
        assert_eq!(shown("ls -l"), "\x1b[1;32mls\x1b[0m -l");
        assert_eq!(shown("  git  commit -m"), "  \x1b[1;32mgit  commit\x1b[0m -m");
        assert_eq!(shown("'ls' -l"), "\x1b[1;32m'ls'\x1b[0m -l");
        assert_eq!(shown("l\\s -l"), "\x1b[1;32ml\\s\x1b[0m -l");
        assert_eq!(shown("lss"), "\x1b[31mlss\x1b[0m");
        assert_eq!(shown("l"), "l");
        assert_eq!(shown("l x"), "\x1b[31ml\x1b[0m x");
        assert_eq!(shown(":help"), "\x1b[1;32m:help\x1b[0m");
        assert_eq!(shown(""), "");
    }

    #[test]
    fn colours_never_change_the_width() {
        for line in ["ls", " ünï 日本", "git commit 'a", ":x y", "   "] {
            assert_eq!(wrap::width(&shown(line)), wrap::width(line), "{line}");
        }
    }
}
