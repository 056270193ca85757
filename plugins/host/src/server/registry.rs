//! All plugins of a server: finds, loads and keeps them, each version once.

use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::task::JoinSet;

use super::counters::Counters;
use super::file::{self, PluginFile};
use super::in_process::InProcess;
use super::isolated::{Helpers, Isolated};
use super::plugin::{Place, Plugin};
use super::settings::{Isolation, PluginSettings};
use crate::instance::Beginning;
use crate::load_error::LoadError;

/// The plugins of a server.
pub struct Plugins {
    /// Where bare names are sought.
    folders: Vec<PathBuf>,
    /// `None` where no process can be started: then only those in the server's own can be loaded.
    helpers: Option<Helpers>,
    /// The server's state folder, which no isolated plugin gets into.
    state: Option<PathBuf>,
    /// By their names, those that somebody still holds, in the order in which they were loaded: a version that runs to its
    /// end, or stays in force when a newer one turned out to be of no use, is among them.
    living: Arc<Mutex<HashMap<String, Vec<Weak<Plugin>>>>>,
    /// Those that weren't loaded because they would bring new code into this process; `None` where that is no reason.
    held_back: Option<Mutex<Vec<String>>>,
}

impl fmt::Debug for Plugins {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Plugins")
            .field("folders", &self.folders)
            .finish_non_exhaustive()
    }
}

impl Plugins {
    /// No plugins yet. Bare names are sought in `folder`, if there is one, and beside this program.
    pub fn new(folder: Option<PathBuf>, helpers: Option<Helpers>) -> Self {
        let beside = std::env::current_exe()
            .ok()
            .and_then(|program| Some(program.parent()?.to_owned()));
        let mut folders: Vec<PathBuf> = folder.into_iter().chain(beside).collect();
        folders.dedup();
        Self {
            folders,
            helpers,
            state: None,
            living: Arc::default(),
            held_back: None,
        }
    }

    /// The same plugins, for a load that nobody asked for: one in this process isn't loaded unless it has been, by the same name
    /// from the same place.
    #[must_use]
    pub fn without_new_code(&self) -> Self {
        Self {
            folders: self.folders.clone(),
            helpers: self.helpers.clone(),
            state: self.state.clone(),
            living: Arc::clone(&self.living),
            held_back: Some(Mutex::default()),
        }
    }

    /// The names of plugins that [`without_new_code`](Self::without_new_code) has kept from being loaded.
    pub fn held_back(&self) -> Vec<String> {
        let held_back = self
            .held_back
            .as_ref()
            .map(|names| names.lock().unwrap_or_else(PoisonError::into_inner));
        held_back.map(|names| names.clone()).unwrap_or_default()
    }

    /// The same, and settings are refused that would let an isolated plugin into the server's state folder.
    #[must_use]
    pub fn keeping_out_of(mut self, state: PathBuf) -> Self {
        self.state = Some(state);
        self
    }

    /// The plugin that settings mean: the one that there is if neither its file nor its settings have changed, else a new
    /// one beside it. What runs goes on. Blocks, for some seconds at most: not for a thread that serves sessions.
    pub fn load(&self, settings: &PluginSettings) -> Result<Arc<Plugin>, LoadError> {
        if let Some(names) = &self.held_back
            && settings.isolation == Isolation::None
            && !self.is_code_here(settings)
        {
            let mut names = names.lock().unwrap_or_else(PoisonError::into_inner);
            names.push(settings.name.clone());
            return Err(LoadError::HeldBack);
        }
        let file = PluginFile::read(&file::find(&settings.path, &self.folders)?)?;
        let mut same = self.all_living(&settings.name).into_iter().rev();
        if let Some(plugin) = same.find(|plugin| plugin.is_of(settings, &file.digest)) {
            return Ok(plugin);
        }
        let beginning = Beginning {
            name: settings.name.clone(),
            config: settings.config.clone(),
            read: settings.fence.read.clone(),
            write: settings.fence.write.clone(),
        };
        let counters = Arc::new(Counters::default());
        let (place, described) = match settings.isolation {
            Isolation::None => {
                let (here, described) = InProcess::start(&file, beginning)?;
                (Place::Here(here), described)
            }
            Isolation::Process => {
                let helpers = self.helpers.as_ref();
                let helpers = helpers.ok_or_else(|| LoadError::Helper("no process can be started here".into()))?;
                let around = (helpers, self.state.clone());
                let (apart, described) = Isolated::start(&file, beginning, settings, around, Arc::clone(&counters))?;
                (Place::Apart(apart), described)
            }
        };
        let found = (file.path, file.digest);
        let plugin = Arc::new(Plugin::new(settings.clone(), described, found, place, counters));
        let mut living = self.living.lock().unwrap_or_else(PoisonError::into_inner);
        living.retain(|_, versions| {
            versions.retain(|version| version.strong_count() > 0);
            !versions.is_empty()
        });
        let versions = living.entry(settings.name.clone()).or_default();
        versions.push(Arc::downgrade(&plugin));
        Ok(plugin)
    }

    /// Whether a plugin of that name and place is in this process already.
    fn is_code_here(&self, settings: &PluginSettings) -> bool {
        let living = self.all_living(&settings.name);
        let mut living = living.iter().map(|plugin| plugin.settings());
        living.any(|living| living.isolation == Isolation::None && living.path == settings.path)
    }

    /// The plugin of that name that was loaded last of those that somebody still holds.
    pub fn living(&self, name: &str) -> Option<Arc<Plugin>> {
        self.all_living(name).pop()
    }

    fn all_living(&self, name: &str) -> Vec<Arc<Plugin>> {
        let living = self.living.lock().unwrap_or_else(PoisonError::into_inner);
        living
            .get(name)
            .into_iter()
            .flatten()
            .filter_map(Weak::upgrade)
            .collect()
    }

    /// Stops all plugins, for a server that stops: else they end with it, and can put nothing in order. Takes a few seconds at
    /// most, and as long as the slowest of them.
    pub async fn stop(&self) {
        let living: Vec<_> = {
            let living = self.living.lock().unwrap_or_else(PoisonError::into_inner);
            living.values().flatten().filter_map(Weak::upgrade).collect()
        };
        let mut stopping = JoinSet::new();
        for plugin in living {
            stopping.spawn(async move { plugin.stop().await });
        }
        stopping.join_all().await;
    }

    /// Where the library of these settings is now, if it is anywhere: for whoever looks whether it has changed.
    pub fn file(&self, settings: &PluginSettings) -> Option<PathBuf> {
        file::find(&settings.path, &self.folders).ok()
    }
}
