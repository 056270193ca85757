//! The bytes of the connection to one helper: frames out, messages in.
//!
//! Whoever says something writes to the socket itself, so that no other task has to wake up for it; what the socket has no
//! room for is queued, and written by one task ([`HelperSocket::flush`]). No lock is held while anybody waits.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::net::UnixStream;
use tokio::sync::Notify;

use super::protocol::{self, Frames, FromHelper, Violation};

/// Bytes that may wait for a helper that doesn't read. As many as a frame may have, so that one alone always finds room.
const MOST_QUEUED: usize = protocol::LONGEST_TO_HELPER;
/// Bytes that are read at once.
const READ: usize = 64 * 1024;

/// The socket to one helper.
#[derive(Debug)]
pub(super) struct HelperSocket {
    stream: UnixStream,
    outgoing: Mutex<Outgoing>,
    /// There is something in `outgoing`.
    queued: Notify,
    /// For who watches the helper: nothing can be written any more.
    stirred: Arc<Notify>,
}

#[derive(Debug, Default)]
struct Outgoing {
    bytes: Vec<u8>,
    /// Nothing can be written any more, and why.
    broken: Option<Broken>,
}

/// Why nothing can be written to a helper any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Broken {
    /// It has ended, or hears nothing any more.
    #[error("it is ending")]
    Closed,
    /// It doesn't read, and too much waits for it.
    #[error("it doesn't read what it is asked")]
    Deaf,
    /// It has been told to end.
    #[error("it is being stopped")]
    Parted,
}

impl HelperSocket {
    /// `stirred` is notified when nothing can be written any more.
    pub(super) fn new(stream: UnixStream, stirred: Arc<Notify>) -> Self {
        Self {
            stream,
            outgoing: Mutex::default(),
            queued: Notify::new(),
            stirred,
        }
    }

    /// Why nothing can be written to it any more; `None` if something can.
    pub(super) fn broken(&self) -> Option<Broken> {
        self.outgoing().broken
    }

    /// Tells the helper to end, by closing what it reads from.
    pub(super) fn part(&self) {
        self.outgoing().broken = Some(Broken::Parted);
        // It may have ended already.
        let _ = socket2::SockRef::from(&self.stream).shutdown(std::net::Shutdown::Write);
    }

    /// Sends a frame, or queues it behind what waits. Never waits.
    pub(super) fn send(&self, frame: &[u8]) -> io::Result<()> {
        let mut outgoing = self.outgoing();
        if outgoing.broken.is_some() {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        let mut rest = frame;
        if outgoing.bytes.is_empty() {
            rest = match self.write(frame) {
                Ok(written) => &frame[written..],
                Err(error) => {
                    self.broke(&mut outgoing, Broken::Closed);
                    return Err(error);
                }
            };
        }
        if rest.is_empty() {
            return Ok(());
        }
        if outgoing.bytes.len() + rest.len() > MOST_QUEUED {
            // Half a frame may have gone: there can be no other behind it.
            self.broke(&mut outgoing, Broken::Deaf);
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        outgoing.bytes.extend_from_slice(rest);
        self.queued.notify_one();
        Ok(())
    }

    /// Notes that nothing can be written any more, for who watches the helper too.
    fn broke(&self, outgoing: &mut Outgoing, how: Broken) {
        outgoing.broken = Some(how);
        self.stirred.notify_one();
    }

    /// Writes as much as there is room for.
    fn write(&self, mut bytes: &[u8]) -> io::Result<usize> {
        let all = bytes.len();
        while !bytes.is_empty() {
            match self.stream.try_write(bytes) {
                Ok(written) => bytes = &bytes[written..],
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(all - bytes.len())
    }

    /// Writes what was queued, for as long as the helper can be written to.
    pub(super) async fn flush(&self) {
        loop {
            self.queued.notified().await;
            loop {
                if self.stream.writable().await.is_err() {
                    return;
                }
                let mut outgoing = self.outgoing();
                if outgoing.broken.is_some() {
                    return;
                }
                let Ok(written) = self.write(&outgoing.bytes) else {
                    self.broke(&mut outgoing, Broken::Closed);
                    return;
                };
                outgoing.bytes.drain(..written);
                if outgoing.bytes.is_empty() {
                    outgoing.bytes.shrink_to(READ);
                    break;
                }
            }
        }
    }

    /// The next message; `None` at the end. `frames` has what came with earlier ones. Cancel safe.
    pub(super) async fn next(
        &self,
        frames: &mut Frames,
        most: impl Fn() -> usize,
    ) -> Result<Option<FromHelper>, Violation> {
        loop {
            if let Some(message) = frames.next(most())? {
                return Ok(Some(message));
            }
            if self.stream.readable().await.is_err() {
                return Ok(None);
            }
            let space = frames.space();
            space.reserve(READ);
            match self.stream.try_read_buf(space) {
                Ok(0) => return Ok(None),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(_) => return Ok(None),
            }
        }
    }

    fn outgoing(&self) -> MutexGuard<'_, Outgoing> {
        self.outgoing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
