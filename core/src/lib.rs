//! Caracola's server as a library: everything behind the binary `caracolad`.
//!
//! # How one line travels
//! [`server`] takes a connection, does the TLS handshake and gives it a session's task. The task reads bytes, the wire
//! crate's decoder makes requests of them, and [`dispatch`] serves each: a verb of the wire by [`verbs`], a command by
//! finding it in the [`catalogue`], asking [`access`], checking its arguments and carrying its action out in
//! [`actions`]. What takes time is awaited by the task
//! ([`request::PendingReply`]). Replies gather in the connection and leave in one
//! write. What others say comes through the session's outbox, in [`sessions`]; where they say it is [`rooms`].
//!
//! # Where things are
//! Modules form floors, and each uses only those below it:
//! [`cli`]; [`server`], [`import`] and [`reload`]; [`dispatch`]; [`actions`] and [`verbs`]; [`request`], what a request
//! is served with and how far it comes; [`error`], what can go wrong with it;
//! [`catalogue`], [`access`], [`completions`], [`jobs`], [`rooms`], [`sessions`];
//! [`keepers_lock`], [`limits`], [`metrics`], [`name`], [`phrases`]. Below all of them are packages: processes and as whom
//! they run (`caracola-spawner`), what all share (`caracola-quota`), languages and text for people (`caracola-speech`), and
//! the bytes (`caracola-wire`).

pub mod access;
pub mod actions;
pub mod calendar;
pub mod catalogue;
pub mod cli;
pub mod command_log;
pub mod completions;
pub mod dispatch;
pub mod error;
pub mod hex;
pub mod import;
pub mod jobs;
pub mod keepers_lock;
pub mod limits;
pub mod message_line;
pub mod metrics;
pub mod name;
mod output;
pub mod phrases;
pub mod pictures;
pub mod plugin_states;
pub mod plugins;
pub mod reload;
pub mod request;
pub mod rooms;
pub mod server;
pub mod sessions;
pub mod state_folder;
pub mod verbs;
