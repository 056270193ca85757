//! What nobody may see: it is shown nowhere, and its memory is overwritten when it is dropped.

use std::fmt;

use zeroize::Zeroizing;

/// No secret is longer than this, in bytes.
pub(crate) const MAX_BYTES: usize = 4096;

/// A password, or a value for a `secret` param.
pub(crate) struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Empty, with room for the longest, so that no shorter copy stays behind in memory when it grows.
    pub(crate) fn empty() -> Self {
        Self(Zeroizing::new(Vec::with_capacity(MAX_BYTES)))
    }

    pub(crate) fn expose(&self) -> &[u8] {
        &self.0
    }

    /// Adds a byte, unless there is no room for it.
    pub(crate) fn push(&mut self, byte: u8) {
        if self.0.len() < MAX_BYTES {
            self.0.push(byte);
        }
    }

    /// Takes the last character away; false if there is none.
    pub(crate) fn pop(&mut self) -> bool {
        while let Some(byte) = self.0.pop() {
            // What goes on in UTF-8 begins earlier.
            if byte & 0xc0 != 0x80 {
                return true;
            }
        }
        false
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Cuts it to this many bytes.
    pub(crate) fn truncate(&mut self, length: usize) {
        self.0.truncate(length);
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("***")
    }
}

#[cfg(test)]
impl Secret {
    pub(crate) fn of(text: &str) -> Self {
        let mut secret = Self::empty();
        text.bytes().for_each(|byte| secret.push(byte));
        secret
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_shown_nowhere() {
        assert_eq!(format!("{:?}", Some(Secret::of("hunter2"))), "Some(***)");
    }

    #[test]
    fn loses_whole_characters() {
        let mut secret = Secret::of("aé日");
        assert!(secret.pop() && secret.pop());
        assert_eq!(secret.expose(), b"a");
        assert!(secret.pop() && !secret.pop() && secret.is_empty());
    }

    #[test]
    fn never_moves_in_memory() {
        let mut secret = Secret::empty();
        let place = secret.expose().as_ptr();
        (0..2 * MAX_BYTES).for_each(|_| secret.push(b'x'));
        assert_eq!((secret.expose().len(), secret.expose().as_ptr()), (MAX_BYTES, place));
    }
}
