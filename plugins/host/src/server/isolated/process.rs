//! One helper: a process, from its start to its end.

use std::ffi::OsString;
use std::future::pending;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream as StdUnixStream;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::net::UnixStream;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::{sleep_until, timeout};

use super::connection::{HelperConnection, OVERSTAYED};
use super::fence::Held;
use super::folders;
use super::helper::SUBCOMMAND;
use super::protocol::{self, Frames, FromHelper, Outset, ToHelper};
use super::socket::Broken;
use super::{check, output};
use crate::library::Described;
use crate::load_error::LoadError;
use crate::logger::{Level, Logger};
use crate::server::file::load_error;
use crate::server::in_process::START;
use crate::server::settings::Fence;
use caracola_spawner::identity;
use caracola_spawner::{Ended, Identity, Launch, LaunchError, Program, ResourceLimits, Running, Spawner};

/// The server's own binary, even if there is another in its place by now.
const OWN_BINARY: &str = "/proc/self/exe";
/// How long a process whose end of the connection is closed may take to end by itself: so its own reason is known.
const CLOSING: Duration = Duration::from_millis(100);
/// How long a plugin that isn't needed any more may take to stop.
pub(super) const STOP: Duration = Duration::from_secs(3);

/// All that is needed to start a plugin's process, again and again.
pub(super) struct Plan {
    pub(super) spawner: Spawner,
    pub(super) outset: Outset,
    pub(super) fence: Fence,
    /// The library, which nobody can change.
    pub(super) library: OwnedFd,
    /// Where plugins have no business.
    pub(super) state: Option<PathBuf>,
    pub(super) logger: Arc<Logger>,
}

/// A helper whose plugin has begun. Dropping this changes nothing: it lives until it ends, or is told to.
#[derive(Debug)]
pub(super) struct Helper {
    pub(super) process: i32,
    pub(super) connection: Arc<HelperConnection>,
    pub(super) described: Described,
    pub(super) held: Held,
    /// Comes back when it has ended.
    pub(super) life: JoinHandle<End>,
    /// A call overstayed.
    pub(super) retired: Arc<Notify>,
    /// Ends it.
    pub(super) killed: Arc<Notify>,
}

/// How a helper ended.
#[derive(Debug)]
pub(super) struct End {
    /// For people.
    pub(super) how: String,
    /// Somebody waited for it, or had waited.
    pub(super) at_work: bool,
}

impl Helper {
    /// The helper, if it says of itself what it said before. It is ended if not.
    pub(super) fn if_as_before(self, before: Option<&Described>) -> Result<Self, LoadError> {
        if before.is_none_or(|before| *before == self.described) {
            return Ok(self);
        }
        self.killed.notify_one();
        Err(LoadError::Helper(
            "it describes itself in another way than before".into(),
        ))
    }
}

impl Plan {
    /// Starts a process and waits until its plugin has begun, for [`START`] at most. Cancel safe: nothing is left of it.
    pub(super) async fn start(&self) -> Result<Helper, LoadError> {
        let identity = self.identity()?;
        self.look_at_folders(identity.as_ref())?;
        let (ours, theirs) = pair().map_err(|error| load_error(&error, LoadError::Helper))?;
        let library = self.library.try_clone();
        let library = library.map_err(|error| load_error(&error, LoadError::Helper))?;
        let launch = self.launch(identity, vec![theirs.into(), library]);
        let begins = async {
            let running = self.spawner.launch(launch).await.map_err(|error| match error {
                LaunchError::Resources(_) => LoadError::Passing(error.to_string()),
                error => LoadError::Helper(error.to_string()),
            })?;
            let Running {
                stdout,
                stderr,
                mut program,
            } = running;
            tokio::spawn(output::log_lines(stdout, Level::Info, Arc::clone(&self.logger)));
            tokio::spawn(output::log_lines(stderr, Level::Warn, Arc::clone(&self.logger)));
            let connection = HelperConnection::new(ours);
            let outset = ToHelper::Begin(self.outset.clone());
            let mut frames = Frames::default();
            // If it has ended already, how is better known than that it doesn't listen.
            let began = match connection.tell(&outset) {
                Ok(()) => tokio::select! {
                    began = self.begin(&connection, &mut frames) => began,
                    () = connection.socket.flush() => Ok(None),
                },
                Err(_) => Ok(None),
            }?;
            let Some((held, described)) = began else {
                let how = parted(&mut program).await;
                return Err(LoadError::Helper(format!("it ended before the plugin began: {how}")));
            };
            Ok((connection, frames, program, held, described))
        };
        let begun = timeout(START, begins).await;
        let (connection, frames, program, held, described) =
            begun.map_err(|_| LoadError::TooSlow(START.as_secs()))??;
        let (retired, killed) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let watcher = Watcher {
            connection: Arc::clone(&connection),
            logger: Arc::clone(&self.logger),
            retired: Arc::clone(&retired),
            killed: Arc::clone(&killed),
        };
        Ok(Helper {
            process: program.process(),
            connection,
            described,
            held,
            life: tokio::spawn(watcher.live(program, frames)),
            retired,
            killed,
        })
    }

    /// What holds the process, and what the plugin says of itself; `None` if the process ended before.
    async fn begin(
        &self,
        connection: &HelperConnection,
        frames: &mut Frames,
    ) -> Result<Option<(Held, Described)>, LoadError> {
        let mut fenced = None;
        let broken = |violation: protocol::Violation| LoadError::Helper(violation.to_string());
        while let Some(message) = connection
            .socket
            .next(frames, || protocol::LONGEST_BEGINNING)
            .await
            .map_err(broken)?
        {
            match (message, fenced.take()) {
                (FromHelper::Fenced(held), None) => fenced = Some(held),
                (FromHelper::Log(level, text), held) => {
                    self.logger.log(level, &text);
                    fenced = held;
                }
                (FromHelper::Began(described), Some(held)) => {
                    check::described(&described).map_err(broken)?;
                    return Ok(Some((held, described)));
                }
                (FromHelper::Refused(error), Some(_)) => return Err(check::refusal(error)),
                _ => {
                    return Err(broken(protocol::Violation::Impossible(
                        "another beginning than it should",
                    )));
                }
            }
        }
        Ok(None)
    }

    fn identity(&self) -> Result<Option<Identity>, LoadError> {
        let told = |error: identity::IdentityError| LoadError::Fence(error.to_string());
        let Some(wanted) = &self.fence.user else {
            return identity::resolve(None, None).map_err(told);
        };
        let (user, group) = match wanted.split_once(':') {
            Some((user, group)) => (user, Some(group)),
            None => (&**wanted, None),
        };
        identity::resolve(Some(user), group).map_err(told)
    }

    /// Each time anew: a plugin may have put links in the place of its folders.
    fn look_at_folders(&self, identity: Option<&Identity>) -> Result<(), LoadError> {
        if let Some(state) = &self.state {
            folders::keep_out_of(state, &self.fence)?;
        }
        folders::make(&self.fence.write, identity)
    }

    fn launch(&self, identity: Option<Identity>, descriptors: Vec<OwnedFd>) -> Launch {
        // The limit of memory is one of addresses, of which the C library, where it is the allocator, sets 64 MiB apart for each of
        // many arenas. jemalloc takes them in ever larger pieces, and what is left of the last one serves threads that begin when
        // there are no more; a cache of their own, which they couldn't get then, would be their end.
        let environment = [
            ("LANG", "C.UTF-8"),
            ("MALLOC_ARENA_MAX", "2"),
            ("MALLOC_CONF", "narenas:1,tcache:false"),
            ("PATH", "/usr/bin:/bin"),
        ];
        Launch {
            program: OWN_BINARY.into(),
            argv0: "caracolad".into(),
            arguments: vec![SUBCOMMAND.into(), self.outset.beginning.name.clone().into()],
            environment: environment
                .map(|(name, value)| (OsString::from(name), OsString::from(value)))
                .into(),
            folder: "/".into(),
            stdin: None,
            identity,
            umask: 0o077,
            limits: ResourceLimits {
                cpu_seconds: None,
                address_space: Some(self.fence.memory.unwrap_or(Fence::MEMORY)),
                file_size: self.fence.file_size,
                open_files: Some(self.fence.files.unwrap_or(Fence::FILES)),
                processes: self.fence.processes,
                core: Some(0),
            },
            descriptors,
            // Whoever ends a helper has asked it before in the helper's own way.
            grace: Duration::ZERO,
        }
    }
}

fn pair() -> io::Result<(UnixStream, StdUnixStream)> {
    let (ours, theirs) = StdUnixStream::pair()?;
    ours.set_nonblocking(true)?;
    Ok((UnixStream::from_std(ours)?, theirs))
}

/// What watches over a helper.
struct Watcher {
    connection: Arc<HelperConnection>,
    logger: Arc<Logger>,
    retired: Arc<Notify>,
    killed: Arc<Notify>,
}

impl Watcher {
    /// Until the process and all that it started are gone; returns how it ended. By then everybody who waited has been
    /// told.
    async fn live(self, mut program: Program, frames: Frames) -> End {
        let how = self.watch(&mut program, frames).await;
        let at_work = self.connection.is_at_work();
        self.connection.close(&how);
        // Also what it may have started.
        program.end();
        program.wait().await;
        End { how, at_work }
    }

    async fn watch(&self, program: &mut Program, frames: Frames) -> String {
        let reads = self.connection.read(frames, &self.logger);
        tokio::pin!(reads);
        let flushes = async {
            self.connection.socket.flush().await;
            // It can't be written to: whoever reads knows soon enough why.
            pending::<()>().await;
        };
        tokio::pin!(flushes);
        loop {
            let overstays = self.connection.overstays_at().filter(|_| !self.connection.is_retired());
            let overstayed = async {
                match overstays {
                    Some(at) => sleep_until(at.into()).await,
                    None => pending().await,
                }
            };
            tokio::select! {
                read = &mut reads => return match read {
                    Ok(()) => parted(program).await,
                    Err(violation) => violation.to_string(),
                },
                ended = program.wait() => return told(ended),
                () = &mut flushes => {}
                () = self.killed.notified() => return "it was ended".into(),
                () = self.connection.stirred.notified() => {}
                // Unless it has returned meanwhile.
                () = overstayed => if self.connection.overstays_at().is_some_and(|at| at <= Instant::now()) {
                    self.connection.retire();
                    self.retired.notify_one();
                }
            }
            match self.connection.socket.broken() {
                Some(broken @ Broken::Deaf) => return broken.to_string(),
                // What it said before is heard.
                Some(Broken::Closed) => {
                    return match timeout(CLOSING, &mut reads).await {
                        Ok(Err(violation)) => violation.to_string(),
                        Ok(Ok(())) | Err(_) => parted(program).await,
                    };
                }
                Some(Broken::Parted) | None => {}
            }
            if self.connection.is_retired() && !self.connection.somebody_waits() {
                return OVERSTAYED.into();
            }
        }
    }
}

/// How a process ended that has closed its end of the connection.
async fn parted(program: &mut Program) -> String {
    if let Ok(ended) = timeout(CLOSING, program.wait()).await {
        return told(ended);
    }
    program.end();
    "it closed its connection to the server".into()
}

fn told(ended: Ended) -> String {
    match ended {
        Ended::Exited(status) => format!("it ended with status {status}"),
        Ended::Signalled(signal) => match nix::sys::signal::Signal::try_from(signal) {
            Ok(signal) => format!("killed by {signal}"),
            Err(_) => format!("killed by signal {signal}"),
        },
        Ended::Lost => "killed, with what looked after it".into(),
    }
}
