//! Requests whose reply takes time.
//!
//! Serving a request is a plain call that must not wait: it has the session's thread. What takes longer, a password to
//! check or a program to run, is returned as a [`Later`] instead. The session's task awaits it before it looks at the
//! session's next request, so replies keep their order; in the meantime it goes on sending what others say, reading
//! ahead within limits, and noticing that the peer hung up or that somebody ended the session. In these cases the `Later`
//! is dropped: whatever it owns must end with it.
//!
//! The future itself can't touch the session's own state, which others' words need meanwhile. What it resolves to can:
//! a closure that gets the caller and the output, and appends the reply, like any verb does.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll};

use crate::caller::Caller;
use crate::context::Context;
use crate::error::Error;

/// The end of a request that took time: changes the caller, if it must, and appends the reply. Must not wait.
pub type Finish = Box<dyn FnOnce(&Arc<Context>, &mut Caller, &mut Vec<u8>) -> Result<(), Error> + Send>;

/// How far a request has come.
pub enum Progress {
    /// Its reply is in the output.
    Done,
    /// Its reply takes time.
    Later(Later),
}

/// Work that a request has begun.
pub struct Later(Pin<Box<dyn Future<Output = Finish> + Send>>);

impl Later {
    /// `work` does what takes time, and resolves to what is left to do then.
    pub fn new<F, E>(work: F) -> Self
    where
        F: Future<Output = E> + Send + 'static,
        E: FnOnce(&Arc<Context>, &mut Caller, &mut Vec<u8>) -> Result<(), Error> + Send + 'static,
    {
        Self(Box::pin(async move { Box::new(work.await) as Finish }))
    }
}

impl Future for Later {
    type Output = Finish;

    fn poll(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Finish> {
        self.0.as_mut().poll(cx)
    }
}
