//! What the server and a plugin's own process say to each other: frames, each a length (four bytes, little-endian) and a
//! message of that many bytes. Only bytes here, no sockets.
//!
//! The two are the same binary, so the format needs no version. The helper believes the server; the server believes
//! nothing: a plugin shares its process with what writes these frames, and may write some itself.

use std::io::{self, Read};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::fence::Held;
use crate::call::{Answer, Candidate, Invocation};
use crate::instance::Beginning;
use crate::library::Described;
use crate::load_error::LoadError;
use crate::logger::Level;

/// Bytes of a frame's length.
const HEADER: usize = 4;
/// Bytes of a frame from the server at most: an invocation is as long as a request may be, and the first frame has the
/// plugin's `config` in it.
pub(super) const LONGEST_TO_HELPER: usize = 64 * 1024 * 1024;
/// Bytes of a frame in which a plugin describes itself, at most: its definitions may have 4 MiB.
pub(super) const LONGEST_BEGINNING: usize = 5 * 1024 * 1024;
/// Bytes that a frame may have beside an answer's own.
pub(super) const OVERHEAD: usize = 64 * 1024;

/// What the server tells the helper. `I` is an invocation, or a reference to one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum ToHelper<I = Invocation> {
    /// The first: how to begin.
    Begin(Outset),
    /// Run a command.
    Call {
        /// By this the answer is known.
        id: u64,
        /// What to run.
        invocation: I,
    },
    /// Offer values.
    Complete {
        /// By this the answer is known.
        id: u64,
        /// For what.
        invocation: I,
    },
    /// Nobody waits for that answer any more.
    Cancel {
        /// Which.
        id: u64,
    },
}

/// What a helper begins with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Outset {
    /// For the plugin.
    pub(super) beginning: Beginning,
    /// Whether it may use the network.
    pub(super) network: bool,
    /// Calls at once.
    pub(super) at_once: u32,
}

/// What a helper tells the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum FromHelper {
    /// What holds it from now on. Comes before anything of the plugin's runs.
    Fenced(Held),
    /// The plugin has begun.
    Began(Described),
    /// It has not.
    Refused(LoadError),
    /// A line for the log.
    Log(Level, String),
    /// A piece of output of a call that streams.
    Chunk {
        /// Of which call.
        id: u64,
        /// 1 or 2.
        stream: u8,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// A call has returned.
    Answer {
        /// Which.
        id: u64,
        /// What came of it.
        answer: Answer,
    },
    /// A completion has returned.
    Candidates {
        /// Which.
        id: u64,
        /// What was offered.
        candidates: Vec<Candidate>,
    },
}

/// How a helper broke the rules.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Violation {
    /// An answer is larger than that call's may be; bytes.
    #[error("it answered with more than {0} bytes")]
    AnswerTooLarge(usize),
    /// Too many lines for the log in a second.
    #[error("it flooded the log")]
    Flood,
    /// A frame is longer than any can be; bytes.
    #[error("it sent a frame of {0} bytes")]
    FrameTooLong(usize),
    /// A frame that is not a message.
    #[error("it sent what makes no sense")]
    Garbage,
    /// A message that can't be at this time, or has something impossible in it; what.
    #[error("it sent {0}")]
    Impossible(&'static str),
    /// An answer to no call.
    #[error("it answered a call that there is not")]
    UnknownCall,
}

/// A message as a frame. Fails for paths that aren't text and for what is longer than 4 GiB.
pub(super) fn frame(message: &impl Serialize) -> Result<Vec<u8>, postcard::Error> {
    let mut bytes = postcard::to_extend(message, vec![0; HEADER])?;
    let length = u32::try_from(bytes.len() - HEADER).map_err(|_| postcard::Error::SerializeBufferFull)?;
    bytes[..HEADER].copy_from_slice(&length.to_le_bytes());
    Ok(bytes)
}

/// The message of a frame, all of it.
pub(super) fn message<T: DeserializeOwned>(body: &[u8]) -> Result<T, Violation> {
    match postcard::take_from_bytes(body) {
        Ok((message, [])) => Ok(message),
        Ok(_) | Err(_) => Err(Violation::Garbage),
    }
}

/// Reads the next frame's message; `None` at the end. For the helper, which may wait.
pub(super) fn read<T: DeserializeOwned>(from: &mut impl Read, most: usize) -> io::Result<Option<T>> {
    let mut header = [0; HEADER];
    match from.read_exact(&mut header) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        read => read?,
    }
    let length = u32::from_le_bytes(header);
    if length as usize > most {
        return Err(io::Error::other(Violation::FrameTooLong(length as usize)));
    }
    let mut body = Vec::new();
    from.take(u64::from(length)).read_to_end(&mut body)?;
    message(&body).map(Some).map_err(io::Error::other)
}

/// Bytes that have come, of which frames are taken. Nothing is kept for what was only announced.
#[derive(Debug, Default)]
pub(super) struct Frames {
    bytes: Vec<u8>,
    /// Bytes that have been taken.
    taken: usize,
}

impl Frames {
    /// What is kept for the next frame when there is none.
    const KEPT: usize = 64 * 1024;

    /// Where more bytes go.
    pub(super) fn space(&mut self) -> &mut Vec<u8> {
        if self.taken == self.bytes.len() {
            self.bytes.clear();
            self.bytes.shrink_to(Self::KEPT);
        } else {
            self.bytes.drain(..self.taken);
        }
        self.taken = 0;
        &mut self.bytes
    }

    /// The next whole message, if it is there. None may have more bytes than `most`.
    pub(super) fn next<T: DeserializeOwned>(&mut self, most: usize) -> Result<Option<T>, Violation> {
        let rest = &self.bytes[self.taken..];
        let Some((header, rest)) = rest.split_first_chunk::<HEADER>() else {
            return Ok(None);
        };
        let length = u32::from_le_bytes(*header) as usize;
        if length > most {
            return Err(Violation::FrameTooLong(length));
        }
        let Some(body) = rest.get(..length) else {
            return Ok(None);
        };
        let message = message(body)?;
        self.taken += HEADER + length;
        Ok(Some(message))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn log(text: &str) -> FromHelper {
        FromHelper::Log(Level::Info, text.into())
    }

    #[test]
    fn messages_come_whole_however_they_are_cut() {
        let sent = [log("one"), log(""), log(&"x".repeat(100_000))];
        let bytes: Vec<u8> = sent.iter().flat_map(|message| frame(message).unwrap()).collect();
        for cut in [1, 3, 4, 5, 1000, bytes.len()] {
            let mut frames = Frames::default();
            let mut got: Vec<FromHelper> = Vec::new();
            for piece in bytes.chunks(cut) {
                frames.space().extend_from_slice(piece);
                while let Some(message) = frames.next(200_000).unwrap() {
                    got.push(message);
                }
            }
            assert_eq!(got, sent);
        }
        let mut reader = &bytes[..];
        for message in sent {
            assert_eq!(read(&mut reader, 200_000).unwrap(), Some(message));
        }
        assert_eq!(read::<FromHelper>(&mut reader, 200_000).unwrap(), None);
    }

    #[test]
    fn a_long_frame_is_refused_before_it_comes() {
        let mut frames = Frames::default();
        frames.space().extend_from_slice(&u32::MAX.to_le_bytes());
        let refused = frames.next::<FromHelper>(1000);
        assert_eq!(refused, Err(Violation::FrameTooLong(u32::MAX as usize)));
    }

    #[test]
    fn a_frame_with_more_than_its_message_is_garbage() {
        let mut bytes = frame(&log("one")).unwrap();
        bytes.push(0);
        bytes[0] += 1;
        let mut frames = Frames::default();
        frames.space().extend_from_slice(&bytes);
        assert_eq!(frames.next::<FromHelper>(1000), Err(Violation::Garbage));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let mut frames = Frames::default();
            frames.space().extend_from_slice(&bytes);
            while let Ok(Some(_)) = frames.next::<FromHelper>(1000) {}
            let _ = message::<FromHelper>(&bytes);
            let _ = message::<ToHelper>(&bytes);
        }
    }
}
