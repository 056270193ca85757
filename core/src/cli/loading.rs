//! What loading a file needs where nothing is served: plugins may want processes of their own.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use tokio::runtime::Runtime;

use crate::state_folder;
use caracola_plugin_host::{Helpers, Plugins};
use caracola_spawner::{Spawner, Starting};

/// A spawner, and a runtime that awaits what it starts.
pub(super) struct Workshop {
    pub(super) runtime: Runtime,
    pub(super) spawner: Spawner,
}

impl Workshop {
    /// Takes a spawner into use that was started before the first thread.
    pub(super) fn open(starting: Starting) -> Result<Self> {
        // Its own thread goes on while this one waits for a plugin.
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .context("cannot start the runtime")?;
        let spawner = runtime.block_on(async { starting.connect() })?;
        Ok(Self { runtime, spawner })
    }

    /// What loads plugins, as a server with this state folder would; bare names are searched for in `folder`, too.
    pub(super) fn plugins(&self, folder: Option<PathBuf>, state: Option<&Path>) -> Plugins {
        let helpers = Helpers {
            spawner: self.spawner.clone(),
            runtime: self.runtime.handle().clone(),
        };
        let plugins = Plugins::new(folder, Some(helpers));
        match state_folder::find(state) {
            Ok(state) => {
                // Where it can't be hidden, `check` says so.
                let _ = self.spawner.hide(&state);
                plugins.keeping_out_of(state)
            }
            // A server wouldn't start here at all.
            Err(_) => plugins,
        }
    }
}
