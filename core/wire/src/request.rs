//! What a server reads: requests, framed by programs or typed by people.
//!
//! `request/framed` reads `*2 $3 RUN $2 ls`, `request/inline` reads `RUN ls`, `request/decoder` chooses by the first
//! byte.

mod decoder;
mod framed;
mod inline;

pub use decoder::RequestDecoder;

/// A stretch of the bytes that a request's words are in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    start: usize,
    end: usize,
}

/// Where the search for a request's end has come to.
enum Progress {
    /// More bytes are needed.
    Pending,
    /// A request ends after this many bytes. It may have no words.
    Complete(usize),
}

/// How a line's words came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quoting {
    /// There are no quotes in it.
    Absent,
    /// Its words were unquoted.
    Paired,
    /// Its quotes don't pair, so they were taken for what they are: `it's`.
    Unbalanced,
}

/// A typed line.
#[derive(Debug, Clone, Copy)]
struct Line<'a> {
    bytes: &'a [u8],
    quoting: Quoting,
}

/// One request: at least one word, each any bytes. Borrows the input and the decoder.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// What the spans point into.
    text: &'a [u8],
    spans: &'a [Span],
    line: Option<Line<'a>>,
    wire_len: usize,
}

impl<'a> Request<'a> {
    /// How many bytes of the input it took, the blank lines and empty arrays before it included.
    #[inline]
    pub fn wire_len(&self) -> usize {
        self.wire_len
    }

    /// The number of words, at least 1.
    #[inline]
    #[expect(
        clippy::len_without_is_empty,
        reason = "a request without words is skipped by the decoder"
    )]
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// A word by its place, from 0.
    #[inline]
    pub fn word(&self, index: usize) -> Option<&'a [u8]> {
        self.spans.get(index).map(|span| &self.text[span.start..span.end])
    }

    /// All words, in order.
    #[inline]
    pub fn words(&self) -> impl ExactSizeIterator<Item = &'a [u8]> + Clone + use<'a> {
        let text = self.text;
        self.spans.iter().map(move |span| &text[span.start..span.end])
    }

    /// The whole line as typed, without its line end, when the request came inline.
    #[inline]
    pub fn line(&self) -> Option<&'a [u8]> {
        self.line.map(|line| line.bytes)
    }

    /// Typed, and its quotes don't pair (`say it's late`): the words are what stands between blanks, quotes left in place.
    #[inline]
    pub fn unbalanced(&self) -> bool {
        self.line.is_some_and(|line| line.quoting == Quoting::Unbalanced)
    }

    /// What was typed from word `index` on, quotes and blanks as they are, without the blanks at both ends. None for a
    /// framed request, and past the last word.
    pub fn line_from(&self, index: usize) -> Option<&'a [u8]> {
        let line = self.line?;
        let span = self.spans.get(index)?;
        let start = match line.quoting {
            Quoting::Absent | Quoting::Unbalanced => span.start,
            Quoting::Paired => inline::quoted_word_start(line.bytes, index)?,
        };
        line.bytes.get(start..).map(inline::trim_end)
    }

    /// A copy that outlives the input.
    pub fn to_owned(&self) -> OwnedRequest {
        let mut text = Vec::with_capacity(self.words().map(<[u8]>::len).sum());
        let own = |word: &[u8]| {
            let start = text.len();
            text.extend_from_slice(word);
            Span { start, end: text.len() }
        };
        // Where words point into the line itself, they go on doing so: `line_from` relies on it.
        let words_are_in_line = self.line.is_some_and(|line| line.quoting != Quoting::Paired);
        let spans = if words_are_in_line {
            self.spans.to_vec()
        } else {
            self.words().map(own).collect()
        };
        let line = self.line.map(|line| (line.bytes.to_vec(), line.quoting));
        OwnedRequest {
            text,
            spans,
            line,
            wire_len: self.wire_len,
        }
    }
}

/// A request that owns its words.
#[derive(Debug, Clone)]
pub struct OwnedRequest {
    /// The words, unless they are in the line.
    text: Vec<u8>,
    spans: Vec<Span>,
    line: Option<(Vec<u8>, Quoting)>,
    wire_len: usize,
}

impl OwnedRequest {
    /// The same, borrowed.
    pub fn as_request(&self) -> Request<'_> {
        let line = self.line.as_ref().map(|(bytes, quoting)| Line {
            bytes,
            quoting: *quoting,
        });
        let text = match line {
            Some(line) if line.quoting != Quoting::Paired => line.bytes,
            _ => &self.text,
        };
        Request {
            text,
            spans: &self.spans,
            line,
            wire_len: self.wire_len,
        }
    }
}
