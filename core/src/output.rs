//! What waits to be sent to one peer.
//!
//! Large bytes that many peers are sent are shared: the catalogue and pictures are in no peer's buffer, only referred
//! to.

use std::collections::VecDeque;
use std::ops::{Deref, DerefMut};

use bytes::Bytes;

/// Shared bytes shorter than this are copied: a copy costs less than a write of their own.
const COPIED: usize = 16 * 1024;
/// A buffer larger than this is given back once it is empty. Most replies are far smaller.
const KEEP: usize = 1024;

/// Bytes for one peer, in order. Most are its own: what encodes a reply appends to the `Vec` that this dereferences to,
/// and never removes what was there before. Large ones that many peers get, such as the catalogue, are shared between
/// them: five hundred peers that don't read cost one copy.
#[derive(Debug, Default)]
pub struct Output {
    own: Vec<u8>,
    /// Shared bytes, each with its place: how many of the own bytes come before it.
    shared: VecDeque<(usize, Bytes)>,
    /// Shared bytes in all, the ones that were sent of the first included.
    shared_bytes: usize,
    /// Own bytes that were sent.
    sent: usize,
    /// Bytes of the first shared piece that were sent.
    sent_of_shared: usize,
}

impl Output {
    /// Appends bytes that others are sent too, without a copy unless they are few.
    pub fn push_shared(&mut self, bytes: Bytes) {
        if bytes.len() < COPIED {
            self.own.extend_from_slice(&bytes);
        } else {
            self.shared_bytes += bytes.len();
            self.shared.push_back((self.own.len(), bytes));
        }
    }

    /// Bytes that are held for the peer, sent or not: all are given back together, once the last is sent.
    pub fn held(&self) -> usize {
        self.own.len() + self.shared_bytes
    }

    /// The next bytes to send; empty when there are none.
    pub fn unsent(&self) -> &[u8] {
        match self.shared.front() {
            Some((at, bytes)) if *at == self.sent => &bytes[self.sent_of_shared..],
            Some((at, _)) => &self.own[self.sent..*at],
            None => &self.own[self.sent..],
        }
    }

    /// Notes that the first `count` of the unsent bytes were sent; `count` is at most their length.
    pub fn advance(&mut self, count: usize) {
        match self.shared.front() {
            Some((at, bytes)) if *at == self.sent => {
                self.sent_of_shared += count;
                if self.sent_of_shared >= bytes.len() {
                    self.shared_bytes -= bytes.len();
                    self.sent_of_shared = 0;
                    self.shared.pop_front();
                }
            }
            _ => self.sent += count,
        }
        if self.sent == self.own.len() && self.shared.is_empty() {
            self.clear();
        }
    }

    fn clear(&mut self) {
        self.sent = 0;
        self.own.clear();
        if self.own.capacity() > KEEP {
            self.own = Vec::new();
        }
        if self.shared.capacity() > 0 {
            self.shared = VecDeque::new();
        }
    }
}

impl Deref for Output {
    type Target = Vec<u8>;

    fn deref(&self) -> &Vec<u8> {
        &self.own
    }
}

impl DerefMut for Output {
    fn deref_mut(&mut self) -> &mut Vec<u8> {
        &mut self.own
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All that there is to send, taken in steps of at most `step` bytes.
    fn drain(output: &mut Output, step: usize) -> Vec<u8> {
        let mut all = Vec::new();
        while !output.unsent().is_empty() {
            let count = output.unsent().len().min(step);
            all.extend_from_slice(&output.unsent()[..count]);
            output.advance(count);
        }
        all
    }

    #[test]
    fn own_and_shared_bytes_come_out_in_order() {
        let large = Bytes::from(vec![b'x'; 2 * COPIED]);
        for step in [1, 7, COPIED, usize::MAX] {
            let mut output = Output::default();
            output.push_shared(large.clone());
            output.extend_from_slice(b"one");
            output.push_shared(Bytes::from_static(b"few"));
            output.push_shared(large.clone());
            output.push_shared(large.clone());
            output.extend_from_slice(b"two");
            assert_eq!(output.held(), 6 * COPIED + 9);
            let expected = [&large[..], b"onefew", &large, &large, b"two"].concat();
            assert_eq!(drain(&mut output, step), expected);
            assert_eq!(
                (output.held(), output.own.capacity()),
                (0, output.own.capacity().min(KEEP))
            );
        }
    }

    #[test]
    fn what_is_appended_while_sending_comes_after() {
        let mut output = Output::default();
        output.extend_from_slice(b"one");
        output.advance(1);
        output.push_shared(Bytes::from(vec![b'x'; COPIED]));
        output.extend_from_slice(b"two");
        let expected = [&b"ne"[..], &[b'x'; COPIED], b"two"].concat();
        assert_eq!(drain(&mut output, 5), expected);
    }

    #[test]
    fn shared_bytes_are_not_copied() {
        let large = Bytes::from(vec![b'x'; COPIED]);
        let mut output = Output::default();
        output.push_shared(large.clone());
        assert_eq!(output.unsent().as_ptr(), large.as_ptr());
    }
}
