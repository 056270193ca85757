//! What a program wrote, in the order in which it came, up to a limit.

use bytes::Bytes;

use crate::excerpt;

/// Which of a program's streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Out = 1,
    /// Standard error.
    Err = 2,
}

/// One piece of output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    /// Where it was written.
    pub stream: Stream,
    /// What was written.
    pub bytes: Bytes,
}

/// A program's output, both streams together.
#[derive(Debug)]
pub struct Output {
    chunks: Vec<Chunk>,
    bytes: usize,
    limit: usize,
    truncated: bool,
}

impl Output {
    /// No output yet, and at most `limit` bytes of it ever.
    pub fn new(limit: usize) -> Self {
        Self {
            chunks: Vec::new(),
            bytes: 0,
            limit,
            truncated: false,
        }
    }

    /// Adds what a program wrote. Returns false once there is more than may be kept: the rest is dropped.
    pub fn add(&mut self, stream: Stream, bytes: &[u8]) -> bool {
        let room = self.limit - self.bytes;
        let kept = &bytes[..bytes.len().min(room)];
        if !kept.is_empty() {
            self.bytes += kept.len();
            self.chunks.push(Chunk {
                stream,
                bytes: Bytes::copy_from_slice(kept),
            });
        }
        self.truncated |= kept.len() < bytes.len();
        !self.truncated
    }

    /// The chunk number `index`, from 0, if it has come.
    pub fn chunk(&self, index: usize) -> Option<&Chunk> {
        self.chunks.get(index)
    }

    /// Chunks so far.
    pub fn len(&self) -> usize {
        self.chunks.len()
    }

    /// Whether nothing has been written.
    pub fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }

    /// Bytes that are kept.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Whether more was written than is kept.
    pub fn truncated(&self) -> bool {
        self.truncated
    }

    /// All that one stream got.
    pub fn all(&self, stream: Stream) -> Vec<u8> {
        let of_stream = self.chunks.iter().filter(|chunk| chunk.stream == stream);
        of_stream.flat_map(|chunk| chunk.bytes.iter().copied()).collect()
    }

    /// The last line that is not blank, of standard error if it has any, else of standard output; for an error that says
    /// why a program failed. At most [`excerpt::LINE`] bytes of it: a program may write no line end at all.
    pub fn last_line(&self) -> String {
        let last = |stream| {
            let text = String::from_utf8_lossy(&self.all(stream)).into_owned();
            text.lines()
                .rev()
                .find(|line| !line.trim().is_empty())
                .map(|line| excerpt::bytes(line.trim(), excerpt::LINE))
        };
        last(Stream::Err).or_else(|| last(Stream::Out)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_over_the_limit_is_dropped_and_said_to_be() {
        let mut output = Output::new(5);
        assert!(output.add(Stream::Out, b"one"));
        assert!(output.add(Stream::Err, b"2"));
        assert!(!output.truncated());
        assert!(!output.add(Stream::Out, b"three"));
        assert!(output.truncated());
        assert_eq!(output.all(Stream::Out), b"onet");
        assert_eq!(output.bytes(), 5);
    }

    #[test]
    fn a_last_line_without_end_is_cut_between_characters() {
        let mut output = Output::new(1 << 20);
        output.add(Stream::Err, "\u{20ac}".repeat(100_000).as_bytes());
        let line = output.last_line();
        assert!(line.len() <= excerpt::LINE, "{}", line.len());
        assert!(line.ends_with("€…"), "{line}");
    }

    #[test]
    fn the_last_line_says_why() {
        let mut output = Output::new(100);
        output.add(Stream::Out, b"working\n");
        assert_eq!(output.last_line(), "working");
        output.add(Stream::Err, b"warning\nno such disk\n\n");
        assert_eq!(output.last_line(), "no such disk");
    }
}
