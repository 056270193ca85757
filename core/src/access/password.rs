//! Passwords: as they come in, and as they are kept.
//!
//! Hashing runs on the pool of blocking threads. Threads with a nice value of their own were tried: cards came back
//! sooner, programs and plugins far later.

use std::fmt;

use argon2::password_hash::phc::{Output, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, PasswordHasher as _, Version};
use openssl::sha::sha256;
use zeroize::Zeroizing;

/// The shortest password that can be set, in characters.
pub const SHORTEST: usize = 8;
/// The longest password, in bytes. Far more than anybody types, and room for what a password manager makes.
pub const LONGEST: usize = 1024;

/// What one guess costs: argon2id with 19 MiB, two passes, one lane, the least that OWASP's Password Storage Cheat Sheet
/// recommends. All stored passwords have these, so that time tells nothing about whose password was tried.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// Bytes of a stored hash.
const OUTPUT: usize = 32;

/// A password as somebody typed or sent it. Wiped from memory when dropped, and shown by nothing.
pub struct Password(Zeroizing<Vec<u8>>);

/// Why a password can't be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnfitPassword {
    /// Fewer than [`SHORTEST`] characters.
    #[error("that password is too short: {SHORTEST} characters at least")]
    TooShort,
    /// More than [`LONGEST`] bytes.
    #[error("that password is too long: {LONGEST} bytes at most")]
    TooLong,
    /// A line end or another control character: nobody could type it at a prompt.
    #[error("a password is one line of text, without control characters")]
    Untypeable,
}

impl Password {
    /// Takes a copy of bytes that somebody sent. The sender's copy is the caller's to wipe.
    pub fn new(bytes: &[u8]) -> Self {
        Self(Zeroizing::new(bytes.to_vec()))
    }

    /// Whether it may be set as somebody's password.
    pub fn check(&self) -> Result<(), UnfitPassword> {
        let text = std::str::from_utf8(&self.0).map_err(|_| UnfitPassword::Untypeable)?;
        if text.len() > LONGEST {
            Err(UnfitPassword::TooLong)
        } else if text.chars().any(char::is_control) {
            Err(UnfitPassword::Untypeable)
        } else if text.chars().count() < SHORTEST {
            Err(UnfitPassword::TooShort)
        } else {
            Ok(())
        }
    }

    /// Whether two entries are the same.
    pub fn is(&self, other: &Self) -> bool {
        self.0 == other.0
    }

    /// Hashes it with a fresh salt, for keeping. Takes tens of milliseconds and 19 MiB.
    pub fn hash(&self) -> Result<StoredPassword, argon2::password_hash::Error> {
        hasher().hash_password(&self.0).map(StoredPassword)
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}

/// A password as it is kept: a salted hash, as a PHC string.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredPassword(PasswordHash);

/// Why a text is not a password of `users.toml`. The text is not told: it goes to the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnfitHash {
    /// Not a PHC string at all.
    #[error("this is not a password hash: set the password with `caracolad user passwd NAME`")]
    Unreadable,
    /// Another function, or other costs.
    #[error(
        "this hash was made in another way than `$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}$...`: set a new password with `caracolad user passwd NAME`"
    )]
    OtherWay,
}

impl StoredPassword {
    /// Reads a PHC string. Only those of one cost are taken, so that all guesses cost the same.
    pub fn parse(text: &str) -> Result<Self, UnfitHash> {
        let hash = PasswordHash::new(text).map_err(|_| UnfitHash::Unreadable)?;
        let whole = hash.salt.is_some() && hash.hash.is_some_and(|output| output.len() == OUTPUT);
        let cost = Params::try_from(&hash).is_ok_and(|params| {
            (params.m_cost(), params.t_cost(), params.p_cost()) == (MEMORY_KIB, PASSES, LANES)
                && params.keyid().is_empty()
                && params.data().is_empty()
        });
        let function = hash.algorithm == Algorithm::Argon2id.ident() && hash.version == Some(Version::V0x13.into());
        if whole && cost && function {
            Ok(Self(hash))
        } else {
            Err(UnfitHash::OtherWay)
        }
    }

    /// What tells it apart from all others and nothing else: 128 bits of a hash of the hash, in hexadecimal digits.
    pub fn fingerprint(&self) -> String {
        hex::encode(&sha256(self.to_text().as_bytes())[..16])
    }

    /// The PHC string.
    pub fn to_text(&self) -> String {
        self.0.to_string()
    }
}

impl fmt::Debug for StoredPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoredPassword(..)")
    }
}

/// Whether `password` is the one that is stored. With nothing stored (an unknown user) the same work is done on a
/// stand-in that no password fits, so that the answer comes after the same time. Takes tens of milliseconds.
pub fn verify(stored: Option<&StoredPassword>, password: &Password) -> bool {
    let known = stored.and_then(|stored| Some((stored.0.salt?, stored.0.hash?)));
    // Nothing longer was ever set: it is hashed up to there only, and wrong.
    let fits = password.0.len() <= LONGEST;
    let bytes = &password.0[..password.0.len().min(LONGEST)];
    let (salt, expected) = match known {
        Some((salt, expected)) => (salt, Some(expected)),
        None => match Salt::new(&[0; 16]) {
            Ok(salt) => (salt, None),
            Err(_) => return false,
        },
    };
    let mut output = Zeroizing::new([0; OUTPUT]);
    if compute(bytes, &salt, output.as_mut()).is_err() {
        return false;
    }
    // Compares in constant time.
    let same = Output::new(output.as_ref()).is_ok_and(|output| expected == Some(output));
    same & fits
}

fn compute(password: &[u8], salt: &[u8], output: &mut [u8]) -> argon2::Result<()> {
    let blocks = hasher().params().block_count();
    let mut memory = Vec::new();
    memory
        .try_reserve_exact(blocks)
        .map_err(|_| argon2::Error::OutOfMemory)?;
    memory.resize(blocks, Block::new());
    hasher().hash_password_into_with_memory(password, salt, output, &mut memory)
}

fn hasher() -> Argon2<'static> {
    // The constants are within what the function takes, so its own defaults, which are the same, never count.
    let params = Params::new(MEMORY_KIB, PASSES, LANES, Some(OUTPUT)).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(text: &str) -> Password {
        Password::new(text.as_bytes())
    }

    #[test]
    fn only_the_right_password_fits() -> Result<(), Box<dyn std::error::Error>> {
        let stored = password("correct horse").hash()?;
        let stored = StoredPassword::parse(&stored.to_text())?;
        assert!(verify(Some(&stored), &password("correct horse")));
        for wrong in ["correct hors", "correct horse ", "Correct horse", ""] {
            assert!(!verify(Some(&stored), &password(wrong)), "{wrong:?}");
        }
        assert!(!verify(None, &password("correct horse")));
        Ok(())
    }

    #[test]
    fn no_password_is_longer_than_the_longest() -> Result<(), Box<dyn std::error::Error>> {
        let longest = "x".repeat(LONGEST);
        let stored = password(&longest).hash()?;
        assert!(verify(Some(&stored), &password(&longest)));
        assert!(!verify(Some(&stored), &password(&(longest + "x"))));
        Ok(())
    }

    #[test]
    fn what_may_be_set() {
        assert_eq!(password("ñandúes!").check(), Ok(()));
        assert_eq!(password("ñandúes").check(), Err(UnfitPassword::TooShort));
        assert_eq!(password(&"x".repeat(LONGEST + 1)).check(), Err(UnfitPassword::TooLong));
        assert_eq!(password("two\nlines here").check(), Err(UnfitPassword::Untypeable));
        assert_eq!(Password::new(b"\xff2345678").check(), Err(UnfitPassword::Untypeable));
    }

    #[test]
    fn nothing_shows_a_password() -> Result<(), Box<dyn std::error::Error>> {
        let password = password("correct horse");
        let stored = password.hash()?;
        assert_eq!(format!("{password:?} {stored:?}"), "Password(..) StoredPassword(..)");
        Ok(())
    }

    #[test]
    fn hashes_of_another_cost_are_refused() -> Result<(), Box<dyn std::error::Error>> {
        let good = password("correct horse").hash()?.to_text();
        assert!(StoredPassword::parse(&good).is_ok());
        for (from, to) in [
            ("m=19456", "m=8"),
            ("m=19456", "m=4000000"),
            ("t=2", "t=1"),
            ("p=1", "p=2"),
            ("argon2id", "argon2i"),
            ("v=19", "v=16"),
        ] {
            assert!(good.contains(from), "{good}");
            assert_eq!(StoredPassword::parse(&good.replace(from, to)), Err(UnfitHash::OtherWay));
        }
        assert!(StoredPassword::parse(&good[..good.len() - 8]).is_err());
        for none in ["", "secret", "$argon2id$", "$1$abc$def"] {
            assert!(StoredPassword::parse(none).is_err(), "{none:?}");
        }
        Ok(())
    }
}
