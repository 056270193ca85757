//! Covers the state folder in the spawner's mount namespace, by every path that leads to it, and pins the folders on the way:
//! a program that could put another folder in place of one of them would give the server its own state folder.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::fd::{AsFd, AsRawFd as _, OwnedFd};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags, fstat, open};
use rustix::io::Errno;

use super::namespace;

/// Covers `folder`, which the server has open and calls `path`, wherever this namespace shows it: a second mount of the
/// same file system would be a way around. What is itself a mount of something inside the folder is left alone: an admin
/// has put it there.
pub(super) fn cover(folder: impl AsFd, path: &Path) -> Result<(), Errno> {
    let wanted = number(&folder)?;
    let first = look_at(path)?;
    if number(&first)? != wanted {
        return Err(Errno::STALE);
    }
    let others = others(path, &first).unwrap_or_default();
    namespace::cover(&place(&first))?;
    for other in others {
        // It may be below something that covers it, or forbidden to us, and then to programs too.
        if let Ok(other) = look_at(&other)
            && number(&other).is_ok_and(|number| number == wanted)
        {
            namespace::cover(&place(&other))?;
        }
    }
    // What counts is what a program finds.
    match look_at(path) {
        Ok(found) if number(&found)? == wanted => Err(Errno::STALE),
        _ => Ok(()),
    }
}

/// The folders on the way to `path`, outermost first, that somebody but root could rename, or remove to put another in their
/// place: how many bytes of the path are theirs. For the server, which sees who owns them. A path longer than the kernel's
/// longest has none.
pub(super) fn to_be_pinned(path: &Path) -> Vec<u16> {
    let on_the_way = path.ancestors().skip(1).filter(|folder| is_replaceable(folder));
    let lengths = on_the_way.filter_map(|folder| u16::try_from(folder.as_os_str().len()).ok());
    let mut lengths: Vec<_> = lengths.collect();
    lengths.reverse();
    lengths
}

/// Whether somebody but root could put another folder in place of this one. Who can't be told of is somebody.
fn is_replaceable(folder: &Path) -> bool {
    const BY_OTHERS: u32 = 0o022;
    const STICKY: u32 = 0o1000;
    let Some(above) = folder.parent() else { return false };
    let (Ok(above), Ok(about)) = (fs::symlink_metadata(above), fs::symlink_metadata(folder)) else {
        return true;
    };
    // Rights that a list gives to others show in the group's.
    let is_open = above.mode() & BY_OTHERS != 0;
    let keeps_roots = above.mode() & STICKY != 0 && about.uid() == 0;
    above.uid() != 0 || (is_open && !keeps_roots)
}

/// Pins folders on the way to `path`, outermost first: mounted on itself, a folder can be used as ever, and neither be renamed
/// nor removed by whoever sees the mount, by whatever path. All are tried.
pub(super) fn pin(path: &Path, lengths: &[u16]) -> Result<(), Errno> {
    let bytes = path.as_os_str().as_bytes();
    let mut outcome = Ok(());
    for length in lengths {
        let folder = bytes.get(..usize::from(*length)).ok_or(Errno::INVAL)?;
        let pinned = look_at(Path::new(OsStr::from_bytes(folder))).and_then(|folder| namespace::pin(&place(&folder)));
        outcome = outcome.and(pinned);
    }
    outcome
}

fn look_at(path: &Path) -> Result<OwnedFd, Errno> {
    open(path, OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())
}

/// What tells a folder from all others.
fn number(folder: impl AsFd) -> Result<(u64, u64), Errno> {
    let about = fstat(folder)?;
    Ok((about.st_dev, about.st_ino))
}

/// The open folder's path for a call that takes a path only.
fn place(folder: &OwnedFd) -> String {
    format!("/proc/self/fd/{}", folder.as_raw_fd())
}

/// One line of `/proc/self/mountinfo`.
#[derive(Debug, PartialEq, Eq)]
struct Mount {
    id: u64,
    device: String,
    /// The folder of the file system that is mounted.
    root: PathBuf,
    /// Where.
    point: PathBuf,
}

impl Mount {
    fn parse(line: &str) -> Option<Self> {
        let mut fields = line.split(' ');
        Some(Self {
            id: fields.next()?.parse().ok()?,
            device: fields.nth(1)?.to_owned(),
            root: unescaped(fields.next()?),
            point: unescaped(fields.next()?),
        })
    }
}

/// Where else the folder may be found: in other mounts of its file system. `None` if the kernel doesn't tell.
fn others(path: &Path, folder: &OwnedFd) -> Option<Vec<PathBuf>> {
    let about = fs::read_to_string(format!("/proc/self/fdinfo/{}", folder.as_raw_fd())).ok()?;
    let id = about.lines().find_map(|line| line.strip_prefix("mnt_id:"))?;
    let mounts = fs::read_to_string("/proc/self/mountinfo").ok()?;
    let mounts: Vec<Mount> = mounts.lines().filter_map(Mount::parse).collect();
    elsewhere(path, id.trim().parse().ok()?, &mounts)
}

fn elsewhere(path: &Path, mount: u64, mounts: &[Mount]) -> Option<Vec<PathBuf>> {
    let own = mounts.iter().find(|other| other.id == mount)?;
    let inside = own.root.join(path.strip_prefix(&own.point).ok()?);
    let others = mounts
        .iter()
        .filter(|other| other.id != mount && other.device == own.device);
    let places = others.filter_map(|other| Some(other.point.join(inside.strip_prefix(&other.root).ok()?)));
    Some(places.collect())
}

/// The kernel writes blanks and backslashes as a backslash and three octal digits.
fn unescaped(field: &str) -> PathBuf {
    let mut bytes = Vec::with_capacity(field.len());
    let mut rest = field.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let octal = after.get(..3).filter(|_| *first == b'\\');
        let octal = octal.and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 8).ok());
        bytes.push(octal.unwrap_or(*first));
        rest = if octal.is_some() { &after[3..] } else { after };
    }
    OsString::from_vec(bytes).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_mounts_of_the_file_system_lead_there_too() {
        let mounts: Vec<_> = [
            "21 1 8:1 / / rw - ext4 /dev/sda1 rw",
            "22 21 8:2 / /home rw - ext4 /dev/sda2 rw",
            r"23 21 8:2 /ana /mnt/a\040b rw shared:3 - ext4 /dev/sda2 rw",
            "24 21 8:2 /ben /mnt/ben rw - ext4 /dev/sda2 rw",
            "25 21 8:2 /ana/state/caracola/tls /mnt/tls rw - ext4 /dev/sda2 rw",
            "26 21 0:9 / /tmp rw - tmpfs tmpfs rw",
        ]
        .into_iter()
        .filter_map(Mount::parse)
        .collect();
        assert_eq!(mounts.len(), 6);
        let found = elsewhere(Path::new("/home/ana/state/caracola"), 22, &mounts).unwrap();
        assert_eq!(found, [PathBuf::from("/mnt/a b/state/caracola")]);
        let found = elsewhere(Path::new("/mnt/a b/state/caracola"), 23, &mounts).unwrap();
        assert_eq!(found, [PathBuf::from("/home/ana/state/caracola")]);
        assert_eq!(
            elsewhere(Path::new("/tmp/state"), 26, &mounts).unwrap(),
            Vec::<PathBuf>::new()
        );
        assert_eq!(elsewhere(Path::new("/tmp/state"), 99, &mounts), None);
    }

    #[test]
    fn what_only_root_can_replace_needs_no_pin() {
        assert!(!is_replaceable(Path::new("/")) && !is_replaceable(Path::new("/usr")));
        assert!(is_replaceable(Path::new("/usr/there/is/no/such/folder")));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().canonicalize().unwrap();
        let (open, inner) = (path.join("open"), path.join("open/inner"));
        fs::create_dir_all(&inner).unwrap();
        let mode = |mode| fs::set_permissions(&open, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
        let is_roots = fs::metadata(&open).unwrap().uid() == 0;
        for (bits, replaceable) in [(0o755, false), (0o775, true), (0o757, true), (0o1777, false)] {
            mode(bits);
            assert_eq!(is_replaceable(&inner), replaceable || !is_roots, "{bits:o}");
        }
        if is_roots {
            std::os::unix::fs::chown(&inner, Some(54321), None).unwrap();
            assert!(is_replaceable(&inner), "its owner may");
            std::os::unix::fs::chown(&open, Some(54321), None).unwrap();
            mode(0o755);
        }
        let wanted = inner.as_os_str().len();
        let found = to_be_pinned(&inner.join("state"));
        assert_eq!(found.last().copied().map(usize::from), Some(wanted));
        assert!(found.is_sorted());
    }

    #[test]
    fn names_are_as_they_were() {
        assert_eq!(unescaped(r"/a\040b\134c\011"), Path::new("/a b\\c\t"));
        assert_eq!(unescaped(r"/a\0"), Path::new(r"/a\0"));
    }
}
