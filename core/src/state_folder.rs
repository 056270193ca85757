//! The state folder: what the server keeps between two starts, and the lock that keeps a second server out.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _, lchown};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use etcetera::BaseStrategy as _;
use rustix::fs::{FlockOperation, flock};

use caracola_spawner::Identity;

use crate::keepers_lock::KeepersLock;

/// The layout of the folder that this program writes; a later layout is refused rather than misread.
const VERSION: u32 = 1;

/// How often the lock is tried, and the time between: longer than a look at it takes.
const LOCK_TRIES: u32 = 5;
/// See [`LOCK_TRIES`].
const LOCK_WAIT: Duration = Duration::from_millis(20);

/// An open state folder. Holds the lock until dropped.
pub struct StateFolder {
    path: PathBuf,
    _lock: File,
    keepers: KeepersLock,
    /// The first of the folders on the way to it, itself included, that wasn't there before.
    made_from: Option<PathBuf>,
    /// Removed with everything in it when the server ends; only a private server has one.
    _temporary: Option<tempfile::TempDir>,
}

impl StateFolder {
    /// Opens the folder, making it (mode 0700) if need be. A second server on the same folder is an error.
    pub fn open(path: PathBuf) -> Result<Self> {
        Self::open_in(path, None)
    }

    /// A folder of its own in the system's temporary folder, removed on drop.
    pub fn temporary() -> Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("caracola-")
            .permissions(fs::Permissions::from_mode(0o700))
            .tempdir()
            .context("cannot make a temporary state folder")?;
        Self::open_in(folder.path().to_owned(), Some(folder))
    }

    fn open_in(path: PathBuf, temporary: Option<tempfile::TempDir>) -> Result<Self> {
        let made_from = first_missing(&path);
        prepare(&path)?;
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(path.join("lock"))
            .with_context(|| format!("cannot open the lock in {}", path.display()))?;
        if !locked(&lock) {
            bail!(
                "another caracolad is using the state folder {}: stop it (caracolad stop) or give this one its own with --state-dir",
                path.display()
            );
        }
        check_version(&path)?;
        let keepers =
            KeepersLock::take(&path).with_context(|| format!("cannot take the keepers' lock in {}", path.display()))?;
        Ok(Self {
            path,
            _lock: lock,
            keepers,
            made_from,
            _temporary: temporary,
        })
    }

    /// Where the folder is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The lock that tells later servers of what this one leaves behind.
    pub fn keepers(&self) -> &KeepersLock {
        &self.keepers
    }

    /// Removes what [`StateFolder::open`] made, if it made the folder itself: for a server that doesn't come to serve.
    pub fn discard(self) -> Result<()> {
        let Some(first) = &self.made_from else { return Ok(()) };
        fs::remove_dir_all(&self.path)?;
        for above in self
            .path
            .ancestors()
            .skip(1)
            .take_while(|above| above.starts_with(first))
        {
            // Somebody else has put something into it.
            if fs::remove_dir(above).is_err() {
                break;
            }
        }
        Ok(())
    }
}

/// Where the state folder is, by the order of precedence: `flag`, `$STATE_DIRECTORY` (set by systemd),
/// `/var/lib/caracola` for root, else `$XDG_STATE_HOME/caracola`.
pub fn find(flag: Option<&Path>) -> Result<PathBuf> {
    if let Some(flag) = flag {
        return Ok(std::path::absolute(flag)?);
    }
    if let Some(given) = std::env::var_os("STATE_DIRECTORY").filter(|given| !given.is_empty()) {
        // systemd joins several with a colon; the first is the service's own.
        let given = given.to_string_lossy().into_owned();
        return Ok(PathBuf::from(given.split(':').next().unwrap_or(&given)));
    }
    if rustix::process::geteuid().is_root() {
        return Ok(PathBuf::from("/var/lib/caracola"));
    }
    let base = etcetera::base_strategy::Xdg::new().context("cannot tell your home folder: give --state-dir")?;
    let state = base
        .state_dir()
        .context("cannot tell your state folder: give --state-dir")?;
    Ok(state.join("caracola"))
}

/// Takes the lock, unless a server has it. Whoever only looks whether one runs has it for a moment: see [`is_in_use`].
fn locked(lock: &File) -> bool {
    for _ in 0..LOCK_TRIES {
        if flock(lock, FlockOperation::NonBlockingLockExclusive).is_ok() {
            return true;
        }
        #[expect(clippy::disallowed_methods, reason = "before the first session")]
        std::thread::sleep(LOCK_WAIT);
    }
    false
}

/// Whether a server runs on a state folder.
pub fn is_in_use(state: &Path) -> Result<bool> {
    let path = state.join("lock");
    let lock = match File::open(&path) {
        Ok(lock) => lock,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error).with_context(|| format!("cannot open {}", path.display())),
    };
    match flock(&lock, FlockOperation::NonBlockingLockShared) {
        Ok(()) => Ok(false),
        Err(rustix::io::Errno::WOULDBLOCK) => Ok(true),
        Err(error) => Err(error).with_context(|| format!("cannot look at the lock {}", path.display())),
    }
}

/// The path of the operator's socket below a state folder.
pub fn door_in(state: &Path) -> PathBuf {
    state.join("door.sock")
}

/// The folder of keys of `JOB START` below a state folder.
pub fn jobs_in(state: &Path) -> PathBuf {
    state.join("jobs")
}

/// Writes a file (mode 0600) so that a crash leaves either the old content or the new: to a neighbour first, synced,
/// then renamed.
pub fn write_atomically(path: &Path, content: &[u8]) -> Result<()> {
    let folder = path.parent().context("a file without a folder")?;
    let mut file =
        tempfile::NamedTempFile::new_in(folder).with_context(|| format!("cannot write in {}", folder.display()))?;
    let unwritten = || format!("cannot write {}", path.display());
    file.write_all(content).with_context(unwritten)?;
    file.as_file().sync_all().with_context(unwritten)?;
    file.persist(path).with_context(unwritten)?;
    let folder_synced = File::open(folder).and_then(|folder| folder.sync_all());
    folder_synced.with_context(|| format!("cannot sync {}", folder.display()))
}

/// Makes the folder and those in it, mode 0700, or checks that they are.
pub fn prepare(path: &Path) -> Result<()> {
    make_private(path)?;
    make_private(&path.join("tls"))?;
    make_private(&jobs_in(path))
}

/// Makes the folder for a user who isn't root, as whom the server goes on, or checks that all in it is theirs. For root; it
/// writes nothing in a folder that the user could put links into.
pub fn prepare_for(user: &str, identity: &Identity, path: &Path) -> Result<()> {
    match fs::symlink_metadata(path) {
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            if let Some(above) = path.parent() {
                fs::create_dir_all(above).with_context(|| format!("cannot make {}", above.display()))?;
            }
            let made = DirBuilder::new().mode(0o700).create(path);
            made.and_then(|()| lchown(path, Some(identity.uid), Some(identity.gid)))
                .with_context(|| format!("cannot make the state folder {}", path.display()))?;
        }
        Err(error) => return Err(error).with_context(|| format!("cannot look at the state folder {}", path.display())),
    }
    match of_another(identity.uid, path)? {
        None => Ok(()),
        Some((other, owner)) => bail!(
            "{} belongs to user {owner}, but `[server] user` says {user}, whose the state folder must be: chown -R {user}:{} {}",
            other.display(),
            identity.gid,
            path.display()
        ),
    }
}

/// What belongs to somebody else at or below a path, and to whom.
fn of_another(user: u32, path: &Path) -> Result<Option<(PathBuf, u32)>> {
    let about = fs::symlink_metadata(path).with_context(|| format!("cannot look at {}", path.display()))?;
    if about.uid() != user {
        return Ok(Some((path.to_owned(), about.uid())));
    }
    if !about.is_dir() {
        return Ok(None);
    }
    for entry in fs::read_dir(path).with_context(|| format!("cannot list {}", path.display()))? {
        if let Some(found) = of_another(user, &entry?.path())? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// The outermost folder of a path that isn't there.
fn first_missing(path: &Path) -> Option<PathBuf> {
    let missing = path.ancestors().take_while(|above| !above.exists());
    missing.last().map(Path::to_owned)
}

fn make_private(path: &Path) -> Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .with_context(|| format!("cannot make the state folder {}", path.display()))?;
    let about = fs::metadata(path)?;
    let own = rustix::process::geteuid().as_raw();
    if about.uid() != own {
        bail!(
            "the state folder {} belongs to user {}, not to {own} who runs the server: give --state-dir another folder",
            path.display(),
            about.uid()
        );
    }
    if about.mode() & 0o077 != 0 {
        bail!(
            "the state folder {} is open to others (mode {:o}), and it holds the server's key: chmod 700 {}",
            path.display(),
            about.mode() & 0o777,
            path.display()
        );
    }
    Ok(())
}

fn check_version(path: &Path) -> Result<()> {
    let file = path.join("version");
    match fs::read_to_string(&file) {
        Ok(text) => {
            let found: u32 = text
                .trim()
                .parse()
                .with_context(|| format!("{} should hold a number, not {:?}", file.display(), text.trim()))?;
            if found > VERSION {
                bail!(
                    "{} was written by a later caracolad (layout {found}; this one knows {VERSION}): run that one, or give --state-dir another folder",
                    path.display()
                );
            }
            Ok(())
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            write_atomically(&file, format!("{VERSION}\n").as_bytes())
        }
        Err(error) => Err(error).with_context(|| format!("cannot read {}", file.display())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_server_on_the_same_folder_is_refused() -> Result<()> {
        let parent = tempfile::tempdir()?;
        let path = parent.path().join("state");
        let first = StateFolder::open(path.clone())?;
        let second = StateFolder::open(path.clone());
        let message = second.err().map(|error| error.to_string()).unwrap_or_default();
        assert!(message.contains("another caracolad"), "{message}");
        drop(first);
        StateFolder::open(path)?;
        Ok(())
    }

    #[test]
    fn a_temporary_folder_goes_with_its_server() -> Result<()> {
        let state = StateFolder::temporary()?;
        let path = state.path().to_owned();
        assert!(path.join("tls").is_dir());
        drop(state);
        assert!(!path.exists());
        Ok(())
    }

    #[test]
    fn what_was_made_in_vain_is_removed_and_nothing_else() -> Result<()> {
        let parent = tempfile::tempdir()?;
        let path = parent.path().join("above/state");
        StateFolder::open(path.clone())?.discard()?;
        assert!(parent.path().exists() && !parent.path().join("above").exists());
        drop(StateFolder::open(path.clone())?);
        StateFolder::open(path.clone())?.discard()?;
        assert!(path.join("version").exists());
        Ok(())
    }

    #[test]
    fn a_later_layout_is_refused() -> Result<()> {
        let parent = tempfile::tempdir()?;
        let path = parent.path().join("state");
        drop(StateFolder::open(path.clone())?);
        fs::write(path.join("version"), "2\n")?;
        let message = StateFolder::open(path).err().map(|error| error.to_string());
        assert!(message.is_some_and(|message| message.contains("later caracolad")));
        Ok(())
    }
}
