//! What the host keeps of a call while a plugin works at it: what the plugin has said so far.
//!
//! What a plugin may say is decided here, whoever the host is: a server, or the test of a plugin's author.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use caracola_abi::{ALREADY_ANSWERED, GONE, MALFORMED, MISPLACED, OK, TOO_LARGE};

use crate::call::{Answer, Answered, Candidate, Failure, Invocation};
use crate::observer::{Observer, Utterance};

/// The most bytes that a plugin may keep for a session.
const MOST_STATE: usize = 4 * 1024;
/// The most characters that a plugin may show in a prompt.
const MOST_PROMPT: usize = 64;
/// Bytes that an error may have beyond what an answer may: when something was too large, that can be said.
pub(crate) const ROOM_FOR_ERROR: usize = 4 * 1024;
/// Bytes that a piece of output costs beside its own: its place in a list or a queue, and a piece of memory.
const CHUNK: usize = size_of::<(u8, Vec<u8>)>() + 32;
/// The most values that are offered for an argument.
pub const MOST_CANDIDATES: usize = 1000;

/// Whether a plugin may keep this for a session.
pub(crate) fn is_state(state: &str) -> bool {
    state.len() <= MOST_STATE
}

/// Whether a prompt may show this.
pub(crate) fn is_prompt(text: &str) -> bool {
    text.chars().nth(MOST_PROMPT).is_none() && caracola_wire::text::is_clean(text)
}

/// What a plugin is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To run a command.
    Call,
    /// To offer values for an argument.
    Completion,
}

/// One call, from the side of who waits for its answer.
pub struct Collector {
    purpose: Purpose,
    most: usize,
    chunks: Option<Sink>,
    observer: Option<Arc<dyn Observer>>,
    cancelled: AtomicBool,
    /// The plugin has returned. Only kept for an observer: else nobody finds the call any more.
    returned: AtomicBool,
    said: Mutex<Said>,
}

/// Where chunks go as they come: 1 or 2 for the stream, and the bytes. Says whether anybody still wants them.
pub type Sink = Box<dyn Fn(u8, &[u8]) -> bool + Send + Sync>;

impl fmt::Debug for Collector {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Collector")
            .field("purpose", &self.purpose)
            .finish_non_exhaustive()
    }
}

#[derive(Debug, Default)]
struct Said {
    result: Option<Result<Answered, Failure>>,
    /// Something was said that is too large.
    too_large: bool,
    chunks: Vec<(u8, Vec<u8>)>,
    /// There were some, kept or passed on.
    has_chunks: bool,
    candidates: Vec<Candidate>,
    /// Bytes so far.
    bytes: usize,
    state: Option<String>,
    prompt: Option<String>,
}

impl Collector {
    /// Nothing has been said yet. `chunks` is where they go if the invocation streams; else they are gathered.
    pub fn new(purpose: Purpose, invocation: &Invocation, chunks: Option<Sink>) -> Arc<Self> {
        Self::with(purpose, invocation, chunks, None)
    }

    /// The same for a call that somebody observes, who is told of the chunks that stream, too.
    pub fn observed(purpose: Purpose, invocation: &Invocation, observer: Arc<dyn Observer>) -> Arc<Self> {
        Self::with(purpose, invocation, Some(Box::new(|_, _| true)), Some(observer))
    }

    fn with(
        purpose: Purpose,
        invocation: &Invocation,
        chunks: Option<Sink>,
        observer: Option<Arc<dyn Observer>>,
    ) -> Arc<Self> {
        Arc::new(Self {
            purpose,
            most: invocation.max_output,
            chunks: chunks.filter(|_| invocation.streams),
            observer,
            cancelled: AtomicBool::new(false),
            returned: AtomicBool::new(false),
            said: Mutex::default(),
        })
    }

    /// Nobody waits any more.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Whether nobody waits any more.
    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed) || self.observer.as_ref().is_some_and(|observer| observer.is_gone())
    }

    /// What a function of the host's does for the plugin that called it: `None` if what it was given makes no sense.
    pub(crate) fn hear(&self, said: Utterance, take: impl FnOnce(&Self) -> Option<i32>) -> i32 {
        let Some(observer) = &self.observer else {
            return take(self).unwrap_or(MALFORMED);
        };
        if self.returned.load(Ordering::Relaxed) {
            observer.heard_late(said);
            return GONE;
        }
        let status = take(self).unwrap_or(MALFORMED);
        observer.heard(said, status);
        status
    }

    /// The plugin has returned, and may not use the request any more. Whether somebody has to be told if it does.
    pub(crate) fn close(&self) -> bool {
        self.returned.store(true, Ordering::Relaxed);
        self.observer.is_some()
    }

    /// The function that was called returned `status`.
    pub(crate) fn returned(&self, status: i32) {
        if let Some(observer) = &self.observer {
            observer.returned(status);
        }
    }

    /// Takes the answer; `bytes` is what it costs.
    pub(crate) fn answer(&self, bytes: usize, answer: Result<Answered, Failure>) -> i32 {
        let room = if answer.is_err() { ROOM_FOR_ERROR } else { 0 };
        self.say(Purpose::Call, |said| {
            if said.result.is_some() {
                return ALREADY_ANSWERED;
            }
            if !self.takes(said, bytes, room) {
                return TOO_LARGE;
            }
            said.result = Some(answer);
            OK
        })
    }

    /// Takes a piece of output.
    pub(crate) fn chunk(&self, stream: u8, bytes: &[u8]) -> i32 {
        self.say(Purpose::Call, |said| {
            if said.result.is_some() {
                return ALREADY_ANSWERED;
            }
            // Each piece costs something, however short: an endless number of empty ones isn't free. One that is added to the
            // last costs less than one that is kept, or waits, by itself.
            let is_added = said.chunks.last().is_none_or(|(last, _)| *last == stream);
            let cost = if is_added && self.chunks.is_none() {
                size_of::<usize>()
            } else {
                CHUNK
            };
            if !self.takes(said, bytes.len() + cost, 0) {
                return TOO_LARGE;
            }
            match &self.chunks {
                Some(sink) if !sink(stream, bytes) => return GONE,
                Some(_) => {}
                None => match said.chunks.last_mut() {
                    Some((last, gathered)) if *last == stream => gathered.extend_from_slice(bytes),
                    _ => said.chunks.push((stream, bytes.to_vec())),
                },
            }
            said.has_chunks = true;
            if let Some(observer) = &self.observer {
                observer.took_chunk(stream, bytes);
            }
            OK
        })
    }

    /// Takes a value that is offered.
    pub(crate) fn candidate(&self, value: &str, about: &str) -> i32 {
        self.say(Purpose::Completion, |said| {
            if said.candidates.len() >= MOST_CANDIDATES || !self.takes(said, value.len() + about.len(), 0) {
                return TOO_LARGE;
            }
            said.candidates.push((value.to_owned(), about.to_owned()));
            OK
        })
    }

    /// Takes what is kept for the session.
    pub(crate) fn set_state(&self, state: &str) -> i32 {
        if !is_state(state) {
            return TOO_LARGE;
        }
        self.say(Purpose::Call, |said| {
            said.state = Some(state.to_owned());
            OK
        })
    }

    /// Takes what the prompt shows.
    pub(crate) fn set_prompt(&self, text: &str) -> i32 {
        if text.chars().nth(MOST_PROMPT).is_some() {
            return TOO_LARGE;
        }
        if !is_prompt(text) {
            return MALFORMED;
        }
        self.say(Purpose::Call, |said| {
            said.prompt = Some(text.to_owned());
            OK
        })
    }

    /// The call has returned `status`: what came of it.
    pub fn finish(&self, status: i32) -> Answer {
        let said = std::mem::take(&mut *self.lock());
        let result = match said.result {
            Some(result) => result,
            None if self.is_cancelled() => Err(Failure::Cancelled),
            None if said.too_large => Err(Failure::TooLarge(self.most)),
            None if status == 0 && said.has_chunks => Ok(Answered::Done),
            None => Err(Failure::NoAnswer),
        };
        Answer {
            result,
            chunks: said.chunks,
            state: said.state,
            prompt: said.prompt,
        }
    }

    /// The completion has returned: what was offered.
    pub fn candidates(&self) -> Vec<Candidate> {
        std::mem::take(&mut self.lock().candidates)
    }

    fn say(&self, purpose: Purpose, say: impl FnOnce(&mut Said) -> i32) -> i32 {
        if self.is_cancelled() {
            GONE
        } else if purpose == self.purpose {
            say(&mut self.lock())
        } else {
            MISPLACED
        }
    }

    /// Takes as many bytes if there is room; for some things, there is more `room` than for all others.
    fn takes(&self, said: &mut Said, bytes: usize, room: usize) -> bool {
        let most = self.most.saturating_add(room);
        let takes = said.bytes.checked_add(bytes).is_some_and(|bytes| bytes <= most);
        if takes {
            said.bytes += bytes;
        } else {
            said.too_large = true;
        }
        takes
    }

    /// Bytes that one more thing may have at most.
    pub(crate) fn most(&self) -> usize {
        self.most
    }

    fn lock(&self) -> MutexGuard<'_, Said> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::call::{Asker, Complaint};

    fn invocation(max_output: usize) -> Invocation {
        Invocation {
            function: "f".into(),
            arguments: Vec::new(),
            asker: Asker {
                user: String::new(),
                role: "guest".into(),
                name: "~ana".into(),
                person: "~1".into(),
                session: 1,
                state: String::new(),
                language: "en".into(),
                width: 80,
            },
            timeout: Duration::from_secs(1),
            max_output,
            streams: false,
        }
    }

    #[expect(clippy::unnecessary_wraps, reason = "it is what an answer is made of")]
    fn text(text: &str) -> Result<Answered, Failure> {
        Ok(Answered::Text(text.into()))
    }

    #[test]
    fn the_first_answer_counts() {
        let call = Collector::new(Purpose::Call, &invocation(100), None);
        assert_eq!(call.answer(3, text("one")), OK);
        assert_eq!(call.answer(3, text("two")), ALREADY_ANSWERED);
        assert_eq!(call.chunk(1, b"three"), ALREADY_ANSWERED);
        assert_eq!(call.finish(0).result, text("one"));
    }

    #[test]
    fn a_flood_stops_at_the_limit() {
        let call = Collector::new(Purpose::Call, &invocation(100), None);
        let taken = (0..1000).filter(|_| call.chunk(1, b"12") == OK).count();
        assert_eq!(taken, 10);
        assert_eq!(call.answer(1, text("x")), TOO_LARGE);
        let answer = call.finish(0);
        assert_eq!(answer.result, Err(Failure::TooLarge(100)));
        assert_eq!(answer.chunks, vec![(1, b"12".repeat(10))]);
    }

    #[test]
    fn there_is_room_to_say_that_it_was_too_much() {
        let call = Collector::new(Purpose::Call, &invocation(100), None);
        assert_eq!(call.chunk(1, &[b'x'; 92]), OK);
        assert_eq!(call.chunk(1, b"x"), TOO_LARGE);
        let said = || Err(Failure::Said(Complaint::Limit, "too much".into()));
        assert_eq!(call.answer(ROOM_FOR_ERROR + 1, said()), TOO_LARGE);
        assert_eq!(call.answer(ROOM_FOR_ERROR, said()), OK);
        assert_eq!(call.finish(0).result, said());
    }

    #[test]
    fn pieces_that_are_kept_by_themselves_cost_more() {
        let most = 64 * 1024;
        let call = Collector::new(Purpose::Call, &invocation(most), None);
        let streams = [1, 2].into_iter().cycle();
        let taken = streams.take_while(|stream| call.chunk(*stream, b"x") == OK).count();
        assert!(taken * size_of::<(u8, Vec<u8>)>() <= most, "{taken}");
    }

    #[test]
    fn no_answer_is_told_as_such() {
        let call = Collector::new(Purpose::Call, &invocation(100), None);
        assert_eq!(call.finish(0).result, Err(Failure::NoAnswer));
        let call = Collector::new(Purpose::Call, &invocation(100), None);
        assert_eq!(call.chunk(2, b"half"), OK);
        assert_eq!(call.finish(1).result, Err(Failure::NoAnswer));
        let call = Collector::new(Purpose::Call, &invocation(100), None);
        assert_eq!(call.chunk(2, b"whole"), OK);
        assert_eq!(call.finish(0).result, Ok(Answered::Done));
        // Whether it is passed on as it comes makes no difference.
        let mut streams = invocation(100);
        streams.streams = true;
        let stream = || Collector::new(Purpose::Call, &streams, Some(Box::new(|_, _| true)));
        assert_eq!(stream().finish(0).result, Err(Failure::NoAnswer));
        let call = stream();
        assert_eq!(call.chunk(1, b"whole"), OK);
        assert_eq!(call.finish(0).result, Ok(Answered::Done));
    }

    #[test]
    fn nothing_is_said_to_nobody() {
        let call = Collector::new(Purpose::Call, &invocation(100), None);
        call.cancel();
        assert_eq!(call.answer(1, text("x")), GONE);
        assert_eq!(call.set_state("x"), GONE);
        assert_eq!(call.finish(0).result, Err(Failure::Cancelled));
    }

    #[test]
    fn no_more_values_are_offered_than_anybody_reads() {
        let completion = Collector::new(Purpose::Completion, &invocation(usize::MAX), None);
        let taken = (0..2 * MOST_CANDIDATES).filter(|_| completion.candidate("a", "") == OK);
        assert_eq!(taken.count(), MOST_CANDIDATES);
    }

    #[test]
    fn candidates_belong_to_completions() {
        let call = Collector::new(Purpose::Call, &invocation(100), None);
        assert_eq!(call.candidate("a", ""), MISPLACED);
        let completion = Collector::new(Purpose::Completion, &invocation(100), None);
        assert_eq!(completion.answer(1, text("a")), MISPLACED);
        assert_eq!(completion.candidate("a", "first"), OK);
        assert_eq!(completion.candidates(), vec![("a".to_owned(), "first".to_owned())]);
    }

    #[test]
    fn a_prompt_is_short_and_harmless() {
        let call = Collector::new(Purpose::Call, &invocation(100), None);
        assert_eq!(call.set_prompt(&"x".repeat(65)), TOO_LARGE);
        assert_eq!(call.set_prompt("\u{1b}[2J"), MALFORMED);
        assert_eq!(call.set_prompt("/notes"), OK);
        assert_eq!(call.finish(0).prompt.as_deref(), Some("/notes"));
    }
}
