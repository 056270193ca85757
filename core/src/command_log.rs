//! Each command's line in the log, and how a flood of commands is kept from being a flood of lines.

use std::time::{Duration, Instant};

/// Commands of one session that get a line of their own in each [`WINDOW`]. A person never types that many; a program
/// that does is summed up instead, so that nobody can fill an admin's disk or make the server write more than it serves.
const LINES: u32 = 20;
/// The span in which they are counted.
const WINDOW: Duration = Duration::from_secs(1);

/// One session's lines.
#[derive(Debug)]
pub struct CommandLog {
    session: u64,
    window: Option<Instant>,
    lines: u32,
    unlogged: u64,
    unlogged_failures: u64,
}

impl CommandLog {
    /// Nothing was run yet.
    pub fn new(session: u64) -> Self {
        Self {
            session,
            window: None,
            lines: 0,
            unlogged: 0,
            unlogged_failures: 0,
        }
    }

    /// Notes that `command` ran from `start` to `end`. `outcome` is `ok` or the error's code. Only names are logged:
    /// arguments are people's words, and may be their secrets.
    pub fn ran(&mut self, command: &str, outcome: &str, start: Instant, end: Instant) {
        let fresh = self
            .window
            .is_none_or(|window| start.saturating_duration_since(window) >= WINDOW);
        if fresh {
            self.summarise();
            self.window = Some(start);
            self.lines = 0;
        }
        if self.lines == LINES {
            self.unlogged += 1;
            self.unlogged_failures += u64::from(outcome != "ok");
            return;
        }
        self.lines += 1;
        let microseconds = end.saturating_duration_since(start).as_micros();
        tracing::info!(
            session = self.session,
            command,
            outcome,
            us = u64::try_from(microseconds).unwrap_or(u64::MAX),
            "ran"
        );
    }

    /// Writes the sum of what had no line of its own, if there is any: when a new second begins, and at the end.
    pub fn summarise(&mut self) {
        if self.unlogged > 0 {
            tracing::info!(
                session = self.session,
                commands = self.unlogged,
                failed = self.unlogged_failures,
                "ran more, too fast to log one by one"
            );
            self.unlogged = 0;
            self.unlogged_failures = 0;
        }
    }
}

impl Drop for CommandLog {
    fn drop(&mut self) {
        self.summarise();
    }
}
