//! Where log lines go and how they look.

use std::fmt;
use std::io::IsTerminal as _;
use std::time::SystemTime;

use anyhow::{Context as _, Result};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;

use super::LogFormat;
use crate::calendar;

/// Sends all log lines to standard error from now on.
pub(super) fn start(format: LogFormat, level: &str) -> Result<()> {
    let filter = EnvFilter::try_new(level)
        .with_context(|| format!("{level:?} is no log level: write error, warn, info, debug or trace"))?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
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

/// `2026-11-22 09:05:07`, UTC: a log is read across machines.
struct Calendar;

impl FormatTime for Calendar {
    fn format_time(&self, writer: &mut Writer<'_>) -> fmt::Result {
        writer.write_str(&calendar::utc(SystemTime::now()))
    }
}
