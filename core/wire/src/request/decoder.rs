//! Finds requests in what has been received.

use super::framed::Framed;
use super::inline::{self, Inline};
use super::{Line, Progress, Quoting, Request, Span};
use crate::{ProtocolError, RequestLimits};

/// More words than nearly all requests have. Space for more is given back, since a server has many sessions and one long
/// request says nothing about the next.
const SPANS_KEPT: usize = 64;
/// The same for the bytes of unquoted words.
const UNQUOTED_KEPT: usize = 1024;

/// Reads requests one at a time, as their bytes arrive.
///
/// It remembers how far it has looked, so each byte is looked at once, however they arrive. It allocates nothing once its
/// list of words has grown to what a session uses.
///
/// All errors are final: what follows cannot be understood any more, and the connection should be closed.
#[derive(Debug)]
pub struct RequestDecoder {
    limits: RequestLimits,
    /// Bytes at the front of the input that hold no request: blank lines, empty arrays.
    skipped: usize,
    framed: Framed,
    inline: Inline,
    spans: Vec<Span>,
    /// The words of a line with quotes, without them.
    unquoted: Vec<u8>,
    /// The last call returned a request, whose bytes are gone by the next.
    finished: bool,
    /// No line has been typed yet. Only the first can come from a web browser.
    first_line: bool,
}

impl RequestDecoder {
    /// A decoder for a new connection.
    pub fn new(limits: RequestLimits) -> Self {
        Self {
            limits: bounded(limits),
            skipped: 0,
            framed: Framed::default(),
            inline: Inline::default(),
            spans: Vec::new(),
            unquoted: Vec::new(),
            finished: false,
            first_line: true,
        }
    }

    /// Changes the limits, for what hasn't been looked at yet: a login comes between two requests.
    pub fn set_limits(&mut self, limits: RequestLimits) {
        self.limits = bounded(limits);
    }

    /// Looks for the next request in `input`, which starts where the last finished request ended and holds all bytes
    /// since. None if it isn't complete yet.
    ///
    /// After a request the caller drops [`Request::wire_len`] bytes from the front of its buffer before the next call.
    /// Blank lines and empty arrays before a request are skipped, as Redis does, and count as part of it.
    #[inline]
    pub fn decode<'a>(&'a mut self, input: &'a [u8]) -> Result<Option<Request<'a>>, ProtocolError> {
        if self.finished {
            self.begin();
        }
        loop {
            let bytes = input.get(self.skipped..).unwrap_or_default();
            let progress = match bytes.first() {
                None => return Ok(None),
                Some(b'*') => self.framed.advance(bytes, &self.limits, &mut self.spans)?,
                Some(_) => self.inline.advance(bytes, &self.limits)?,
            };
            let Progress::Complete(len) = progress else {
                return Ok(None);
            };
            let line = if bytes[0] == b'*' {
                None
            } else {
                Some(self.split(&bytes[..len])?)
            };
            if self.spans.is_empty() {
                self.skip(len)?;
                continue;
            }
            self.finished = true;
            let line = line.map(|quoting| Line {
                bytes: inline::without_line_end(&bytes[..len]),
                quoting,
            });
            let text = if line.is_some_and(|line| line.quoting == Quoting::Paired) {
                &self.unquoted
            } else {
                bytes
            };
            return Ok(Some(Request {
                text,
                spans: &self.spans,
                line,
                wire_len: self.skipped + len,
            }));
        }
    }

    /// How many bytes at the front of the input hold no request, after a call of [`RequestDecoder::decode`] that
    /// returned none. The caller drops them, or they stay and count against `request_bytes` together.
    ///
    /// Without this, a client that sends a blank line now and then to keep its connection alive would fill the buffer.
    pub fn take_skipped(&mut self) -> usize {
        if self.finished {
            0
        } else {
            std::mem::take(&mut self.skipped)
        }
    }

    /// Overwrites what the decoder itself has kept of the last request, which held a secret. The input is the caller's to
    /// wipe.
    pub fn wipe(&mut self) {
        self.unquoted.fill(0);
        // Keeps the compiler from leaving out a write that nothing reads.
        std::hint::black_box(&mut self.unquoted);
    }

    fn split(&mut self, bytes: &[u8]) -> Result<Quoting, ProtocolError> {
        let line = inline::without_line_end(bytes);
        let quoting = inline::split(line, &mut self.spans, &mut self.unquoted)?;
        if !self.spans.is_empty() && std::mem::take(&mut self.first_line) && inline::is_http(line) {
            return Err(ProtocolError::Http);
        }
        let limit = self.limits.word_bytes;
        if line.len() > limit && self.spans.iter().any(|span| span.end - span.start > limit) {
            return Err(ProtocolError::WordTooLong { limit });
        }
        Ok(quoting)
    }

    fn skip(&mut self, len: usize) -> Result<(), ProtocolError> {
        self.skipped += len;
        self.framed = Framed::default();
        self.inline = Inline::default();
        let limit = self.limits.request_bytes;
        if self.skipped > limit {
            Err(ProtocolError::RequestTooLong { limit })
        } else {
            Ok(())
        }
    }

    #[inline]
    fn begin(&mut self) {
        self.finished = false;
        self.skipped = 0;
        self.framed = Framed::default();
        self.inline = Inline::default();
        if self.spans.capacity() > SPANS_KEPT {
            self.spans = Vec::new();
        }
        if self.unquoted.capacity() > UNQUOTED_KEPT {
            self.unquoted = Vec::new();
        }
        self.spans.clear();
        self.unquoted.clear();
    }
}

/// Keeps sums of lengths from overflowing, whatever limits are asked for.
fn bounded(limits: RequestLimits) -> RequestLimits {
    const MOST: usize = usize::MAX / 8;
    let RequestLimits {
        words,
        word_bytes,
        request_bytes,
    } = limits;
    RequestLimits {
        words,
        word_bytes: word_bytes.min(MOST),
        request_bytes: request_bytes.min(MOST),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Encoder, Protocol};

    #[test]
    fn no_memory_for_what_is_only_announced() {
        let most = usize::MAX;
        let limits = RequestLimits {
            words: most,
            word_bytes: most,
            request_bytes: most,
        };
        let mut decoder = RequestDecoder::new(limits);
        let hostile = b"*1000000000\r\n$1\r\na\r\n$1000000000\r\n";
        assert!(decoder.decode(hostile).unwrap().is_none());
        assert!(decoder.spans.capacity() <= 4);
    }

    #[test]
    fn no_memory_for_each_request() {
        let mut decoder = RequestDecoder::new(RequestLimits::GUEST);
        let run = b"*3\r\n$3\r\nRUN\r\n$2\r\nls\r\n$2\r\n-l\r\n";
        assert!(decoder.decode(run).unwrap().is_some());
        let spans = decoder.spans.as_ptr();
        for _ in 0..100 {
            assert!(decoder.decode(run).unwrap().is_some());
            assert_eq!(decoder.spans.as_ptr(), spans);
        }
    }

    #[test]
    fn memory_of_a_long_request_is_given_back() {
        let mut decoder = RequestDecoder::new(RequestLimits::USER);
        let mut long = Vec::new();
        Encoder::new(&mut long, Protocol::Resp3).request([b"x"; 1024]);
        assert_eq!(decoder.decode(&long).unwrap().unwrap().len(), 1024);
        let line = format!("\"{}\"\n", "x".repeat(10_000));
        assert_eq!(decoder.decode(line.as_bytes()).unwrap().unwrap().len(), 1);
        assert!(decoder.decode(b"PING\n").unwrap().is_some());
        assert!(decoder.spans.capacity() <= SPANS_KEPT);
        assert!(decoder.unquoted.capacity() <= UNQUOTED_KEPT);
    }
}
