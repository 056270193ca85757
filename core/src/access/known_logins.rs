//! From where which names logged in within a month: there, wrong guesses of others keep them waiting for nothing.
//!
//! In the state folder it is a text file of lines `ADDRESS NAME SECONDS`, the last being since 1970, so that a restart
//! forgets nobody. It is written when a name comes from an address for the first time, and then once a day.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::name::Name;
use crate::state_folder::write_atomically;
use caracola_quota::LogThrottle;

/// The name of the file in the state folder.
const FILE: &str = "known_logins";
/// How long a login is remembered.
const AGE: Duration = Duration::from_hours(30 * 24);
/// A login from where one was known is written down again after this time.
const FRESH: Duration = Duration::from_hours(24);
/// Logins that are remembered; the oldest are forgotten when there are more.
const MOST: usize = 16 * 1024;
/// Addresses that are remembered of one name, so that one account can't have others forgotten.
const MOST_OF_ONE: usize = 32;
/// The longest file that is read: [`MOST`] lines of the longest kind.
const LONGEST: u64 = 4 * 1024 * 1024;

/// The memory of logins.
#[derive(Debug, Default)]
pub struct KnownLogins {
    /// Where it is kept; nowhere without.
    path: Option<PathBuf>,
    seen: Mutex<HashMap<(IpAddr, String), Login>>,
    /// Held while the file is written, so that an older state never replaces a later one.
    writing: Mutex<()>,
}

#[derive(Debug, Clone)]
struct Login {
    /// As the account has it.
    name: String,
    /// Seconds since 1970.
    at: u64,
}

impl KnownLogins {
    /// Reads the file of a state folder. Without it, or with one that can't be read, nobody is known: that only means
    /// waits.
    pub fn open(state: &Path) -> Self {
        let path = state.join(FILE);
        let text = match fs::metadata(&path) {
            Ok(about) if about.len() > LONGEST => Err(io::ErrorKind::FileTooLarge.into()),
            Ok(_) => fs::read(&path),
            Err(error) => Err(error),
        };
        let text = text.unwrap_or_else(|error| {
            if error.kind() != io::ErrorKind::NotFound {
                tracing::warn!(file = FILE, %error, "cannot read from where users logged in before: nobody is known by that");
            }
            Vec::new()
        });
        let text = String::from_utf8_lossy(&text);
        let seen = text.lines().filter_map(read_line).take(MOST).collect();
        Self {
            path: Some(path),
            seen: Mutex::new(seen),
            writing: Mutex::default(),
        }
    }

    /// Whether that name logged in from that neighbourhood within a month.
    pub fn knows(&self, address: IpAddr, name: &Name, now: SystemTime) -> bool {
        let key = (address, key(name));
        let seen = self.lock();
        seen.get(&key).is_some_and(|login| login.age(now) < AGE)
    }

    /// The name logged in from that neighbourhood. Blocks on the disk, so not for the runtime's threads.
    pub fn note(&self, address: IpAddr, name: &Name, now: SystemTime) {
        if !self.remember(address, name, now) {
            return;
        }
        let Some(path) = &self.path else { return };
        let writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let written = write_atomically(path, self.text().as_bytes());
        drop(writing);
        if let Err(error) = written {
            static FAILED: LogThrottle = LogThrottle::new();
            if let Some(repeated) = FAILED.admit() {
                tracing::warn!(file = FILE, %error, repeated, "cannot write down from where users logged in");
            }
        }
    }

    /// Whether there is something to write.
    fn remember(&self, address: IpAddr, name: &Name, now: SystemTime) -> bool {
        let key = (address, key(name));
        let mut seen = self.lock();
        if seen.get(&key).is_some_and(|login| login.age(now) < FRESH) {
            return false;
        }
        seen.retain(|_, login| login.age(now) < AGE);
        let of_one = seen.keys().filter(|(_, other)| *other == key.1).count();
        if of_one >= MOST_OF_ONE {
            forget_oldest(&mut seen, |(_, other)| *other == key.1);
        }
        if seen.len() >= MOST {
            forget_oldest(&mut seen, |_| true);
        }
        let login = Login {
            name: name.as_str().to_owned(),
            at: seconds(now),
        };
        seen.insert(key, login);
        true
    }

    fn text(&self) -> String {
        let mut text = String::new();
        for ((address, _), Login { name, at }) in self.lock().iter() {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{address} {name} {at}");
        }
        text
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<(IpAddr, String), Login>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Login {
    /// A clock that was set back makes nobody unknown.
    fn age(&self, now: SystemTime) -> Duration {
        Duration::from_secs(seconds(now).saturating_sub(self.at))
    }
}

fn forget_oldest(seen: &mut HashMap<(IpAddr, String), Login>, among: impl Fn(&(IpAddr, String)) -> bool) {
    let oldest = seen
        .iter()
        .filter(|(key, _)| among(key))
        .min_by_key(|(_, login)| login.at);
    if let Some(oldest) = oldest.map(|(key, _)| key.clone()) {
        seen.remove(&oldest);
    }
}

/// All spellings of a name are one.
fn key(name: &Name) -> String {
    name.keys()[0].clone()
}

/// A line that makes no sense is passed over.
fn read_line(line: &str) -> Option<((IpAddr, String), Login)> {
    let mut words = line.split(' ');
    let address = words.next()?.parse().ok()?;
    let name = Name::form(words.next()?).ok()?;
    let at = words.next()?.parse().ok()?;
    let login = Login {
        name: name.as_str().to_owned(),
        at,
    };
    Some(((address, key(&name)), login))
}

fn seconds(at: SystemTime) -> u64 {
    at.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    const DAY: Duration = Duration::from_hours(24);

    fn name(name: &str) -> Name {
        Name::form(name).unwrap_or_else(|error| panic!("{name}: {error:?}"))
    }

    fn address(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    #[test]
    fn a_login_is_known_for_a_month_and_after_a_restart() -> io::Result<()> {
        let state = tempfile::tempdir()?;
        let now = UNIX_EPOCH + 20_000 * DAY;
        let known = KnownLogins::open(state.path());
        assert!(!known.knows(address(1), &name("muñoz"), now));
        known.note(address(1), &name("muñoz"), now);
        known.note(IpAddr::from([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0]), &name("ben"), now);
        let mode = fs::metadata(state.path().join(FILE))?.permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let again = KnownLogins::open(state.path());
        for known in [&known, &again] {
            assert!(known.knows(address(1), &name("MUÑOZ"), now + 29 * DAY));
            assert!(known.knows(IpAddr::from([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0]), &name("ben"), now));
            assert!(!known.knows(address(2), &name("muñoz"), now));
            assert!(!known.knows(address(1), &name("ben"), now));
            assert!(!known.knows(address(1), &name("muñoz"), now + 30 * DAY));
        }
        Ok(())
    }

    #[test]
    fn it_is_written_once_a_day() -> io::Result<()> {
        let state = tempfile::tempdir()?;
        let now = UNIX_EPOCH + 20_000 * DAY;
        let known = KnownLogins::open(state.path());
        known.note(address(1), &name("ana"), now);
        fs::remove_file(state.path().join(FILE))?;
        known.note(address(1), &name("ana"), now + DAY / 2);
        assert!(!state.path().join(FILE).exists());
        known.note(address(1), &name("ana"), now + DAY);
        assert!(KnownLogins::open(state.path()).knows(address(1), &name("ana"), now + 30 * DAY));
        Ok(())
    }

    #[test]
    fn one_account_has_no_others_forgotten() {
        let known = KnownLogins::default();
        let now = UNIX_EPOCH + 20_000 * DAY;
        known.note(address(1), &name("ben"), now);
        for last in 1..=40 {
            known.note(address(last), &name("ana"), now + Duration::from_secs(last.into()));
        }
        assert!(known.knows(address(1), &name("ben"), now));
        assert!(known.knows(address(40), &name("ana"), now) && !known.knows(address(8), &name("ana"), now));
        assert_eq!(known.lock().len(), MOST_OF_ONE + 1);
    }

    #[test]
    fn odd_lines_do_no_harm() -> io::Result<()> {
        let state = tempfile::tempdir()?;
        let text = b"\xff\n192.0.2.1\n192.0.2.1 ana\n192.0.2.1 a/b 5\nx ana 5\n192.0.2.1 ana 1728000000\n";
        fs::write(state.path().join(FILE), text)?;
        let known = KnownLogins::open(state.path());
        assert_eq!(known.lock().len(), 1);
        assert!(known.knows(address(1), &name("ana"), UNIX_EPOCH + 20_001 * DAY));
        Ok(())
    }
}
