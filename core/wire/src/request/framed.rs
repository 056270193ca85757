//! Requests as programs send them: `*N`, then N times `$length` and the word.

use super::{Progress, Span};
use crate::length::{Counted, read_length};
use crate::{ProtocolError, RequestLimits};

/// How far a framed request has been read.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Framed {
    /// Bytes read. 0 before the count is.
    at: usize,
    /// Words that are still to come.
    missing: usize,
    /// The length of the next word, when only the word itself is still to come.
    length: Option<usize>,
}

impl Framed {
    /// Reads on in `bytes`, which begin with `*`, and appends the words to `spans`.
    #[inline]
    pub(super) fn advance(
        &mut self,
        bytes: &[u8],
        limits: &RequestLimits,
        spans: &mut Vec<Span>,
    ) -> Result<Progress, ProtocolError> {
        if self.at == 0 && !self.read_count(bytes, limits)? {
            return Ok(Progress::Pending);
        }
        while self.missing > 0 {
            let length = match self.length {
                Some(length) => length,
                None => match self.read_word_length(bytes, limits)? {
                    Some(length) => length,
                    None => return Ok(Progress::Pending),
                },
            };
            let end = self.at + length;
            match bytes.get(end..end + 2) {
                Some(b"\r\n") => spans.push(Span { start: self.at, end }),
                Some(_) => return Err(ProtocolError::MissingLineEnd),
                None => {
                    self.length = Some(length);
                    return Ok(Progress::Pending);
                }
            }
            self.at = end + 2;
            self.length = None;
            self.missing -= 1;
        }
        Ok(Progress::Complete(self.at))
    }

    /// False if more bytes are needed.
    #[inline]
    fn read_count(&mut self, bytes: &[u8], limits: &RequestLimits) -> Result<bool, ProtocolError> {
        let Some(count) = read_length(&bytes[1..], Counted::Items)? else {
            return Ok(false);
        };
        // An array of -1 is RESP2's null, and has no words either.
        let words = count.value.unwrap_or(0);
        if words > limits.words {
            return Err(ProtocolError::TooManyWords { limit: limits.words });
        }
        self.at = 1 + count.width;
        self.missing = words;
        Ok(true)
    }

    /// None if more bytes are needed.
    #[inline]
    fn read_word_length(&mut self, bytes: &[u8], limits: &RequestLimits) -> Result<Option<usize>, ProtocolError> {
        let header = match bytes.get(self.at..) {
            Some([b'$', header @ ..]) => header,
            Some(&[found, ..]) => return Err(ProtocolError::ExpectedBulk { found }),
            _ => return Ok(None),
        };
        let Some(length) = read_length(header, Counted::Bytes)? else {
            return Ok(None);
        };
        let bytes_in_word = length.value.ok_or(ProtocolError::InvalidLength)?;
        if bytes_in_word > limits.word_bytes {
            return Err(ProtocolError::WordTooLong {
                limit: limits.word_bytes,
            });
        }
        let start = self.at + 1 + length.width;
        if start + bytes_in_word + 2 > limits.request_bytes {
            return Err(ProtocolError::RequestTooLong {
                limit: limits.request_bytes,
            });
        }
        self.at = start;
        Ok(Some(bytes_in_word))
    }
}
