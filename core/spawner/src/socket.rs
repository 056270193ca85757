//! Messages with descriptors over a pair of sockets.

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::io::{Errno, ioctl_fionbio, retry_on_intr};
use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, SocketFlags, SocketType, recvmsg, sendmsg, socketpair,
};

use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

use super::DESCRIPTORS;
use super::message::{self, Report};

/// The most descriptors in one message: a program's own three, one for a launch that is too long to be a message, and
/// those it was promised.
pub(super) const MOST_DESCRIPTORS: usize = DESCRIPTORS + 4;

/// Two ends of a connection that keeps messages whole. Both are closed on exec.
pub(super) fn pair() -> rustix::io::Result<(OwnedFd, OwnedFd)> {
    socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)
}

/// Lets the runtime watch a socket, which is non-blocking from now on. To be called inside the runtime.
pub(super) fn watch(socket: OwnedFd, interest: Interest) -> io::Result<AsyncFd<OwnedFd>> {
    ioctl_fionbio(&socket, true)?;
    // SAFETY: an OwnedFd is open, and the same, for as long as it lives.
    Ok(unsafe { AsyncFd::register_with_interest(socket, interest) }?)
}

/// Sends one message without ever waiting: `AGAIN` if there is no room for it.
pub(super) fn send(socket: impl AsFd, message: &[u8], descriptors: &[BorrowedFd<'_>]) -> rustix::io::Result<()> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MOST_DESCRIPTORS))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    if !descriptors.is_empty() && !ancillary.push(SendAncillaryMessage::ScmRights(descriptors)) {
        return Err(Errno::TOOMANYREFS);
    }
    let flags = SendFlags::NOSIGNAL | SendFlags::DONTWAIT;
    retry_on_intr(|| sendmsg(socket.as_fd(), &[IoSlice::new(message)], &mut ancillary, flags)).map(|_| ())
}

/// Sends a report, as [`send`] does.
pub(super) fn send_report(socket: impl AsFd, report: Report, descriptors: &[BorrowedFd<'_>]) -> rustix::io::Result<()> {
    send(socket, &message::encode(&report)?, descriptors)
}

/// Receives one message without waiting; its length is 0 when the other end is closed. Descriptors are closed on exec.
/// A message longer than the buffer is an error, and so is one whose descriptors there was no room for.
pub(super) fn receive(
    socket: impl AsFd,
    buffer: &mut [u8],
    descriptors: &mut Vec<OwnedFd>,
) -> rustix::io::Result<usize> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MOST_DESCRIPTORS))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let flags = RecvFlags::CMSG_CLOEXEC | RecvFlags::DONTWAIT;
    let received = retry_on_intr(|| recvmsg(socket.as_fd(), &mut [IoSliceMut::new(buffer)], &mut ancillary, flags))?;
    for message in ancillary.drain() {
        if let RecvAncillaryMessage::ScmRights(rights) = message {
            descriptors.extend(rights);
        }
    }
    if received.flags.intersects(ReturnFlags::TRUNC | ReturnFlags::CTRUNC) {
        return Err(Errno::MSGSIZE);
    }
    Ok(received.bytes)
}
