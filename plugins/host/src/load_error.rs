//! Why a plugin can't be loaded.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Why a plugin can't be loaded. The message goes on after the plugin's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum LoadError {
    /// It speaks another version of the ABI.
    #[error(
        "was made for version {theirs} of the plugin ABI, and this server has version {ours}: build it for that one"
    )]
    Abi {
        /// The plugin's version.
        theirs: u32,
        /// The server's.
        ours: u32,
    },
    /// What it says about itself makes no sense; what.
    #[error("says something impossible about itself: {0}")]
    Descriptor(String),
    /// What its settings let it reach can't be given to it; why.
    #[error("has settings that can't be put in force: {0}")]
    Fence(String),
    /// The file can't be trusted or read; the path and why.
    #[error("cannot be read: {} {reason}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why, as a sentence that goes on after the path.
        reason: String,
    },
    /// It would bring new code into the server's process, which nobody has asked for.
    #[error("waits for `caracolad reload`: it would run in the server's own process")]
    HeldBack,
    /// Its process can't be started, or ended at once; why.
    #[error("cannot be run in a process of its own: {0}")]
    Helper(String),
    /// A bare name that is nowhere; where it was sought.
    #[error("is not there: {} was sought in {}; a path has a slash in it, such as ./hello.so", file, sought.iter().map(|folder| folder.display().to_string()).collect::<Vec<_>>().join(" and "))]
    Missing {
        /// The name of the file.
        file: String,
        /// The folders.
        sought: Vec<PathBuf>,
    },
    /// It needs functions that this server doesn't have.
    #[error("needs a newer server: its table of functions has {needs} bytes, and this server's has {has}")]
    NeedsNewerServer {
        /// Bytes of the table that it needs.
        needs: u32,
        /// Bytes of the table that there is.
        has: u32,
    },
    /// It has no function by the name that plugins begin with.
    #[error("is a library, but no plugin of Caracola: it exports no `{}`", caracola_abi::ENTRY)]
    NoEntry,
    /// The system's loader doesn't take it; why.
    #[error("is not a library that this machine can load: {0}")]
    NotALibrary(String),
    /// The machine has nothing left for it at the moment; what.
    #[error("can't be loaded at the moment: {0}")]
    Passing(String),
    /// It didn't want to begin; what it returned and what it said.
    #[error("didn't start (status {status}){}", if complaint.is_empty() { String::new() } else { format!(": {complaint}") })]
    Start {
        /// What `start` returned.
        status: i32,
        /// What it last wrote to the log about something wrong; may be empty.
        complaint: String,
    },
    /// It took too long to begin; seconds that it had.
    #[error("didn't start within {0} s")]
    TooSlow(u64),
}

impl LoadError {
    /// Whether the same plugin may well be loaded a moment later.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Passing(_))
    }
}
