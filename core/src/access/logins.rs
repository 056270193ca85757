//! What logins may cost: how many passwords are hashed at once, how many wait, and who guesses too often.

use std::path::Path;

use super::devices::Devices;
use super::failures::{Cause, Failures};
use super::known_logins::KnownLogins;
use super::login_queue::{Asker, Crowded, LoginQueue, Turn};

/// The bounds on logins.
#[derive(Debug, Default)]
pub struct Logins {
    /// Wrong guesses, by address and name.
    pub failures: Failures,
    /// From where which names logged in.
    pub known: KnownLogins,
    /// The secrets of our clients.
    pub devices: Devices,
    queue: LoginQueue,
}

/// Why a login is refused, whatever the password. A wrong password isn't among these: that is told by nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoginRefused {
    /// The password was right, but an operator put the account's name out for a while.
    Banned,
    /// Nobody can tell who may log in now: the users' file has been unreadable, or made no sense, for a while.
    NoUsers,
    /// So many logins wait already that one more can't.
    Crowded,
    /// More wrong passwords came than people mistype.
    TooMany {
        /// Which of them are counted.
        cause: Cause,
        /// For how many seconds no further one is looked at.
        seconds: u64,
    },
}

impl From<Crowded> for LoginRefused {
    fn from(Crowded: Crowded) -> Self {
        Self::Crowded
    }
}

impl Logins {
    /// With what a state folder remembers of earlier logins.
    pub fn open(state: &Path) -> Self {
        Self {
            known: KnownLogins::open(state),
            devices: Devices::open(state),
            ..Self::default()
        }
    }

    /// Waits for a turn to hash a password; see [`Asker`]. Cancel safe.
    pub async fn turn(&self, asker: Asker) -> Result<Turn, LoginRefused> {
        Ok(self.queue.turn(asker).await?)
    }
}
