//! The server's log.

use std::fmt;

use caracola_abi as abi;

use crate::host::Host;

/// Writes to the server's log, under the plugin's name. May be kept, copied, and used from any thread. Never log what a
/// caller keeps secret.
#[derive(Clone, Copy)]
pub struct Log {
    host: Host,
    context: *mut abi::Context,
}

/// How much a line of the log matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Something failed that an admin should fix.
    Error,
    /// Something is odd.
    Warn,
    /// Something worth knowing happened.
    Info,
    /// For people who look for a mistake.
    Debug,
}

// SAFETY: by the ABI, the context stays for as long as the process, and the log's function may be called from any thread.
unsafe impl Send for Log {}
// SAFETY: as above.
unsafe impl Sync for Log {}

impl Log {
    /// # Safety
    /// `context` is what the server gave to the instance together with `host`.
    pub(crate) unsafe fn new(host: Host, context: *mut abi::Context) -> Self {
        Self { host, context }
    }

    /// Something failed that an admin should fix.
    pub fn error(self, text: impl fmt::Display) {
        self.write(Level::Error, text);
    }

    /// Something is odd.
    pub fn warn(self, text: impl fmt::Display) {
        self.write(Level::Warn, text);
    }

    /// Something worth knowing happened.
    pub fn info(self, text: impl fmt::Display) {
        self.write(Level::Info, text);
    }

    /// For people who look for a mistake.
    pub fn debug(self, text: impl fmt::Display) {
        self.write(Level::Debug, text);
    }

    /// A line of any level.
    pub fn write(self, level: Level, text: impl fmt::Display) {
        let level = match level {
            Level::Error => abi::LOG_ERROR,
            Level::Warn => abi::LOG_WARN,
            Level::Info => abi::LOG_INFO,
            Level::Debug => abi::LOG_DEBUG,
        };
        // SAFETY: the context is the one that came with this host.
        unsafe { self.host.log(self.context, level, &text.to_string()) };
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Log")
    }
}
