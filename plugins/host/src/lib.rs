//! Plugins: shared libraries that bring commands, because an admin's file names them.
//!
//! What server and plugin say to each other is the C ABI of the crate `caracola_abi`; this is the server's side of it, and
//! that of the SDK's test harness: both load a plugin by the same functions, and give it the same table of functions, so what a
//! test passes a server takes. To read this folder, follow a plugin on its way in:
//!
//! - `library` loads a library, and reads what it says about itself (`sized` copes with structs of other ages, `name` says
//!   what its functions may be called); `load_error` is all that can go wrong there.
//! - `instance` is the only place that calls a plugin's functions. While one runs, `collector` keeps what the plugin says by
//!   the functions of `table`, which finds it by a `handle`; `logger` takes its lines for the log. `observer` is who listens
//!   meanwhile, in a test. `call` is what goes in and comes out.
//! - `server` is all that only a server has (the feature `server`): there, `settings` is what the file says; `file` finds and
//!   reads the library, `elf` sees whether all of it is there, and `sealed` loads a private copy of it. `in_process` and
//!   `isolated` are the two places where an instance can be: in this process, on threads that may wait; or in one of its own,
//!   which can crash alone; `strikes` tells when the former isn't called any more. `plugin` hides which, and bounds the calls at
//!   once by a gate; `counters` counts them, and `report` says how a plugin is. `registry` keeps them all, each version once.
//!
//! # What always holds
//! - **A loaded library is never closed,** and a server never loads the admin's file itself: that may be overwritten at any
//!   time.
//! - **A plugin holds no address of the server's.** What it has in its hand is a number in the form of a pointer.
//! - **What a plugin hands over is copied and checked before anything else is done with it.**
//! - **Nothing here knows about sessions, commands or the wire:** arguments go in, an [`Answer`] comes out.

mod call;
mod collector;
mod handle;
mod instance;
mod library;
mod load_error;
mod logger;
mod name;
mod observer;
#[cfg(feature = "server")]
mod server;
mod sized;
mod table;

pub use call::{Answer, Answered, Asker, Candidate, Complaint, Failure, Invocation, PluginCard, PluginTable};
pub use collector::{Collector, MOST_CANDIDATES, Purpose, Sink};
pub use instance::{Beginning, Instance};
pub use library::{Described, Library};
pub use load_error::LoadError;
pub use logger::{Level, Logger};
pub use name::{LONGEST_FUNCTION, LONGEST_PLUGIN, is_function, is_plugin};
pub use observer::{Observer, Utterance};
#[cfg(feature = "server")]
pub use server::{
    ChunkSender, Fence, HELPER, Helpers, Isolation, Plugin, PluginSettings, Plugins, Report, State, be_helper,
};
