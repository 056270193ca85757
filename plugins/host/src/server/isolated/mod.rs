//! A plugin in a process of its own: the same file, unchanged. When it crashes, those who wait for it are told, and it is
//! started again.
//!
//! The process is a *helper*: the server's own binary, started by the spawner with nothing but a socket (3) and the
//! library (4). Who is who here:
//! - `protocol` is what the two say to each other; `check` is what the server believes of it.
//! - In the server, [`Isolated`] is the plugin; `supervisor` keeps a helper running for it, waiting between two by `backoff`;
//!   `process` starts one and watches it; `connection` asks it, by a `socket`; `output` logs what it prints; `folders` looks after its folders.
//! - In the helper, `helper` begins, `fence` shuts it in, and `pool` has threads that read what is asked and do it.
//!
//! # What always holds
//! - **Nothing that a helper says hurts the server:** frames, answers, lines for the log and what waits to be written are
//!   bounded, and checked. A helper that breaks the rules is ended.
//! - **A call that hangs costs that call.** When its time is over its caller is answered at once. If it goes on, no one else
//!   asks that helper anything; there is a new one for them, and the old one ends when nobody waits for it.
//! - **The helper is shut in before anything of the plugin's runs,** and never sees the server's state folder.
//!
//! The binary is found by `/proc/self/exe`, so both sides of the protocol are always of one build, also when an upgrade
//! has replaced the file. The keeper executes it, being a fork of the server.

mod backoff;
mod check;
mod connection;
mod fence;
mod folders;
mod helper;
mod output;
mod pool;
mod process;
mod protocol;
mod socket;
mod supervisor;

use std::path::PathBuf;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::sync::{oneshot, watch};
use tokio::time::timeout_at;

use self::connection::{Asking, HelperConnection, Reply, Unasked};
use self::process::Plan;
use self::protocol::Outset;
use self::supervisor::{Current, Supervisor};
use super::counters::Counters;
use super::file::PluginFile;
use super::in_process::START;
use super::log;
use super::report::State;
use super::sealed;
use super::settings::PluginSettings;
use super::sink::ChunkSender;
use crate::call::{Answer, Candidate, Complaint, Failure, Invocation};
use crate::collector::Purpose;
use crate::instance::Beginning;
use crate::library::Described;
use crate::load_error::LoadError;
use caracola_quota::gate::Pass;
use caracola_spawner::Spawner;

pub use self::helper::{SUBCOMMAND, run as be_helper};

/// A deadline that is as good as none.
const FAR: Duration = Duration::from_hours(365 * 24);

/// What isolated plugins are started with.
#[derive(Clone)]
pub struct Helpers {
    /// What starts their processes.
    pub spawner: Spawner,
    /// Where what they say is awaited.
    pub runtime: Handle,
}

/// A plugin's process, started again whenever it ends. Dropping this stops the plugin.
#[derive(Debug)]
pub(super) struct Isolated {
    current: watch::Receiver<Current>,
    fence: Arc<Mutex<String>>,
    /// Dropped when nobody needs the plugin any more.
    needed: Mutex<Option<oneshot::Sender<()>>>,
}

impl Isolated {
    /// Starts the process. Blocks until the plugin has begun; not for a thread of the runtime's. The server's `state` folder
    /// is kept from it.
    pub(super) fn start(
        file: &PluginFile,
        beginning: Beginning,
        settings: &PluginSettings,
        (helpers, state): (&Helpers, Option<PathBuf>),
        counters: Arc<Counters>,
    ) -> Result<(Self, Described), LoadError> {
        let plan = Plan {
            spawner: helpers.spawner.clone(),
            logger: Arc::new(log::logger(&beginning.name)),
            outset: Outset {
                beginning,
                network: settings.fence.network,
                at_once: settings.max_running,
            },
            fence: settings.fence.clone(),
            library: sealed::copy(&file.bytes)?,
            state,
        };
        let (sender, current) = watch::channel(Current::Down("it is starting".into()));
        let fence = Arc::new(Mutex::default());
        let (needed, is_needed) = oneshot::channel();
        let (first, started) = sync_channel(1);
        let supervisor = Supervisor::new(plan, counters, sender, Arc::clone(&fence));
        helpers.runtime.spawn(supervisor.run(first, is_needed));
        // The supervisor gives up after the same time; this is for a runtime that has none for it.
        let described = match started.recv_timeout(START.saturating_mul(2)) {
            Ok(started) => started?,
            Err(RecvTimeoutError::Timeout) => return Err(LoadError::TooSlow(START.as_secs())),
            Err(RecvTimeoutError::Disconnected) => return Err(LoadError::Helper("the server is stopping".into())),
        };
        let isolated = Self {
            current,
            fence,
            needed: Mutex::new(Some(needed)),
        };
        Ok((isolated, described))
    }

    /// Stops the plugin, and waits until it has stopped or its time for that is over. Nobody can call it any more.
    pub(super) async fn stop(&self) {
        drop(self.needed.lock().unwrap_or_else(PoisonError::into_inner).take());
        let mut current = self.current.clone();
        // The supervisor's end of it goes with the supervisor.
        while current.changed().await.is_ok() {}
    }

    /// Runs a command. If there is no process at the moment, waits for the next. Dropping the future tells the plugin that
    /// nobody waits; the call's place stays taken until it returns, or its process is given up.
    pub(super) async fn call(&self, invocation: Invocation, chunks: Option<ChunkSender>, pass: Pass) -> Answer {
        match self.ask(Purpose::Call, invocation, chunks, pass).await {
            Ok(Reply::Answer(answer)) => answer,
            // The kind was checked when it came.
            Ok(Reply::Candidates(_)) => Answer::failed(Failure::NoAnswer),
            Err(failure) => Answer::failed(failure),
        }
    }

    /// Asks for values of an argument, in the same way.
    pub(super) async fn complete(&self, invocation: Invocation, pass: Pass) -> Vec<Candidate> {
        match self.ask(Purpose::Completion, invocation, None, pass).await {
            Ok(Reply::Candidates(candidates)) => candidates,
            Ok(Reply::Answer(_)) | Err(_) => Vec::new(),
        }
    }

    async fn ask(
        &self,
        purpose: Purpose,
        mut invocation: Invocation,
        mut chunks: Option<ChunkSender>,
        mut pass: Pass,
    ) -> Result<Reply, Failure> {
        let now = Instant::now();
        let deadline = now.checked_add(invocation.timeout).unwrap_or(now + FAR);
        loop {
            let connection = self.connection(deadline).await?;
            invocation.timeout = deadline.saturating_duration_since(Instant::now());
            let asked = connection.ask(Asking {
                purpose,
                invocation: &invocation,
                deadline,
                chunks,
                pass,
            });
            let mut asked = match asked {
                Ok(asked) => asked,
                Err(Unasked::Closed(same_chunks, same_pass)) => {
                    (chunks, pass) = (same_chunks, same_pass);
                    continue;
                }
                Err(Unasked::Unspeakable) => {
                    let sentence = "the arguments are too long for the plugin";
                    return Err(Failure::Said(Complaint::Limit, sentence.into()));
                }
            };
            return match timeout_at(deadline.into(), &mut asked.reply).await {
                Ok(Ok(reply)) => reply,
                // The runtime ends.
                Ok(Err(_)) => Err(Failure::Cancelled),
                Err(_) => Err(Failure::TimedOut),
            };
        }
    }

    /// The process that can be asked, as soon as there is one.
    async fn connection(&self, deadline: Instant) -> Result<Arc<HelperConnection>, Failure> {
        if let Current::Ready { connection, .. } = &*self.current.borrow()
            && !connection.is_closed()
        {
            return Ok(Arc::clone(connection));
        }
        let mut current = self.current.clone();
        let ready = current.wait_for(|current| match current {
            Current::Ready { connection, .. } => !connection.is_closed(),
            Current::Down(_) => false,
        });
        match timeout_at(deadline.into(), ready).await {
            Ok(Ok(current)) => match &*current {
                Current::Ready { connection, .. } => Ok(Arc::clone(connection)),
                Current::Down(how) => Err(Failure::Unavailable(how.clone())),
            },
            Ok(Err(_)) => Err(Failure::Unavailable("the server is stopping".into())),
            Err(_) => Err(match self.state() {
                State::Restarting(how) => Failure::Unavailable(how),
                State::Works | State::Disabled => Failure::TimedOut,
            }),
        }
    }

    /// How it is.
    pub(super) fn state(&self) -> State {
        match &*self.current.borrow() {
            Current::Ready { connection, .. } => connection.closed().map_or(State::Works, State::Restarting),
            Current::Down(how) => State::Restarting(how.clone()),
        }
    }

    /// The process that runs now.
    pub(super) fn process(&self) -> Option<i32> {
        match &*self.current.borrow() {
            Current::Ready { process, connection } if !connection.is_closed() => Some(*process),
            Current::Ready { .. } | Current::Down(_) => None,
        }
    }

    /// What holds it to its settings, for people.
    pub(super) fn fence(&self) -> String {
        self.fence.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
