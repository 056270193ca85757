//! A plugin that is about to be started.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use caracola_plugin_host::{Beginning, Instance, Library, LoadError};

use super::definitions::{self, Functions};
use super::listener::Journal;
use super::{Failure, Harness, WatchedJournal, lock};

/// A plugin that is about to be started.
#[must_use]
pub struct Builder {
    library: &'static Library,
    functions: Functions,
    beginning: Beginning,
}

impl Builder {
    pub(super) fn new(library: &'static Library) -> Result<Self, Failure> {
        Ok(Self {
            library,
            functions: definitions::functions(&library.described().definitions)?,
            beginning: Beginning {
                name: "test".into(),
                config: "{}".into(),
                read: Vec::new(),
                write: Vec::new(),
            },
        })
    }

    /// What the plugin is called in this server; `test` if it isn't said.
    pub fn name(mut self, name: &str) -> Self {
        self.beginning.name = name.into();
        self
    }

    /// The plugin's `config` table as a JSON object; `{}` if it isn't said.
    pub fn config(mut self, json: &str) -> Self {
        self.beginning.config = json.into();
        self
    }

    /// A path that the plugin may write below. Nothing holds it to that here.
    pub fn write(mut self, path: &str) -> Self {
        self.beginning.write.push(PathBuf::from(path));
        self
    }

    /// A path that the plugin may read below. Nothing holds it to that here.
    pub fn read(mut self, path: &str) -> Self {
        self.beginning.read.push(PathBuf::from(path));
        self
    }

    /// Starts it. The failure of a plugin that couldn't work has what it wrote to the log.
    pub fn start(self) -> Result<Harness, Failure> {
        let journal = Arc::new(Journal::default());
        let started = Instance::start(self.library, &self.beginning, journal.logger());
        let instance = started.map_err(|error| match error {
            LoadError::Start { status, .. } => {
                let lines: Vec<String> = lock(&journal.lines).iter().map(|(_, line)| line.clone()).collect();
                Failure(format!("the plugin didn't start ({status}): {}", lines.join("; ")))
            }
            error => Failure::of(&error),
        })?;
        Ok(Harness {
            library: self.library,
            functions: self.functions,
            instance,
            journal: WatchedJournal(journal),
            states: Mutex::new(HashMap::new()),
        })
    }
}
