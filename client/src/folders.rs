//! Where the client keeps its few files, after the XDG rules, and how it writes them.

use std::fs::{self, DirBuilder, File};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use etcetera::base_strategy::{BaseStrategy as _, Xdg};
use rustix::fs::{FlockOperation, flock};

/// The file of pinned fingerprints.
pub(crate) fn known_hosts() -> Option<PathBuf> {
    Some(Xdg::new().ok()?.config_dir().join("caracola/known_hosts"))
}

/// The file of typed lines.
pub(crate) fn history() -> Option<PathBuf> {
    Some(Xdg::new().ok()?.state_dir()?.join("caracola/history"))
}

/// The file of device secrets.
pub(crate) fn devices() -> Option<PathBuf> {
    Some(Xdg::new().ok()?.state_dir()?.join("caracola/devices"))
}

/// The folder of images that servers sent, by hash.
pub(crate) fn images() -> Option<PathBuf> {
    Some(Xdg::new().ok()?.cache_dir().join("caracola/images"))
}

/// The state folder of a server on this machine, where its door is: as the server itself chooses it.
pub(crate) fn server_state(flag: Option<&Path>) -> Option<PathBuf> {
    if let Some(folder) = flag {
        return Some(folder.to_owned());
    }
    if let Some(folder) = std::env::var_os("STATE_DIRECTORY").filter(|folder| !folder.is_empty()) {
        return Some(folder.into());
    }
    if rustix::process::geteuid().is_root() {
        return Some(PathBuf::from("/var/lib/caracola"));
    }
    Some(Xdg::new().ok()?.state_dir()?.join("caracola"))
}

/// Makes the folder, and those above it that are missing, for this user alone.
pub(crate) fn create_private(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Replaces the file at `path` by `content`, readable by this user alone; a crash leaves the old or the new one, never half.
pub(crate) fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    create_private(folder)?;
    let mut file = tempfile::Builder::new()
        .prefix(".new-")
        .permissions(fs::Permissions::from_mode(0o600))
        .tempfile_in(folder)?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Holds off other clients until it is dropped. The lock is a file of its own beside `path`, since `path` itself gets replaced.
pub(crate) fn lock(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        create_private(folder)?;
    }
    let file = fs::OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path.with_extension("lock"))?;
    flock(&file, FlockOperation::LockExclusive)?;
    Ok(file)
}
