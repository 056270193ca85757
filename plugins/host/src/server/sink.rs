//! Where chunks go that somebody sees as they come.

use tokio::sync::mpsc::UnboundedSender;

use crate::collector::Sink;

/// Takes chunks as they come: 1 or 2 for the stream, and the bytes. How many there may be is bounded by the answer's size.
pub type ChunkSender = UnboundedSender<(u8, Vec<u8>)>;

/// What puts them there.
pub(super) fn sink(sender: ChunkSender) -> Sink {
    Box::new(move |stream, bytes| sender.send((stream, bytes.to_vec())).is_ok())
}
