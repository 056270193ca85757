//! A private folder for each person of a server, in which they can practise what the cards teach: `ls`, `cd`, `mkdir`, `cat`,
//! `write`, `rm` and others, without an account on the machine.
//!
//! ```toml
//! [plugins.workspace]
//! path = "caracola_workspace"
//! write = ["workspaces"]                        # the folder that all of them are in
//! config = { quota = "10MiB", files = 1000 }    # for each person; and guests = 256, how many of them may have one,
//!                                               # of one address a quarter of that
//! ```
//!
//! `practice.toml` beside this package is a file to include: it gives the commands their plain names.
//!
//! What holds:
//! - **A workspace can't be left.** A path is read to a list of names, from which `..` only takes away (`path`). Each name is
//!   opened in the folder before it, and no link is ever followed (`folder`). So nothing that is renamed or linked meanwhile
//!   leads out. Nothing makes a link, and what is neither a file nor a folder is opened by nothing.
//! - **A quota can't be exceeded.** Whoever changes a workspace is alone with it (`store`); what is added is paid for before
//!   it is written (`changes`), and a file is written elsewhere before it takes its name. What was there stays if that fails.
//! - **Nothing takes forever.** What walks through folders doesn't recurse, has bounds, and asks whether somebody still waits.
//!
//! What an admin, or a program on the server, puts into a workspace is a person's to see and remove. A hard link is the file
//! itself: it can be read, and writing makes another file in its place.
#![forbid(unsafe_code)]

mod changes;
mod commands;
mod complete;
mod config;
mod context;
mod fault;
mod folder;
mod output;
mod path;
mod pattern;
mod person;
mod render;
mod room;
mod sentences;
mod space;
mod store;
mod tree;
mod usage;
mod walk;
mod whereabouts;

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use caracola_sdk::{Call, Candidate, Error, Plugin, Reply, Start};

use config::Limits;
use context::Context;
use fault::Fault;
use store::Store;

/// Everybody's workspaces.
pub struct Workspace {
    store: Store,
    /// When the log last had a line that there is no room for another guest.
    full: Mutex<Option<Instant>>,
}

/// How often that line is in the log at most.
const FULL: Duration = Duration::from_mins(1);

impl Workspace {
    /// Logs that a guest was refused, once a minute.
    fn log_full(&self, call: &Call<'_>, fault: &Fault) {
        let (limit, most) = match fault {
            Fault::Guests(most) => ("of all guests", most),
            Fault::GuestsFromThere(most) => ("of the guests of one address", most),
            _ => return,
        };
        let mut written = self.full.lock().unwrap_or_else(PoisonError::into_inner);
        if written.is_none_or(|written| written.elapsed() >= FULL) {
            *written = Some(Instant::now());
            call.log().warn(format!(
                "no room for another workspace {limit}: all {most} are in use, and a guest was refused"
            ));
        }
    }
}

impl Plugin for Workspace {
    const DEFINITIONS: &'static str = include_str!("commands.toml");

    fn start(start: &Start<'_>) -> Result<Self, Error> {
        let Some(root) = start.write_paths().next() else {
            return Err(Error::failed(
                "there is no folder for the workspaces: write the plugin's table with write = [\"workspaces\"]",
            ));
        };
        let limits = Limits::new(&start.config()?)?;
        let store = Store::open(root, limits)
            .map_err(|error| Error::failed(format!("{}: the workspaces' folder: {error}", root.display())))?;
        Ok(Self {
            store,
            full: Mutex::new(None),
        })
    }

    fn call(&self, call: &Call<'_>) -> Result<Reply, Error> {
        let context = Context::new(call, &self.store);
        let reply = context.and_then(|context| commands::run(&context));
        reply.map_err(|fault| {
            self.log_full(call, &fault);
            fault.report(call)
        })
    }

    fn complete(&self, call: &Call<'_>) -> Vec<Candidate> {
        // An error would only be in the way of the person who types.
        complete::candidates(call, &self.store).unwrap_or_default()
    }
}

caracola_sdk::export!(Workspace);
