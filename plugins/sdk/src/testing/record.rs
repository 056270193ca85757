//! What a plugin said: in general, and during one call.

use std::mem;
use std::ptr;
use std::sync::Mutex;
use std::time::Instant;

use caracola_abi as abi;

use super::body::Body;
use super::lock;
use crate::Stream;
use crate::candidate::Candidate;
use crate::log::Level;

/// The most that an answer, that all chunks, and that all candidates may have, in bytes. Servers may take more or less.
const MOST_BYTES: usize = 1 << 20;
/// The most that a session keeps, in bytes: what the ABI says.
const MOST_STATE: usize = 4096;
/// The most that a prompt shows, in characters: what the ABI says.
const MOST_PROMPT: usize = 64;

/// What an instance said: the `Context` of the ABI.
pub(super) struct Journal {
    pub(super) lines: Mutex<Vec<(Level, String)>>,
    /// Uses of requests whose call had returned.
    pub(super) late: Mutex<Vec<String>>,
}

/// What was said during one call: the `Request` of the ABI. It stays for as long as the process, so that it can be told if
/// it is used too late.
pub(super) struct Record {
    journal: &'static Journal,
    completes: bool,
    deadline: Instant,
    /// With so many chunks, nobody waits any more.
    patience: Option<usize>,
    said: Mutex<Said>,
}

#[derive(Default)]
pub(super) struct Said {
    returned: bool,
    /// Of chunks or candidates.
    bytes: usize,
    pub(super) gone: bool,
    pub(super) body: Option<Body>,
    pub(super) chunks: Vec<(Stream, Vec<u8>)>,
    pub(super) candidates: Vec<Candidate>,
    pub(super) state: Option<String>,
    pub(super) prompt: Option<String>,
    pub(super) broken: Vec<String>,
}

/// Everything that plugins may still have a pointer to.
static KEPT: Mutex<Vec<&'static Record>> = Mutex::new(Vec::new());
static JOURNALS: Mutex<Vec<&'static Journal>> = Mutex::new(Vec::new());

impl Journal {
    pub(super) fn new() -> &'static Self {
        let journal: &'static Self = Box::leak(Box::new(Self {
            lines: Mutex::new(Vec::new()),
            late: Mutex::new(Vec::new()),
        }));
        lock(&JOURNALS).push(journal);
        journal
    }

    pub(super) fn context(&'static self) -> *mut abi::Context {
        ptr::from_ref(self).cast_mut().cast()
    }
}

impl Record {
    pub(super) fn new(
        journal: &'static Journal,
        completes: bool,
        deadline: Instant,
        patience: Option<usize>,
    ) -> &'static Self {
        let record: &'static Self = Box::leak(Box::new(Self {
            journal,
            completes,
            deadline,
            patience,
            said: Mutex::default(),
        }));
        lock(&KEPT).push(record);
        record
    }

    pub(super) fn request(&'static self) -> *mut abi::Request {
        ptr::from_ref(self).cast_mut().cast()
    }

    /// The call has returned: what was said. What is said from now on is too late.
    pub(super) fn close(&self) -> Said {
        let after = Said {
            returned: true,
            ..Said::default()
        };
        mem::replace(&mut *lock(&self.said), after)
    }

    pub(super) fn answer(&self, body: Body, bytes: usize) -> i32 {
        self.say("an answer", false, |said| {
            if said.body.is_some() {
                said.broken.push("it answered twice".into());
                return abi::ALREADY_ANSWERED;
            }
            // Counted apart from the chunks: when those are too many, there is still an error to tell.
            if bytes > MOST_BYTES {
                return abi::TOO_LARGE;
            }
            said.body = Some(body);
            abi::OK
        })
    }

    pub(super) fn chunk(&self, stream: Stream, bytes: &[u8]) -> i32 {
        self.say("a chunk", false, |said| {
            if said.body.is_some() {
                said.broken.push("a chunk came after the answer".into());
                return abi::ALREADY_ANSWERED;
            }
            take(said, bytes.len(), |said| said.chunks.push((stream, bytes.to_vec())))
        })
    }

    pub(super) fn candidate(&self, candidate: Candidate) -> i32 {
        self.say("a candidate", true, |said| {
            let bytes = candidate.value.len() + candidate.about.len();
            take(said, bytes, |said| said.candidates.push(candidate))
        })
    }

    pub(super) fn set_state(&self, state: String) -> i32 {
        self.say("a state", false, |said| {
            if state.len() > MOST_STATE {
                return abi::TOO_LARGE;
            }
            said.state = Some(state);
            abi::OK
        })
    }

    pub(super) fn set_prompt(&self, text: String) -> i32 {
        self.say("a prompt", false, |said| {
            if text.chars().count() > MOST_PROMPT {
                return abi::TOO_LARGE;
            }
            said.prompt = Some(text);
            abi::OK
        })
    }

    pub(super) fn is_cancelled(&self) -> bool {
        let mut said = lock(&self.said);
        self.is_late("whether it is cancelled", &said) || self.is_gone(&mut said)
    }

    fn say(&self, what: &str, in_completion: bool, take: impl FnOnce(&mut Said) -> i32) -> i32 {
        let mut said = lock(&self.said);
        if self.is_late(what, &said) {
            return abi::GONE;
        }
        if in_completion != self.completes {
            let when = if self.completes { "completion" } else { "call" };
            said.broken.push(format!("{what} has no place in a {when}"));
            return abi::MISPLACED;
        }
        if self.is_gone(&mut said) {
            return abi::GONE;
        }
        take(&mut said)
    }

    fn is_late(&self, what: &str, said: &Said) -> bool {
        if said.returned {
            lock(&self.journal.late).push(format!("it used a request ({what}) after its call had returned"));
        }
        said.returned
    }

    fn is_gone(&self, said: &mut Said) -> bool {
        let enough = self.patience.is_some_and(|most| said.chunks.len() >= most);
        said.gone |= enough || Instant::now() >= self.deadline;
        said.gone
    }
}

fn take(said: &mut Said, bytes: usize, keep: impl FnOnce(&mut Said)) -> i32 {
    if said.bytes.saturating_add(bytes) > MOST_BYTES {
        return abi::TOO_LARGE;
    }
    said.bytes += bytes;
    keep(said);
    abi::OK
}
