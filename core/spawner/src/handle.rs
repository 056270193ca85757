//! The server's handle of the spawner: starts programs.

use std::fmt;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};
use rustix::io::{Errno, ioctl_fionbio, pwrite};
use rustix::pipe::{PipeFlags, pipe_with};
use rustix::process::Pid;
use tokio::net::unix::pipe::Receiver;
use tokio::sync::watch;

use super::control::Closed;
use super::ended::Ended;
use super::keepers::{Keepers, MOST_IDLE};
use super::kinship::{self, Kinship};
use super::launch::{Launch, LaunchError};
use super::message::{self, LONGEST_MESSAGE, Report, Step, ToKeeper, ToSpawner};
use super::running::Running;
use super::watch::watch;
use super::{mark, socket, tree};
use crate::descriptors::{self, Use};
use caracola_quota::LogThrottle;

/// How many keepers may turn out to be dead before a launch is given up.
const ATTEMPTS: usize = MOST_IDLE + 2;
/// How often one looks for what the spawner left behind, and how long one waits before looking again: as long as it takes at
/// most to become a child of the server, and to die.
const ORPHAN_LOOKS: (usize, Duration) = (50, Duration::from_millis(20));

/// Starts programs. Clones are handles of the same spawner; it ends when the last one and the last [`Running`] are gone.
#[derive(Clone)]
pub struct Spawner(Arc<Shared>);

struct Shared {
    keepers: Arc<Keepers>,
    process: Pid,
    is_root: bool,
    ended: watch::Receiver<Option<Ended>>,
}

impl fmt::Debug for Spawner {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Spawner").finish_non_exhaustive()
    }
}

impl Spawner {
    pub(super) fn new(socket: OwnedFd, process: Pid, is_root: bool) -> io::Result<Self> {
        Ok(Self(Arc::new(Shared {
            keepers: Keepers::new(socket)?,
            process,
            is_root,
            ended: watch(process)?,
        })))
    }

    /// Whether it runs as root, and so can start programs as any user; also where the server itself has become another user.
    pub fn is_root(&self) -> bool {
        self.0.is_root
    }

    /// Has the spawner, and each keeper that it makes from now on, hold this descriptor open until it ends. Programs don't get
    /// it. To be called before anything is launched.
    pub fn hold(&self, descriptor: impl AsFd) -> io::Result<()> {
        let message = message::encode(&ToSpawner::Hold)?;
        Ok(socket::send(self.socket(), &message, &[descriptor.as_fd()])?)
    }

    /// The socket to the spawner, which never blocks.
    pub(super) fn socket(&self) -> &OwnedFd {
        self.0.keepers.socket()
    }

    /// Whether the process at the other end of a connection to a Unix socket descends from the spawner.
    pub fn kinship(&self, peer: impl AsFd, process: i32) -> Kinship {
        let spawner = self.0.ended.borrow().is_none().then_some(self.0.process);
        kinship::determine(spawner, peer.as_fd(), process)
    }

    /// Returns once the spawner has ended, with how it did: nothing can be started any more. It never does by itself as long as
    /// there is a handle. Cancel safe.
    pub async fn ended(&self) -> Ended {
        let mut ended = self.0.ended.clone();
        let how = ended.wait_for(Option::is_some).await.map(|how| *how);
        how.ok().flatten().unwrap_or(Ended::Lost)
    }

    /// Kills what the spawner has left behind, its keepers and all below them. For a server that ends because its spawner has,
    /// when what was asked to end has had its time. Blocks for a second at most.
    pub fn kill_orphans(&self) {
        let (looks, pause) = ORPHAN_LOOKS;
        for _ in 0..looks {
            // Whoever started the server may have left it children of other kinds.
            if tree::kill_below_all_threads(|child| mark::is_on(child) != Some(true)) == 0 {
                return;
            }
            #[expect(clippy::disallowed_methods, reason = "it blocks, and says so")]
            thread::sleep(pause);
        }
    }

    /// Starts a program. Returns when it executes, or with the reason why it does not. If the future is dropped before
    /// that, the program is ended, should it have been started.
    pub async fn launch(&self, launch: Launch) -> Result<Running, LaunchError> {
        let parcel = Parcel::pack(&launch)?;
        let (stdout, stdout_end) = output().map_err(LaunchError::from_preparing)?;
        let (stderr, stderr_end) = output().map_err(LaunchError::from_preparing)?;
        if descriptors::is_kept_from(Use::Program, &stderr_end) {
            static NONE_LEFT: LogThrottle = LogThrottle::new();
            if let Some(repeated) = NONE_LEFT.admit() {
                tracing::warn!(
                    repeated,
                    "a program was not started: the open files that are left are kept for the operator"
                );
            }
            return Err(LaunchError::from_preparing(Errno::MFILE));
        }
        let mut descriptors = parcel.descriptors();
        descriptors.extend([stdout_end.as_fd(), stderr_end.as_fd()]);
        descriptors.extend(launch.descriptors.iter().map(OwnedFd::as_fd));
        for _ in 0..ATTEMPTS {
            let keeper = self.0.keepers.send(&parcel.message, &descriptors).await?;
            match keeper.receive().await {
                Ok(Report::Started(process)) => {
                    let keepers = Arc::clone(&self.0.keepers);
                    return Ok(Running::new(keepers, keeper, process, stdout, stderr));
                }
                Ok(Report::Refused(step, error)) => {
                    if step != Step::Keeper {
                        self.0.keepers.take_back(keeper);
                    }
                    return Err(refused(step, error));
                }
                // Killed while it was idle: it never saw the launch.
                Err(Closed::Unread) => {}
                Ok(Report::Exited(_) | Report::Signalled(_) | Report::Hidden) | Err(Closed::Lost) => {
                    return Err(LaunchError::Gone);
                }
            }
        }
        Err(LaunchError::Resources(Errno::AGAIN))
    }
}

/// A launch as it is sent.
struct Parcel {
    message: Vec<u8>,
    /// Where the launch is if it is too long to be a message.
    file: Option<OwnedFd>,
    stdin: Option<OwnedFd>,
}

impl Parcel {
    fn pack(launch: &Launch) -> Result<Self, LaunchError> {
        let bytes = message::encode_launch(launch)?;
        let (message, file) = if bytes.len() > LONGEST_MESSAGE {
            let message = message::encode(&ToKeeper::LaunchInFile).map_err(LaunchError::from_preparing)?;
            (message, Some(memory_file(&bytes)?))
        } else {
            (bytes, None)
        };
        let stdin = launch.stdin.as_ref().map(|bytes| memory_file(bytes)).transpose()?;
        Ok(Self { message, file, stdin })
    }

    fn descriptors(&self) -> Vec<BorrowedFd<'_>> {
        self.file.iter().chain(&self.stdin).map(OwnedFd::as_fd).collect()
    }
}

/// A pipe that a program writes to: the end to read from, and the program's. Only the former is non-blocking.
fn output() -> rustix::io::Result<(Receiver, OwnedFd)> {
    let (ours, theirs) = pipe_with(PipeFlags::CLOEXEC)?;
    ioctl_fionbio(&ours, true)?;
    let receiver =
        Receiver::from_owned_fd_unchecked(ours).map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::IO))?;
    Ok((receiver, theirs))
}

/// A file in memory with these bytes, which nobody can change any more.
fn memory_file(bytes: &[u8]) -> Result<OwnedFd, LaunchError> {
    let file = sealed_file(bytes).map_err(LaunchError::from_preparing)?;
    Ok(file)
}

fn sealed_file(mut bytes: &[u8]) -> rustix::io::Result<OwnedFd> {
    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    let file = match memfd_create(c"caracola", flags | MemfdFlags::NOEXEC_SEAL) {
        // A kernel before 6.3.
        Err(Errno::INVAL) => memfd_create(c"caracola", flags),
        made => made,
    }?;
    let mut offset = 0;
    while !bytes.is_empty() {
        // Where it is read from stays the beginning.
        let written = pwrite(&file, bytes, offset)?;
        bytes = &bytes[written..];
        offset += u64::try_from(written).unwrap_or(0);
    }
    fcntl_add_seals(
        &file,
        SealFlags::WRITE | SealFlags::GROW | SealFlags::SHRINK | SealFlags::SEAL,
    )?;
    Ok(file)
}

fn refused(step: Step, error: Errno) -> LaunchError {
    match (step, error) {
        (Step::Folder, error) => LaunchError::Folder(error),
        (Step::Identity, error) if error != Errno::AGAIN => LaunchError::Identity(error),
        (Step::Execute, Errno::NOENT | Errno::NOTDIR) => LaunchError::NotFound,
        (Step::Execute, Errno::NOEXEC | Errno::ISDIR) => LaunchError::NotExecutable,
        (Step::Execute, Errno::ACCESS | Errno::PERM) => LaunchError::Permission,
        (Step::Execute, Errno::TOOBIG) => LaunchError::TooLong,
        (_, error) => LaunchError::from_preparing(error),
    }
}
