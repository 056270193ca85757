//! A plugin in the server's own process: fast, and trusted. What can be survived is: calls that overstay are answered
//! for, and a plugin that does so again and again isn't called any more.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration;

use super::call::{Answer, Candidate, Failure, Invocation};
use super::file::PluginFile;
use super::gate::Pass;
use super::instance::{Beginning, Instance};
use super::library::{self, Described};
use super::load_error::LoadError;
use super::logger::Logger;
use super::request::{ChunkSender, Collector, Purpose};

/// How long a plugin may take to begin.
pub(super) const START: Duration = Duration::from_secs(10);
/// Calls in a row that overstayed, after which the plugin is disabled.
const STRIKES: u32 = 3;

/// An instance in this process.
#[derive(Debug)]
pub(super) struct InProcess {
    /// `None` only while it is dropped.
    instance: Option<Arc<Instance>>,
    strikes: AtomicU32,
}

impl InProcess {
    /// Loads and starts a plugin. Blocks.
    pub(super) fn start(file: &PluginFile, beginning: Beginning) -> Result<(Self, Described), LoadError> {
        let file = file.clone();
        let (sender, started) = sync_channel(1);
        // A thread that never comes back costs a thread, not the server.
        let thread = std::thread::Builder::new().name("plugin-start".into());
        let spawned = thread.spawn(move || {
            let instance = library::load(&file).and_then(|library| {
                let logger = Logger::of_server(&beginning.name);
                let instance = Instance::start(library, &beginning, logger)?;
                Ok((Arc::new(instance), library.described.clone()))
            });
            // Whoever waited may have given up.
            let _ = sender.send(instance);
        });
        spawned.map_err(|error| LoadError::NotALibrary(format!("no thread to load it: {error}")))?;
        let (instance, described) = match started.recv_timeout(START) {
            Ok(started) => started?,
            Err(RecvTimeoutError::Timeout) => return Err(LoadError::TooSlow(START.as_secs())),
            Err(RecvTimeoutError::Disconnected) => return Err(LoadError::NotALibrary("it ended its thread".into())),
        };
        let place = Self {
            instance: Some(instance),
            strikes: AtomicU32::new(0),
        };
        Ok((place, described))
    }

    /// Runs a command on a thread that may wait. If the plugin overstays, the answer is that, and its place stays taken
    /// until it returns. Dropping the future tells the plugin that nobody waits.
    pub(super) async fn call(&self, invocation: Invocation, chunks: Option<ChunkSender>, pass: Pass) -> Answer {
        let collector = Collector::new(Purpose::Call, &invocation, chunks);
        self.run(invocation, collector, pass, Instance::call)
            .await
            .unwrap_or_else(Answer::failed)
    }

    /// Asks for values of an argument, likewise.
    pub(super) async fn complete(&self, invocation: Invocation, pass: Pass) -> Vec<Candidate> {
        let collector = Collector::new(Purpose::Completion, &invocation, None);
        self.run(invocation, collector, pass, Instance::complete)
            .await
            .unwrap_or_default()
    }

    /// Runs a command on this thread. For functions that promise to return at once.
    pub(super) fn call_inline(&self, invocation: &Invocation) -> Answer {
        match self.instance() {
            Ok(instance) => instance.call_once(invocation, None),
            Err(failure) => Answer::failed(failure),
        }
    }

    /// Whether it overstayed too often.
    pub(super) fn is_disabled(&self) -> bool {
        self.strikes.load(Ordering::Relaxed) >= STRIKES
    }

    async fn run<T: Send + 'static>(
        &self,
        invocation: Invocation,
        collector: Arc<Collector>,
        pass: Pass,
        function: fn(&Instance, &Invocation, &Arc<Collector>) -> T,
    ) -> Result<T, Failure> {
        let instance = Arc::clone(self.instance()?);
        let timeout = invocation.timeout;
        let waits = Waits(Arc::clone(&collector));
        let running = tokio::task::spawn_blocking(move || {
            let said = function(&instance, &invocation, &collector);
            drop(pass);
            said
        });
        match tokio::time::timeout(timeout, running).await {
            Ok(Ok(said)) => {
                self.strikes.store(0, Ordering::Relaxed);
                Ok(said)
            }
            // The runtime ends.
            Ok(Err(_)) => Err(Failure::Cancelled),
            Err(_) => {
                drop(waits);
                self.strikes.fetch_add(1, Ordering::Relaxed);
                Err(Failure::TimedOut)
            }
        }
    }

    fn instance(&self) -> Result<&Arc<Instance>, Failure> {
        if self.is_disabled() {
            return Err(Failure::Disabled);
        }
        self.instance.as_ref().ok_or(Failure::Disabled)
    }
}

impl Drop for InProcess {
    fn drop(&mut self) {
        if let Some(instance) = self.instance.take() {
            instance.stop_elsewhere();
        }
    }
}

/// Somebody who waits for an answer. When they don't any more, the plugin is told if it asks.
struct Waits(Arc<Collector>);

impl Drop for Waits {
    fn drop(&mut self) {
        self.0.cancel();
    }
}
