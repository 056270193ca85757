//! What an admin's file says about a plugin.

use std::path::PathBuf;
use std::time::Duration;

use crate::call::Invocation;

/// A table under `[plugins]`, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PluginSettings {
    /// What the plugin is called in this server: its functions are `NAME.FUNCTION`.
    pub name: String,
    /// Where its library is: an absolute path, or a bare name such as `caracola_system`, which is sought.
    pub path: PathBuf,
    /// Where it runs.
    pub isolation: Isolation,
    /// Whether the server does without it when it can't be loaded.
    pub optional: bool,
    /// Its `config` table as a JSON object.
    pub config: String,
    /// How long one call may take, unless the command says otherwise.
    pub timeout: Duration,
    /// How many calls go on at once; at least 1.
    pub max_running: u32,
    /// How many more may wait for their turn.
    pub queue: u32,
    /// Bytes that one answer may have, chunks included.
    pub max_output: u64,
    /// What its own process may use and reach; nothing of it holds for a plugin in the server's process.
    pub fence: Fence,
}

impl PluginSettings {
    /// How long a call may take whose settings don't say.
    pub const TIMEOUT: Duration = Duration::from_secs(10);
    /// Calls at once of a plugin whose settings don't say.
    pub const MAX_RUNNING: u32 = 8;
    /// Calls that wait for their turn, of a plugin whose settings don't say.
    pub const QUEUE: u32 = 64;
    /// Bytes of an answer of a plugin whose settings don't say.
    pub const MAX_OUTPUT: u64 = Invocation::MAX_OUTPUT as u64;
}

/// Where a plugin runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Isolation {
    /// In a process of its own, which can crash alone.
    #[default]
    Process,
    /// In the server's own: for plugins that are trusted as the server is.
    None,
}

impl Isolation {
    /// Both.
    pub const ALL: [Isolation; 2] = [Isolation::Process, Isolation::None];

    /// The word for it in a file.
    pub const fn as_str(self) -> &'static str {
        match self {
            Isolation::Process => "process",
            Isolation::None => "none",
        }
    }
}

/// What an isolated plugin's process may use and reach.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fence {
    /// Absolute folders or files that it may read below, beside the system's libraries.
    pub read: Vec<PathBuf>,
    /// Absolute folders that it may read and write below. Those that aren't there are made.
    pub write: Vec<PathBuf>,
    /// Whether it may use the network.
    pub network: bool,
    /// The user that it runs as, `name` or `name:group`; only a server that was started as root can do that.
    pub user: Option<String>,
    /// Bytes of address space.
    pub memory: Option<u64>,
    /// One more than the highest descriptor that it may open.
    pub files: Option<u64>,
    /// Processes and threads of its user, all together.
    pub processes: Option<u64>,
    /// Bytes of the largest file that it may write.
    pub file_size: Option<u64>,
}

impl Fence {
    /// Bytes of address space where the settings don't say.
    pub const MEMORY: u64 = 1024 * 1024 * 1024;
    /// Descriptors where the settings don't say.
    pub const FILES: u64 = 256;
}
