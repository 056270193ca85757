//! The server's end of the socket to a keeper.

use std::io;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};

use rustix::io::Errno;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

use super::message::{self, LONGEST_REPORT, Report};
use super::socket;

/// A keeper, as the server has it. Dropping it ends what the keeper runs, and the keeper.
#[derive(Debug)]
pub(super) struct Control {
    socket: AsyncFd<OwnedFd>,
}

/// The keeper's end was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Closed {
    /// Before the keeper read what was last sent to it.
    Unread,
    /// Any other time.
    Lost,
}

impl Control {
    /// To be called inside the runtime.
    pub(super) fn new(socket: OwnedFd) -> io::Result<Self> {
        let socket = socket::watch(socket, Interest::READABLE)?;
        Ok(Self { socket })
    }

    /// Sends without waiting: a keeper that has nothing to read has room for a message.
    pub(super) fn send(&self, message: &[u8], descriptors: &[BorrowedFd<'_>]) -> rustix::io::Result<()> {
        socket::send(self.socket.get_ref(), message, descriptors)
    }

    /// The keeper's next report. Cancel safe: a report is received whole, when nothing can be cancelled any more.
    pub(super) async fn receive(&self) -> Result<Report, Closed> {
        let mut is_unread = false;
        loop {
            let mut ready = self.socket.readable().await.map_err(|_| Closed::Lost)?;
            let received = ready.try_io(|socket| {
                let mut message = [0; LONGEST_REPORT];
                let length = socket::receive(socket.get_ref().as_fd(), &mut message, &mut Vec::new())?;
                Ok((message, length))
            });
            match received {
                Ok(Ok((_, 0))) => return Err(if is_unread { Closed::Unread } else { Closed::Lost }),
                Ok(Ok((message, length))) => return message::decode(&message[..length]).ok_or(Closed::Lost),
                // The kernel says this once, and before anything that the other end had still sent.
                Ok(Err(error)) if Errno::from_io_error(&error) == Some(Errno::CONNRESET) => is_unread = true,
                Ok(Err(_)) => return Err(Closed::Lost),
                // It wasn't ready after all.
                Err(_) => {}
            }
        }
    }
}
