//! How many runs of one command may go on at once, and how many may wait.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The gates of all commands, by name.
#[derive(Debug, Default)]
pub struct Gates {
    by_command: Mutex<HashMap<String, Arc<Gate>>>,
}

#[derive(Debug)]
struct Gate {
    most: usize,
    running: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    queue: usize,
}

/// As many runs as may wait are waiting already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{running} are running and {waiting} are waiting")]
pub struct Busy {
    /// Runs that may go on at once.
    pub running: usize,
    /// Runs that may wait.
    pub waiting: usize,
}

/// One run's place. Gives it back when dropped.
#[derive(Debug)]
pub struct Pass {
    _running: OwnedSemaphorePermit,
}

impl Gates {
    /// Waits for a place among the `most` runs of `command`, with at most `queue` others waiting too. Cancel safe: who
    /// stops waiting leaves the queue.
    pub async fn enter(&self, command: &str, most: usize, queue: usize) -> Result<Pass, Busy> {
        let gate = self.gate(command, most, queue);
        if let Ok(running) = Arc::clone(&gate.running).try_acquire_owned() {
            return Ok(Pass { _running: running });
        }
        let busy = Busy {
            running: gate.most,
            waiting: gate.queue,
        };
        let waiting = Arc::clone(&gate.waiting).try_acquire_owned().map_err(|_| busy)?;
        let running = Arc::clone(&gate.running).acquire_owned().await.map_err(|_| busy)?;
        drop(waiting);
        Ok(Pass { _running: running })
    }

    /// The command's gate; a new one if the definition has changed. Runs that passed the old one finish on it.
    fn gate(&self, command: &str, most: usize, queue: usize) -> Arc<Gate> {
        let mut gates = self.by_command.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(gate) = gates
            .get(command)
            .filter(|gate| gate.most == most && gate.queue == queue)
        {
            return Arc::clone(gate);
        }
        let gate = Arc::new(Gate {
            most,
            running: Arc::new(Semaphore::new(most)),
            waiting: Arc::new(Semaphore::new(queue)),
            queue,
        });
        gates.insert(command.to_owned(), Arc::clone(&gate));
        gate
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_runs_one_waits_and_one_is_told_to_come_again() {
        let gates = Arc::new(Gates::default());
        let first = gates.enter("disk", 1, 1).await.expect("a place");
        let waiter = tokio::spawn({
            let gates = Arc::clone(&gates);
            async move { gates.enter("disk", 1, 1).await.map(drop) }
        });
        // The waiter is in the queue once its place there is taken.
        while gates.gate("disk", 1, 1).waiting.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        let third = gates.enter("disk", 1, 1).await;
        assert_eq!(third.err(), Some(Busy { running: 1, waiting: 1 }));
        drop(first);
        assert_eq!(waiter.await.expect("no panic"), Ok(()));
    }
}
