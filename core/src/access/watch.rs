//! Notices when a file of a folder is written or replaced.
//!
//! The folder is watched, since the users' file is another file after each change. It is looked at (one `stat`) at each
//! login too, so that a script which adds a user and logs in at once succeeds.

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::time::Duration;

use rustix::fs::inotify::{self, CreateFlags, WatchFlags};
use tokio::io::unix::AsyncFd;

/// How often a file is looked at where the system has no watch to give (it gives each user a limited number).
const WITHOUT_WATCH: Duration = Duration::from_secs(1);
/// Bytes of events read at once: some dozen, each with its file's name.
const EVENTS: usize = 4096;

/// A watch over one file. The folder is watched, since a file that is replaced is another each time.
#[derive(Debug)]
pub struct Watch {
    name: &'static str,
    events: Option<AsyncFd<OwnedFd>>,
}

impl Watch {
    /// Watches the file `name` of `folder`, which need not be there yet. Must be called on the runtime.
    pub fn over(folder: &Path, name: &'static str) -> Self {
        let events = open(folder).inspect_err(|error| {
            tracing::debug!(folder = %folder.display(), %error, "no watch to be had: looking every second instead");
        });
        Self {
            name,
            events: events.ok(),
        }
    }

    /// Returns when the file may have changed: too often rather than too seldom. Cancel safe.
    pub async fn changed(&mut self) {
        let Some(events) = &self.events else {
            return tokio::time::sleep(WITHOUT_WATCH).await;
        };
        let name = self.name;
        loop {
            let read = match events.readable().await {
                Ok(mut ready) => ready.try_io(|events| concerns(events.get_ref(), name)),
                Err(error) => Ok(Err(error)),
            };
            match read {
                Ok(Ok(true)) => return,
                // Another file's, or a false alarm.
                Ok(Ok(false)) | Err(_) => {}
                Ok(Err(error)) => {
                    tracing::warn!(%error, "the watch broke: looking every second instead");
                    self.events = None;
                    return;
                }
            }
        }
    }
}

#[expect(
    deprecated,
    reason = "the other constructor is unsafe, for types that may close their descriptor early; this one owns its own"
)]
fn open(folder: &Path) -> io::Result<AsyncFd<OwnedFd>> {
    let events = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC)?;
    // What is being written is not read half-way: only a file that was closed, or moved to its place. Who may write it
    // counts, too.
    let flags = WatchFlags::CLOSE_WRITE | WatchFlags::MOVED_TO | WatchFlags::ATTRIB | WatchFlags::DELETE;
    inotify::add_watch(&events, folder, flags)?;
    AsyncFd::new(events)
}

/// Reads all events that wait, and tells whether one is about the file. Events that the system lost may have been.
fn concerns(events: &OwnedFd, name: &str) -> io::Result<bool> {
    let mut buffer = [MaybeUninit::uninit(); EVENTS];
    let mut reader = inotify::Reader::new(events, &mut buffer);
    let (mut any, mut found) = (false, false);
    loop {
        match reader.next() {
            Ok(event) => {
                any = true;
                found |= event.file_name().is_none_or(|file| file.to_bytes() == name.as_bytes());
            }
            Err(rustix::io::Errno::AGAIN) if any => return Ok(found),
            Err(error) => return Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    async fn soon(watch: &mut Watch) -> bool {
        tokio::time::timeout(Duration::from_secs(30), watch.changed())
            .await
            .is_ok()
    }

    #[tokio::test]
    async fn written_and_replaced_files_are_noticed_and_others_are_not() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("users.toml");
        let mut watch = Watch::over(folder.path(), "users.toml");
        assert!(watch.events.is_some());
        fs::write(&file, "1")?;
        assert!(soon(&mut watch).await);
        fs::write(folder.path().join("other"), "2")?;
        fs::rename(folder.path().join("other"), &file)?;
        assert!(soon(&mut watch).await);
        fs::write(folder.path().join("other"), "3")?;
        let events = watch.events.as_ref().ok_or(io::ErrorKind::NotFound)?;
        assert!(!concerns(events.get_ref(), "users.toml")?);
        Ok(())
    }
}
