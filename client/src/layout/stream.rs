//! What a running program writes comes in pieces, cut anywhere: half a letter or half a colour waits for its other half,
//! and a colour goes on in the next piece.

use std::borrow::Cow;

use super::sanitize;

/// What begins with an escape and is longer than this is not a colour that is still coming.
const MAX_HELD_ESCAPE: usize = 32;

/// For whom a program's output is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reader {
    /// A file or another program: it gets the bytes as they are.
    Program,
    /// Something that escapes by itself what could do harm: it gets whole characters.
    Escaper,
    /// A terminal that shows colours, or doesn't.
    Terminal { has_colors: bool },
}

/// One output of a program.
#[derive(Debug, Default)]
pub(crate) struct Stream {
    held: Vec<u8>,
    /// The colours that the text so far has left on.
    style: String,
}

impl Stream {
    /// What can be printed now.
    pub(crate) fn add(&mut self, bytes: &[u8], reader: Reader) -> Vec<u8> {
        if reader == Reader::Program {
            return bytes.to_vec();
        }
        self.held.extend_from_slice(bytes);
        let complete = complete_length(&self.held);
        let rest = self.held.split_off(complete);
        let whole = std::mem::replace(&mut self.held, rest);
        self.harmless(&whole, reader)
    }

    /// What is left when the program has ended.
    pub(crate) fn finish(&mut self, reader: Reader) -> Vec<u8> {
        let rest = std::mem::take(&mut self.held);
        let last = self.harmless(&rest, reader);
        self.style.clear();
        last
    }

    fn harmless(&mut self, bytes: &[u8], reader: Reader) -> Vec<u8> {
        if bytes.is_empty() {
            return Vec::new();
        }
        if reader == Reader::Escaper {
            return String::from_utf8_lossy(bytes).into_owned().into_bytes();
        }
        let has_colors = reader == Reader::Terminal { has_colors: true };
        let text = String::from_utf8_lossy(bytes);
        let text = with_line_ends(&text);
        let colored = format!("{}{text}", self.style);
        self.style = sanitize::style_at_end(&colored);
        sanitize::colored(&colored, has_colors).into_owned().into_bytes()
    }
}

/// A return to the start of the line, as progress bars use it, would overwrite what stands there: it starts a new line.
fn with_line_ends(text: &str) -> Cow<'_, str> {
    if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(text)
    }
}

fn complete_length(bytes: &[u8]) -> usize {
    if bytes.ends_with(b"\r") {
        return bytes.len() - 1;
    }
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

    const COLORS: Reader = Reader::Terminal { has_colors: true };

    fn added(stream: &mut Stream, bytes: &[u8]) -> String {
        String::from_utf8_lossy(&stream.add(bytes, COLORS)).into_owned()
    }

    #[test]
    fn cut_anywhere_it_reads_the_same() {
        let whole = "é日 👍\r\nnext\n".as_bytes();
        for cut in 0..=whole.len() {
            let mut stream = Stream::default();
            let text = added(&mut stream, &whole[..cut]) + &added(&mut stream, &whole[cut..]);
            assert_eq!(text, "é日 👍\nnext\n", "cut at {cut}");
        }
    }

    #[test]
    fn a_colour_is_never_cut_in_two_and_goes_on_in_the_next_piece() {
        let mut stream = Stream::default();
        assert_eq!(added(&mut stream, b"a\x1b[3"), "a");
        assert_eq!(added(&mut stream, b"1mb"), "\x1b[31mb\x1b[0m");
        assert_eq!(added(&mut stream, b"c\n"), "\x1b[31mc\n\x1b[0m");
        assert_eq!(added(&mut stream, b"\x1b[1;0md"), "\x1b[31m\x1b[1;0md\x1b[0m");
        assert_eq!(added(&mut stream, b"e"), "e");
    }

    #[test]
    fn a_progress_bar_is_lines() {
        let mut stream = Stream::default();
        assert_eq!(added(&mut stream, b"50%\r"), "50%");
        assert_eq!(added(&mut stream, b"60%\r70%"), "\n60%\n70%");
        assert_eq!(added(&mut stream, b"\r\n"), "\n");
        assert_eq!(added(&mut stream, b"\r"), "");
        assert_eq!(stream.finish(COLORS), b"\n");
    }

    #[test]
    fn what_is_not_for_a_terminal_is_left_alone() {
        let mut stream = Stream::default();
        let bytes = b"a\tb\r\n\x1b[2J\xff\xc3";
        assert_eq!(stream.add(bytes, Reader::Program), bytes);
        assert_eq!(stream.finish(Reader::Program), b"");
        assert_eq!(stream.add(b"\x1b[2J\xc3", Reader::Escaper), b"\x1b[2J");
        assert_eq!(stream.add(b"\xa9", Reader::Escaper), "é".as_bytes());
        let plain = Reader::Terminal { has_colors: false };
        assert_eq!(stream.add(b"\x1b[31mred\x1b[2J", plain), b"red^[[2J");
    }

    #[test]
    fn garbage_is_not_held_for_ever() {
        let mut stream = Stream::default();
        assert_eq!(added(&mut stream, b"\xffa"), "\u{fffd}a");
        assert_eq!(added(&mut stream, b"\xff\xe6\x97"), "\u{fffd}");
        assert_eq!(added(&mut stream, b"\xa5"), "日");
        let long = [b"\x1b[".as_slice(), &[b'1'; 40]].concat();
        assert_eq!(added(&mut stream, &long).len(), long.len() + 1);
        assert_eq!(added(&mut stream, b"\x1b["), "");
        assert_eq!(stream.finish(COLORS), b"^[[");
    }
}
