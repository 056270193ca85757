//! Whether a peer has hung up, while not all that it sent may be read yet.
//!
//! A session reads only so far ahead while it waits for a request. Behind that it would never come to the end of what its
//! peer sent, and a program would go on for somebody who is gone. The kernel knows of the end before the last byte is read.

use std::io;
use std::os::fd::AsFd as _;

use rustix::io::Errno;
use tokio::io::{AsyncRead, AsyncWrite, Interest};
use tokio::net::{TcpStream, UnixStream};
use tokio_native_tls::TlsStream;

use super::transport::Transport;
use caracola_spawner::descriptors::{self, Use};

/// A stream over a socket.
pub(crate) trait Wire: AsyncRead + AsyncWrite + Unpin {
    /// Watches the socket for the peer's hang-up. Fails if there are no descriptors left for that.
    fn watch(&self) -> io::Result<HangUp>;
}

impl Wire for UnixStream {
    fn watch(&self) -> io::Result<HangUp> {
        let socket = self.as_fd().try_clone_to_owned()?;
        UnixStream::from_std(socket.into()).map(HangUp::Unix)
    }
}

impl Wire for TcpStream {
    fn watch(&self) -> io::Result<HangUp> {
        let socket = self.as_fd().try_clone_to_owned()?;
        if descriptors::is_kept_from(Use::Network, &socket) {
            return Err(Errno::MFILE.into());
        }
        TcpStream::from_std(socket.into()).map(HangUp::Tcp)
    }
}

impl<S: Wire> Wire for TlsStream<Transport<S>> {
    fn watch(&self) -> io::Result<HangUp> {
        self.get_ref().get_ref().get_ref().stream().watch()
    }
}

/// Sees a peer hang up. It has a descriptor of its own for the socket, which nothing else has told the runtime about; so it
/// is made only where it is needed.
#[derive(Debug)]
pub(crate) enum HangUp {
    /// From the network.
    Tcp(TcpStream),
    /// At the door.
    Unix(UnixStream),
}

impl HangUp {
    /// Returns once the peer has closed its side, or the connection broke. Bytes from it that nobody has read make no
    /// difference, unless they are so many that the kernel takes no more: then its end has not come here yet, and only reading
    /// on finds it (`read_ahead.rs`). Cancel safe.
    pub(crate) async fn seen(&self) {
        // The runtime watches for reading and writing. Of these, priority shares the end of reading alone: the urgent bytes
        // that it is about are not watched for.
        let ready = match self {
            Self::Tcp(socket) => socket.ready(Interest::PRIORITY).await,
            Self::Unix(socket) => socket.ready(Interest::PRIORITY).await,
        };
        // It fails only when the runtime has ended, and the session with it.
        drop(ready);
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::pin::pin;
    use std::task::Poll;

    use tokio::io::AsyncWriteExt as _;
    use tokio::net::TcpListener;

    use super::*;

    async fn is_seen(watch: &HangUp) -> bool {
        let mut seen = pin!(watch.seen());
        poll_fn(|cx| Poll::Ready(seen.as_mut().poll(cx).is_ready())).await
    }

    #[tokio::test]
    async fn an_end_is_seen_behind_unread_bytes() -> io::Result<()> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let mut peer = TcpStream::connect(listener.local_addr()?).await?;
        let (stream, _) = listener.accept().await?;
        let watch = stream.watch()?;
        peer.write_all(b"unread").await?;
        stream.readable().await?;
        assert!(!is_seen(&watch).await);
        drop(peer);
        watch.seen().await;

        let (stream, mut peer) = UnixStream::pair()?;
        let watch = stream.watch()?;
        peer.write_all(b"unread").await?;
        stream.readable().await?;
        assert!(!is_seen(&watch).await);
        peer.shutdown().await?;
        watch.seen().await;
        Ok(())
    }
}
