//! The server's log, as plugins write to it.

use crate::logger::{Level, Logger};

/// Lines go to the server's own log, with the plugin's name.
pub(super) fn logger(plugin: &str) -> Logger {
    let plugin = plugin.to_owned();
    Logger::new(move |level, text| match level {
        Level::Error => tracing::error!(plugin, "{text}"),
        Level::Warn => tracing::warn!(plugin, "{text}"),
        Level::Info => tracing::info!(plugin, "{text}"),
        Level::Debug => tracing::debug!(plugin, "{text}"),
    })
}
