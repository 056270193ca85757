//! Asking for a reload. What carries it out is above all requests, in [`crate::reload`].

use std::sync::Arc;

use tokio::sync::{Notify, mpsc, oneshot};

use caracola_catalogue::Changes;

/// Requests that may wait for the one that is carried out. Who asks while there are more already waits for room here.
const WAITING: usize = 8;

/// What came of a reload: what it changed, or what is wrong with the files, in one line.
pub type Reloaded = Result<Changes, String>;

/// A reload that somebody asked for, and where to send what came of it. Whoever asked may have gone.
pub type ReloadRequest = oneshot::Sender<Reloaded>;

/// Asks for reloads. Part of the context.
#[derive(Debug, Clone)]
pub struct Reloads {
    requests: mpsc::Sender<ReloadRequest>,
    looks: Arc<Notify>,
}

impl Reloads {
    /// Both ends: one to ask by, and one for what reloads.
    pub fn channel() -> (Self, mpsc::Receiver<ReloadRequest>) {
        let (requests, receiver) = mpsc::channel(WAITING);
        let looks = Arc::default();
        (Self { requests, looks }, receiver)
    }

    /// Has the files looked at, as if they had just been saved.
    pub fn look_again(&self) {
        self.looks.notify_one();
    }

    /// What is notified by [`look_again`](Self::look_again).
    pub fn looks(&self) -> Arc<Notify> {
        Arc::clone(&self.looks)
    }

    /// Reloads, whether or not a file has changed. `None` when the server is about to stop. Cancel safe: a reload that was
    /// begun goes on.
    pub async fn now(&self) -> Option<Reloaded> {
        let (answer, reloaded) = oneshot::channel();
        self.requests.send(answer).await.ok()?;
        reloaded.await.ok()
    }
}
