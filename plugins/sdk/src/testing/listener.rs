//! What a plugin said: in general, and during one call.

use std::mem;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use caracola_abi as abi;
use caracola_plugin_host::{self as host, Logger, Observer, Purpose, Utterance};

use super::lock;
use crate::Stream;
use crate::log::Level;

/// What an instance said beside its calls.
#[derive(Default)]
pub(super) struct Journal {
    pub(super) lines: Mutex<Vec<(Level, String)>>,
    /// Uses of requests whose call had returned.
    pub(super) late: Mutex<Vec<String>>,
}

/// Hears what is said in one call, and which rules are broken. What is taken the host decides.
pub(super) struct Listener {
    journal: Arc<Journal>,
    purpose: Purpose,
    deadline: Instant,
    /// With so many chunks, nobody waits any more.
    patience: Option<usize>,
    heard: Mutex<Heard>,
}

/// What was heard.
#[derive(Default)]
pub(super) struct Heard {
    /// What the plugin's function returned.
    pub(super) status: i32,
    /// The plugin learned, or could have, that nobody waits any more.
    pub(super) gone: bool,
    /// The pieces of output, as they came.
    pub(super) chunks: Vec<(Stream, Vec<u8>)>,
    /// What was not taken, and why. That is not a rule broken if the plugin says so by an error.
    pub(super) refused: Vec<String>,
    /// The rules that were broken.
    pub(super) broken: Vec<String>,
}

impl Journal {
    /// Writes lines into the journal, as they would stand in a server's log.
    pub(super) fn logger(self: &Arc<Self>) -> Logger {
        let journal = Arc::clone(self);
        Logger::new(move |level, line| {
            let level = match level {
                host::Level::Error => Level::Error,
                host::Level::Warn => Level::Warn,
                host::Level::Info => Level::Info,
                host::Level::Debug => Level::Debug,
            };
            lock(&journal.lines).push((level, line.to_owned()));
        })
    }
}

impl Listener {
    pub(super) fn new(
        journal: &Arc<Journal>,
        purpose: Purpose,
        deadline: Instant,
        patience: Option<usize>,
    ) -> Arc<Self> {
        Arc::new(Self {
            journal: Arc::clone(journal),
            purpose,
            deadline,
            patience,
            heard: Mutex::default(),
        })
    }

    /// What was heard until the call returned.
    pub(super) fn take(&self) -> Heard {
        mem::take(&mut *lock(&self.heard))
    }
}

impl Observer for Listener {
    fn is_gone(&self) -> bool {
        let mut heard = lock(&self.heard);
        let enough = self.patience.is_some_and(|most| heard.chunks.len() >= most);
        heard.gone |= enough || Instant::now() >= self.deadline;
        heard.gone
    }

    fn took_chunk(&self, stream: u8, bytes: &[u8]) {
        let is_out = u32::from(stream) == abi::STREAM_OUT;
        let stream = if is_out { Stream::Out } else { Stream::Err };
        lock(&self.heard).chunks.push((stream, bytes.to_vec()));
    }

    fn heard(&self, said: Utterance, status: i32) {
        let mut heard = lock(&self.heard);
        match (status, said) {
            (abi::ALREADY_ANSWERED, Utterance::Chunk) => heard.broken.push("a chunk came after the answer".into()),
            (abi::ALREADY_ANSWERED, _) => heard.broken.push("it answered twice".into()),
            (abi::MISPLACED, _) => {
                let when = match self.purpose {
                    Purpose::Call => "call",
                    Purpose::Completion => "completion",
                };
                heard.broken.push(format!("{said} has no place in a {when}"));
            }
            (abi::TOO_LARGE, _) => heard.refused.push(format!("{said} was too large")),
            (abi::MALFORMED, _) => heard.refused.push(format!("{said} was malformed")),
            // It was taken, or nobody waits any more.
            _ => {}
        }
    }

    fn returned(&self, status: i32) {
        lock(&self.heard).status = status;
    }

    fn heard_late(&self, said: Utterance) {
        let broken = format!("it used a request ({said}) after its call had returned");
        lock(&self.journal.late).push(broken);
    }
}
