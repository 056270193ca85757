//! Where the spawner's process begins.

use std::os::fd::OwnedFd;

use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, geteuid, getpid, set_child_subreaper};

use super::handle::Spawner;
use super::{mark, parent, socket};

/// A spawner that runs. Dropping this, or the [`Spawner`] made of it, ends it.
#[derive(Debug)]
pub struct Starting {
    socket: OwnedFd,
    process: Pid,
    is_root: bool,
}

/// Forks the spawner. To be called before the process has a second thread; otherwise it is an error, since the copy would
/// have locks that nobody opens any more.
pub fn start() -> Result<Starting> {
    if std::fs::read_link("/proc/self").ok() != Some(std::process::id().to_string().into()) {
        bail!("cannot start the spawner: /proc does not show this process, and so would not show its programs");
    }
    let threads = std::fs::read_dir("/proc/self/task")
        .context("cannot start the spawner: it needs /proc")?
        .count();
    if threads != 1 {
        bail!("cannot start the spawner: it must come before the first thread, and there are {threads}");
    }
    let (ours, theirs) = socket::pair().context("cannot make the spawner's socket")?;
    mark::remember_server();
    // SAFETY: this process has one thread, so its copy is whole and may do anything.
    match unsafe { libc::fork() } {
        -1 => Err(std::io::Error::last_os_error()).context("cannot fork the spawner"),
        0 => parent::run(theirs),
        process => {
            let process = Pid::from_raw(process).context("the spawner has no number")?;
            // What loses its keeper and the spawner becomes this process's, which then ends it.
            set_child_subreaper(Some(getpid())).context("cannot become a reaper")?;
            Ok(Starting {
                socket: ours,
                process,
                is_root: geteuid().is_root(),
            })
        }
    }
}

impl Starting {
    /// Takes the spawner into use. To be called inside the runtime.
    pub fn connect(self) -> Result<Spawner> {
        Spawner::new(self.socket, self.process, self.is_root).context("cannot watch the spawner's socket")
    }
}
