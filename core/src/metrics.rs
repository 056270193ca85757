//! Counts of what the server has done since it started.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counters. Relaxed: each is read on its own, by people.
#[derive(Debug, Default)]
pub struct Metrics {
    connections: AtomicU64,
    requests: AtomicU64,
    errors: AtomicU64,
    messages: AtomicU64,
}

/// The counters at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Connections that finished their handshake.
    pub connections: u64,
    /// Requests served, errors included.
    pub requests: u64,
    /// Requests answered with an error.
    pub errors: u64,
    /// Lines said in rooms and to people.
    pub messages: u64,
}

impl Metrics {
    /// A connection finished its handshake.
    pub fn connection(&self) {
        self.connections.fetch_add(1, Ordering::Relaxed);
    }

    /// `requests` were served, `errors` of them with an error.
    pub fn requests(&self, requests: u64, errors: u64) {
        self.requests.fetch_add(requests, Ordering::Relaxed);
        if errors > 0 {
            self.errors.fetch_add(errors, Ordering::Relaxed);
        }
    }

    /// Somebody said something.
    pub fn message(&self) {
        self.messages.fetch_add(1, Ordering::Relaxed);
    }

    /// All counts now.
    pub fn counts(&self) -> Counts {
        Counts {
            connections: self.connections.load(Ordering::Relaxed),
            requests: self.requests.load(Ordering::Relaxed),
            errors: self.errors.load(Ordering::Relaxed),
            messages: self.messages.load(Ordering::Relaxed),
        }
    }
}
