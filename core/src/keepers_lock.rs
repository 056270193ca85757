//! The lock that everything a server leaves behind holds until it is gone: it tells a later server of the same state folder
//! whether programs of an earlier one may still run.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, fcntl};

/// A shared lock on a file in the state folder, held by an open file description: by each process that has a descriptor of
/// it, which are the server, its spawner and its keepers, and released when the last of them has ended, however it did. So
/// no process can give it up for another, and all locks but one's own are those of other servers.
#[derive(Debug)]
pub struct KeepersLock(File);

impl KeepersLock {
    /// Opens the file in the state folder, making it if need be, and takes the lock. Others don't keep it from doing so.
    pub fn take(state: &Path) -> io::Result<Self> {
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .mode(0o600)
            .open(file_in(state))?;
        fcntl(&file, FcntlArg::F_OFD_SETLK(&whole_file(libc::F_RDLCK)))?;
        Ok(Self(file))
    }

    /// The same lock by another descriptor.
    pub fn try_clone(&self) -> io::Result<Self> {
        self.0.try_clone().map(Self)
    }

    /// Whether something that another server left behind, or another server, has the lock too.
    pub fn is_shared(&self) -> io::Result<bool> {
        Ok(has_others(&self.0)?)
    }

    /// Whether a server with this state folder, or something that one left behind, is there. Takes no lock.
    pub fn is_held(state: &Path) -> bool {
        let file = File::open(file_in(state));
        file.is_ok_and(|file| has_others(&file).unwrap_or(false))
    }
}

impl AsFd for KeepersLock {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

fn file_in(state: &Path) -> PathBuf {
    state.join("keepers.lock")
}

/// Whether an exclusive lock would meet others than one's own.
fn has_others(file: &File) -> Result<bool, Errno> {
    let mut met = whole_file(libc::F_WRLCK);
    fcntl(file, FcntlArg::F_OFD_GETLK(&mut met))?;
    Ok(i32::from(met.l_type) != libc::F_UNLCK)
}

/// A lock on everything from the first byte on. Its process is 0, as the kernel demands it for this kind.
fn whole_file(kind: i32) -> libc::flock {
    libc::flock {
        l_type: libc::c_short::try_from(kind).unwrap_or_default(),
        l_whence: libc::c_short::try_from(libc::SEEK_SET).unwrap_or_default(),
        l_start: 0,
        l_len: 0,
        l_pid: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_shared_until_the_last_descriptor_of_another_is_closed() -> io::Result<()> {
        let state = tempfile::tempdir()?;
        assert!(!KeepersLock::is_held(state.path()));
        let first = KeepersLock::take(state.path())?;
        let kept = first.try_clone()?;
        assert!(!first.is_shared()?, "its own doesn't count");
        assert!(KeepersLock::is_held(state.path()));
        drop(first);
        let second = KeepersLock::take(state.path())?;
        assert!(second.is_shared()?);
        drop(kept);
        assert!(!second.is_shared()?);
        drop(second);
        assert!(!KeepersLock::is_held(state.path()));
        Ok(())
    }
}
