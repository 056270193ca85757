//! What a program wrote, in the order in which it came, up to a limit.
//!
//! A program may write a byte at a time. So pieces are not kept each by itself: they stand one behind the other in a few
//! blocks, and a piece costs one to three bytes beside its own. What all of it costs is at most twice what was written, and
//! some KiB.
//!
//! A program that writes more than `max_output` gets SIGPIPE, like one before `head`. What was kept is the reply, which
//! says that it was cut.

use bytes::Bytes;

use caracola_speech::excerpt;

/// Bytes in a block: as many as are read from a program at once, so that a piece always fits into one.
pub(super) const BLOCK: usize = 16 * 1024;
/// Bytes of marks in a block, so that finding a piece is a short walk.
const MARKS: usize = 1024;
/// What the allocator may add to a piece of memory.
const ALLOCATION: usize = 16;

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
    blocks: Vec<Block>,
    chunks: usize,
    bytes: usize,
    limit: usize,
    truncated: bool,
}

/// Several pieces, one behind the other.
#[derive(Debug)]
struct Block {
    /// The number of its first piece.
    first: usize,
    bytes: Vec<u8>,
    /// One mark for each piece: its length and its stream.
    marks: Vec<u8>,
}

impl Output {
    /// No output yet, and at most `limit` bytes of it ever.
    pub fn new(limit: usize) -> Self {
        Self {
            blocks: Vec::new(),
            chunks: 0,
            bytes: 0,
            limit,
            truncated: false,
        }
    }

    /// Adds what a program wrote. Returns false once there is more than may be kept: the rest is dropped.
    pub fn add(&mut self, stream: Stream, bytes: &[u8]) -> bool {
        let room = self.limit - self.bytes;
        let kept = &bytes[..bytes.len().min(room)];
        for piece in kept.chunks(BLOCK) {
            self.push(stream, piece);
        }
        self.truncated |= kept.len() < bytes.len();
        !self.truncated
    }

    fn push(&mut self, stream: Stream, piece: &[u8]) {
        match self.blocks.last_mut() {
            Some(block) if block.has_room(piece.len()) => block.push(stream, piece),
            last => {
                if let Some(full) = last {
                    full.shrink();
                }
                let mut block = Block {
                    first: self.chunks,
                    bytes: Vec::new(),
                    marks: Vec::new(),
                };
                block.push(stream, piece);
                self.blocks.push(block);
            }
        }
        self.chunks += 1;
        self.bytes += piece.len();
    }

    /// Gives back memory that was meant for more output: nothing will be added any more.
    pub(super) fn finish(&mut self) {
        if let Some(last) = self.blocks.last_mut() {
            last.shrink();
        }
        self.blocks.shrink_to_fit();
    }

    /// The chunk number `index`, from 0, if it has come.
    pub fn chunk(&self, index: usize) -> Option<Chunk> {
        self.chunks_from(index).next()
    }

    /// The chunks from number `index` on.
    pub fn chunks_from(&self, index: usize) -> impl Iterator<Item = Chunk> {
        let block = self.blocks.partition_point(|block| block.first <= index);
        let blocks = &self.blocks[block.saturating_sub(1)..];
        let before = blocks.first().map_or(0, |block| index.saturating_sub(block.first));
        let pieces = blocks.iter().flat_map(Block::pieces).skip(before);
        pieces.map(|(stream, bytes)| Chunk {
            stream,
            bytes: Bytes::copy_from_slice(bytes),
        })
    }

    /// Chunks so far.
    pub fn len(&self) -> usize {
        self.chunks
    }

    /// Bytes that are kept.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Bytes of memory that keeping it costs.
    pub fn cost(&self) -> usize {
        let blocks = self.blocks.iter();
        let of_blocks: usize = blocks
            .map(|block| block.bytes.capacity() + block.marks.capacity() + 2 * ALLOCATION)
            .sum();
        of_blocks + self.blocks.capacity() * size_of::<Block>()
    }

    /// Whether more was written than is kept.
    pub fn truncated(&self) -> bool {
        self.truncated
    }

    /// All that one stream got.
    pub fn all(&self, stream: Stream) -> Vec<u8> {
        let pieces = self.blocks.iter().flat_map(Block::pieces);
        let of_stream = pieces.filter(|(of, _)| *of == stream);
        let mut all = Vec::new();
        for (_, bytes) in of_stream {
            all.extend_from_slice(bytes);
        }
        all
    }

    /// The last line that is not blank, of standard error if it has any, else of standard output; for an error that says
    /// why a program failed. At most 256 bytes of it: a program may write no line end at all.
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

impl Block {
    fn has_room(&self, bytes: usize) -> bool {
        self.bytes.len() + bytes <= BLOCK && self.marks.len() < MARKS
    }

    fn push(&mut self, stream: Stream, piece: &[u8]) {
        self.bytes.extend_from_slice(piece);
        // Seven bits in a byte, the lowest first; the eighth says that there are more.
        let mut mark = piece.len() << 1 | usize::from(stream == Stream::Err);
        loop {
            let low = u8::try_from(mark & 0x7f).unwrap_or_default();
            mark >>= 7;
            if mark == 0 {
                self.marks.push(low);
                return;
            }
            self.marks.push(low | 0x80);
        }
    }

    fn shrink(&mut self) {
        self.bytes.shrink_to_fit();
        self.marks.shrink_to_fit();
    }

    /// Its pieces, in order.
    fn pieces(&self) -> impl Iterator<Item = (Stream, &[u8])> {
        let mut marks = self.marks.iter();
        let mut rest = self.bytes.as_slice();
        std::iter::from_fn(move || {
            let mut mark = 0;
            let mut shift = 0;
            loop {
                let byte = *marks.next()?;
                mark |= usize::from(byte & 0x7f) << shift;
                shift += 7;
                if byte & 0x80 == 0 {
                    break;
                }
            }
            let stream = if mark & 1 == 1 { Stream::Err } else { Stream::Out };
            let (piece, behind) = rest.split_at_checked(mark >> 1)?;
            rest = behind;
            Some((stream, piece))
        })
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

    #[test]
    fn pieces_come_back_as_they_were_written() {
        let sizes = [1, 1, 63, 64, 8191, 8192, BLOCK, 1, BLOCK, BLOCK - 1, 2, 300];
        let mut output = Output::new(1 << 20);
        let mut written = Vec::new();
        for (number, size) in sizes.into_iter().cycle().take(100).enumerate() {
            let stream = if number % 3 == 0 { Stream::Err } else { Stream::Out };
            let bytes: Vec<u8> = (0..size)
                .map(|byte| u8::try_from((byte + number) % 251).unwrap_or_default())
                .collect();
            output.add(stream, &bytes);
            written.push((stream, bytes));
        }
        assert_eq!(output.len(), 100);
        for (number, (stream, bytes)) in written.iter().enumerate() {
            let chunk = output.chunk(number).expect("a chunk");
            assert_eq!((chunk.stream, &chunk.bytes[..]), (*stream, &bytes[..]), "{number}");
        }
        assert_eq!(output.chunk(100), None);
        assert_eq!(output.chunk(usize::MAX), None);
        assert_eq!(output.chunks_from(40).count(), 60);
    }

    #[test]
    fn a_byte_at_a_time_costs_at_most_twice_its_bytes() {
        for (limit, size) in [(256 * 1024, 1), (256 * 1024, 2), (1 << 20, 100), (4 << 20, BLOCK)] {
            let mut output = Output::new(limit);
            let piece = vec![b'x'; size];
            // Both streams by turns, so that no two pieces could be made one.
            let streams = [Stream::Out, Stream::Err].into_iter().cycle();
            for stream in streams {
                if !output.add(stream, &piece) {
                    break;
                }
                let most = 2 * output.bytes() + (1 << 20);
                assert!(output.cost() <= most, "{} for {} bytes", output.cost(), output.bytes());
            }
            output.finish();
            assert_eq!(output.bytes(), limit);
            assert!(output.cost() <= 2 * limit + limit / 4, "{} for {limit}", output.cost());
        }
    }
}
