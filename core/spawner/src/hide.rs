//! The server's side of hiding its state folder from programs.

use std::io;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::sync::OnceLock;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::{Mode, OFlags, open};
use rustix::io::{Errno, retry_on_intr};

use super::handle::Spawner;
use super::message::{self, LONGEST_REPORT, Report, Step, ToSpawner};
use super::{cover, socket};

/// The root folder as programs see it. A process has one spawner, and its programs all see the same.
static PROGRAMS_ROOT: OnceLock<OwnedFd> = OnceLock::new();

/// Why programs of the server's own user see its state folder.
#[derive(Debug, thiserror::Error)]
pub enum HideError {
    /// The folder can't be opened.
    #[error("it cannot be opened: {0}")]
    Folder(#[source] io::Error),
    /// The spawner has ended.
    #[error("the process that starts programs is gone")]
    Gone,
    /// Nothing can be mounted over it.
    #[error("it cannot be covered: {0}")]
    Mount(Errno),
    /// There is no mount namespace for programs: it takes root, or user namespaces.
    #[error("this machine, or its container, allows no mount namespace to this user: {0}")]
    Namespace(Errno),
    /// It is covered, and programs could put another folder in place of one on the way to it.
    #[error("a folder on the way to it cannot be kept in its place: {0}")]
    Pin(Errno),
    /// It is covered, and programs can look into it by what runs as the same user outside.
    #[error(
        "what else runs as the same user leads to it, since this machine, or its container, allows no user namespace: {0}"
    )]
    Users(Errno),
}

/// The root folder as programs see it, once the state folder is hidden there: what the server opens for a program is
/// looked for from here. `None` where programs see what the server sees.
pub fn programs_root() -> Option<BorrowedFd<'static>> {
    PROGRAMS_ROOT.get().map(OwnedFd::as_fd)
}

impl Spawner {
    /// Hides a folder from all programs but root's: those that run already see an empty one from now on, too, unless they
    /// have opened it before. Waits for the spawner, which takes some microseconds: not for a thread that serves.
    pub fn hide(&self, folder: &Path) -> Result<(), HideError> {
        let path = folder.canonicalize().map_err(HideError::Folder)?;
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let folder = open(&path, flags, Mode::empty()).map_err(|error| HideError::Folder(error.into()))?;
        let (hidden, root) = self.ask(Some((folder.as_fd(), &path)))?;
        // The first is as good as any later one.
        let _ = root.map(|root| PROGRAMS_ROOT.set(root));
        hidden
    }

    /// Whether [`hide`](Self::hide) could hide a folder.
    pub fn can_hide(&self) -> Result<(), HideError> {
        self.ask(None)?.0
    }

    /// What came of it, and the root folder that programs see.
    fn ask(
        &self,
        folder: Option<(BorrowedFd<'_>, &Path)>,
    ) -> Result<(Result<(), HideError>, Option<OwnedFd>), HideError> {
        let (ours, theirs) = socket::pair().map_err(HideError::Mount)?;
        let (message, mut descriptors) = match folder {
            Some((folder, path)) => {
                let pinned = cover::to_be_pinned(path);
                let path = path.as_os_str().as_bytes();
                (ToSpawner::Hide { path, pinned }, vec![folder])
            }
            None => (ToSpawner::CanHide, Vec::new()),
        };
        let message = message::encode(&message).map_err(HideError::Mount)?;
        descriptors.push(theirs.as_fd());
        loop {
            match socket::send(self.socket(), &message, &descriptors) {
                Ok(()) => break,
                Err(Errno::AGAIN) => wait(self.socket().as_fd(), PollFlags::OUT)?,
                Err(_) => return Err(HideError::Gone),
            }
        }
        drop(descriptors);
        drop(theirs);
        wait(ours.as_fd(), PollFlags::IN)?;
        let mut report = [0; LONGEST_REPORT];
        let mut descriptors = Vec::new();
        let length = socket::receive(&ours, &mut report, &mut descriptors).map_err(|_| HideError::Gone)?;
        let outcome = match message::decode(&report[..length]) {
            Some(Report::Hidden) => Ok(()),
            Some(Report::Refused(step, error)) => Err(match step {
                Step::Namespace => HideError::Namespace(error),
                Step::Pin => HideError::Pin(error),
                Step::Users => HideError::Users(error),
                _ => HideError::Mount(error),
            }),
            _ => return Err(HideError::Gone),
        };
        Ok((outcome, descriptors.pop()))
    }
}

fn wait(socket: BorrowedFd<'_>, flags: PollFlags) -> Result<(), HideError> {
    let mut watched = [PollFd::from_borrowed_fd(socket, flags)];
    retry_on_intr(|| poll(&mut watched, None))
        .map(|_| ())
        .map_err(|_| HideError::Gone)
}
