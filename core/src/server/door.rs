//! The operator's door: a Unix socket in the state folder. Whoever is the same user as the server, or root, is admin; but
//! for the programs and plugins that the server itself started, or one that was there before, of which that proves nothing.
//! The door opens when nothing of an earlier server is left.

use std::convert::Infallible;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use tokio::net::{UnixListener, UnixStream};

use super::listener::{Guard, OUT_OF_FILES};
use super::session;
use super::turnstile::Turnstiles;
use crate::access::User;
use crate::keepers_lock::KeepersLock;
use crate::request::Context;
use crate::sessions::Endpoint;
use caracola_quota::{LogThrottle, LogThrottles};
use caracola_spawner::Kinship;

/// The longest path that a Unix socket can have on Linux, in bytes, its closing zero not counted.
const LONGEST_PATH: usize = 107;

/// How often the door looks whether programs of an earlier server are gone: their keepers need some milliseconds if they
/// have nothing to end.
const LOOK: Duration = Duration::from_millis(20);
/// Waiting that is worth a line in the log.
const LONG_WAIT: Duration = Duration::from_millis(250);

/// The door, open or not yet. Its file goes when it is dropped.
pub(crate) struct Door {
    path: PathBuf,
    keepers: KeepersLock,
    listener: Option<UnixListener>,
}

impl Door {
    /// A door at `path`; open, unless something of an earlier server has the lock too. A file that a crash left there is
    /// removed: the state folder's lock says that nobody uses it.
    pub(crate) fn new(path: &Path, keepers: KeepersLock) -> Result<Self> {
        if path.as_os_str().len() > LONGEST_PATH {
            bail!(
                "the path of the operator's socket is too long for the system ({} bytes, {LONGEST_PATH} are allowed): {}; choose a shorter --state-dir",
                path.as_os_str().len(),
                path.display()
            );
        }
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("cannot replace {}", path.display()));
            }
            _ => {}
        }
        let mut door = Self {
            path: path.to_owned(),
            keepers,
            listener: None,
        };
        door.open_if_alone()?;
        Ok(door)
    }

    fn open_if_alone(&mut self) -> Result<()> {
        let path = &self.path;
        if self.listener.is_none() && !self.keepers.is_shared().context("cannot ask for the keepers' lock")? {
            let opened =
                UnixListener::bind(path).with_context(|| format!("cannot open the door {}", path.display()))?;
            // The folder is 0700 already; the socket says the same for itself.
            fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
            self.listener = Some(opened);
        }
        Ok(())
    }

    /// Waits until the door may be open, then lets operators in until dropped. Returns only if it can't be opened.
    pub(super) async fn serve(
        &mut self,
        context: &Arc<Context>,
        turnstiles: &Turnstiles,
        guard: Guard,
    ) -> Result<Infallible> {
        let (waiting, failed) = (LogThrottle::new(), LogThrottle::new());
        let began = Instant::now();
        let listener = loop {
            self.open_if_alone()?;
            if let Some(listener) = &self.listener {
                break listener;
            }
            if began.elapsed() >= LONG_WAIT && waiting.admit().is_some() {
                tracing::warn!(
                    "the operator's door stays shut until the programs of the server that was here before have ended (processes called caracola-keep end them)"
                );
            }
            tokio::time::sleep(LOOK).await;
        };
        if began.elapsed() >= LONG_WAIT {
            tracing::info!("the operator's door is open");
        }
        loop {
            match listener.accept().await {
                Ok((stream, _)) => enter(context, turnstiles, stream, &guard),
                Err(error) => {
                    if let Some(repeated) = failed.admit() {
                        tracing::warn!(%error, repeated, "cannot take a connection at the door");
                    }
                    tokio::time::sleep(OUT_OF_FILES).await;
                }
            }
        }
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        if self.listener.is_some() {
            // If it is gone already, all the better.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Lets one peer in, or says in the log why it is turned away: once a minute for each reason, since any program of this machine
/// can knock as often as it likes.
fn enter(context: &Arc<Context>, turnstiles: &Turnstiles, stream: UnixStream, guard: &Guard) {
    static UNKNOWN: LogThrottle = LogThrottle::new();
    static OTHER_USER: LogThrottle = LogThrottle::new();
    static REFUSED: LogThrottles<&str> = LogThrottles::new();
    let peer = match stream.peer_cred() {
        Ok(peer) => peer,
        Err(error) => {
            if let Some(repeated) = UNKNOWN.admit() {
                tracing::warn!(%error, repeated, "somebody at the door without credentials");
            }
            return;
        }
    };
    let own = rustix::process::geteuid().as_raw();
    if peer.uid() != own && peer.uid() != 0 {
        if let Some(repeated) = OTHER_USER.admit() {
            tracing::warn!(user = peer.uid(), repeated, "somebody else at the door: turned away");
        }
        return;
    }
    if let Some(spawner) = &context.spawner
        && let Some(reason) = refusal(spawner.kinship(&stream, peer.pid().unwrap_or(0)))
    {
        if let Some(repeated) = REFUSED.admit(reason) {
            tracing::warn!(
                process = peer.pid(),
                reason,
                repeated,
                "no operator at the door: turned away"
            );
        }
        return;
    }
    let endpoint = Endpoint::Door { process: peer.pid() };
    let user = User::operator();
    let Ok(session) = context.sessions.enter(None, endpoint, user.clone(), context.capacity()) else {
        return;
    };
    tracing::info!(session = session.id, peer = %session.endpoint, "operator came in");
    context.metrics.connection();
    let (context, turnstiles, guard) = (Arc::clone(context), turnstiles.clone(), guard.clone());
    tokio::spawn(async move {
        session::run(context, turnstiles, stream, session, user).await;
        drop(guard);
    });
}

/// Why a process isn't let in that runs as the server's user: what the server itself started does too.
fn refusal(kinship: Kinship) -> Option<&'static str> {
    match kinship {
        Kinship::Stranger => None,
        Kinship::Descendant => Some("it belongs to a program or plugin that the server started"),
        Kinship::Marked => Some(
            "it carries the mark of a server's programs: a limit of file locks below this server's, or no_new_privs where this server has it not",
        ),
        Kinship::Unknown(reason) => Some(reason),
    }
}
