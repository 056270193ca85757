//! The thread on which catalogues are loaded.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::sync::oneshot;

/// How much lower the thread's priority is than that of threads that serve sessions (a tenth of the processor, if those want
/// all of it): ten thousand commands take hundreds of milliseconds.
const NICE: i32 = 10;

/// The one thread that loads catalogues. An allocator keeps what a thread has freed, for a while at least, for those that use the
/// same part of its memory: on threads of a pool each would keep as much as a catalogue takes.
#[derive(Debug)]
pub(super) struct LoaderThread {
    /// `None` where the system has no further thread.
    work: Option<std::sync::mpsc::Sender<Work>>,
}

type Work = Box<dyn FnOnce() + Send>;

impl LoaderThread {
    pub(super) fn start() -> Self {
        let (work, orders) = std::sync::mpsc::channel::<Work>();
        let thread = std::thread::Builder::new().name("reload".to_owned());
        // One that fails mustn't be the last. Nothing is left half done by it: a catalogue is applied in one step.
        let carry_out = |work: Work| drop(catch_unwind(AssertUnwindSafe(work)));
        let started = thread.spawn(move || {
            // Of this thread alone, as Linux counts. Without it the reload is only less polite.
            let _ = rustix::process::nice(NICE);
            orders.into_iter().for_each(carry_out);
        });
        Self {
            work: started.is_ok().then_some(work),
        }
    }

    /// Has the thread do something. Fails if it can't.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, NoLoaderThread> {
        let (answer, done) = oneshot::channel();
        let thread = self.work.as_ref().ok_or(NoLoaderThread)?;
        let ordered = thread.send(Box::new(move || {
            // Whoever asked may have gone.
            let _ = answer.send(work());
        }));
        ordered.map_err(|_| NoLoaderThread)?;
        done.await.map_err(|_| NoLoaderThread)
    }
}

/// Nothing came of a reload, not even an error.
#[derive(Debug, thiserror::Error)]
#[error(
    "the commands could not be loaded, by a mistake of the server's own (see standard error): what is active stays active"
)]
pub(super) struct NoLoaderThread;
