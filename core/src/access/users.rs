//! Which accounts are in force: those of `users.toml` as it was when it last made sense.

use std::fs::File;
use std::io::{self, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use rustix::fs::{Mode, OFlags};

use super::account::Accounts;
use super::user_file::{self, Mistakes};

/// The longest file, in bytes: some thousand accounts.
const LONGEST: u64 = 1024 * 1024;

/// The name of the file in the state folder.
pub const FILE: &str = "users.toml";

/// The accounts in force, and the file that they are from.
#[derive(Debug)]
pub struct Users {
    path: PathBuf,
    in_force: ArcSwap<Accounts>,
    /// What was looked at last. Held while a change is taken over, so that two can't overtake each other.
    seen: Mutex<Seen>,
}

/// Which state of the file was looked at last. A file that is replaced, written or touched is another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    Nothing,
    Unreadable,
    File {
        inode: u64,
        size: u64,
        modified: (i64, i64),
        changed: (i64, i64),
    },
}

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
    /// Others could have written it.
    #[error("{} could have been written by others: it must belong to this user or root, and be writable by nobody else (chmod 600)", .0.display())]
    Untrusted(PathBuf),
    /// Not a file of reasonable size.
    #[error("{} is no file of at most {LONGEST} bytes", .0.display())]
    NoFile(PathBuf),
    /// It was there and is not any more, or is empty, which this program never makes it.
    #[error("{} is gone or empty", .0.display())]
    Gone(PathBuf),
    /// It doesn't make sense.
    #[error("{}: {mistakes}", path.display())]
    Mistaken {
        /// The file.
        path: PathBuf,
        /// All that is wrong.
        mistakes: Mistakes,
    },
}

impl Users {
    /// Reads the file of a state folder for the first time. Without a file nobody can log in; with one that can't be
    /// used the server had better not start.
    pub fn open(state: &Path) -> Result<Self, UserFileError> {
        let path = state.join(FILE);
        let (seen, text) = read(&path)?;
        let accounts = match text {
            Some(text) => parse(&path, &text)?,
            None => Accounts::default(),
        };
        Ok(Self {
            path,
            in_force: ArcSwap::from_pointee(accounts),
            seen: Mutex::new(seen),
        })
    }

    /// The accounts that count now.
    pub fn in_force(&self) -> Arc<Accounts> {
        self.in_force.load_full()
    }

    /// Looks at the file, and takes over what changed: `apply` gets the new accounts once they are in force, and before
    /// anybody else can change them again. A file that can't be used changes nothing; why is on the log, once.
    ///
    /// Costs one system call if nothing changed. Blocks on the disk, so not for the runtime's threads.
    pub fn refresh(&self, apply: impl FnOnce(&Arc<Accounts>)) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.look();
        if now == *seen {
            return;
        }
        *seen = now;
        match self.read_again(&mut seen) {
            Ok(accounts) => {
                let accounts = Arc::new(accounts);
                tracing::info!(users = accounts.len(), "read the users again");
                self.in_force.store(Arc::clone(&accounts));
                apply(&accounts);
            }
            Err(error) => tracing::error!(%error, "the users stay as they were"),
        }
    }

    fn look(&self) -> Seen {
        match rustix::fs::stat(&self.path) {
            Ok(about) => Seen::of(about.st_ino, about.st_size.unsigned_abs(), times(&about)),
            Err(rustix::io::Errno::NOENT) => Seen::Nothing,
            Err(_) => Seen::Unreadable,
        }
    }

    fn read_again(&self, seen: &mut Seen) -> Result<Accounts, UserFileError> {
        let (now, text) = read(&self.path)?;
        *seen = now;
        match text.filter(|text| !text.is_empty()) {
            Some(text) => parse(&self.path, &text),
            // An editor that moves the old file away, or empties it, is about to write the new one. Whoever wants
            // nobody to log in says so with a file that has nobody in it.
            None => Err(UserFileError::Gone(self.path.clone())),
        }
    }
}

impl Seen {
    fn of(inode: u64, size: u64, (modified, changed): ((i64, i64), (i64, i64))) -> Self {
        Self::File {
            inode,
            size,
            modified,
            changed,
        }
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

/// Reads the file as text. None if there is none.
pub fn read_text(state: &Path) -> Result<Option<String>, UserFileError> {
    read(&state.join(FILE)).map(|(_, text)| text)
}

fn read(path: &Path) -> Result<(Seen, Option<String>), UserFileError> {
    let unreadable = |error| UserFileError::Unreadable {
        path: path.to_owned(),
        error,
    };
    // Whatever stands there, opening it waits for nothing and runs nothing.
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let mut file = match rustix::fs::open(path, flags, Mode::empty()) {
        Ok(file) => File::from(file),
        Err(rustix::io::Errno::NOENT) => return Ok((Seen::Nothing, None)),
        Err(error) => return Err(unreadable(error.into())),
    };
    let about = file.metadata().map_err(unreadable)?;
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
    let modified = (about.mtime(), about.mtime_nsec());
    let changed = (about.ctime(), about.ctime_nsec());
    Ok((Seen::of(about.ino(), about.len(), (modified, changed)), Some(text)))
}

fn parse(path: &Path, text: &str) -> Result<Accounts, UserFileError> {
    user_file::read(text).map_err(|mistakes| UserFileError::Mistaken {
        path: path.to_owned(),
        mistakes,
    })
}
