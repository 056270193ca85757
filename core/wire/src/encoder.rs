//! Writes values. The same calls serve both protocols: what RESP2 lacks becomes the nearest thing it has.

use std::io::Write as _;

use crate::{ErrorReply, Value};

/// Which of the two protocols a connection speaks. It starts with RESP2, and `HELLO 3` moves it to RESP3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Protocol {
    /// Simple strings, errors, integers, bulk strings and arrays.
    #[default]
    Resp2,
    /// Also maps, sets, doubles, booleans, big numbers, verbatim strings, pushes and a null of its own.
    Resp3,
}

/// Appends to a buffer that outlives it, so that one buffer serves a connection for its whole life and nothing else is
/// allocated.
///
/// An aggregate is its header and then its elements, written by as many further calls; the encoder doesn't count them.
///
/// ```
/// use caracola_wire::{Encoder, Protocol};
/// let mut out = Vec::new();
/// Encoder::new(&mut out, Protocol::Resp3).map(1).bulk(b"ms").integer(20);
/// assert_eq!(out, b"%1\r\n$2\r\nms\r\n:20\r\n");
/// ```
#[derive(Debug)]
pub struct Encoder<'a> {
    out: &'a mut Vec<u8>,
    protocol: Protocol,
}

impl<'a> Encoder<'a> {
    /// Appends to `out`, in the words of `protocol`.
    #[inline]
    pub fn new(out: &'a mut Vec<u8>, protocol: Protocol) -> Self {
        Self { out, protocol }
    }

    /// The protocol it writes.
    #[inline]
    pub fn protocol(&self) -> Protocol {
        self.protocol
    }

    /// `+OK`. A simple string has no length and ends with its line, so control characters become blanks.
    #[inline]
    pub fn simple(&mut self, text: &str) -> &mut Self {
        self.line(b'+', text.as_bytes())
    }

    /// `-CODE message`, control characters as blanks.
    pub fn error(&mut self, error: &ErrorReply) -> &mut Self {
        self.out.push(b'-');
        append_harmless(self.out, error.code.as_bytes());
        if !error.message.is_empty() {
            self.out.push(b' ');
            append_harmless(self.out, error.message.as_bytes());
        }
        self.line_end()
    }

    /// `:42`
    #[inline]
    pub fn integer(&mut self, number: i64) -> &mut Self {
        self.out.push(b':');
        if number < 0 {
            self.out.push(b'-');
        }
        append_number(self.out, number.unsigned_abs());
        self.line_end()
    }

    /// `$5`, then the bytes as they are.
    #[inline]
    pub fn bulk(&mut self, bytes: &[u8]) -> &mut Self {
        self.bulk_header(bytes.len());
        self.out.extend_from_slice(bytes);
        self.line_end()
    }

    /// What comes before the bytes of a bulk string of `len` bytes. For who appends these without a copy; `\r\n` must
    /// come after them.
    pub fn bulk_header(&mut self, len: usize) -> &mut Self {
        self.header(b'$', len)
    }

    /// `_`; in RESP2 a bulk string of length -1.
    #[inline]
    pub fn null(&mut self) -> &mut Self {
        self.raw(match self.protocol {
            Protocol::Resp2 => b"$-1\r\n",
            Protocol::Resp3 => b"_\r\n",
        })
    }

    /// `#t` or `#f`; in RESP2 the integers 1 and 0.
    #[inline]
    pub fn boolean(&mut self, value: bool) -> &mut Self {
        self.raw(match (self.protocol, value) {
            (Protocol::Resp2, false) => b":0\r\n",
            (Protocol::Resp2, true) => b":1\r\n",
            (Protocol::Resp3, false) => b"#f\r\n",
            (Protocol::Resp3, true) => b"#t\r\n",
        })
    }

    /// `,1.5`, with as few digits as read back to the same number; in RESP2 the digits as a bulk string.
    pub fn double(&mut self, number: f64) -> &mut Self {
        // Longest: a sign, 17 digits, a point, and `e-308`; plain notation is kept below 1e17.
        let mut digits = [0; 32];
        let mut rest = &mut digits[..];
        let plain = number == 0.0 || (1e-5..1e17).contains(&number.abs());
        let written = if number.is_nan() {
            rest.write_all(b"nan")
        } else if plain || number.is_infinite() {
            write!(rest, "{number}")
        } else {
            write!(rest, "{number:e}")
        };
        debug_assert!(written.is_ok(), "{number:e} has more digits than any double");
        let unused = rest.len();
        let used = &digits[..digits.len() - unused];
        match self.protocol {
            Protocol::Resp2 => self.bulk(used),
            Protocol::Resp3 => self.line(b',', used),
        }
    }

    /// `(123`: an integer of any size, as its decimal digits; in RESP2 a bulk string of them.
    pub fn big_number(&mut self, digits: &str) -> &mut Self {
        self.big_number_bytes(digits.as_bytes())
    }

    /// `=9`, then `txt:` and the text: a string that redis-cli shows as it is, line ends included; in RESP2 a bulk
    /// string.
    #[inline]
    pub fn verbatim_text(&mut self, text: &str) -> &mut Self {
        self.verbatim(*b"txt", text.as_bytes())
    }

    /// Begins an array of `len` elements.
    #[inline]
    pub fn array(&mut self, len: usize) -> &mut Self {
        self.header(b'*', len)
    }

    /// Begins a map of `len` pairs, each a key and then a value; in RESP2 an array twice as long.
    #[inline]
    pub fn map(&mut self, len: usize) -> &mut Self {
        match self.protocol {
            Protocol::Resp2 => self.header(b'*', len.saturating_mul(2)),
            Protocol::Resp3 => self.header(b'%', len),
        }
    }

    /// Begins a set of `len` elements; in RESP2 an array.
    #[inline]
    pub fn set(&mut self, len: usize) -> &mut Self {
        self.header(if self.protocol == Protocol::Resp2 { b'*' } else { b'~' }, len)
    }

    /// Begins a push of `len` elements; in RESP2 an array, as subscribers have always got them.
    #[inline]
    pub fn push(&mut self, len: usize) -> &mut Self {
        self.header(if self.protocol == Protocol::Resp2 { b'*' } else { b'>' }, len)
    }

    /// A request: an array of bulk strings, the same in both protocols.
    pub fn request<W: AsRef<[u8]>>(
        &mut self,
        words: impl IntoIterator<Item = W, IntoIter: ExactSizeIterator>,
    ) -> &mut Self {
        let words = words.into_iter();
        self.array(words.len());
        for word in words {
            self.bulk(word.as_ref());
        }
        self
    }

    /// A whole value, however deep.
    pub fn value(&mut self, value: &Value) -> &mut Self {
        // A list of what is still to be written, in reverse, stands in for recursion.
        let mut pending = Vec::new();
        let mut next = Some(value);
        while let Some(value) = next {
            self.scalar_or_header(value);
            match value {
                Value::Array(items) | Value::Set(items) | Value::Push(items) => {
                    pending.extend(items.iter().rev());
                }
                Value::Map(pairs) => {
                    pending.extend(pairs.iter().rev().flat_map(|(key, value)| [value, key]));
                }
                _ => {}
            }
            next = pending.pop();
        }
        self
    }

    /// Bytes that have been encoded before, for this protocol.
    #[inline]
    pub fn raw(&mut self, encoded: &[u8]) -> &mut Self {
        self.out.extend_from_slice(encoded);
        self
    }

    fn scalar_or_header(&mut self, value: &Value) -> &mut Self {
        match value {
            Value::Simple(text) => self.line(b'+', text),
            Value::Error(error) => self.error(error),
            Value::Integer(number) => self.integer(*number),
            Value::Bulk(bytes) => self.bulk(bytes),
            Value::Null => self.null(),
            Value::Array(items) => self.array(items.len()),
            Value::Map(pairs) => self.map(pairs.len()),
            Value::Set(items) => self.set(items.len()),
            Value::Double(number) => self.double(*number),
            Value::Boolean(value) => self.boolean(*value),
            Value::BigNumber(digits) => self.big_number_bytes(digits),
            Value::Verbatim { format, text } => self.verbatim(*format, text),
            Value::Push(items) => self.push(items.len()),
        }
    }

    fn big_number_bytes(&mut self, digits: &[u8]) -> &mut Self {
        match self.protocol {
            Protocol::Resp2 => self.bulk(digits),
            Protocol::Resp3 => self.line(b'(', digits),
        }
    }

    #[inline]
    fn verbatim(&mut self, format: [u8; 3], text: &[u8]) -> &mut Self {
        if self.protocol == Protocol::Resp2 {
            return self.bulk(text);
        }
        self.header(b'=', text.len() + format.len() + 1);
        self.out.extend_from_slice(&format);
        self.out.push(b':');
        self.out.extend_from_slice(text);
        self.line_end()
    }

    #[inline]
    fn header(&mut self, kind: u8, len: usize) -> &mut Self {
        self.out.push(kind);
        append_number(self.out, len as u64);
        self.line_end()
    }

    #[inline]
    fn line(&mut self, kind: u8, text: &[u8]) -> &mut Self {
        self.out.push(kind);
        append_harmless(self.out, text);
        self.line_end()
    }

    #[inline]
    fn line_end(&mut self) -> &mut Self {
        self.out.extend_from_slice(b"\r\n");
        self
    }
}

/// Appends the decimal digits of `number`.
#[inline]
fn append_number(out: &mut Vec<u8>, mut number: u64) {
    const MOST_DIGITS: usize = 20;
    let mut digits = [0; MOST_DIGITS];
    let mut start = MOST_DIGITS;
    loop {
        start -= 1;
        // The remainder is a single digit.
        digits[start] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[start..]);
}

/// Appends `text` with each control character, the two-byte ones of Latin-1 included, as one blank.
#[inline]
fn append_harmless(out: &mut Vec<u8>, text: &[u8]) {
    // 0xc2 leads the two-byte controls, and much that is harmless: the careful way sorts that out.
    if text.iter().any(|byte| byte.is_ascii_control() || *byte == 0xc2) {
        append_replacing_controls(out, text);
    } else {
        out.extend_from_slice(text);
    }
}

#[cold]
fn append_replacing_controls(out: &mut Vec<u8>, text: &[u8]) {
    let mut rest = text;
    while let [first, tail @ ..] = rest {
        let (width, control) = match (first, tail.first()) {
            (0xc2, Some(0x80..=0x9f)) => (2, true),
            _ => (1, first.is_ascii_control()),
        };
        out.push(if control { b' ' } else { *first });
        rest = &rest[width..];
    }
}
