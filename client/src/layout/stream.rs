//! What a running program writes comes in pieces, cut anywhere: half a letter or half a colour waits for its other half.

use std::borrow::Cow;

/// What begins with an escape and is longer than this is no colour that is still coming.
const MAX_HELD_ESCAPE: usize = 32;

/// One output of a program.
#[derive(Debug, Default)]
pub(crate) struct Pieces {
    held: Vec<u8>,
}

impl Pieces {
    /// The text that is complete now. It isn't harmless yet.
    pub(crate) fn add(&mut self, bytes: &[u8]) -> String {
        self.held.extend_from_slice(bytes);
        let complete = complete_length(&self.held);
        let rest = self.held.split_off(complete);
        let whole = std::mem::replace(&mut self.held, rest);
        into_text(&whole)
    }

    /// What is left when the program has ended.
    pub(crate) fn finish(&mut self) -> String {
        into_text(&std::mem::take(&mut self.held))
    }
}

fn into_text(bytes: &[u8]) -> String {
    match String::from_utf8_lossy(bytes) {
        Cow::Borrowed(text) => text.to_owned(),
        Cow::Owned(text) => text,
    }
}

fn complete_length(bytes: &[u8]) -> usize {
    let escape = bytes.iter().rposition(|byte| *byte == 0x1b);
    if let Some(start) = escape {
        let sequence = &bytes[start..];
        let is_open = sequence
            .iter()
            .skip(1)
            .all(|byte| byte.is_ascii_digit() || b"[;:".contains(byte));
        if is_open && sequence.len() < MAX_HELD_ESCAPE {
            return start;
        }
    }
    match std::str::from_utf8(bytes) {
        // An error without a length is a character whose end is missing.
        Err(error) if error.error_len().is_none() => error.valid_up_to(),
        Err(_) => bytes.len() - open_character(bytes),
        Ok(_) => bytes.len(),
    }
}

/// Bytes of a character that has begun and not ended, at the end of text that has errors before it.
fn open_character(bytes: &[u8]) -> usize {
    let tail = &bytes[bytes.len().saturating_sub(3)..];
    let start = tail.iter().rposition(|byte| *byte >= 0xc0);
    let open = start.map_or(&[][..], |start| &tail[start..]);
    match std::str::from_utf8(open) {
        Err(error) if error.error_len().is_none() => open.len(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cut_anywhere_it_reads_the_same() {
        let whole = "é日\x1b[1;31mrojo\x1b[0m 👍\n".as_bytes();
        for cut in 0..=whole.len() {
            let mut pieces = Pieces::default();
            let first = pieces.add(&whole[..cut]);
            let second = pieces.add(&whole[cut..]);
            assert_eq!((first + &second).as_bytes(), whole, "cut at {cut}");
        }
    }

    #[test]
    fn a_colour_is_never_cut_in_two() {
        let mut pieces = Pieces::default();
        assert_eq!(pieces.add(b"a\x1b[3"), "a");
        assert_eq!(pieces.add(b"1mb"), "\x1b[31mb");
    }

    #[test]
    fn garbage_is_not_held_for_ever() {
        let mut pieces = Pieces::default();
        assert_eq!(pieces.add(b"\xffa"), "\u{fffd}a");
        assert_eq!(pieces.add(b"\xff\xe6\x97"), "\u{fffd}");
        assert_eq!(pieces.add(b"\xa5"), "日");
        let long = [b"\x1b[".as_slice(), &[b'1'; 40]].concat();
        assert_eq!(pieces.add(&long).len(), long.len());
        assert_eq!(pieces.add(b"\x1b["), "");
        assert_eq!(pieces.finish(), "\x1b[");
    }
}
