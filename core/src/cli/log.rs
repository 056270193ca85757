//! Where log lines go and how they look.

use std::fmt;
use std::io::{IsTerminal as _, Write};
use std::time::SystemTime;

use anyhow::{Context as _, Result};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;

use super::LogFormat;
use crate::calendar;

/// Sends all log lines to standard error from now on.
#[expect(
    clippy::disallowed_methods,
    reason = "the log has standard error to itself, line by line"
)]
pub(super) fn start(format: LogFormat, level: &str) -> Result<()> {
    let filter = EnvFilter::try_new(level)
        .with_context(|| format!("{level:?} is not a log level: write error, warn, info, debug or trace"))?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .log_internal_errors(false)
        .with_writer(|| Unfailing(std::io::stderr()));
    let started = match format {
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
        LogFormat::Text => builder
            .with_ansi(std::io::stderr().is_terminal())
            .with_target(false)
            .with_timer(Calendar)
            .try_init(),
    };
    started
        .map_err(|error| anyhow::anyhow!("{error}"))
        .context("cannot start the log")
}

/// Standard error, for as long as somebody reads it. When nobody does any more (the terminal is closed, the program that
/// started the server is gone), lines are dropped: a server that panics because of its log would be worse.
struct Unfailing(std::io::Stderr);

impl Write for Unfailing {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        Ok(self.0.write(bytes).unwrap_or(bytes.len()))
    }

    fn flush(&mut self) -> std::io::Result<()> {
        let _ = self.0.flush();
        Ok(())
    }
}

/// `2026-11-22 09:05:07`, UTC: a log is read across machines.
struct Calendar;

impl FormatTime for Calendar {
    fn format_time(&self, writer: &mut Writer<'_>) -> fmt::Result {
        writer.write_str(&calendar::utc(SystemTime::now()))
    }
}
