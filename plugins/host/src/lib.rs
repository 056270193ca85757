//! Plugins: shared libraries that bring commands, because an admin's file names them.
//!
//! What server and plugin say to each other is the C ABI of the crate `caracola_abi`; this is the server's side of it.
//! To read this folder, follow a plugin on its way in:
//!
//! - `settings` is what the file says; `file` finds and reads the library, and `elf` sees whether
//!   all of it is there; `library` loads a private copy of it, and reads
//!   what it says about itself (`sized` copes with structs of other ages); `load_error` is all that can go wrong there.
//! - `instance` is the only place that calls a plugin's functions. While one runs, `request` keeps what the plugin says by
//!   the functions of `host`; `logger` takes its lines for the log.
//! - `in_process` and `isolated` are the two places where an instance can be: in this process, on threads that may wait; or in
//!   one of its own, which can crash alone; `strikes` tells when the former isn't called any more. `plugin` hides which, and
//!   bounds the calls at once by a [`Gate`](caracola_quota::gate::Gate); `counters` counts them, and `report` says how a plugin
//!   is.
//! - `registry` keeps them all, each version once. `call` is what goes in and comes out.
//!
//! # What always holds
//! - **A loaded library is never closed,** and never the admin's file itself: that may be overwritten at any time.
//! - **A plugin holds no address of the server's.** What it has in its hand is a number in the form of a pointer.
//! - **What a plugin hands over is copied and checked before anything else is done with it.**
//! - **Nothing here knows about sessions, commands or the wire:** arguments go in, an [`Answer`] comes out.

mod call;
mod counters;
mod elf;
mod file;
mod host;
mod in_process;
mod instance;
mod isolated;
mod library;
mod load_error;
mod logger;
mod plugin;
mod registry;
mod report;
mod request;
mod settings;
mod sized;
mod strikes;

pub use call::{Answer, Answered, Asker, Candidate, Complaint, Failure, Invocation, PluginCard, PluginTable};
pub use isolated::{Helpers, SUBCOMMAND as HELPER, be_helper};
pub use load_error::LoadError;
pub use plugin::Plugin;
pub use registry::Plugins;
pub use report::{Report, State};
pub use request::ChunkSender;
pub use settings::{Fence, Isolation, PluginSettings};
