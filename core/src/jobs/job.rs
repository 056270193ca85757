//! One run of one command.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use tokio::sync::Notify;

use super::output::{Chunk, Output, Stream};

/// Whose job it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Owner {
    /// Everybody who is logged in as this user.
    User(String),
    /// This one session, of a guest.
    Session(u64),
}

/// How far a job is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It waits for a place, or for its program to start.
    Waiting,
    /// Its program runs.
    Running,
    /// It is over.
    Ended(Ending),
}

/// How a job ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// The program ended by itself, with this status.
    Exited(i32),
    /// The program was ended by a signal that was not ours.
    Signalled(i32),
    /// It ran for longer than it may.
    TimedOut(Duration),
    /// Somebody who may asked for its end.
    Cancelled,
    /// Its session ended, and the definition lets nothing go on without one.
    HungUp,
    /// It was never started: too many others are running and waiting.
    Busy,
    /// It could not be started; why, in English, for people.
    NotStarted(String),
    /// What kept it is gone: the spawner, or the server that started it.
    Lost,
}

/// A run. Shared by the task that carries it out and by everybody who looks at it.
#[derive(Debug)]
pub struct Job {
    /// What it is called: random, and safe to read aloud.
    pub id: String,
    /// The command's name.
    pub command: String,
    /// Whose it is.
    pub owner: Owner,
    /// When it was asked for.
    pub started: SystemTime,
    began: Instant,
    inner: Mutex<Inner>,
    changed: Notify,
    asked_to_end: Notify,
}

#[derive(Debug)]
struct Inner {
    state: State,
    output: Output,
    took: Duration,
    wish: Option<Ending>,
}

impl Job {
    /// A job that waits to run. At most `limit` bytes of its output are kept.
    pub fn new(id: String, command: String, owner: Owner, limit: usize) -> Self {
        Self {
            id,
            command,
            owner,
            started: SystemTime::now(),
            began: Instant::now(),
            inner: Mutex::new(Inner {
                state: State::Waiting,
                output: Output::new(limit),
                took: Duration::ZERO,
                wish: None,
            }),
            changed: Notify::new(),
            asked_to_end: Notify::new(),
        }
    }

    /// How far it is.
    pub fn state(&self) -> State {
        self.lock().state.clone()
    }

    /// How it ended, if it has.
    pub fn ending(&self) -> Option<Ending> {
        match self.state() {
            State::Ended(ending) => Some(ending),
            State::Waiting | State::Running => None,
        }
    }

    /// How long it took, or has been going on.
    pub fn took(&self) -> Duration {
        let inner = self.lock();
        if matches!(inner.state, State::Ended(_)) {
            inner.took
        } else {
            self.began.elapsed()
        }
    }

    /// Looks at the output so far.
    pub fn output<T>(&self, look: impl FnOnce(&Output) -> T) -> T {
        look(&self.lock().output)
    }

    /// Waits for the chunk number `index`; `None` when the job has ended without it. Cancel safe.
    pub async fn chunk(&self, index: usize) -> Option<Chunk> {
        loop {
            // Registered before the look, so that nothing that happens in between is missed.
            let changed = self.changed.notified();
            {
                let inner = self.lock();
                if let Some(chunk) = inner.output.chunk(index) {
                    return Some(chunk.clone());
                }
                if matches!(inner.state, State::Ended(_)) {
                    return None;
                }
            }
            changed.await;
        }
    }

    /// Waits until it has ended. Cancel safe.
    pub async fn ended(&self) -> Ending {
        loop {
            let changed = self.changed.notified();
            if let Some(ending) = self.ending() {
                return ending;
            }
            changed.await;
        }
    }

    /// Asks for its end; the first reason stays. Nothing happens if it has ended.
    pub fn end(&self, reason: Ending) {
        let mut inner = self.lock();
        if !matches!(inner.state, State::Ended(_)) {
            inner.wish.get_or_insert(reason);
            drop(inner);
            self.asked_to_end.notify_one();
        }
    }

    /// Waits until somebody asks for its end. Only the task that carries the job out waits here. Cancel safe.
    pub(super) async fn end_wished(&self) -> Ending {
        loop {
            if let Some(wish) = self.wish() {
                return wish;
            }
            self.asked_to_end.notified().await;
        }
    }

    /// The reason for which somebody asked for its end.
    pub(super) fn wish(&self) -> Option<Ending> {
        self.lock().wish.clone()
    }

    pub(super) fn runs(&self) {
        self.lock().state = State::Running;
        self.changed.notify_waiters();
    }

    /// Keeps output; false once there is more than is kept.
    pub(super) fn wrote(&self, stream: Stream, bytes: &[u8]) -> bool {
        let more = self.lock().output.add(stream, bytes);
        self.changed.notify_waiters();
        more
    }

    /// Notes the end. The first one counts.
    pub(super) fn has_ended(&self, ending: Ending) {
        let mut inner = self.lock();
        if !matches!(inner.state, State::Ended(_)) {
            inner.took = self.began.elapsed();
            inner.state = State::Ended(ending);
        }
        drop(inner);
        self.changed.notify_waiters();
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn readers_get_each_chunk_once_and_then_the_end() {
        let job = std::sync::Arc::new(Job::new("j".into(), "disk".into(), Owner::Session(1), 100));
        let reader = tokio::spawn({
            let job = std::sync::Arc::clone(&job);
            async move {
                let mut text = Vec::new();
                let mut index = 0;
                while let Some(chunk) = job.chunk(index).await {
                    text.extend_from_slice(&chunk.bytes);
                    index += 1;
                }
                (text, job.ended().await)
            }
        });
        job.runs();
        job.wrote(Stream::Out, b"one ");
        tokio::task::yield_now().await;
        job.wrote(Stream::Err, b"two");
        job.has_ended(Ending::Exited(3));
        job.has_ended(Ending::Lost);
        let read = reader.await.expect("no panic");
        assert_eq!(read, (b"one two".to_vec(), Ending::Exited(3)));
    }

    #[tokio::test]
    async fn the_first_reason_to_end_stays() {
        let job = Job::new("j".into(), "disk".into(), Owner::Session(1), 100);
        job.end(Ending::Cancelled);
        job.end(Ending::HungUp);
        assert_eq!(job.end_wished().await, Ending::Cancelled);
    }
}
