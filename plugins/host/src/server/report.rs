//! How a plugin is, and what it has done, for an admin.

use std::time::Duration;

/// How a plugin is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It answers.
    Works,
    /// Its process ended, and is being started again; how it ended.
    Restarting(String),
    /// It isn't called any more, since it overstayed too often.
    Disabled,
}

/// What an admin may want to know of a plugin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// How it is.
    pub state: State,
    /// Calls that have ended.
    pub calls: u64,
    /// Those of them that failed by the plugin's fault.
    pub failures: u64,
    /// How often its process had to be started again.
    pub restarts: u64,
    /// The time within which 99 of 100 calls ended; none without calls.
    pub p99: Option<Duration>,
    /// Its own process, if it has one that runs.
    pub process: Option<i32>,
    /// What holds it to its settings, for people: `Landlock 7`, or why nothing does. None in the server's process.
    pub fence: Option<String>,
}
