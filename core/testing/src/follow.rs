//! What a process writes, followed as it comes.

use std::io::{BufRead as _, BufReader, Read};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use anyhow::{Result, bail};

use crate::TEST_TIMEOUT;

/// One of a process's streams, read by a thread of its own so that the process never waits for us.
#[derive(Debug, Default)]
pub(crate) struct Written {
    state: Mutex<State>,
    more: Condvar,
}

#[derive(Debug, Default)]
struct State {
    text: String,
    ended: bool,
}

impl Written {
    /// Begins to read.
    pub(crate) fn follow(stream: impl Read + Send + 'static) -> Arc<Self> {
        let written = Arc::new(Self::default());
        thread::spawn({
            let written = Arc::clone(&written);
            move || written.read(stream)
        });
        written
    }

    /// What came until now.
    pub(crate) fn text(&self) -> String {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).text.clone()
    }

    /// Waits until `found` finds something in the text. Fails at the stream's end, or when [`TEST_TIMEOUT`] is over, with the
    /// text.
    pub(crate) fn wait_until<T>(&self, what: &str, found: impl Fn(&str) -> Option<T>) -> Result<T> {
        let end = Instant::now() + TEST_TIMEOUT;
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(found) = found(&state.text) {
                return Ok(found);
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() || state.ended {
                bail!("{what} never came:\n{}", state.text);
            }
            let waited = self.more.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Waits until the other side has closed the stream.
    pub(crate) fn wait_for_end(&self) -> Result<()> {
        let end = Instant::now() + TEST_TIMEOUT;
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        while !state.ended {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                bail!("the process did not end:\n{}", state.text);
            }
            let waited = self.more.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        Ok(())
    }

    fn read(&self, stream: impl Read) {
        let mut stream = BufReader::new(stream);
        let mut line = Vec::new();
        while stream.read_until(b'\n', &mut line).is_ok_and(|count| count > 0) {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            state.text.push_str(&String::from_utf8_lossy(&line));
            line.clear();
            self.more.notify_all();
        }
        self.state.lock().unwrap_or_else(PoisonError::into_inner).ended = true;
        self.more.notify_all();
    }
}
