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
//! - `completions`, `sessions`
//! - `access`, `jobs`
//! - `state_folder`
//! - `calendar`, `command_log`, `keepers_lock`, `limits`, `message_line`, `metrics`, `name`, `output`, `pictures`, `plugin_states`
//!
//! Below all of them are packages, each using only those after it: other projects' pages as cards ([`caracola_import`]),
//! `commands.toml` as a catalogue ([`caracola_catalogue`]), plugins ([`caracola_plugin_host`]), processes and as whom they run
//! ([`caracola_spawner`]), what all share ([`caracola_quota`]), languages and text for people ([`caracola_speech`]), and the
//! bytes ([`caracola_wire`]).

#![forbid(unsafe_code)]
#![allow(
    unreachable_pub,
    reason = "what is `pub` in a private module is what the crate's other modules use of it"
)]
#![cfg_attr(not(test), deny(clippy::disallowed_methods))]

mod access;
mod actions;
mod calendar;
pub mod cli;
mod command_log;
mod completions;
mod dispatch;
mod error;
mod jobs;
mod keepers_lock;
mod limits;
mod message_line;
mod metrics;
mod name;
mod output;
mod pictures;
mod plugin_states;
mod reload;
mod request;
mod rooms;
mod server;
mod sessions;
mod state_folder;
mod verbs;
