//! Device secrets: what a server gave this client after a login, so that others' wrong guesses at the account, or from this
//! address, don't keep its next login waiting. A secret is not a password: it lets nobody in.
//!
//! A text file of lines `host:port USER SECONDS SECRET`, readable by its owner alone; the seconds are since 1970.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use zeroize::Zeroizing;

use crate::address::Address;
use crate::folders;

/// A secret that is older is replaced at the next login: a server forgets it a month after it gave it.
const FRESH: Duration = Duration::from_hours(24);

/// The file of secrets. Nothing is kept in memory: another client may have written meanwhile.
#[derive(Debug, Clone)]
pub(crate) struct Devices {
    path: PathBuf,
}

/// One secret.
pub(crate) struct Device {
    pub(crate) secret: Zeroizing<String>,
    /// Whether a newer one should be asked for.
    pub(crate) stale: bool,
}

impl Devices {
    pub(crate) fn at(path: PathBuf) -> Self {
        Self { path }
    }

    /// The secret for a user at a server. A file that can't be read is none: logins work without.
    pub(crate) fn find(&self, address: &Address, user: &str, now: SystemTime) -> Option<Device> {
        let text = self.read().ok()?;
        let name = address.to_string();
        text.lines().find_map(|line| {
            let mut words = line.split_whitespace();
            if words.next() != Some(&name) || words.next() != Some(user) {
                return None;
            }
            let kept: u64 = words.next()?.parse().ok()?;
            let secret = Zeroizing::new(words.next()?.to_owned());
            let age = seconds(now).checked_sub(kept).map(Duration::from_secs);
            Some(Device {
                secret,
                stale: age.is_none_or(|age| age >= FRESH),
            })
        })
    }

    /// Keeps a secret in place of an earlier one.
    pub(crate) fn keep(&self, address: &Address, user: &str, secret: &str, now: SystemTime) -> io::Result<()> {
        let word = |text: &str| !text.is_empty() && text.chars().all(|one| !one.is_whitespace() && !one.is_control());
        if !word(user) || !word(secret) {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let _lock = folders::lock(&self.path)?;
        let name = address.to_string();
        let mut text = Zeroizing::new(String::new());
        for line in self.read()?.lines() {
            let mut words = line.split_whitespace();
            if words.next() != Some(&name) || words.next() != Some(user) {
                text.push_str(line);
                text.push('\n');
            }
        }
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{name} {user} {} {secret}", seconds(now));
        folders::replace(&self.path, text.as_bytes())
    }

    fn read(&self) -> io::Result<Zeroizing<String>> {
        match fs::read(&self.path) {
            Ok(bytes) => {
                let bytes = Zeroizing::new(bytes);
                Ok(Zeroizing::new(String::from_utf8_lossy(&bytes).into_owned()))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Zeroizing::default()),
            Err(error) => Err(error),
        }
    }
}

fn seconds(at: SystemTime) -> u64 {
    at.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn address(text: &str) -> Address {
        Address::parse(text).expect(text)
    }

    #[test]
    fn a_secret_is_for_one_user_at_one_server() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("new/devices");
        let devices = Devices::at(path.clone());
        let now = UNIX_EPOCH + Duration::from_hours(24 * 20_000);
        let lab = address("lab");
        assert!(devices.find(&lab, "ana", now).is_none());
        devices.keep(&lab, "ana", "one", now)?;
        devices.keep(&lab, "ben", "two", now)?;
        devices.keep(&address("lab:1"), "ana", "three", now)?;
        devices.keep(&lab, "ana", "four", now)?;
        let secret = |user: &str| devices.find(&lab, user, now).map(|device| device.secret.to_string());
        assert_eq!(secret("ana").as_deref(), Some("four"));
        assert_eq!(secret("ben").as_deref(), Some("two"));
        assert_eq!(secret("eva"), None);
        assert!(!devices.read()?.contains("one"));
        let stale = |now| devices.find(&lab, "ana", now).map(|device| device.stale);
        assert_eq!(stale(now + FRESH - Duration::from_secs(1)), Some(false));
        assert_eq!(stale(now + FRESH), Some(true));
        assert_eq!(
            stale(now - FRESH),
            Some(true),
            "a clock that was wrong once doesn't keep a secret for ever"
        );
        assert_eq!(fs::metadata(&path)?.permissions().mode() & 0o777, 0o600);
        // What would be two words, or two lines, is not written.
        assert!(devices.keep(&lab, "ana", "x\nlab:22722 ben 1 y", now).is_err());
        Ok(())
    }
}
