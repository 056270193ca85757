//! How much of what a peer sends ahead is read while one of its requests takes its time.
//!
//! Up to [`AHEAD`] is read at once, so that `CANCEL` is heard. What comes after that first stays with the kernel, whose
//! window then closes: a pipeline of requests that are served soon is slowed down and nothing more. But behind a closed
//! window a hang-up never arrives: the peer's kernel keeps the end behind bytes that it can't send, and goes on asking
//! whether the window has opened, for minutes after the peer's process died. No option of the socket tells such a peer from
//! one that waits, and a program would go on for nobody. So once the same request has been waited for during [`READ_AHEAD_DELAY`] with
//! all of that read, the server reads on, up to one whole request more; and a peer that sends even more than that ahead of a
//! single request is ended with an error, its program with it. Redis bounds a client's input likewise, at a gigabyte. Here
//! the bound is what a session may have in one request anyhow: a guest costs 128 KiB at most, a user 1,088 KiB.

use std::pin::Pin;
use std::time::Duration;

use caracola_wire::RequestLimits;
use tokio::time::{Sleep, sleep};

/// Bytes that are read ahead without further thought.
const AHEAD: usize = 64 * 1024;
/// How long the kernel keeps the rest, for one request. Most programs have ended by then, and a hang-up must be seen within
/// two seconds.
const READ_AHEAD_DELAY: Duration = Duration::from_secs(1);

/// Reading ahead, while one request is waited for.
pub(super) struct ReadAhead {
    most: usize,
    /// Runs since [`AHEAD`] was reached.
    patience: Option<Pin<Box<Sleep>>>,
    is_over: bool,
}

impl ReadAhead {
    /// For a session whose requests may be so large.
    pub(super) fn new(limits: RequestLimits) -> Self {
        Self {
            most: AHEAD + limits.request_bytes,
            patience: None,
            is_over: false,
        }
    }

    /// Whether to read on, with `length` bytes read ahead.
    pub(super) fn reads(&self, length: usize) -> bool {
        length < AHEAD || self.is_over
    }

    /// Whether so many bytes are more than a peer may send ahead.
    pub(super) fn is_exceeded(&self, length: usize) -> bool {
        length >= self.most
    }

    /// Returns when reading is to go on, if it doesn't. Cancel safe.
    pub(super) async fn resumed(&mut self, length: usize) {
        if self.reads(length) {
            return std::future::pending().await;
        }
        self.patience
            .get_or_insert_with(|| Box::pin(sleep(READ_AHEAD_DELAY)))
            .await;
        self.is_over = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn reading_goes_on_after_a_while() {
        let limits = RequestLimits::GUEST;
        let mut ahead = ReadAhead::new(limits);
        assert!(ahead.reads(AHEAD - 1));
        assert!(!ahead.reads(AHEAD));
        ahead.resumed(AHEAD).await;
        assert!(ahead.reads(AHEAD));
        assert!(!ahead.is_exceeded(AHEAD + limits.request_bytes - 1));
        assert!(ahead.is_exceeded(AHEAD + limits.request_bytes));
    }
}
