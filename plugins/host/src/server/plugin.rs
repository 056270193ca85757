//! A plugin that is active: where it runs, and how to call it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::time::timeout;

use super::counters::Counters;
use super::in_process::InProcess;
use super::isolated::Isolated;
use super::report::{Report, State};
use super::settings::{Isolation, PluginSettings};
use super::sink::ChunkSender;
use crate::call::{Answer, Candidate, Failure, Invocation};
use crate::library::Described;
use caracola_quota::LogThrottle;
use caracola_quota::Tenant;
use caracola_quota::gate::{Full, Gate, Pass};

/// A plugin. A catalogue holds those that its commands belong to; when the last catalogue and the last call that hold it are
/// gone, it is stopped.
#[derive(Debug)]
pub struct Plugin {
    settings: PluginSettings,
    described: Described,
    file: PathBuf,
    /// The file's SHA-256.
    digest: [u8; 32],
    place: Place,
    gate: Arc<Gate>,
    /// Of the log line that says that the gate was full.
    full: LogThrottle,
    counters: Arc<Counters>,
}

/// Where a plugin runs.
#[derive(Debug)]
pub(super) enum Place {
    /// In the server's process.
    Here(InProcess),
    /// In a process of its own.
    Apart(Isolated),
}

impl Plugin {
    pub(super) fn new(
        settings: PluginSettings,
        described: Described,
        (file, digest): (PathBuf, [u8; 32]),
        place: Place,
        counters: Arc<Counters>,
    ) -> Self {
        let at_once = if described.is_serial { 1 } else { settings.max_running };
        Self {
            gate: Gate::new(at_once as usize, settings.queue as usize),
            full: LogThrottle::new(),
            settings,
            described,
            file,
            digest,
            place,
            counters,
        }
    }

    /// What the file says about it.
    pub fn settings(&self) -> &PluginSettings {
        &self.settings
    }

    /// What it calls itself.
    pub fn own_name(&self) -> &str {
        &self.described.name
    }

    /// Its version, as it says.
    pub fn version(&self) -> &str {
        &self.described.version
    }

    /// Its commands, in the words of `commands.toml`.
    pub fn definitions(&self) -> &str {
        &self.described.definitions
    }

    /// Whether it completes arguments.
    pub fn completes(&self) -> bool {
        self.described.completes
    }

    /// Its library, as it was found.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Whether a function that promises to return at once can be called inline: the plugin is in the server's process, and takes
    /// several calls at once. Else a short call would wait for a long one, and with it a thread that serves sessions.
    pub fn is_called_inline(&self) -> bool {
        self.settings.isolation == Isolation::None && !self.described.is_serial
    }

    /// Whether it runs in a process of its own.
    pub fn is_isolated(&self) -> bool {
        self.settings.isolation == Isolation::Process
    }

    /// Whether this very plugin would be loaded from a file of this hash by these settings.
    pub(super) fn is_of(&self, settings: &PluginSettings, digest: &[u8; 32]) -> bool {
        self.settings == *settings && self.digest == *digest && self.state() != State::Disabled
    }

    /// Runs a command for a tenant. Dropping the future cancels it. Chunks go to `chunks` if the invocation says that it streams.
    pub fn call(
        self: &Arc<Self>,
        tenant: Tenant,
        mut invocation: Invocation,
        chunks: Option<ChunkSender>,
    ) -> impl Future<Output = Answer> + Send + 'static {
        let plugin = Arc::clone(self);
        async move {
            let began = Instant::now();
            let answer = match plugin.enter(&tenant, invocation.timeout).await {
                Err(busy) => Answer::failed(busy),
                Ok(pass) => {
                    // Who had to wait for a place has what is left.
                    invocation.timeout = invocation.timeout.saturating_sub(began.elapsed());
                    match &plugin.place {
                        Place::Here(here) => here.call(invocation, chunks, pass).await,
                        Place::Apart(apart) => apart.call(invocation, chunks, pass).await,
                    }
                }
            };
            plugin.note(began, &answer);
            answer
        }
    }

    /// Runs a command on this thread, which waits for it: only for functions that promise to return at once, of a plugin
    /// that is here.
    pub fn call_inline(&self, invocation: &Invocation) -> Answer {
        let began = Instant::now();
        let answer = match &self.place {
            Place::Here(here) => here.call_inline(invocation),
            Place::Apart(_) => Answer::failed(Failure::Unavailable("it is in a process of its own".into())),
        };
        self.note(began, &answer);
        answer
    }

    /// Asks for values of the invocation's last argument, for a tenant. Whatever goes wrong, there are none. Dropping the
    /// future cancels it.
    pub fn complete(
        self: &Arc<Self>,
        tenant: Tenant,
        invocation: Invocation,
    ) -> impl Future<Output = Vec<Candidate>> + Send + 'static {
        let plugin = Arc::clone(self);
        async move {
            let Ok(pass) = plugin.enter(&tenant, invocation.timeout).await else {
                return Vec::new();
            };
            match &plugin.place {
                Place::Here(here) => here.complete(invocation, pass).await,
                Place::Apart(apart) => apart.complete(invocation, pass).await,
            }
        }
    }

    /// Waits for a place, for at most `patience`. Tells the admin where there is none, once a minute for each plugin.
    async fn enter(&self, tenant: &Tenant, patience: Duration) -> Result<Pass, Failure> {
        // Calls that never return hold their places: nobody has to wait for those.
        if let Place::Here(here) = &self.place
            && here.is_disabled()
        {
            return Err(Failure::Disabled);
        }
        let entered = timeout(patience, self.gate.enter(tenant)).await;
        entered.unwrap_or(Err(Full::All)).map_err(|full| {
            if let Some(repeated) = self.full.admit() {
                let plugin = &self.settings.name;
                tracing::warn!(plugin, %tenant, limit = %full, repeated, "no place for another call of a plugin: refused");
            }
            Failure::Busy(full)
        })
    }

    /// Stops it, and waits for that: for a few seconds at most.
    pub(super) async fn stop(&self) {
        match &self.place {
            Place::Here(here) => here.stop().await,
            Place::Apart(apart) => apart.stop().await,
        }
    }

    /// How it is, and what it has done.
    pub fn report(&self) -> Report {
        let (process, fence) = match &self.place {
            Place::Here(_) => (None, None),
            Place::Apart(apart) => (apart.process(), Some(apart.fence())),
        };
        Report {
            state: self.state(),
            calls: self.counters.calls(),
            failures: self.counters.failures(),
            restarts: self.counters.restarts(),
            p99: self.counters.p99(),
            process,
            fence,
        }
    }

    fn state(&self) -> State {
        match &self.place {
            Place::Here(here) if here.is_disabled() => State::Disabled,
            Place::Here(_) => State::Works,
            Place::Apart(apart) => apart.state(),
        }
    }

    /// Notes a call that has ended. What a plugin says on purpose is not a failure of its own.
    fn note(&self, began: Instant, answer: &Answer) {
        let failed = match &answer.result {
            Ok(_) | Err(Failure::Said(..) | Failure::Busy(_) | Failure::Cancelled) => false,
            Err(_) => true,
        };
        self.counters.call(began.elapsed(), failed);
    }
}
