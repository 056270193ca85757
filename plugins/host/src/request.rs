//! What the server keeps of a call while a plugin works at it: what the plugin has said so far.
//!
//! A plugin is given a number in the form of a pointer, never an address: whatever it does with it, and however long it
//! keeps it, no memory is touched by that. The numbers follow no order that is easy to see, so that a plugin that answers to
//! wrong ones meets none of another plugin's calls.

use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasher as _, RandomState};
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use caracola_abi::{ALREADY_ANSWERED, GONE, MALFORMED, MISPLACED, OK, Request, TOO_LARGE};
use tokio::sync::mpsc::UnboundedSender;

use super::call::{Answer, Answered, Candidate, Failure, Invocation};

/// Where chunks go as they come: 1 or 2 for the stream, and the bytes. How many there may be is bounded by the answer's
/// size.
pub type ChunkSender = UnboundedSender<(u8, Vec<u8>)>;

/// The most bytes that a plugin may keep for a session.
const MOST_STATE: usize = 4 * 1024;
/// The most characters that a plugin may show in a prompt.
const MOST_PROMPT: usize = 64;
/// Bytes that a piece of output costs beside its own: its place in a list or a queue, and a piece of memory.
const CHUNK: usize = size_of::<(u8, Vec<u8>)>() + 32;
/// The most values that are offered for an argument.
pub(super) const MOST_CANDIDATES: usize = 1000;

/// Whether a plugin may keep this for a session.
pub(super) fn is_state(state: &str) -> bool {
    state.len() <= MOST_STATE
}

/// Whether a prompt may show this.
pub(super) fn is_prompt(text: &str) -> bool {
    text.chars().nth(MOST_PROMPT).is_none() && caracola_wire::text::is_clean(text)
}

/// What a plugin is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To run a command.
    Call,
    /// To offer values for an argument.
    Completion,
}

/// One call, from the side of who waits for its answer.
pub(super) struct Collector {
    purpose: Purpose,
    most: usize,
    chunks: Option<Sink>,
    cancelled: AtomicBool,
    said: Mutex<Said>,
}

/// Where chunks go as they come: 1 or 2 for the stream, and the bytes. Says whether anybody still wants them.
pub(super) type Sink = Box<dyn Fn(u8, &[u8]) -> bool + Send + Sync>;

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
    /// Nothing has been said yet. `chunks` is where they go, unless they are gathered.
    pub(super) fn new(purpose: Purpose, invocation: &Invocation, chunks: Option<ChunkSender>) -> Arc<Self> {
        let sink = chunks.map(|sender| -> Sink {
            Box::new(move |stream, bytes: &[u8]| sender.send((stream, bytes.to_vec())).is_ok())
        });
        Self::with_sink(purpose, invocation, sink)
    }

    /// The same, where chunks go somewhere else than into a channel.
    pub(super) fn with_sink(purpose: Purpose, invocation: &Invocation, chunks: Option<Sink>) -> Arc<Self> {
        Arc::new(Self {
            purpose,
            most: invocation.max_output,
            chunks: chunks.filter(|_| invocation.streams),
            cancelled: AtomicBool::new(false),
            said: Mutex::default(),
        })
    }

    /// Nobody waits any more.
    pub(super) fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Whether nobody waits any more.
    pub(super) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    /// Takes the answer; `bytes` is what it costs.
    pub(super) fn answer(&self, bytes: usize, answer: Result<Answered, Failure>) -> i32 {
        self.say(Purpose::Call, |said| {
            if said.result.is_some() {
                return ALREADY_ANSWERED;
            }
            if !self.takes(said, bytes) {
                return TOO_LARGE;
            }
            said.result = Some(answer);
            OK
        })
    }

    /// Takes a piece of output.
    pub(super) fn chunk(&self, stream: u8, bytes: &[u8]) -> i32 {
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
            if !self.takes(said, bytes.len() + cost) {
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
            OK
        })
    }

    /// Takes a value that is offered.
    pub(super) fn candidate(&self, value: &str, about: &str) -> i32 {
        self.say(Purpose::Completion, |said| {
            if said.candidates.len() >= MOST_CANDIDATES || !self.takes(said, value.len() + about.len()) {
                return TOO_LARGE;
            }
            said.candidates.push((value.to_owned(), about.to_owned()));
            OK
        })
    }

    /// Takes what is kept for the session.
    pub(super) fn set_state(&self, state: &str) -> i32 {
        if !is_state(state) {
            return TOO_LARGE;
        }
        self.say(Purpose::Call, |said| {
            said.state = Some(state.to_owned());
            OK
        })
    }

    /// Takes what the prompt shows.
    pub(super) fn set_prompt(&self, text: &str) -> i32 {
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
    pub(super) fn finish(&self, status: i32) -> Answer {
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
    pub(super) fn candidates(&self) -> Vec<Candidate> {
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

    fn takes(&self, said: &mut Said, bytes: usize) -> bool {
        let takes = said.bytes.checked_add(bytes).is_some_and(|bytes| bytes <= self.most);
        if takes {
            said.bytes += bytes;
        } else {
            said.too_large = true;
        }
        takes
    }

    /// Bytes that one more thing may have at most.
    pub(super) fn most(&self) -> usize {
        self.most
    }

    fn lock(&self) -> MutexGuard<'_, Said> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

type Shard = HashMap<usize, Arc<Collector>>;

/// How many maps share the requests, so that calls on several processors don't wait for each other.
const SHARDS: usize = 16;

/// The calls that plugins of this process work at, by number.
static OPEN: LazyLock<[Mutex<Shard>; SHARDS]> = LazyLock::new(Default::default);
/// How many calls there have been.
static COUNT: AtomicUsize = AtomicUsize::new(0);
/// What makes a call's number of its count: an odd factor, by which no two become the same, and what is added.
static SCATTER: LazyLock<(usize, usize)> = LazyLock::new(|| {
    let random = RandomState::new();
    #[expect(clippy::cast_possible_truncation, reason = "any bits will do")]
    let bits = |which: u8| random.hash_one(which) as usize;
    (bits(0) | 1, bits(1))
});

/// What a plugin has in its hand while a call lasts.
#[derive(Debug)]
pub(super) struct Handle {
    number: usize,
}

impl Handle {
    /// A handle of a call. It is good until it is dropped.
    pub(super) fn open(collector: &Arc<Collector>) -> Self {
        let mut number = next();
        if number == 0 {
            // It would be a null pointer.
            number = next();
        }
        shard(number).insert(number, Arc::clone(collector));
        Self { number }
    }

    /// What the plugin gets.
    pub(super) fn pointer(&self) -> *mut Request {
        ptr::without_provenance_mut(self.number)
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        shard(self.number).remove(&self.number);
    }
}

fn next() -> usize {
    let (factor, more) = *SCATTER;
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    count.wrapping_mul(factor).wrapping_add(more)
}

/// The call that a plugin means, if it is still going on.
pub(super) fn find(request: *mut Request) -> Option<Arc<Collector>> {
    let number = request.addr();
    shard(number).get(&number).map(Arc::clone)
}

fn shard(number: usize) -> MutexGuard<'static, Shard> {
    OPEN[number % SHARDS].lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::call::Asker;

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
        let stream = || Collector::with_sink(Purpose::Call, &streams, Some(Box::new(|_, _| true)));
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
    fn a_handle_that_is_kept_too_long_means_nothing() {
        let call = Collector::new(Purpose::Call, &invocation(100), None);
        let handle = Handle::open(&call);
        let pointer = handle.pointer();
        assert!(find(pointer).is_some());
        drop(handle);
        assert!(find(pointer).is_none());
        assert!(find(ptr::null_mut()).is_none());
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
