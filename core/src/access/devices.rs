//! Device secrets: what our client keeps of a login, so that others' wrong guesses don't keep its next one waiting.
//!
//! A secret never replaces the password. It is a random number and its date, with a keyed hash of both, of the account's
//! name and of the stored password. So the server keeps nothing of it but the key: a secret is of no more use a month after
//! it was made, once the password is set again, once the account is gone, or for another account.

use std::fs;
use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sign::Signer;
use zeroize::Zeroizing;

use super::account::Account;
use crate::state_folder::write_atomically;

/// The name of the key's file in the state folder.
const FILE: &str = "device_key";
/// How long a secret is good for.
const AGE: Duration = Duration::from_hours(30 * 24);
/// Bytes of the key.
const KEY: usize = 32;
/// Before what is hashed, so that no hash for another purpose is one for this.
const PURPOSE: &[u8] = b"caracola device 1";

/// What makes and checks device secrets.
#[derive(Default)]
pub struct Devices {
    /// None where there is no randomness: then nobody has a secret.
    key: Option<Zeroizing<Vec<u8>>>,
}

impl std::fmt::Debug for Devices {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Devices(..)")
    }
}

impl Devices {
    /// Reads the key of a state folder, or makes one. If it can't be kept, secrets are of use until the server stops.
    pub fn open(state: &Path) -> Self {
        let path = state.join(FILE);
        let kept = fs::read_to_string(&path).map(Zeroizing::new);
        let key = match &kept {
            Ok(text) => hex::decode(text.trim()).ok().filter(|key| key.len() == KEY),
            Err(_) => None,
        };
        if let Some(key) = key {
            return Self {
                key: Some(Zeroizing::new(key)),
            };
        }
        let mut key = Zeroizing::new(vec![0; KEY]);
        if openssl::rand::rand_bytes(&mut key).is_err() {
            return Self::default();
        }
        // What can't be read now may be in order tomorrow: it is not replaced.
        let absent = kept.is_ok() || kept.is_err_and(|error| error.kind() == io::ErrorKind::NotFound);
        let text = Zeroizing::new(format!("{}\n", hex::encode(&key)));
        if !absent || write_atomically(&path, text.as_bytes()).is_err() {
            tracing::warn!(
                file = FILE,
                "cannot keep the key of device secrets: clients are not recognised after a restart"
            );
        }
        Self { key: Some(key) }
    }

    /// A secret for somebody who is logged in to `account`. `None` without randomness.
    pub fn issue(&self, account: &Account, now: SystemTime) -> Option<String> {
        let mut number = [0; 8];
        openssl::rand::rand_bytes(&mut number).ok()?;
        let number = u64::from_be_bytes(number);
        let made = seconds(now);
        let mac = self.mac(Some(account), made, number)?;
        Some(format!("{made:x}.{number:016x}.{}", hex::encode(&mac)))
    }

    /// The number of a secret that was made for `account` and is still good. That of no account takes as long.
    pub fn check(&self, account: Option<&Account>, secret: &[u8], now: SystemTime) -> Option<u64> {
        let mut parts = std::str::from_utf8(secret).ok()?.split('.');
        let (made, number, mac) = (parts.next()?, parts.next()?, parts.next()?);
        let made = u64::from_str_radix(made, 16).ok()?;
        let number = u64::from_str_radix(number, 16).ok()?;
        let expected = self.mac(account, made, number)?;
        let right =
            hex::decode(mac).is_ok_and(|mac| mac.len() == expected.len() && openssl::memcmp::eq(&mac, &expected));
        // A clock that was set back by a little makes no secret void.
        let age = Duration::from_secs(seconds(now).saturating_sub(made));
        (right && account.is_some() && age < AGE && parts.next().is_none()).then_some(number)
    }

    fn mac(&self, account: Option<&Account>, made: u64, number: u64) -> Option<Vec<u8>> {
        let key = PKey::hmac(self.key.as_ref()?).ok()?;
        let mut signer = Signer::new(MessageDigest::sha256(), &key).ok()?;
        let password = Zeroizing::new(account.map(|account| account.password().to_text()).unwrap_or_default());
        let name = account.map_or("", |account| account.name().as_str());
        // None of the parts has a zero in it, but the numbers, which have one length.
        for part in [PURPOSE, b"\0", name.as_bytes(), b"\0", password.as_bytes(), b"\0"] {
            signer.update(part).ok()?;
        }
        signer.update(&made.to_be_bytes()).ok()?;
        signer.update(&number.to_be_bytes()).ok()?;
        signer.sign_to_vec().ok()
    }
}

fn seconds(at: SystemTime) -> u64 {
    at.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::access::{Password, Role};
    use crate::name::Name;

    const DAY: Duration = Duration::from_hours(24);

    fn account(name: &str, password: &[u8]) -> Account {
        let made = Name::parse(name).ok().zip(Password::new(password).hash().ok());
        let made = made.and_then(|(name, password)| Account::new(name, Role::User, None, password).ok());
        made.unwrap_or_else(|| panic!("no account {name}"))
    }

    #[test]
    fn a_secret_is_of_one_account_and_one_password_for_a_month() -> io::Result<()> {
        let state = tempfile::tempdir()?;
        let devices = Devices::open(state.path());
        let now = UNIX_EPOCH + 20_000 * DAY;
        let (ana, ben) = (account("ana", b"correct horse"), account("ben", b"correct horse"));
        let secret = devices.issue(&ana, now).expect("a secret");
        let check = |devices: &Devices, account, at| devices.check(account, secret.as_bytes(), at);
        let number = check(&devices, Some(&ana), now);
        assert!(number.is_some());
        assert_eq!(check(&devices, Some(&ana), now + 29 * DAY), number);
        assert_eq!(check(&devices, Some(&ana), now + 30 * DAY), None);
        assert_eq!(check(&devices, Some(&ben), now), None);
        assert_eq!(check(&devices, None, now), None);
        let set_again = account("ana", b"correct horse");
        assert_eq!(
            check(&devices, Some(&set_again), now),
            None,
            "the same password, with another salt"
        );
        // A restart changes nothing, another server knows nothing of it, and nobody else can read the key.
        assert_eq!(check(&Devices::open(state.path()), Some(&ana), now), number);
        let other = tempfile::tempdir()?;
        assert_eq!(check(&Devices::open(other.path()), Some(&ana), now), None);
        let mode = fs::metadata(state.path().join(FILE))?.permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        Ok(())
    }

    #[test]
    fn what_was_changed_is_no_secret() -> io::Result<()> {
        let state = tempfile::tempdir()?;
        let devices = Devices::open(state.path());
        let now = UNIX_EPOCH + 20_000 * DAY;
        let ana = account("ana", b"correct horse");
        let secret = devices.issue(&ana, now).expect("a secret");
        for place in 0..secret.len() {
            let mut changed = secret.clone().into_bytes();
            changed[place] = if changed[place] == b'1' { b'2' } else { b'1' };
            assert_eq!(devices.check(Some(&ana), &changed, now), None, "{place}");
        }
        for odd in [
            &b""[..],
            b".",
            b"..",
            b"1.2.3",
            b"\xff",
            &secret.as_bytes()[..secret.len() - 1],
        ] {
            assert_eq!(devices.check(Some(&ana), odd, now), None);
        }
        assert_eq!(Devices::default().issue(&ana, now), None);
        Ok(())
    }
}
