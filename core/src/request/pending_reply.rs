//! Requests whose reply takes time.
//!
//! Serving a request is a plain call that must not wait: it has the session's thread. What takes longer, a password to
//! check or a program to run, is returned as a [`PendingReply`] instead. The session's task awaits it before it looks at the
//! session's next request, so replies keep their order; in the meantime it goes on sending what others say, reading
//! ahead within limits, and noticing that the peer hung up or that somebody ended the session. In these cases the
//! `PendingReply` is dropped: whatever it owns must end with it.
//!
//! `CANCEL` does the same by default: the work is dropped, and the reply is that it was cancelled. Work that has something
//! better to do then, such as answering with what there is, says so ([`PendingReply::on_cancel`]); and work that is begun for good
//! says that too ([`PendingReply::begun_for_good`]).
//!
//! The future itself can't touch the session's own state, which others' words need meanwhile. What it resolves to can:
//! a closure that gets the caller and says what the answer is.

use std::future::ready;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll, ready};

use super::{Caller, Context, Response};
use crate::error::Error;

/// The end of a request that took time: changes the caller, if it must, and tells the answer. Must not wait.
pub type Finish = Box<dyn FnOnce(&Arc<Context>, &mut Caller) -> Result<Response, Error> + Send>;

/// How far a request has come.
#[expect(clippy::large_enum_variant, reason = "it is taken apart at once, and never kept")]
pub enum Progress {
    /// Its reply is in the output.
    Done,
    /// This is its reply.
    Response(Response),
    /// Its reply takes time.
    Pending(PendingReply),
}

/// Work that a request has begun, and that resolves to its reply.
pub struct PendingReply {
    work: Pin<Box<dyn Future<Output = Finish> + Send>>,
    on_cancel: OnCancel,
    note: Option<Note>,
}

/// What `CANCEL` does to work.
enum OnCancel {
    /// Drops it.
    Drop,
    /// Tells it, and it comes to its end soon.
    Tell(Box<dyn Fn() + Send>),
    /// Nothing.
    Ignore,
}

/// Hears how a request ended.
type Note = Box<dyn FnOnce(&mut Caller, Option<&Error>) + Send>;

impl PendingReply {
    /// `work` does what takes time, and resolves to what is left to do then. Until that it may be dropped at any time.
    pub fn new<F, E>(work: F) -> Self
    where
        F: Future<Output = E> + Send + 'static,
        E: FnOnce(&Arc<Context>, &mut Caller) -> Result<Response, Error> + Send + 'static,
    {
        Self {
            work: Box::pin(async move { Box::new(work.await) as Finish }),
            on_cancel: OnCancel::Drop,
            note: None,
        }
    }

    /// `CANCEL` calls `tell` instead of dropping the work, which then must soon resolve to a reply of its own. It may be
    /// called several times.
    #[must_use]
    pub fn on_cancel(mut self, tell: impl Fn() + Send + 'static) -> Self {
        self.on_cancel = OnCancel::Tell(Box::new(tell));
        self
    }

    /// `CANCEL` doesn't change anything: the work can't be taken back, and is done in a moment.
    #[must_use]
    pub fn begun_for_good(mut self) -> Self {
        self.on_cancel = OnCancel::Ignore;
        self
    }

    /// Has `note` hear how the request ended, whatever way: well, or by which error, unless its session ends first.
    #[must_use]
    pub fn noted(mut self, note: impl FnOnce(&mut Caller, Option<&Error>) + Send + 'static) -> Self {
        self.note = Some(Box::new(note));
        self
    }

    /// Acts on a `CANCEL`. Whether it did anything: the reply that comes soon then is of a request that was cancelled.
    pub fn cancel(&mut self) -> bool {
        match &self.on_cancel {
            OnCancel::Drop => {
                self.work = Box::pin(ready(Box::new(cancelled) as Finish));
                true
            }
            OnCancel::Tell(tell) => {
                tell();
                true
            }
            OnCancel::Ignore => false,
        }
    }
}

fn cancelled(_: &Arc<Context>, _: &mut Caller) -> Result<Response, Error> {
    Err(Error::Cancelled)
}

impl Future for PendingReply {
    type Output = Finish;

    fn poll(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Finish> {
        let finish = ready!(self.work.as_mut().poll(cx));
        Poll::Ready(match self.note.take() {
            None => finish,
            Some(note) => Box::new(move |context, caller| {
                let outcome = finish(context, caller);
                note(caller, outcome.as_ref().err());
                outcome
            }),
        })
    }
}
