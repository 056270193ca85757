//! The file `users.toml` on the disk: the state that it is in, its text, and why it can't be used.

use std::fs::{File, Metadata};
use std::io::{self, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};

use crate::access::user_file::Mistakes;
use caracola_spawner::trusted_file::is_passing;

/// The longest file, in bytes: some thousand accounts.
const LONGEST: u64 = 1024 * 1024;

/// Why the file can't be used.
#[derive(Debug, thiserror::Error)]
pub enum UserFileError {
    /// It can't be read at all.
    #[error("cannot read {}: {error}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// It was written while it was read.
    #[error("{} is being written", .0.display())]
    Written(PathBuf),
    /// Others could have written it.
    #[error("{} could have been written by others: it must belong to this user or root, and be writable by nobody else (chmod 600)", .0.display())]
    Untrusted(PathBuf),
    /// Not a file of reasonable size.
    #[error("{} is not a file of at most {LONGEST} bytes", .0.display())]
    NoFile(PathBuf),
    /// It was there and is not any more, or is empty, which this program never makes it.
    #[error("{} is gone or empty", .0.display())]
    Gone(PathBuf),
    /// It doesn't make sense.
    #[error("{0}")]
    Mistaken(Mistakes),
}

impl UserFileError {
    /// Whether nothing is known about the file yet: it is to be read again a moment later.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Unreadable { error, .. } => is_passing(error),
            Self::Written(_) => true,
            Self::Untrusted(_) | Self::NoFile(_) | Self::Gone(_) | Self::Mistaken(_) => false,
        }
    }
}

/// A state of the file. One that is replaced, written or touched is in another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileState {
    Missing,
    Unreadable,
    File {
        inode: u64,
        size: u64,
        modified: (i64, i64),
        changed: (i64, i64),
    },
}

impl FileState {
    /// The state that the file is in now.
    pub(super) fn stat(path: &Path) -> Result<Self, UserFileError> {
        match rustix::fs::stat(path).map_err(io::Error::from) {
            Ok(about) => Ok(Self::found(about.st_ino, about.st_size.unsigned_abs(), times(&about))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::Missing),
            Err(error) if is_passing(&error) => Err(unreadable(path, error)),
            Err(_) => Ok(Self::Unreadable),
        }
    }

    fn found(inode: u64, size: u64, (modified, changed): ((i64, i64), (i64, i64))) -> Self {
        Self::File {
            inode,
            size,
            modified,
            changed,
        }
    }

    fn fstat(file: &File) -> io::Result<(Self, Metadata)> {
        let about = file.metadata()?;
        let times = ((about.mtime(), about.mtime_nsec()), (about.ctime(), about.ctime_nsec()));
        Ok((Self::found(about.ino(), about.len(), times), about))
    }
}

#[expect(
    clippy::cast_possible_wrap,
    clippy::unnecessary_cast,
    reason = "nanoseconds are below 10^9; their type differs by platform"
)]
fn times(about: &rustix::fs::Stat) -> ((i64, i64), (i64, i64)) {
    (
        (about.st_mtime as i64, about.st_mtime_nsec as i64),
        (about.st_ctime as i64, about.st_ctime_nsec as i64),
    )
}

fn unreadable(path: &Path, error: io::Error) -> UserFileError {
    UserFileError::Unreadable {
        path: path.to_owned(),
        error,
    }
}

/// The file's text and the state that it was read in. None if there is no file. One that is not a plain file of this user's or
/// root's is not read.
pub(super) fn read(path: &Path) -> Result<(FileState, Option<String>), UserFileError> {
    let unreadable = |error| unreadable(path, error);
    // Whatever stands there, opening it waits for nothing and runs nothing.
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let mut file = match rustix::fs::open(path, flags, Mode::empty()) {
        Ok(file) => File::from(file),
        Err(rustix::io::Errno::NOENT) => return Ok((FileState::Missing, None)),
        Err(error) => return Err(unreadable(error.into())),
    };
    let (state, about) = FileState::fstat(&file).map_err(unreadable)?;
    if !about.is_file() || about.len() > LONGEST {
        return Err(UserFileError::NoFile(path.to_owned()));
    }
    let own = rustix::process::geteuid().as_raw();
    if ![0, own].contains(&about.uid()) || about.mode() & 0o022 != 0 {
        return Err(UserFileError::Untrusted(path.to_owned()));
    }
    let mut text = String::new();
    file.by_ref()
        .take(LONGEST)
        .read_to_string(&mut text)
        .map_err(unreadable)?;
    let (after, _) = FileState::fstat(&file).map_err(unreadable)?;
    if after != state {
        return Err(UserFileError::Written(path.to_owned()));
    }
    Ok((state, Some(text)))
}
