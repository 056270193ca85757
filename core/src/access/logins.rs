//! What logins may cost: how many passwords are hashed at once, how many wait, and who guesses too often.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::failures::Failures;

/// Passwords hashed at once. Each takes a thread and 19 MiB for tens of milliseconds.
const AT_ONCE: usize = 2;
/// Logins that may wait for their turn: two classes that come in at the same moment.
const QUEUE: usize = 128;

/// The bounds on logins.
#[derive(Debug)]
pub struct Logins {
    /// Wrong guesses, by address.
    pub failures: Failures,
    places: Arc<Semaphore>,
    turns: Arc<Semaphore>,
}

/// The right to hash one password now. Move it to where the hashing is done and drop it there: a session that ends in
/// the meantime does not stop the thread.
#[derive(Debug)]
pub struct Turn {
    _turn: OwnedSemaphorePermit,
    _place: OwnedSemaphorePermit,
}

/// Why a login is refused, whatever the password. A wrong password is told by nothing but
/// [`Error::WrongPassword`](crate::error::Error::WrongPassword).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoginRefused {
    /// The password was right, but an operator put the account's name out for a while.
    Banned,
    /// Nobody can tell who may log in now: the users' file has not been readable for a while.
    NoUsers,
    /// So many logins wait already that one more can't.
    Crowded,
    /// More wrong passwords came from that address than people mistype.
    TooMany {
        /// For how many seconds no further one is looked at.
        seconds: u64,
    },
}

impl Default for Logins {
    fn default() -> Self {
        Self {
            failures: Failures::default(),
            places: Arc::new(Semaphore::new(AT_ONCE + QUEUE)),
            turns: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }
}

impl Logins {
    /// Waits for a turn, first come, first served. Cancel safe.
    pub async fn turn(&self) -> Result<Turn, LoginRefused> {
        let crowded = LoginRefused::Crowded;
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| crowded)?;
        // Nobody closes the semaphore.
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(|_| crowded)?;
        Ok(Turn {
            _turn: turn,
            _place: place,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn two_at_once_and_a_bounded_queue() {
        let logins = Logins::default();
        let (first, second) = (logins.turn().await, logins.turn().await);
        assert!(first.is_ok() && second.is_ok());
        let mut waiting: Vec<_> = (0..QUEUE).map(|_| Box::pin(logins.turn())).collect();
        for turn in &mut waiting {
            assert!(is_pending(turn.as_mut()).await);
        }
        assert_eq!(logins.turn().await.err(), Some(LoginRefused::Crowded));
        drop(first);
        let third = waiting.remove(0).await;
        assert!(third.is_ok());
        assert!(is_pending(waiting[0].as_mut()).await);
        // Somebody who hangs up while waiting leaves the place to others.
        assert!(is_pending(Box::pin(logins.turn()).as_mut()).await);
    }

    async fn is_pending(mut future: std::pin::Pin<&mut impl Future>) -> bool {
        std::future::poll_fn(|cx| std::task::Poll::Ready(future.as_mut().poll(cx).is_pending())).await
    }
}
