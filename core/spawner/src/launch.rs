//! What is to be started, and why that may fail.

use std::ffi::OsString;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::time::Duration;

use rustix::io::Errno;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// The most descriptors that a [`Launch`] hands to its program.
pub const DESCRIPTORS: usize = 64;

/// One run of a program. Nothing is inherited from the server but what stands here.
#[derive(Debug)]
pub struct Launch {
    /// The file to execute, absolute. It is never looked for, and never given to a shell.
    pub program: PathBuf,
    /// The program's name for itself: `argv[0]`.
    pub argv0: OsString,
    /// The other arguments, from `argv[1]` on.
    pub arguments: Vec<OsString>,
    /// The whole environment. Names are not empty and have no `=` in them.
    pub environment: Vec<(OsString, OsString)>,
    /// The folder it runs in, absolute. It is entered as the user of `identity`.
    pub folder: PathBuf,
    /// What it reads from its standard input; `None` is `/dev/null`. There may be a secret in it.
    pub stdin: Option<Zeroizing<Vec<u8>>>,
    /// Whom it runs as, when the server may choose.
    pub identity: Option<Identity>,
    /// The bits that are taken from the mode of files it makes.
    pub umask: u32,
    /// What it may use of the machine.
    pub limits: ResourceLimits,
    /// Become its descriptors 3, 4, ...; at most [`DESCRIPTORS`].
    pub descriptors: Vec<OwnedFd>,
    /// How long it and its tree may take to end after SIGTERM before SIGKILL.
    pub grace: Duration,
}

/// A user, as the kernel knows one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The user's number.
    pub uid: u32,
    /// The number of the user's own group.
    pub gid: u32,
    /// The numbers of all the groups the user has, `gid` included where it should be.
    pub groups: Vec<u32>,
}

/// Resource limits (setrlimit(2)), soft and hard at once; `None` leaves what the server was started with. A limit above
/// the server's own is lowered to it, unless the server is root.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceLimits {
    /// Seconds of processor time, for each process; then comes SIGXCPU, and SIGKILL a second later.
    pub cpu_seconds: Option<u64>,
    /// Bytes of address space, for each process.
    pub address_space: Option<u64>,
    /// Bytes of the largest file that may be written.
    pub file_size: Option<u64>,
    /// One more than the highest descriptor that may be opened.
    pub open_files: Option<u64>,
    /// Processes of the user, all together; the kernel does not hold root to it.
    pub processes: Option<u64>,
    /// Bytes of the largest core dump.
    pub core: Option<u64>,
}

/// A program that was not started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LaunchError {
    /// The folder to run in can't be entered.
    #[error("cannot enter the folder: {0}")]
    Folder(Errno),
    /// The spawner has ended: no program can be started any more.
    #[error("the process that starts programs is gone")]
    Gone,
    /// The server may not become that user.
    #[error("cannot become the user: {0}")]
    Identity(Errno),
    /// A NUL byte in a word, a variable without a name, a path that isn't absolute, or more than [`DESCRIPTORS`].
    #[error("the program's arguments, environment or paths can't be passed on")]
    Malformed,
    /// The file is not a program: no permission bits for it, a folder, an unknown format, or its interpreter is missing.
    #[error("the file is not an executable program")]
    NotExecutable,
    /// There is no such file.
    #[error("the program does not exist")]
    NotFound,
    /// The system forbids to execute it.
    #[error("not permitted to execute the program")]
    Permission,
    /// The system has no room for a further process, descriptor or page; or the user's limit of processes is reached.
    #[error("no room for a further program: {0}")]
    Resources(Errno),
    /// Arguments and environment are longer than the system takes.
    #[error("arguments and environment are too long")]
    TooLong,
    /// Anything else.
    #[error("cannot start the program: {0}")]
    Other(Errno),
}

impl LaunchError {
    /// What an error of making pipes, sockets or processes means.
    pub(super) fn from_preparing(error: Errno) -> Self {
        match error {
            Errno::AGAIN | Errno::NOMEM | Errno::MFILE | Errno::NFILE | Errno::NOBUFS | Errno::TOOMANYREFS => {
                Self::Resources(error)
            }
            Errno::PIPE | Errno::CONNRESET | Errno::NOTCONN => Self::Gone,
            error => Self::Other(error),
        }
    }
}
