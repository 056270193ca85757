//! The server's end of the connection to one helper: asks, and knows who waits for which answer.
//!
//! One task reads ([`HelperConnection::read`]). No lock is held while anybody waits.

use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::net::UnixStream;
use tokio::sync::{Notify, oneshot};

use super::check;
use super::protocol::{self, Frames, FromHelper, OVERHEAD, ToHelper, Violation};
use super::socket::HelperSocket;
use crate::call::{Answer, Candidate, Failure, Invocation};
use crate::collector::Purpose;
use crate::logger::Logger;
use crate::server::sink::ChunkSender;
use caracola_quota::gate::Pass;

/// How long a call may go on after its time was over, until the helper is given up.
pub(super) const OVERSTAY: Duration = Duration::from_millis(200);
/// How a helper ends whose plugin doesn't return.
pub(super) const OVERSTAYED: &str = "a call didn't return in time";
/// Lines for the log in one second that an honest helper never comes near: it counts them itself.
const MOST_LINES: u32 = 500;

/// The next question's number, never used twice in the server's life.
static NEXT: AtomicU64 = AtomicU64::new(1);

/// What came of a question.
#[derive(Debug)]
pub(super) enum Reply {
    /// Of a call.
    Answer(Answer),
    /// Of a completion.
    Candidates(Vec<Candidate>),
}

/// The connection to one helper.
#[derive(Debug)]
pub(super) struct HelperConnection {
    pub(super) socket: HelperSocket,
    open: Mutex<Open>,
    /// Who waits for what has changed, in a way that matters to who watches the helper.
    pub(super) stirred: Arc<Notify>,
    /// No new questions: a call overstayed.
    is_retired: AtomicBool,
    /// It has answered something.
    has_served: AtomicBool,
}

#[derive(Debug, Default)]
struct Open {
    questions: HashMap<u64, Question>,
    /// The helper has ended; how.
    closed: Option<String>,
}

/// A question that the helper has not answered yet.
#[derive(Debug)]
struct Question {
    purpose: Purpose,
    /// Bytes that the answer may have.
    most: usize,
    /// Bytes that have come of it.
    streamed: usize,
    chunks: Option<ChunkSender>,
    /// `None` when nobody waits any more.
    reply: Option<oneshot::Sender<Result<Reply, Failure>>>,
    deadline: Instant,
    /// Its place, until the plugin is done with it or given up.
    pass: Option<Pass>,
}

/// What is asked.
#[derive(Debug)]
pub(super) struct Asking<'a> {
    pub(super) purpose: Purpose,
    pub(super) invocation: &'a Invocation,
    pub(super) deadline: Instant,
    pub(super) chunks: Option<ChunkSender>,
    pub(super) pass: Pass,
}

/// Somebody's question, for as long as they wait. Dropping it before the answer tells the plugin that nobody waits.
#[derive(Debug)]
pub(super) struct Asked {
    connection: Arc<HelperConnection>,
    id: u64,
    pub(super) reply: oneshot::Receiver<Result<Reply, Failure>>,
}

/// Why a question was not asked.
#[derive(Debug)]
pub(super) enum Unasked {
    /// This helper takes none any more; what to ask the next one with.
    Closed(Option<ChunkSender>, Pass),
    /// It can't be put into a frame.
    Unspeakable,
}

impl HelperConnection {
    pub(super) fn new(stream: UnixStream) -> Arc<Self> {
        let stirred = Arc::new(Notify::new());
        Arc::new(Self {
            socket: HelperSocket::new(stream, Arc::clone(&stirred)),
            open: Mutex::default(),
            stirred,
            is_retired: AtomicBool::new(false),
            has_served: AtomicBool::new(false),
        })
    }

    /// Asks the helper something.
    pub(super) fn ask(self: &Arc<Self>, asking: Asking<'_>) -> Result<Asked, Unasked> {
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        let invocation = asking.invocation;
        let message = match asking.purpose {
            Purpose::Call => ToHelper::Call { id, invocation },
            Purpose::Completion => ToHelper::Complete { id, invocation },
        };
        let frame = protocol::frame(&message).map_err(|_| Unasked::Unspeakable)?;
        if frame.len() > protocol::LONGEST_TO_HELPER {
            return Err(Unasked::Unspeakable);
        }
        let (sender, reply) = oneshot::channel();
        let question = Question {
            purpose: asking.purpose,
            most: invocation.max_output,
            streamed: 0,
            chunks: asking.chunks.filter(|_| invocation.streams),
            reply: Some(sender),
            deadline: asking.deadline,
            pass: Some(asking.pass),
        };
        {
            let mut open = self.open();
            if open.closed.is_some() || self.is_retired() {
                return Err(Unasked::back(question));
            }
            open.questions.insert(id, question);
        }
        if self.socket.send(&frame).is_err()
            && let Some(question) = self.open().questions.remove(&id)
        {
            // It ended a moment ago.
            return Err(Unasked::back(question));
        }
        Ok(Asked {
            connection: Arc::clone(self),
            id,
            reply,
        })
    }

    /// Says something that nobody waits for an answer to.
    pub(super) fn tell(&self, message: &ToHelper<&Invocation>) -> io::Result<()> {
        self.socket.send(&protocol::frame(message).map_err(io::Error::other)?)
    }

    /// Whether it takes no new questions. So it is from the moment when one couldn't be written: who asks again at once would
    /// else do so for ever, on a thread that others need to hear of the end.
    pub(super) fn is_closed(&self) -> bool {
        self.is_retired() || self.socket.broken().is_some() || self.open().closed.is_some()
    }

    /// Why it takes no new questions; `None` if it does.
    pub(super) fn closed(&self) -> Option<String> {
        let closed = self.open().closed.clone();
        let retired = || self.is_retired().then(|| OVERSTAYED.to_owned());
        let broken = || Some(self.socket.broken()?.to_string());
        closed.or_else(retired).or_else(broken)
    }

    /// Whether it takes no new questions because one overstayed.
    pub(super) fn is_retired(&self) -> bool {
        self.is_retired.load(Ordering::Relaxed)
    }

    /// Takes no new questions from now on. Who waits still may get an answer.
    pub(super) fn retire(&self) {
        let mut open = self.open();
        self.is_retired.store(true, Ordering::Relaxed);
        for question in open.questions.values_mut().filter(|question| question.reply.is_none()) {
            question.pass = None;
        }
    }

    /// Whether it has been of use to somebody, or somebody waits for it now.
    pub(super) fn is_at_work(&self) -> bool {
        self.has_served.load(Ordering::Relaxed) || self.somebody_waits()
    }

    /// Whether anybody waits for an answer.
    pub(super) fn somebody_waits(&self) -> bool {
        self.open().questions.values().any(|question| question.reply.is_some())
    }

    /// When the first of those calls overstays that nobody waits for.
    pub(super) fn overstays_at(&self) -> Option<Instant> {
        let open = self.open();
        let forsaken = open.questions.values().filter(|question| question.reply.is_none());
        forsaken
            .filter_map(|question| question.deadline.checked_add(OVERSTAY))
            .min()
    }

    /// The helper has ended: everybody who waits is told how, and nobody can ask any more.
    pub(super) fn close(&self, how: &str) {
        let questions = {
            let mut open = self.open();
            open.closed = Some(how.to_owned());
            std::mem::take(&mut open.questions)
        };
        for mut question in questions.into_values() {
            question.answer(Err(Failure::Crashed(how.to_owned())));
        }
    }

    /// Takes answers until the helper closes its end, or breaks the rules.
    pub(super) async fn read(&self, mut frames: Frames, logger: &Logger) -> Result<(), Violation> {
        let mut second = (Instant::now(), 0);
        while let Some(message) = self.socket.next(&mut frames, || self.longest()).await? {
            match message {
                FromHelper::Log(level, text) => {
                    if second.0.elapsed() >= Duration::from_secs(1) {
                        second = (Instant::now(), 0);
                    }
                    second.1 += 1;
                    if second.1 > MOST_LINES {
                        return Err(Violation::Flood);
                    }
                    logger.log(level, &text);
                }
                FromHelper::Chunk { id, stream, bytes } => self.chunk(id, stream, bytes)?,
                FromHelper::Answer { id, answer } => self.answer(id, Reply::Answer(answer))?,
                FromHelper::Candidates { id, candidates } => self.answer(id, Reply::Candidates(candidates))?,
                FromHelper::Fenced(_) | FromHelper::Began(_) | FromHelper::Refused(_) => {
                    return Err(Violation::Impossible("a second beginning"));
                }
            }
        }
        Ok(())
    }

    /// Bytes that the next frame may have: as much as the largest answer that anybody waits for.
    fn longest(&self) -> usize {
        let open = self.open();
        let most = open.questions.values().map(|question| question.most).max();
        most.unwrap_or(0).saturating_add(OVERHEAD)
    }

    fn chunk(&self, id: u64, stream: u8, bytes: Vec<u8>) -> Result<(), Violation> {
        let mut open = self.open();
        let question = open.questions.get_mut(&id).ok_or(Violation::UnknownCall)?;
        let Some(chunks) = &question.chunks else {
            return Err(Violation::Impossible("output that nobody wanted as it comes"));
        };
        if !check::is_stream(stream) {
            return Err(Violation::Impossible("output of no stream"));
        }
        question.streamed = question.streamed.saturating_add(bytes.len() + size_of::<usize>());
        if question.streamed > question.most {
            let most = question.most;
            question.answer(Err(Failure::TooLarge(most)));
            return Err(Violation::AnswerTooLarge(most));
        }
        // Who waited may have gone.
        let _ = chunks.send((stream, bytes));
        Ok(())
    }

    fn answer(&self, id: u64, reply: Reply) -> Result<(), Violation> {
        let question = self.open().questions.remove(&id);
        let mut question = question.ok_or(Violation::UnknownCall)?;
        let checked = match (&reply, question.purpose) {
            (Reply::Answer(answer), Purpose::Call) => check::answer(answer, question.most, question.streamed),
            (Reply::Candidates(offered), Purpose::Completion) => check::candidates(offered, question.most),
            _ => Err(Violation::Impossible("an answer of another kind")),
        };
        match checked {
            Ok(()) => {
                self.has_served.store(true, Ordering::Relaxed);
                question.answer(Ok(reply));
            }
            Err(violation @ Violation::AnswerTooLarge(most)) => {
                question.answer(Err(Failure::TooLarge(most)));
                return Err(violation);
            }
            Err(violation) => {
                question.answer(Err(Failure::Crashed(violation.to_string())));
                return Err(violation);
            }
        }
        if self.is_retired() {
            self.stirred.notify_one();
        }
        Ok(())
    }

    /// Nobody waits for the answer to that question any more.
    fn forsake(&self, id: u64) {
        {
            let mut open = self.open();
            // Answered, or the helper has ended.
            let Some(question) = open.questions.get_mut(&id) else {
                return;
            };
            question.reply = None;
            if self.is_retired() {
                question.pass = None;
            }
        }
        // A helper that can't be told any more has ended.
        let _ = self.tell(&ToHelper::Cancel { id });
        self.stirred.notify_one();
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Question {
    /// The place is free before who waited hears of it.
    fn answer(&mut self, reply: Result<Reply, Failure>) {
        self.pass = None;
        if let Some(sender) = self.reply.take() {
            // Who waited may have gone a moment ago.
            let _ = sender.send(reply);
        }
    }
}

impl Unasked {
    fn back(question: Question) -> Self {
        match question.pass {
            Some(pass) => Self::Closed(question.chunks, pass),
            None => Self::Unspeakable,
        }
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        self.connection.forsake(self.id);
    }
}
