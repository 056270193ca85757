//! Paths that stay under a root.
//!
//! The path is walked name by name from the open root, each step from the folder that the step before opened. A symbolic
//! link is never followed by the kernel: its text is read and walked like what was typed. So nothing outside the root is
//! ever opened, whatever is swapped meanwhile. What comes out is the name of what was found; only the open file itself
//! (`as = "fd"`) is sure to be still the same when the program uses it.

use std::ffi::{OsStr, OsString};
use std::os::fd::{AsFd, AsRawFd as _, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Component, Path, PathBuf};

use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, ResolveFlags, openat, openat2, readlinkat, statat};
use rustix::io::Errno;

use super::fault::{Fault, PathFault};
use super::{Check, Freedom, Row};
use crate::param::{PathKind, PathRule};
use caracola_spawner::programs_root;

/// By its text alone nearly everything is a path. What it leads to is looked at when a command runs.
pub(super) const PATH: Row = Row {
    name: "path",
    about: "A file or folder below `root`.",
    keys: &[
        "root",
        "must_exist",
        "kind",
        "as",
        "suggest",
        "complete",
        "default",
        "list",
    ],
    check: Check::By(|_, value| if value.is_empty() { Err(Fault::Empty) } else { Ok(()) }),
    freedom: Freedom::Path,
    ..Row::PLAIN
};

/// Symbolic links that are followed on one way, as in Linux itself.
const MOST_LINKS: usize = 40;

/// How often a path is walked again because something changed under way.
const MOST_TRIES: usize = 3;

/// A path that was found to lie under a root.
#[derive(Debug)]
pub struct Confined {
    typed: String,
    path: PathBuf,
    descriptor: Option<OwnedFd>,
}

impl Confined {
    /// As it was typed.
    pub fn typed(&self) -> &str {
        &self.typed
    }

    /// Where it leads: absolute, without symbolic links or `..`, at the moment of the check.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The open file or folder, for a param that says `as = "fd"`. It stays the one that was checked, whatever becomes of
    /// the path.
    pub fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        self.descriptor.as_ref().map(AsFd::as_fd)
    }
}

/// Finds where `typed` leads.
pub(in crate::param) fn confine(rule: &PathRule, typed: &str) -> Result<Confined, PathFault> {
    let root = Root::open(rule)?;
    let names = root.names(Path::new(typed))?;
    for _ in 0..MOST_TRIES {
        let found = root.walk(&names)?;
        check_kind(rule, &found)?;
        let descriptor = match &found.entry {
            Some(entry) if rule.open => match root.reopen(entry, &found.path)? {
                Some(descriptor) => Some(descriptor),
                None => continue,
            },
            _ => None,
        };
        return Ok(Confined {
            typed: typed.to_owned(),
            path: found.path,
            descriptor,
        });
    }
    Err(PathFault::Unstable)
}

fn check_kind(rule: &PathRule, found: &Found) -> Result<(), PathFault> {
    let Some(entry) = &found.entry else {
        return if rule.must_exist {
            Err(PathFault::Missing)
        } else {
            Ok(())
        };
    };
    match (rule.kind, entry.kind) {
        (PathKind::File, FileType::RegularFile)
        | (PathKind::Folder, FileType::Directory)
        | (PathKind::Any, FileType::RegularFile | FileType::Directory) => Ok(()),
        (PathKind::File, _) => Err(PathFault::NoFile),
        (PathKind::Folder, _) => Err(PathFault::NoFolder),
        // Opening a device or a pipe does something by itself.
        (PathKind::Any, _) if rule.open => Err(PathFault::Special),
        (PathKind::Any, _) => Ok(()),
    }
}

/// The folder that no path leaves.
struct Root<'r> {
    rule: &'r PathRule,
    /// Without symbolic links.
    real: PathBuf,
    folder: OwnedFd,
}

/// Where a walk ended.
struct Found {
    path: PathBuf,
    /// What is there, if anything.
    entry: Option<OpenedEntry>,
}

struct OpenedEntry {
    place: OwnedFd,
    kind: FileType,
}

impl<'r> Root<'r> {
    fn open(rule: &'r PathRule) -> Result<Self, PathFault> {
        let real = std::fs::canonicalize(&rule.root).map_err(|error| no_root(&error))?;
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        // From the root that programs see: what is hidden from them isn't opened for them either, nor is a folder from
        // which they could walk there.
        let folder = match programs_root() {
            Some(root) => openat(root, Self::below(&real), flags, Mode::empty()),
            None => openat(CWD, &real, flags, Mode::empty()),
        };
        let folder = folder.map_err(|errno| no_root(&errno.into()))?;
        Ok(Root { rule, real, folder })
    }

    /// An absolute path as one from the root folder.
    fn below(real: &Path) -> &Path {
        match real.strip_prefix("/") {
            Ok(relative) if !relative.as_os_str().is_empty() => relative,
            _ => Path::new("."),
        }
    }

    /// The names to walk from the root. An absolute path must begin with the root, as it is written or as it really is.
    fn names(&self, path: &Path) -> Result<Vec<OsString>, PathFault> {
        let relative = if path.is_absolute() {
            let Self { rule, real, .. } = self;
            let roots = [Some(&rule.root), Some(real), rule.stands_for.as_ref()];
            let mut roots = roots.into_iter().flatten();
            roots
                .find_map(|root| path.strip_prefix(root).ok())
                .ok_or(PathFault::Outside)?
        } else {
            path
        };
        let names = relative.components().filter_map(|component| match component {
            Component::Normal(name) => Some(name.to_owned()),
            Component::ParentDir => Some(OsString::from("..")),
            Component::CurDir | Component::RootDir | Component::Prefix(_) => None,
        });
        Ok(names.collect())
    }

    fn walk(&self, names: &[OsString]) -> Result<Found, PathFault> {
        let mut ahead: Vec<OsString> = names.iter().rev().cloned().collect();
        let mut walked: Vec<(OsString, OwnedFd)> = Vec::new();
        let mut links = 0;
        while let Some(name) = ahead.pop() {
            if name == ".." {
                walked.pop().ok_or(PathFault::Outside)?;
                continue;
            }
            let folder = walked.last().map_or(self.folder.as_fd(), |(_, folder)| folder.as_fd());
            let Some(entry) = OpenedEntry::find(folder, &name)? else {
                return self.missing(&walked, name, ahead);
            };
            match entry.kind {
                FileType::Symlink => {
                    links += 1;
                    if links > MOST_LINKS {
                        return Err(PathFault::Links);
                    }
                    let target = PathBuf::from(entry.target()?);
                    if target.is_absolute() {
                        walked.clear();
                    }
                    ahead.extend(self.names(&target)?.into_iter().rev());
                }
                FileType::Directory => walked.push((name, entry.place)),
                _ if ahead.is_empty() => {
                    let path = self.path(&walked).join(name);
                    let entry = Some(entry);
                    return Ok(Found { path, entry });
                }
                _ => return Err(PathFault::Missing),
            }
        }
        let path = self.path(&walked);
        let place = match walked.pop() {
            Some((_, folder)) => folder,
            None => self.folder.try_clone().map_err(|error| system(&error))?,
        };
        let kind = FileType::Directory;
        Ok(Found {
            path,
            entry: Some(OpenedEntry { place, kind }),
        })
    }

    /// Nothing is called `name`: what comes after it can only be names of what is still to be made.
    fn missing(
        &self,
        walked: &[(OsString, OwnedFd)],
        name: OsString,
        ahead: Vec<OsString>,
    ) -> Result<Found, PathFault> {
        if ahead.iter().any(|name| name == "..") {
            return Err(PathFault::Missing);
        }
        let mut path = self.path(walked);
        path.push(name);
        path.extend(ahead.into_iter().rev());
        Ok(Found { path, entry: None })
    }

    fn path(&self, walked: &[(OsString, OwnedFd)]) -> PathBuf {
        let names = walked.iter().map(|(name, _)| Path::new(name));
        std::iter::once(&*self.real).chain(names).collect()
    }

    /// Opens what was found for reading. The kernel, where it can, is asked for the same path once more, in one step and
    /// without any link; `None` if that isn't the same thing any more.
    fn reopen(&self, entry: &OpenedEntry, path: &Path) -> Result<Option<OwnedFd>, PathFault> {
        let relative = path.strip_prefix(&self.real).map_err(|_| PathFault::Outside)?;
        let relative = if relative.as_os_str().is_empty() {
            Path::new(".")
        } else {
            relative
        };
        let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
        let flags = OFlags::PATH | OFlags::CLOEXEC;
        match openat2(&self.folder, relative, flags, Mode::empty(), resolve) {
            Ok(place) if is_same(&place, &entry.place)? => {}
            // Older than Linux 5.6, or forbidden by a container: the walk alone has to do, and it has been careful.
            Err(Errno::NOSYS | Errno::PERM) => {}
            Ok(_) | Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP | Errno::XDEV | Errno::AGAIN) => return Ok(None),
            Err(errno) => return Err(PathFault::System(errno)),
        }
        // It is known to be a file or a folder, so that opening it does nothing else.
        let place = format!("/proc/self/fd/{}", entry.place.as_raw_fd());
        let opened = openat(CWD, place, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty());
        opened.map(Some).map_err(PathFault::System)
    }
}

impl OpenedEntry {
    /// What `name` is in `folder`, without following it.
    fn find(folder: BorrowedFd<'_>, name: &OsStr) -> Result<Option<Self>, PathFault> {
        let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let place = match openat(folder, name, flags, Mode::empty()) {
            Ok(place) => place,
            Err(Errno::NOENT) => return Ok(None),
            Err(errno) => return Err(PathFault::System(errno)),
        };
        let stat = statat(&place, "", AtFlags::EMPTY_PATH).map_err(PathFault::System)?;
        let kind = FileType::from_raw_mode(stat.st_mode);
        Ok(Some(OpenedEntry { place, kind }))
    }

    /// Where a symbolic link points to.
    fn target(&self) -> Result<OsString, PathFault> {
        let target = readlinkat(&self.place, "", Vec::new()).map_err(PathFault::System)?;
        Ok(OsString::from_vec(target.into_bytes()))
    }
}

fn is_same(one: &OwnedFd, other: &OwnedFd) -> Result<bool, PathFault> {
    let stat = |place| statat(place, "", AtFlags::EMPTY_PATH).map_err(PathFault::System);
    let (one, other) = (stat(one)?, stat(other)?);
    Ok((one.st_dev, one.st_ino) == (other.st_dev, other.st_ino))
}

/// Why the root cannot be opened. A machine that has no descriptors left has lost no folder.
fn no_root(error: &std::io::Error) -> PathFault {
    match system(error) {
        PathFault::System(Errno::NOENT | Errno::NOTDIR) => PathFault::NoRoot,
        other => other,
    }
}

fn system(error: &std::io::Error) -> PathFault {
    PathFault::System(Errno::from_io_error(error).unwrap_or(Errno::IO))
}
