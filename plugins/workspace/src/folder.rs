//! An open folder, and what can be done with the names in it. This is the only file that talks to the kernel.
//!
//! **Invariant:** each function takes one name, not a path, and follows no link. So code that holds a folder of a workspace
//! gets to nothing outside of it, whatever others rename or link meanwhile: a name either is what it says or isn't opened.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use rustix::fs::{
    AtFlags, Dir, FileType, FlockOperation, Mode, OFlags, RenameFlags, Stat, Timespec, Timestamps, UTIME_NOW,
};
use rustix::io::Errno;

/// The most names that are read of one folder.
pub(crate) const MOST_LISTED: usize = 50_000;

/// Only their owner, the server, has any rights on files and folders.
const FILE_MODE: u32 = 0o600;
const FOLDER_MODE: u32 = 0o700;

const OPEN: OFlags = OFlags::CLOEXEC.union(OFlags::NOFOLLOW);

/// An open folder.
#[derive(Debug)]
pub(crate) struct Folder(OwnedFd);

/// What something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    File,
    Folder,
    /// A link, a named pipe, a device, a socket: nothing that a command makes or opens.
    Other,
}

/// What the file system says about something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct About {
    pub(crate) kind: Kind,
    /// In bytes.
    pub(crate) size: u64,
    /// When it was changed last, in seconds since 1970.
    pub(crate) changed: i64,
    /// The nanoseconds of that.
    pub(crate) changed_nanos: i64,
    /// Whether it bears the mark of [`Folder::settle`].
    pub(crate) is_settled: bool,
    /// Names that it has.
    pub(crate) links: u64,
    /// Device and number: what it is, whatever it is called.
    pub(crate) id: (u64, u64),
}

/// A name in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) name: OsString,
    pub(crate) kind: Kind,
}

impl Folder {
    /// Opens a folder of the admin's, by any path.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let flags = OFlags::CLOEXEC | OFlags::DIRECTORY | OFlags::RDONLY;
        Ok(Self(rustix::fs::open(path, flags, Mode::empty())?))
    }

    /// Opens the folder with this name. A link isn't a folder.
    pub(crate) fn folder(&self, name: impl AsRef<OsStr>) -> io::Result<Self> {
        let flags = OPEN | OFlags::DIRECTORY | OFlags::RDONLY;
        Ok(Self(rustix::fs::openat(
            &self.0,
            single(name.as_ref())?,
            flags,
            Mode::empty(),
        )?))
    }

    /// Opens the regular file with this name for reading. Anything else is `None`, and doesn't block: a pipe without a
    /// writer is opened at once, and closed.
    pub(crate) fn file(&self, name: impl AsRef<OsStr>) -> io::Result<Option<(File, About)>> {
        let name = single(name.as_ref())?;
        // A device isn't even opened, since that alone may do something. What takes its place after this is looked at below.
        if self.about(name)?.kind != Kind::File {
            return Ok(None);
        }
        let flags = OPEN | OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY;
        let file = match rustix::fs::openat(&self.0, name, flags, Mode::empty()) {
            // A link has taken its place.
            Err(Errno::LOOP) => return Ok(None),
            opened => opened?,
        };
        let about = About::new(&rustix::fs::fstat(&file)?);
        Ok((about.kind == Kind::File).then(|| (File::from(file), about)))
    }

    /// The same folder, opened again.
    pub(crate) fn reopen(&self) -> io::Result<Self> {
        let flags = OPEN | OFlags::DIRECTORY | OFlags::RDONLY;
        Ok(Self(rustix::fs::openat(&self.0, ".", flags, Mode::empty())?))
    }

    /// What has this name.
    pub(crate) fn about(&self, name: impl AsRef<OsStr>) -> io::Result<About> {
        let stat = rustix::fs::statat(&self.0, single(name.as_ref())?, AtFlags::SYMLINK_NOFOLLOW)?;
        Ok(About::new(&stat))
    }

    /// What the folder is.
    pub(crate) fn about_itself(&self) -> io::Result<About> {
        Ok(About::new(&rustix::fs::fstat(&self.0)?))
    }

    /// The names in it, sorted, and whether there are more than [`MOST_LISTED`], of which the others are left out.
    pub(crate) fn list(&self) -> io::Result<(Vec<Entry>, bool)> {
        let mut entries = Vec::new();
        let mut is_cut = false;
        for entry in Dir::read_from(&self.0)? {
            let entry = entry?;
            let name = entry.file_name().to_bytes();
            if matches!(name, b"." | b"..") {
                continue;
            }
            if entries.len() == MOST_LISTED {
                is_cut = true;
                break;
            }
            let name = OsString::from_vec(name.to_vec());
            let kind = match entry.file_type() {
                FileType::Unknown => match self.about(&name) {
                    Ok(about) => about.kind,
                    Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                    Err(error) => return Err(error),
                },
                known => Kind::of(known),
            };
            entries.push(Entry { name, kind });
        }
        entries.sort_unstable_by(|one, other| one.name.cmp(&other.name));
        Ok((entries, is_cut))
    }

    /// Makes a folder with this name; an error if there is anything.
    pub(crate) fn make(&self, name: impl AsRef<OsStr>) -> io::Result<()> {
        let mode = Mode::from_raw_mode(FOLDER_MODE);
        Ok(rustix::fs::mkdirat(&self.0, single(name.as_ref())?, mode)?)
    }

    /// The folder with this name, which is made if there is none.
    pub(crate) fn make_or_open(&self, name: impl AsRef<OsStr>) -> io::Result<Self> {
        match self.make(name.as_ref()) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
            _ => self.folder(name),
        }
    }

    /// Makes a file for writing with this name; an error if there is anything.
    pub(crate) fn create(&self, name: impl AsRef<OsStr>) -> io::Result<File> {
        let flags = OPEN | OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL;
        let mode = Mode::from_raw_mode(FILE_MODE);
        let file = rustix::fs::openat(&self.0, single(name.as_ref())?, flags, mode)?;
        Ok(File::from(file))
    }

    /// Removes what has this name and isn't a folder; of a link, the link.
    pub(crate) fn remove(&self, name: impl AsRef<OsStr>) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(&self.0, single(name.as_ref())?, AtFlags::empty())?)
    }

    /// Removes the folder with this name; an error if something is in it.
    pub(crate) fn remove_folder(&self, name: impl AsRef<OsStr>) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(
            &self.0,
            single(name.as_ref())?,
            AtFlags::REMOVEDIR,
        )?)
    }

    /// Gives what is called `name` the name `new` in `to`. A file takes the place of one that is there if it `replaces`.
    pub(crate) fn rename(
        &self,
        name: impl AsRef<OsStr>,
        to: &Folder,
        new: impl AsRef<OsStr>,
        replaces: bool,
    ) -> io::Result<()> {
        let flags = if replaces {
            RenameFlags::empty()
        } else {
            RenameFlags::NOREPLACE
        };
        let (name, new) = (single(name.as_ref())?, single(new.as_ref())?);
        Ok(rustix::fs::renameat_with(&self.0, name, &to.0, new, flags)?)
    }

    /// Says that the folder was used now, as exactly as the clock does. (What the kernel calls now is the same for some
    /// milliseconds.)
    pub(crate) fn mark_used(&self) -> io::Result<()> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let now = Timespec {
            tv_sec: i64::try_from(now.as_secs()).unwrap_or_default(),
            tv_nsec: now.subsec_nanos().into(),
        };
        let times = Timestamps {
            last_access: now,
            last_modification: now,
        };
        Ok(rustix::fs::futimens(&self.0, &times)?)
    }

    /// Marks the folder as one that somebody comes back to. The mark is its sticky bit, which means nothing in a folder that only
    /// its owner can write to.
    pub(crate) fn settle(&self) -> io::Result<()> {
        Ok(rustix::fs::fchmod(
            &self.0,
            Mode::from_raw_mode(FOLDER_MODE) | Mode::SVTX,
        )?)
    }

    /// Claims the folder among all who ask for that, in this process or another, until it is closed. `false` if it is taken.
    pub(crate) fn try_lock(&self) -> io::Result<bool> {
        match rustix::fs::flock(&self.0, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(true),
            Err(Errno::WOULDBLOCK) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

/// Whether something wasn't opened because it is a link.
pub(crate) fn is_link(error: &io::Error) -> bool {
    Errno::from_io_error(error) == Some(Errno::LOOP)
}

/// Says that a file was changed now.
pub(crate) fn mark_changed(file: &File) -> io::Result<()> {
    const NOW: Timespec = Timespec {
        tv_sec: 0,
        tv_nsec: UTIME_NOW,
    };
    let times = Timestamps {
        last_access: NOW,
        last_modification: NOW,
    };
    Ok(rustix::fs::futimens(file, &times)?)
}

/// A name that is one: it leads nowhere but into the folder that it is looked up in. All names were checked where they came
/// from; this is what the rest of the plugin's safety hangs on.
fn single(name: &OsStr) -> io::Result<&OsStr> {
    let bytes = name.as_bytes();
    if matches!(bytes, b"" | b"." | b"..") || bytes.contains(&b'/') || bytes.contains(&0) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    Ok(name)
}

impl About {
    /// A folder that isn't there and so holds nothing.
    pub(crate) const NOTHING: About = About {
        kind: Kind::Folder,
        size: 0,
        changed: 0,
        changed_nanos: 0,
        is_settled: false,
        links: 1,
        id: (0, 0),
    };

    #[allow(
        clippy::cast_lossless,
        clippy::cast_possible_wrap,
        clippy::unnecessary_cast,
        clippy::useless_conversion,
        reason = "the fields' types are the platform's"
    )]
    fn new(stat: &Stat) -> Self {
        Self {
            kind: Kind::of(FileType::from_raw_mode(stat.st_mode)),
            size: u64::try_from(stat.st_size).unwrap_or_default(),
            changed: stat.st_mtime as i64,
            changed_nanos: stat.st_mtime_nsec as i64,
            is_settled: Mode::from_raw_mode(stat.st_mode).contains(Mode::SVTX),
            links: stat.st_nlink as u64,
            id: (stat.st_dev as u64, stat.st_ino as u64),
        }
    }
}

impl Kind {
    fn of(kind: FileType) -> Self {
        match kind {
            FileType::RegularFile => Self::File,
            FileType::Directory => Self::Folder,
            _ => Self::Other,
        }
    }
}

impl Entry {
    /// The name as it may stand in a line.
    pub(crate) fn shown(&self) -> String {
        crate::path::shown(&self.name.to_string_lossy())
    }
}
