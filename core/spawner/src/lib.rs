//! Starts programs, and ends whole trees of them.
//!
//! # Who is who
//! - The **server** has threads, so it can't fork safely, and it may be killed at any time.
//! - The **spawner** is forked from it by [`start`] before the first thread. It has one thread, keeps the privileges
//!   that the server was started with, and does nothing but fork keepers and bury them.
//! - A **keeper** has one job at a time. It starts the program, is the reaper of everything that descends from it, and
//!   ends all of that when the server asks, when the server is gone, or when the program itself has ended. Between jobs
//!   it waits for the next: a fork would be a third of what a run costs.
//!
//! ```text
//! server ── spawner            "a new keeper, please", with the keeper's end of a socket
//!   │          ├── keeper ── program ── ...
//!   │          └── keeper ── program ── ...
//!   └─ a socket to each keeper: what to start, "end it" / "it runs", "it and all that came of it is gone"
//! ```
//!
//! # What always holds
//! - **Nobody but the server holds the server's end of a socket**, so the end of file on the other is the server's
//!   death, or its wish, and nothing can fake or delay it.
//! - **A keeper reports the end when it has no children left**: whatever a program starts, however it detaches, has a
//!   chain of parents up to the keeper, or becomes its child when the chain breaks.
//! - **A keeper that is killed or stopped leaves its tree to the spawner**, which kills all of its children that are not
//!   keepers. The server hears of the loss when that is done.
//! - **Programs gain no privileges** (`no_new_privs` is set for all of them): else a keeper couldn't end a set-user-ID
//!   program.
//! - **Programs don't see the state folder** once [`Spawner::hide`] has succeeded, but for root's: spawner, keepers and
//!   programs are in a mount namespace where an empty folder covers it and no folder on the way to it can be replaced, and in
//!   a user namespace from which no other process of their user can be looked into (`namespace.rs`, `cover.rs`).
//! - **Between the start of a child and its `execve` there are system calls only.** Its memory is the keeper's.
//!
//! - **A server doesn't outlive its spawner.** It notices its end at once ([`Spawner::ended`]) and stops. Since it is a reaper
//!   too, what was below the spawner is below it then, and [`Spawner::kill_orphans`] ends that.
//!
//! A program that runs as the server's own user can still kill the spawner, its keeper *and* the server on purpose: give
//! commands that aren't trusted a user of their own.

mod control;
mod cover;
pub mod descriptors;
mod ended;
mod handle;
mod helper;
mod hide;
pub mod identity;
mod keeper;
mod keepers;
mod kinship;
mod launch;
mod mark;
mod message;
mod namespace;
mod parent;
mod program;
mod running;
mod signals;
mod socket;
mod start;
mod tree;
pub mod trusted_file;
mod watch;

pub use ended::Ended;
pub use handle::Spawner;
pub use hide::{HideError, programs_root};
pub use kinship::Kinship;
pub use launch::{DESCRIPTORS, Identity, Launch, LaunchError, ResourceLimits};
pub use running::{Program, Running};
pub use start::{Starting, start};
