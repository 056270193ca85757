//! One run of one command.

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use tokio::sync::Notify;

use super::ending::{self, JobEnd};
use super::output::{Chunk, Output, Stream};
use super::owner::Owner;
use super::record::{EndRecord, Record};
use caracola_quota::Tenant;
use caracola_spawner::LaunchError;

/// What is known of a job before it has begun.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The command's name.
    pub command: String,
    /// Whose it is.
    pub owner: Owner,
    /// For whom it counts.
    pub tenant: Tenant,
    /// Bytes of its output that are kept at most.
    pub limit: usize,
    /// The exit statuses that mean success.
    pub ok_exit: Vec<u8>,
    /// Whether it ends with the session of the guest whose it is.
    pub ends_with_session: bool,
}

/// How far a job is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobState {
    /// It waits for a place, or for its program to start.
    Waiting,
    /// Its program runs.
    Running,
    /// It is over.
    Ended(JobEnd),
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
    /// For whom it counts.
    pub tenant: Tenant,
    /// When it was asked for.
    pub started: SystemTime,
    ok_exit: Vec<u8>,
    start_error: OnceLock<String>,
    ends_with_session: bool,
    began: Instant,
    inner: Mutex<Inner>,
    changed: Notify,
    asked_to_end: Notify,
}

#[derive(Debug)]
struct Inner {
    state: JobState,
    output: Output,
    took: Duration,
    requested_end: Option<JobEnd>,
    /// Its owner was a guest who is gone: nobody can ask for it by its key any more.
    is_detached: bool,
}

impl Job {
    /// A job of that id that waits to run.
    pub fn new(id: String, plan: Plan) -> Self {
        let Plan {
            command,
            owner,
            tenant,
            limit,
            ok_exit,
            ends_with_session,
        } = plan;
        Self {
            id,
            command,
            owner,
            tenant,
            started: SystemTime::now(),
            ok_exit,
            start_error: OnceLock::new(),
            ends_with_session,
            began: Instant::now(),
            inner: Mutex::new(Inner {
                state: JobState::Waiting,
                output: Output::new(limit),
                took: Duration::ZERO,
                requested_end: None,
                is_detached: false,
            }),
            changed: Notify::new(),
            asked_to_end: Notify::new(),
        }
    }

    /// Keeps what the system said when the program was to be started.
    pub(super) fn not_started(&self, error: LaunchError) {
        let _ = self.start_error.set(error.to_string());
    }

    /// What the system said when the program could not be started, for an admin; empty if it was.
    pub fn start_error(&self) -> &str {
        self.start_error.get().map_or("", String::as_str)
    }

    /// How far it is.
    pub fn state(&self) -> JobState {
        self.lock().state.clone()
    }

    /// How it ended, if it has.
    pub fn ending(&self) -> Option<JobEnd> {
        match self.state() {
            JobState::Ended(ending) => Some(ending),
            JobState::Waiting | JobState::Running => None,
        }
    }

    /// Whether it ended as it should; `None` before the end.
    pub fn succeeded(&self) -> Option<bool> {
        let inner = self.lock();
        match &inner.state {
            JobState::Ended(ending) => Some(self.is_success(ending, &inner.output)),
            JobState::Waiting | JobState::Running => None,
        }
    }

    /// What is to be remembered of it, should it end now in this way.
    pub(super) fn end_by(&self, ending: &JobEnd) -> EndRecord {
        let inner = self.lock();
        EndRecord {
            ending: ending.clone(),
            ok: self.is_success(ending, &inner.output),
            took: if matches!(inner.state, JobState::Ended(_)) {
                inner.took
            } else {
                self.began.elapsed()
            },
            chunks: inner.output.len(),
            bytes: inner.output.bytes(),
            truncated: inner.output.truncated(),
        }
    }

    /// What is remembered of it from its start on.
    pub fn record(&self) -> Record {
        Record {
            id: self.id.clone(),
            command: self.command.clone(),
            owner: self.owner.clone(),
            since: self.started,
            end: None,
        }
    }

    fn is_success(&self, ending: &JobEnd, output: &Output) -> bool {
        ending::succeeded(ending, output.truncated(), &self.ok_exit)
    }

    /// Bytes of memory that keeping it costs.
    pub(super) fn cost(&self) -> usize {
        size_of::<Self>() + self.id.len() + self.command.len() + self.output(Output::cost)
    }

    /// How long it took, or has been going on.
    pub fn took(&self) -> Duration {
        let inner = self.lock();
        if matches!(inner.state, JobState::Ended(_)) {
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
                    return Some(chunk);
                }
                if matches!(inner.state, JobState::Ended(_)) {
                    return None;
                }
            }
            changed.await;
        }
    }

    /// Waits until it has ended. Cancel safe.
    pub async fn ended(&self) -> JobEnd {
        loop {
            let changed = self.changed.notified();
            if let Some(ending) = self.ending() {
                return ending;
            }
            changed.await;
        }
    }

    /// Asks for its end; the first reason stays. Nothing happens if it has ended.
    pub fn end(&self, reason: JobEnd) {
        let mut inner = self.lock();
        if !matches!(inner.state, JobState::Ended(_)) {
            inner.requested_end.get_or_insert(reason);
            drop(inner);
            self.asked_to_end.notify_one();
        }
    }

    /// The session of the guest whose it is has ended, and so does the job, unless its definition lets it go on.
    pub(super) fn detach(&self) {
        self.lock().is_detached = true;
        if self.ends_with_session {
            self.end(JobEnd::HungUp);
        }
    }

    /// Whether it was detached.
    pub(super) fn is_detached(&self) -> bool {
        self.lock().is_detached
    }

    /// Waits until somebody asks for its end. Only the task that carries the job out waits here. Cancel safe.
    pub(super) async fn end_requested(&self) -> JobEnd {
        loop {
            if let Some(requested_end) = self.requested_end() {
                return requested_end;
            }
            self.asked_to_end.notified().await;
        }
    }

    /// The reason for which somebody asked for its end.
    pub(super) fn requested_end(&self) -> Option<JobEnd> {
        self.lock().requested_end.clone()
    }

    pub(super) fn runs(&self) {
        self.lock().state = JobState::Running;
        self.changed.notify_waiters();
    }

    /// Keeps output; false once there is more than is kept.
    pub(super) fn wrote(&self, stream: Stream, bytes: &[u8]) -> bool {
        let more = self.lock().output.add(stream, bytes);
        self.changed.notify_waiters();
        more
    }

    /// Notes the end. The first one counts.
    pub(super) fn has_ended(&self, ending: JobEnd) {
        let mut inner = self.lock();
        if !matches!(inner.state, JobState::Ended(_)) {
            inner.took = self.began.elapsed();
            inner.state = JobState::Ended(ending);
            inner.output.finish();
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

    fn plan() -> Plan {
        Plan {
            command: "disk".to_owned(),
            owner: Owner::Session(1),
            tenant: Tenant::DOOR,
            limit: 100,
            ok_exit: vec![0, 3],
            ends_with_session: true,
        }
    }

    #[tokio::test]
    async fn readers_get_each_chunk_once_and_then_the_end() {
        let job = std::sync::Arc::new(Job::new("j".into(), plan()));
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
        job.has_ended(JobEnd::Exited(3));
        job.has_ended(JobEnd::Lost);
        let read = reader.await.expect("no panic");
        assert_eq!(read, (b"one two".to_vec(), JobEnd::Exited(3)));
        assert_eq!(job.succeeded(), Some(true), "3 is one of its statuses");
    }

    #[tokio::test]
    async fn the_first_reason_to_end_stays() {
        let job = Job::new("j".into(), plan());
        job.end(JobEnd::Cancelled);
        job.end(JobEnd::HungUp);
        assert_eq!(job.end_requested().await, JobEnd::Cancelled);
    }
}
