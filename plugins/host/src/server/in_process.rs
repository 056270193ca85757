//! A plugin in the server's own process: fast, and trusted. What can be survived is: calls that overstay are answered
//! for, and a plugin that does so again and again isn't called any more.

use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout_at;

use super::file::PluginFile;
use super::log;
use super::sealed;
use super::sink::{ChunkSender, sink};
use super::strikes::Strikes;
use crate::call::{Answer, Candidate, Failure, Invocation};
use crate::collector::{Collector, Purpose};
use crate::instance::{Beginning, Instance};
use crate::library::Described;
use crate::load_error::LoadError;
use caracola_quota::gate::Pass;

/// How long a plugin may take to begin.
pub(super) const START: Duration = Duration::from_secs(10);
/// How long a plugin may take to stop when the server does, its calls included.
const STOP: Duration = Duration::from_secs(3);
/// A deadline that is as good as none.
const FAR: Duration = Duration::from_hours(365 * 24);

/// An instance in this process.
#[derive(Debug)]
pub(super) struct InProcess {
    place: Arc<RwLock<Option<Arc<Running>>>>,
    strikes: Arc<Strikes>,
    /// Comes when the plugin has stopped. Taken by the one who waits for that.
    stopped: Mutex<Option<oneshot::Receiver<()>>>,
}

/// An instance, for as long as it may be called or is being called.
#[derive(Debug)]
struct Running {
    /// First, so that it has been stopped when the rest is dropped.
    instance: Instance,
    _stopped: oneshot::Sender<()>,
}

impl InProcess {
    /// Loads and starts a plugin. Blocks.
    pub(super) fn start(file: &PluginFile, beginning: Beginning) -> Result<(Self, Described), LoadError> {
        let file = file.clone();
        let (sender, started) = sync_channel(1);
        // A thread that never comes back costs a thread, not the server.
        let thread = std::thread::Builder::new().name("plugin-start".into());
        let spawned = thread.spawn(move || {
            let instance = sealed::load(&file).and_then(|library| {
                let logger = log::logger(&beginning.name);
                let instance = Instance::start(library, &beginning, logger)?;
                Ok((instance, library.described.clone()))
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
        let (sender, stopped) = oneshot::channel();
        let running = Running {
            instance,
            _stopped: sender,
        };
        let here = Self {
            place: Arc::new(RwLock::new(Some(Arc::new(running)))),
            strikes: Arc::default(),
            stopped: Mutex::new(Some(stopped)),
        };
        Ok((here, described))
    }

    /// Runs a command on a thread that may wait. If the plugin overstays, the answer is that, and its place stays taken
    /// until it returns. Dropping the future tells the plugin that nobody waits.
    pub(super) async fn call(&self, invocation: Invocation, chunks: Option<ChunkSender>, pass: Pass) -> Answer {
        let collector = Collector::new(Purpose::Call, &invocation, chunks.map(sink));
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
        let place = match self.place() {
            Ok(place) => place,
            Err(failure) => return Answer::failed(failure),
        };
        match &*place {
            Some(running) => {
                let collector = Collector::new(Purpose::Call, invocation, None);
                running.instance.call(invocation, &collector)
            }
            None => Answer::failed(stopping()),
        }
    }

    /// Whether it overstayed too often.
    pub(super) fn is_disabled(&self) -> bool {
        self.strikes.are_out()
    }

    /// Stops the plugin as soon as its calls have returned, and waits for that, for [`STOP`] at most. Nobody can call it any
    /// more. What hasn't stopped by then ends with the process.
    pub(super) async fn stop(&self) {
        let stopped = self.stopped.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.let_go();
        if let Some(stopped) = stopped {
            // It says nothing but that its other end is gone.
            let _ = tokio::time::timeout(STOP, stopped).await;
        }
    }

    async fn run<T: Send + 'static>(
        &self,
        invocation: Invocation,
        collector: Arc<Collector>,
        pass: Pass,
        function: fn(&Instance, &Invocation, &Arc<Collector>) -> T,
    ) -> Result<T, Failure> {
        let running = self.place()?.as_ref().map(Arc::clone).ok_or_else(stopping)?;
        let now = Instant::now();
        let deadline = now.checked_add(invocation.timeout).unwrap_or(now + FAR);
        let mut waits = Waits {
            collector: Arc::clone(&collector),
            call: None,
            deadline,
            strikes: Arc::clone(&self.strikes),
        };
        let call = waits.call.insert(tokio::task::spawn_blocking(move || {
            let said = function(&running.instance, &invocation, &collector);
            drop(pass);
            running.leave();
            said
        }));
        let said = timeout_at(deadline.into(), call).await.map_err(|_| Failure::TimedOut)?;
        waits.call = None;
        self.strikes.forgive();
        // Else the runtime ends.
        said.map_err(|_| Failure::Cancelled)
    }

    /// What runs, to be held for as long as it is called. Never waits.
    fn place(&self) -> Result<RwLockReadGuard<'_, Option<Arc<Running>>>, Failure> {
        if self.is_disabled() {
            return Err(Failure::Disabled);
        }
        // Who writes there, or waits to, stops it.
        self.place.try_read().map_err(|_| stopping())
    }

    /// Lets the instance go, which is stopped when its calls have returned.
    fn let_go(&self) {
        let place = Arc::clone(&self.place);
        elsewhere(move || {
            let running = place.write().unwrap_or_else(PoisonError::into_inner).take();
            drop(running);
        });
    }
}

impl Running {
    /// A call has returned. Whoever waits for it needn't wait for the plugin to stop, too.
    fn leave(self: Arc<Self>) {
        if let Some(last) = Arc::into_inner(self) {
            elsewhere(move || drop(last));
        }
    }
}

/// Runs what stops a plugin on a thread of its own: it may take as long as the plugin likes.
fn elsewhere(stop: impl FnOnce() + Send + 'static) {
    // Where there can be no thread any more, the process is about to end, and the plugin with it.
    let _ = std::thread::Builder::new().name("plugin-stop".into()).spawn(stop);
}

fn stopping() -> Failure {
    Failure::Unavailable("the server is stopping".into())
}

impl Drop for InProcess {
    fn drop(&mut self) {
        self.let_go();
    }
}

/// Somebody who waits for a call. When they don't any more, the plugin is told if it asks; and whether the call overstays is
/// watched all the same, or those who are impatient would hide it.
struct Waits<T: Send + 'static> {
    collector: Arc<Collector>,
    /// The call, until it has returned.
    call: Option<JoinHandle<T>>,
    deadline: Instant,
    strikes: Arc<Strikes>,
}

impl<T: Send + 'static> Drop for Waits<T> {
    fn drop(&mut self) {
        self.collector.cancel();
        let (Some(mut call), Ok(runtime)) = (self.call.take(), Handle::try_current()) else {
            return;
        };
        let strikes = Arc::clone(&self.strikes);
        let deadline = self.deadline;
        // At once, so that the next caller finds it counted.
        let overstays = (Instant::now() >= deadline).then(|| strikes.strike());
        runtime.spawn(async move {
            if overstays.is_none() && timeout_at(deadline.into(), &mut call).await.is_ok() {
                return;
            }
            let _overstaying = overstays.unwrap_or_else(|| strikes.strike());
            // What it says is nobody's.
            let _ = call.await;
        });
    }
}
