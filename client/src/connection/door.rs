//! The door: the Unix socket by which the operator of a server on this machine comes in. It needs no TLS: the server asks the
//! kernel who is at the other end.

use std::io;
use std::path::{Path, PathBuf};

use tokio::net::UnixStream;

/// Where the door of the server with this state folder is.
pub(crate) fn path(state: &Path) -> PathBuf {
    state.join("door.sock")
}

/// Knocks. Fails at once if no server is running.
pub(crate) async fn open(path: &Path) -> io::Result<UnixStream> {
    UnixStream::connect(path).await
}
