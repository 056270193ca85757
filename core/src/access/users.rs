//! Which accounts are active: those of `users.toml` as it was when it last made sense.

mod reading;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;

pub use self::reading::UserFileError;
use self::reading::{FileState, read};
use super::account::Accounts;
use super::user_file;
use caracola_quota::LogThrottle;

/// How long the file must stay as it is before a change is read: what is half-written would end sessions. That counts for a
/// new file, too: `rm` and `cp`, or `install`, write one bit by bit.
const STILL: Duration = Duration::from_secs(1);

/// How long the file may be of no use before nobody logs in any more: longer than an editor takes to save, or a crowd to leave
/// the server a descriptor.
const UNREAD: Duration = Duration::from_mins(1);

/// How soon a file that couldn't be read is tried again at first; twice as long each time, up to [`LONGEST_WAIT`].
const FIRST_WAIT: Duration = Duration::from_millis(100);
/// See [`FIRST_WAIT`].
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// The name of the file in the state folder.
pub const FILE: &str = "users.toml";

/// The active accounts, and the file that they are from.
#[derive(Debug)]
pub struct Users {
    path: PathBuf,
    in_force: ArcSwap<Accounts>,
    /// What is known of the file. Held while a change is taken over, so that two can't overtake each other.
    known: Mutex<Known>,
    /// Limits the line about errors that pass.
    passing: LogThrottle,
}

/// What is known of the file.
#[derive(Debug)]
struct Known {
    /// The state of it that was read last, or found to be of no use.
    seen: FileState,
    /// A state that was not read yet, and since when the file is in it.
    written: Option<(FileState, Instant)>,
    /// Since when the states of the file that were seen have been of no use.
    unread_since: Option<Instant>,
    /// Since when errors that pass keep the file from being looked at or read. Over as soon as it is found in the state
    /// that was seen, of which all is known.
    failing_since: Option<Instant>,
    /// How long the next try waits after an error that passes.
    wait: Duration,
}

/// What came of a look at the file.
#[derive(Debug)]
pub enum Refreshed {
    /// The active accounts are those of the file as it is, or it is known to be of no use as it is.
    Settled,
    /// The file was just found to be of no use as it is: why is on the log.
    Useless,
    /// Look again after this time: nothing is known of the file's state yet.
    LookAgain(Duration),
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
            known: Mutex::new(Known {
                seen,
                written: None,
                unread_since: None,
                failing_since: None,
                wait: FIRST_WAIT,
            }),
            passing: LogThrottle::new(),
        })
    }

    /// The accounts that count now.
    pub fn in_force(&self) -> Arc<Accounts> {
        self.in_force.load_full()
    }

    /// Whether the file couldn't be read, or made no sense, for so long that nobody may newly log in: somebody may have been
    /// removed from it.
    pub fn is_unread(&self, now: Instant) -> bool {
        let known = self.lock();
        let since = known.unread_since.into_iter().chain(known.failing_since).min();
        since.is_some_and(|since| now.saturating_duration_since(since) >= UNREAD)
    }

    /// Looks at the file, and takes over what changed: `apply` gets the new accounts once they are active, and before
    /// anybody else can change them again. A file that can't be used changes nothing; why is on the log, once.
    ///
    /// Costs one system call if nothing changed. Blocks on the disk, so not for the runtime's threads.
    pub fn refresh(&self, apply: impl FnOnce(&Arc<Accounts>)) -> Refreshed {
        let mut known = self.lock();
        let now = Instant::now();
        let outcome = match FileState::stat(&self.path) {
            Ok(state) if state == known.seen => {
                known.has_seen(state);
                return Refreshed::Settled;
            }
            Ok(state) => match known.must_wait(state, now) {
                Some(wait) => return Refreshed::LookAgain(wait),
                None => self.read_again(&mut known, state, apply),
            },
            Err(error) => Err(error),
        };
        match outcome {
            Err(error) if error.is_passing() => Refreshed::LookAgain(self.will_try_again(&mut known, &error)),
            Err(error) => {
                tracing::error!(%error, "the users stay as they were");
                Refreshed::Useless
            }
            Ok(()) => Refreshed::Settled,
        }
    }

    /// The same when somebody says that the file is as it should be: it is read, however short ago it was written, and
    /// why it can't be used is the answer.
    pub fn refresh_now(&self, apply: impl FnOnce(&Arc<Accounts>)) -> Result<(), UserFileError> {
        let mut known = self.lock();
        let state = FileState::stat(&self.path)?;
        if state == FileState::Missing && known.seen == state && known.unread_since.is_none() {
            // There never was one.
            return Ok(());
        }
        let outcome = self.read_again(&mut known, state, apply);
        if let Err(error) = &outcome {
            tracing::error!(%error, "the users stay as they were");
        }
        outcome
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads the file, which was in `state` a moment ago. That state counts as seen only if it was read, or turned out to be
    /// of no use.
    fn read_again(
        &self,
        known: &mut Known,
        state: FileState,
        apply: impl FnOnce(&Arc<Accounts>),
    ) -> Result<(), UserFileError> {
        let now = Instant::now();
        match read(&self.path) {
            Ok((state, Some(text))) if !text.is_empty() => {
                let accounts = match parse(&self.path, &text) {
                    Ok(accounts) => Arc::new(accounts),
                    Err(error) => {
                        known.is_useless_in(state, now);
                        return Err(error);
                    }
                };
                known.has_seen(state);
                known.unread_since = None;
                tracing::info!(users = accounts.len(), "read the users again");
                self.in_force.store(Arc::clone(&accounts));
                apply(&accounts);
                Ok(())
            }
            // An editor that moves the old file away, or empties it, is about to write the new one. Whoever wants
            // nobody to log in says so with a file that has nobody in it.
            Ok((state, _)) => {
                known.is_useless_in(state, now);
                Err(UserFileError::Gone(self.path.clone()))
            }
            Err(error) => {
                if error.is_passing() {
                    known.failing_since.get_or_insert(now);
                } else {
                    known.is_useless_in(state, now);
                }
                Err(error)
            }
        }
    }

    /// Notes and logs an error that passes; how long to wait for that.
    fn will_try_again(&self, known: &mut Known, error: &UserFileError) -> Duration {
        known.failing_since.get_or_insert_with(Instant::now);
        if let Some(repeated) = self.passing.admit() {
            tracing::warn!(%error, repeated, "the users' file can't be read now: it is tried again");
        }
        let wait = known.wait;
        known.wait = LONGEST_WAIT.min(wait * 2);
        wait
    }
}

impl Known {
    /// A verdict on this state of the file has been reached.
    fn has_seen(&mut self, state: FileState) {
        self.seen = state;
        self.written = None;
        self.failing_since = None;
        self.wait = FIRST_WAIT;
    }

    /// The verdict is that the active accounts can't be taken from it.
    fn is_useless_in(&mut self, state: FileState, now: Instant) {
        self.unread_since.get_or_insert(self.failing_since.unwrap_or(now));
        self.has_seen(state);
    }

    /// How long the file must stay in a new state before it is read, if it must.
    fn must_wait(&mut self, state: FileState, now: Instant) -> Option<Duration> {
        if !matches!(state, FileState::File { .. }) {
            return None;
        }
        let since = match self.written {
            Some((written, since)) if written == state => since,
            _ => {
                self.written = Some((state, now));
                now
            }
        };
        let left = STILL.saturating_sub(now.saturating_duration_since(since));
        (!left.is_zero()).then_some(left)
    }
}

fn parse(path: &Path, text: &str) -> Result<Accounts, UserFileError> {
    user_file::read(path, text).map_err(UserFileError::Mistaken)
}

/// Reads the file as text. None if there is none.
pub fn read_text(state: &Path) -> Result<Option<String>, UserFileError> {
    read(&state.join(FILE)).map(|(_, text)| text)
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::io;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    const ONE: &str = "[users.ana]\nrole = 'user'\npassword = '$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'\n";
    const HOUR: Duration = Duration::from_hours(1);

    fn users(folder: &tempfile::TempDir) -> anyhow::Result<(Users, PathBuf)> {
        let file = folder.path().join(FILE);
        write(&file, ONE)?;
        let users = Users::open(folder.path())?;
        assert_eq!(users.in_force().len(), 1);
        Ok((users, file))
    }

    /// As this program does it: moved to its place.
    fn write(file: &Path, text: &str) -> io::Result<()> {
        let draft = file.with_extension("draft");
        fs::write(&draft, text)?;
        fs::set_permissions(&draft, Permissions::from_mode(0o600))?;
        fs::rename(draft, file)
    }

    #[test]
    fn a_file_that_is_unreadable_for_a_minute_lets_nobody_in() -> anyhow::Result<()> {
        let folder = tempfile::tempdir()?;
        let (users, file) = users(&folder)?;
        let spoils: [&dyn Fn() -> io::Result<()>; 3] = [
            &|| fs::remove_file(&file),
            &|| fs::set_permissions(&file, Permissions::from_mode(0o622)),
            &|| fs::remove_file(&file).and_then(|()| fs::create_dir(&file)),
        ];
        for spoil in spoils {
            spoil()?;
            assert!(users.refresh_now(|_| panic!("nothing has changed")).is_err());
            let now = Instant::now();
            assert!(!users.is_unread(now + UNREAD / 2) && users.is_unread(now + UNREAD));
            // Looking again and again doesn't make it younger.
            users.refresh(|_| panic!("nothing has changed"));
            assert!(users.is_unread(now + UNREAD));
            assert_eq!(users.in_force().len(), 1);
            if file.is_dir() {
                fs::remove_dir(&file)?;
            }
            write(&file, ONE)?;
            users.refresh_now(|_| ())?;
            assert!(!users.is_unread(now + HOUR));
        }
        // Nor does one that makes no sense say who was removed.
        write(&file, "[users")?;
        assert!(users.refresh_now(|_| panic!("nothing has changed")).is_err());
        let now = Instant::now();
        assert!(!users.is_unread(now + UNREAD / 2) && users.is_unread(now + UNREAD));
        assert_eq!(users.in_force().len(), 1);
        write(&file, ONE)?;
        users.refresh_now(|_| ())?;
        assert!(!users.is_unread(now + HOUR));
        Ok(())
    }

    #[test]
    fn an_error_that_passed_is_over_though_the_file_never_changed() -> anyhow::Result<()> {
        let folder = tempfile::tempdir()?;
        let (users, file) = users(&folder)?;
        users.will_try_again(&mut users.lock(), &UserFileError::Written(file.clone()));
        let now = Instant::now();
        assert!(users.is_unread(now + UNREAD));
        assert!(matches!(users.refresh(|_| ()), Refreshed::Settled));
        assert!(!users.is_unread(now + HOUR));
        // It doesn't make a file useful that wasn't.
        write(&file, "[users")?;
        assert!(users.refresh_now(|_| ()).is_err());
        users.will_try_again(&mut users.lock(), &UserFileError::Written(file));
        assert!(matches!(users.refresh(|_| ()), Refreshed::Settled));
        assert!(users.is_unread(Instant::now() + UNREAD));
        Ok(())
    }

    #[test]
    fn a_change_must_be_still_before_it_is_read() -> anyhow::Result<()> {
        let folder = tempfile::tempdir()?;
        let (users, file) = users(&folder)?;
        let changes: [(&dyn Fn() -> io::Result<()>, usize); 3] = [
            (&|| fs::write(&file, "[users]\n"), 0),
            (&|| write(&file, ONE), 1),
            // A new file, of which the rest is still to come.
            (
                &|| fs::remove_file(&file).and_then(|()| fs::write(&file, "[users]\n")),
                0,
            ),
        ];
        for (change, count) in changes {
            change()?;
            assert!(matches!(users.refresh(|_| panic!("not yet")), Refreshed::LookAgain(wait) if wait <= STILL));
            let mut known = users.lock();
            known.written = known
                .written
                .map(|(state, since)| (state, since.checked_sub(STILL).unwrap_or(since)));
            drop(known);
            assert!(matches!(users.refresh(|_| ()), Refreshed::Settled));
            assert_eq!(users.in_force().len(), count);
        }
        // Who says that it is whole is believed.
        write(&file, ONE)?;
        users.refresh_now(|_| ())?;
        assert_eq!(users.in_force().len(), 1);
        Ok(())
    }
}
