//! The keepers that the server has at hand: idle ones, and new ones that the spawner makes on demand.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::{Arc, Mutex, PoisonError};

use rustix::io::Errno;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

use super::control::Control;
use super::launch::LaunchError;
use super::message::{self, ToSpawner};
use super::socket;

/// The most keepers that wait for their next job; each costs some 200 KiB.
pub(super) const MOST_IDLE: usize = 8;

/// The server's end of the socket to the spawner, and the keepers without a job. The spawner ends when this is dropped, so
/// each program that runs holds it.
pub(super) struct Keepers {
    socket: AsyncFd<OwnedFd>,
    idle: Mutex<Vec<Control>>,
}

impl Keepers {
    /// Those of the spawner at the other end of this socket: none yet.
    pub(super) fn new(socket: OwnedFd) -> io::Result<Arc<Self>> {
        Ok(Arc::new(Self {
            socket: socket::watch(socket, Interest::WRITABLE)?,
            idle: Mutex::default(),
        }))
    }

    /// The socket to the spawner, which never blocks.
    pub(super) fn socket(&self) -> &OwnedFd {
        self.socket.get_ref()
    }

    /// Sends a launch to an idle keeper, else to a new one.
    pub(super) async fn send(&self, message: &[u8], descriptors: &[BorrowedFd<'_>]) -> Result<Control, LaunchError> {
        while let Some(keeper) = self.idle_keeper() {
            match keeper.send(message, descriptors) {
                Ok(()) => return Ok(keeper),
                Err(Errno::PIPE | Errno::CONNRESET) => {}
                Err(error) => return Err(LaunchError::from_preparing(error)),
            }
        }
        let keeper = self.new_keeper().await?;
        keeper.send(message, descriptors).map_err(LaunchError::from_preparing)?;
        Ok(keeper)
    }

    fn idle_keeper(&self) -> Option<Control> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    /// A keeper that has reported the end of its job may have another.
    pub(super) fn take_back(&self, keeper: Control) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < MOST_IDLE {
            idle.push(keeper);
        }
    }

    /// Asks the spawner for a keeper. It needn't be there yet to be sent a message.
    async fn new_keeper(&self) -> Result<Control, LaunchError> {
        let (ours, theirs) = socket::pair().map_err(LaunchError::from_preparing)?;
        let control = Control::new(ours).map_err(|error| from_io(&error))?;
        let message = message::encode(&ToSpawner::NewKeeper).map_err(LaunchError::from_preparing)?;
        loop {
            let mut ready = self.socket.writable().await.map_err(|_| LaunchError::Gone)?;
            let sent = ready.try_io(|spawner| Ok(socket::send(spawner.get_ref(), &message, &[theirs.as_fd()])?));
            match sent {
                Ok(Ok(())) => return Ok(control),
                Ok(Err(error)) => return Err(from_io(&error)),
                // No room: the spawner has much to do.
                Err(_) => {}
            }
        }
    }
}

fn from_io(error: &io::Error) -> LaunchError {
    LaunchError::from_preparing(Errno::from_io_error(error).unwrap_or(Errno::IO))
}
