//! Requests as people type them: a line, split into words as Redis splits it.

use super::{Progress, Quoting, Span};
use crate::{MAX_INLINE_BYTES, MAX_INLINE_WORDS, ProtocolError, RequestLimits};

/// How far a line has been looked through for its end.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Inline {
    at: usize,
}

impl Inline {
    /// Looks on for the line's end in `bytes`, which begin with the line.
    pub(super) fn advance(&mut self, bytes: &[u8], limits: &RequestLimits) -> Result<Progress, ProtocolError> {
        let limit = MAX_INLINE_BYTES.min(limits.request_bytes);
        let mut after_return = self.at > 0 && bytes[self.at - 1] == b'\r';
        for (index, &byte) in bytes.iter().enumerate().skip(self.at) {
            if byte == b'\n' {
                return Ok(Progress::Complete(index + 1));
            }
            // A line of exactly the limit may still end in CR and LF.
            if index > limit || index == limit && byte != b'\r' {
                return Err(ProtocolError::LineTooLong { limit });
            }
            // A terminal's line may end in CR CR LF, but nothing else may follow a CR.
            if after_return && byte != b'\r' {
                return Err(ProtocolError::ControlByte { byte: b'\r' });
            }
            if byte.is_ascii_control() && byte != b'\t' && byte != b'\r' {
                return Err(ProtocolError::ControlByte { byte });
            }
            after_return = byte == b'\r';
        }
        self.at = bytes.len();
        Ok(Progress::Pending)
    }
}

/// The line without LF and what CRs stand before it.
pub(super) fn without_line_end(mut bytes: &[u8]) -> &[u8] {
    if let [line @ .., b'\n'] = bytes {
        bytes = line;
    }
    while let [line @ .., b'\r'] = bytes {
        bytes = line;
    }
    bytes
}

/// The text without the blanks at its end.
pub(super) fn trim_end(mut text: &[u8]) -> &[u8] {
    while let [rest @ .., last] = text
        && is_blank(*last)
    {
        text = rest;
    }
    text
}

#[inline]
fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// Splits a line into words. `spans` point into `unquoted` if its quotes pair, else into the line itself.
pub(super) fn split(line: &[u8], spans: &mut Vec<Span>, unquoted: &mut Vec<u8>) -> Result<Quoting, ProtocolError> {
    let mut add = |span| {
        if spans.len() == MAX_INLINE_WORDS {
            return Err(ProtocolError::TooManyWords {
                limit: MAX_INLINE_WORDS,
            });
        }
        spans.push(span);
        Ok(())
    };
    let has_quotes = line.iter().any(|byte| matches!(byte, b'"' | b'\''));
    let balanced = has_quotes && QuotedWords::of(line).all_pair();
    if !balanced {
        blank_separated(line).try_for_each(add)?;
        return Ok(if has_quotes {
            Quoting::Unbalanced
        } else {
            Quoting::Absent
        });
    }
    // Enough at once: a buffer that grows leaves copies behind, and there may be a password in it.
    unquoted.reserve(line.len());
    let mut words = QuotedWords::of(line);
    loop {
        let start = unquoted.len();
        let Ok(Some(_)) = words.next_word(|byte| unquoted.push(byte)) else {
            return Ok(Quoting::Paired);
        };
        add(Span {
            start,
            end: unquoted.len(),
        })?;
    }
}

/// Where in a line with paired quotes the word `index` begins.
pub(super) fn quoted_word_start(line: &[u8], index: usize) -> Option<usize> {
    let mut words = QuotedWords::of(line);
    for _ in 0..index {
        words.next_word(|_| ()).ok()??;
    }
    words.next_word(|_| ()).ok()?
}

fn blank_separated(line: &[u8]) -> impl Iterator<Item = Span> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + line[at..].iter().position(|byte| !is_blank(*byte))?;
        let len = line[start..]
            .iter()
            .position(|byte| is_blank(*byte))
            .unwrap_or(line.len() - start);
        at = start + len;
        Some(Span { start, end: at })
    })
}

/// The quotes of a line don't pair, or something follows a closing one.
struct Unbalanced;

/// Splits like Redis's `sdssplitargs`: within double quotes `\n`, `\r`, `\t`, `\b`, `\a` and `\xHH` stand for bytes, and a
/// backslash before anything else for that; within single quotes only `\'` is special; outside of quotes nothing is. A
/// quote may open within a word, and only a blank may follow where it closes.
struct QuotedWords<'a> {
    line: &'a [u8],
    at: usize,
}

impl<'a> QuotedWords<'a> {
    fn of(line: &'a [u8]) -> Self {
        Self { line, at: 0 }
    }

    fn all_pair(mut self) -> bool {
        loop {
            match self.next_word(|_| ()) {
                Ok(Some(_)) => {}
                Ok(None) => return true,
                Err(Unbalanced) => return false,
            }
        }
    }

    /// Gives the bytes of the next word to `put`, and returns where the word begins in the line.
    fn next_word(&mut self, mut put: impl FnMut(u8)) -> Result<Option<usize>, Unbalanced> {
        while self.rest().first().is_some_and(|byte| is_blank(*byte)) {
            self.at += 1;
        }
        if self.rest().is_empty() {
            return Ok(None);
        }
        let start = self.at;
        loop {
            match self.rest() {
                [] => break,
                [byte, ..] if is_blank(*byte) => break,
                [quote @ (b'"' | b'\''), ..] => {
                    self.at += 1;
                    self.quoted(*quote, &mut put)?;
                    break;
                }
                [byte, ..] => {
                    put(*byte);
                    self.at += 1;
                }
            }
        }
        Ok(Some(start))
    }

    /// Goes to the end of a quoted part, whose first quote has been passed, and so of its word.
    fn quoted(&mut self, quote: u8, put: &mut impl FnMut(u8)) -> Result<(), Unbalanced> {
        loop {
            let (byte, width) = match self.rest() {
                [] => return Err(Unbalanced),
                [first, after @ ..] if *first == quote => {
                    self.at += 1;
                    return if after.first().is_none_or(|byte| is_blank(*byte)) {
                        Ok(())
                    } else {
                        Err(Unbalanced)
                    };
                }
                [b'\\', b'\'', ..] if quote == b'\'' => (b'\'', 2),
                [b'\\', escaped @ ..] if quote == b'"' && !escaped.is_empty() => escape(escaped),
                [byte, ..] => (*byte, 1),
            };
            put(byte);
            self.at += width;
        }
    }

    fn rest(&self) -> &'a [u8] {
        &self.line[self.at..]
    }
}

/// What a backslash and these bytes stand for, and how many they are together.
fn escape(escaped: &[u8]) -> (u8, usize) {
    let hex = |digit: u8| {
        char::from(digit)
            .to_digit(16)
            .and_then(|value| u8::try_from(value).ok())
    };
    match *escaped {
        [b'x', high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
            (hex(high).unwrap_or(0) << 4 | hex(low).unwrap_or(0), 4)
        }
        [b'n', ..] => (b'\n', 2),
        [b'r', ..] => (b'\r', 2),
        [b't', ..] => (b'\t', 2),
        [b'b', ..] => (0x08, 2),
        [b'a', ..] => (0x07, 2),
        [other, ..] => (other, 2),
        [] => (b'\\', 1),
    }
}

/// A line that a web browser begins with. A page can make the browsers of its visitors connect anywhere, so what follows
/// such a line was chosen by a stranger, and none of it may be read as a request.
pub(super) fn is_http(line: &[u8]) -> bool {
    let mut words = blank_separated(line).map(|span| &line[span.start..span.end]);
    match [words.next(), words.next(), words.next(), words.next()] {
        [Some(b"POST"), ..] => true,
        [Some(first), ..] if first.eq_ignore_ascii_case(b"Host:") => true,
        [Some(method), Some(_), Some(version), None] => {
            method.iter().all(u8::is_ascii_uppercase) && version.starts_with(b"HTTP/")
        }
        _ => false,
    }
}
