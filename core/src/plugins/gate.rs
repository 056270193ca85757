//! How many calls of one plugin go on at once, and how many may wait.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::call::Failure;

/// The places of one plugin.
#[derive(Debug)]
pub(super) struct Gate {
    running: Arc<Semaphore>,
    waiting: Semaphore,
}

/// One call's place. Gives it back when dropped.
pub(super) type Pass = OwnedSemaphorePermit;

impl Gate {
    /// `running` calls at once, and as many more in the queue as `waiting` says.
    pub(super) fn new(running: u32, waiting: u32) -> Self {
        Self {
            running: Arc::new(Semaphore::new(running as usize)),
            waiting: Semaphore::new(waiting as usize),
        }
    }

    /// Waits for a place, for at most `patience`. Cancel safe: who stops waiting leaves the queue.
    pub(super) async fn enter(&self, patience: Duration) -> Result<Pass, Failure> {
        if let Ok(pass) = Arc::clone(&self.running).try_acquire_owned() {
            return Ok(pass);
        }
        let _waiting = self.waiting.try_acquire().map_err(|_| Failure::Busy)?;
        match timeout(patience, Arc::clone(&self.running).acquire_owned()).await {
            Ok(Ok(pass)) => Ok(pass),
            Ok(Err(_)) | Err(_) => Err(Failure::Busy),
        }
    }
}
