//! Caracola's server as a library: everything behind the binary `caracolad`.
//!
//! # How one line travels
//! `server` takes a connection, does the TLS handshake and gives it a session's task. The task reads bytes, the wire
//! crate's decoder makes requests of them, and `dispatch` serves each: a verb of the wire by `verbs`, a command by
//! finding it in the [catalogue](caracola_catalogue), asking `access`, checking its arguments and carrying its action out
//! in `actions`. What takes time is awaited by the task (`request::PendingReply`). Replies gather in the connection and
//! leave in one write. What others say comes through the session's outbox, in `sessions`; where they say it is `rooms`.
//!
//! # Floors
//! A module uses only what is on floors below its own. The test `tree` holds every module to this list.
//! - `cli`
//! - `server`
//! - `dispatch`
//! - `verbs`
//! - `actions`, `reload`
//! - `request`
//! - `error`
//! - `rooms`
//! - `completions`, `phrases`, `sessions`
//! - `access`, `jobs`
//! - `state_folder`
//! - `calendar`, `command_log`, `keepers_lock`, `limits`, `message_line`, `metrics`, `name`, `output`, `pictures`, `plugin_states`
//!
//! Below all of them are packages, each using only those after it: other projects' pages as cards ([`caracola_import`]),
//! `commands.toml` as a catalogue ([`caracola_catalogue`]), plugins ([`caracola_plugin_host`]), processes and as whom they run
//! ([`caracola_spawner`]), what all share ([`caracola_quota`]), languages and text for people ([`caracola_speech`]), and the
//! bytes ([`caracola_wire`]).

#![cfg_attr(not(test), deny(clippy::disallowed_methods))]

pub mod access;
pub mod actions;
pub mod calendar;
pub mod cli;
pub mod command_log;
pub mod completions;
pub mod dispatch;
pub mod error;
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
pub mod reload;
pub mod request;
pub mod rooms;
pub mod server;
pub mod sessions;
pub mod state_folder;
pub mod verbs;
