//! What goes into a plugin and what comes out, in types that cannot be wrong. The same whether the plugin is in the
//! server's process or in its own, so they can be sent from one to the other.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use zeroize::Zeroize as _;

#[cfg(feature = "server")]
use caracola_quota::gate::Full;

/// One use of a plugin's function.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Invocation {
    /// The function's name, without the plugin's.
    pub function: String,
    /// The checked arguments by the names of their params, in the order of the definition; of each its values.
    pub arguments: Vec<(String, Vec<String>)>,
    /// Who asks.
    pub asker: Asker,
    /// How long the answer may take.
    pub timeout: Duration,
    /// Bytes that the answer may have, chunks included.
    pub max_output: usize,
    /// Whether chunks are passed on as they come, rather than gathered.
    pub streams: bool,
}

impl Invocation {
    /// Bytes of an answer where nothing says how many.
    pub const MAX_OUTPUT: usize = 1024 * 1024;

    /// Overwrites the arguments, and keeps their memory. Any of them may be a secret.
    pub fn wipe(&mut self) {
        for value in self.arguments.iter_mut().flat_map(|(_, values)| values) {
            value.zeroize();
        }
    }
}

impl Drop for Invocation {
    fn drop(&mut self) {
        self.wipe();
    }
}

/// Who asks a plugin something.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Asker {
    /// The account's name; empty for a guest.
    pub user: String,
    /// The role's name.
    pub role: String,
    /// What others call them; may be empty.
    pub name: String,
    /// The same for all sessions of an account, and for a guest who comes back after a broken connection.
    pub person: String,
    /// The session's number.
    pub session: u64,
    /// What the plugin keeps for the session.
    pub state: String,
    /// The session's language.
    pub language: String,
    /// Columns of the terminal.
    pub width: u32,
}

/// What a plugin said to one call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The answer itself, or why there is none.
    pub result: Result<Answered, Failure>,
    /// Chunks that were gathered, in order: 1 for standard output or 2 for standard error, and the bytes.
    pub chunks: Vec<(u8, Vec<u8>)>,
    /// What the plugin keeps for the session from now on.
    pub state: Option<String>,
    /// What the session's prompt shows from now on; empty for nothing.
    pub prompt: Option<String>,
}

/// What a plugin answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answered {
    /// Nothing but the chunks that came before, or nothing at all to say.
    Done,
    /// Text.
    Text(String),
    /// A card.
    Card(PluginCard),
    /// A table.
    Table(PluginTable),
    /// A PNG file, and what can be seen on it.
    Image {
        /// The file.
        png: Vec<u8>,
        /// For those who can't see it.
        alt: String,
    },
}

/// A card as a plugin gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PluginCard {
    /// The command's name.
    pub name: String,
    /// One line on what it does.
    pub summary: String,
    /// How it is typed, one line for each way.
    pub usage: Vec<String>,
    /// Lines to type, and what each does.
    pub examples: Vec<(String, String)>,
    /// A closing sentence; may be empty.
    pub note: String,
}

/// A table as a plugin gives it. Every row is as long as `columns`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PluginTable {
    /// The headings.
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<Vec<String>>,
    /// A closing sentence; may be empty.
    pub note: String,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Failure {
    /// There was no place for the call, or none in time; of whose places.
    #[cfg(feature = "server")]
    #[error("the plugin has too much to do: {0}")]
    Busy(Full),
    /// The caller went or cancelled.
    #[error("the call was cancelled")]
    Cancelled,
    /// The plugin's process ended before it answered; how.
    #[error("the plugin crashed: {0}")]
    Crashed(String),
    /// It overstayed too often, and isn't called any more.
    #[error("the plugin is disabled, since it didn't return in time too often")]
    Disabled,
    /// It returned without an answer.
    #[error("the plugin gave no answer")]
    NoAnswer,
    /// It said so itself: what kind of error, and its sentence.
    #[error("{1}")]
    Said(Complaint, String),
    /// It took longer than it may.
    #[error("the plugin didn't answer in time")]
    TimedOut,
    /// Its answer is larger than it may be; bytes that it may have.
    #[error("the plugin's answer has more than {0} bytes")]
    TooLarge(usize),
    /// It isn't there at the moment; why.
    #[error("the plugin is not available: {0}")]
    Unavailable(String),
}

/// The kinds of errors that a plugin may answer with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Complaint {
    /// Something went wrong.
    Failed,
    /// The arguments make no sense.
    Usage,
    /// The caller may not do that.
    Denied,
    /// Too much at the moment.
    Busy,
    /// More than the caller may have.
    Limit,
    /// It took too long.
    Timeout,
}

/// A value that a plugin offers for an argument, and what it means; the latter may be empty.
pub type Candidate = (String, String);

/// What each text of a card or a table costs of an answer's size beside its own bytes: an endless number of empty ones
/// isn't free.
pub(crate) const COST_OF_TEXT: usize = 16;

impl Answer {
    /// An answer that never came to the plugin.
    pub fn failed(failure: Failure) -> Self {
        Self {
            result: Err(failure),
            chunks: Vec::new(),
            state: None,
            prompt: None,
        }
    }
}
