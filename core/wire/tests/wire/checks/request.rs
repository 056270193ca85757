//! Requests.

use caracola_wire::{
    Encoder, MAX_INLINE_BYTES, MAX_INLINE_WORDS, Protocol, ProtocolError, Request, RequestDecoder, RequestLimits,
};

/// A request, as its accessors show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) words: Vec<Vec<u8>>,
    pub(crate) line: Option<Vec<u8>>,
    pub(crate) unbalanced: bool,
    pub(crate) wire_len: usize,
}

impl Seen {
    fn of(request: &Request<'_>) -> Self {
        Self {
            words: request.words().map(<[u8]>::to_vec).collect(),
            line: request.line().map(<[u8]>::to_vec),
            unbalanced: request.unbalanced(),
            wire_len: request.wire_len(),
        }
    }
}

/// All requests of an input, and the error that ended it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Outcome {
    pub(crate) requests: Vec<Seen>,
    pub(crate) error: Option<ProtocolError>,
}

/// Decodes pieces as a server does that reads them one by one.
pub(crate) fn requests(pieces: &[&[u8]], limits: RequestLimits) -> Outcome {
    let mut decoder = RequestDecoder::new(limits);
    let mut received = Vec::new();
    let mut dropped = 0;
    let mut outcome = Outcome::default();
    for piece in pieces {
        received.extend_from_slice(piece);
        loop {
            match decoder.decode(&received[dropped..]) {
                Ok(None) => break,
                Ok(Some(request)) => {
                    let seen = Seen::of(&request);
                    one(&request, limits);
                    dropped += seen.wire_len;
                    outcome.requests.push(seen);
                }
                Err(error) => {
                    outcome.error = Some(error);
                    return outcome;
                }
            }
        }
    }
    outcome
}

/// Whatever the bytes are: nothing panics, limits hold, and how they were cut makes no difference.
pub(crate) fn request(bytes: &[u8]) {
    let tiny = RequestLimits {
        words: 3,
        word_bytes: 5,
        request_bytes: 40,
    };
    for limits in [tiny, RequestLimits::GUEST, RequestLimits::USER] {
        let whole = requests(&[bytes], limits);
        let taken: usize = whole.requests.iter().map(|seen| seen.wire_len).sum();
        assert!(taken <= bytes.len());
        for pieces in super::partitions(bytes) {
            assert_eq!(requests(&pieces, limits), whole, "cut into {}", pieces.len());
        }
    }
}

fn one(request: &Request<'_>, limits: RequestLimits) {
    let most_words = if request.line().is_some() {
        MAX_INLINE_WORDS
    } else {
        limits.words
    };
    assert!((1..=most_words).contains(&request.len()));
    assert!(request.words().all(|word| word.len() <= limits.word_bytes));
    assert!(request.line().is_none_or(|line| line.len() <= MAX_INLINE_BYTES));
    for (index, word) in request.words().enumerate() {
        assert_eq!(request.word(index), Some(word));
        // The rest of a line is found from its start: for each of a thousand words that would take a while.
        if index < 4 || index + 4 > request.len() {
            line_from(request, index, word);
        }
    }
    assert_eq!(request.word(request.len()), None);
    assert_eq!(request.line_from(request.len()), None);
    let owned = request.to_owned();
    assert_eq!(Seen::of(&owned.as_request()), Seen::of(request));
    let rest = |request: &Request<'_>| request.line_from(request.len() - 1).map(<[u8]>::to_vec);
    assert_eq!(rest(&owned.as_request()), rest(request));
    framed_again(request);
}

fn line_from(request: &Request<'_>, index: usize, word: &[u8]) {
    let Some(line) = request.line() else {
        assert_eq!(request.line_from(index), None);
        return;
    };
    let rest = request.line_from(index).expect("every word of a line stands in it");
    let trimmed = line.trim_ascii_end();
    assert!(trimmed.ends_with(rest) && !rest.is_empty());
    assert!(!rest.starts_with(b" ") && !rest.ends_with(b" "));
    if request.unbalanced() || !line.iter().any(|byte| matches!(byte, b'"' | b'\'')) {
        assert!(rest.starts_with(word));
    }
}

/// Words say the same when a program sends them.
fn framed_again(request: &Request<'_>) {
    let mut bytes = Vec::new();
    Encoder::new(&mut bytes, Protocol::Resp2).request(request.words());
    let limits = RequestLimits {
        words: usize::MAX,
        word_bytes: usize::MAX,
        request_bytes: usize::MAX,
    };
    let mut decoder = RequestDecoder::new(limits);
    let framed = decoder.decode(&bytes).expect("well-formed").expect("complete");
    assert!(framed.words().eq(request.words()));
    assert_eq!(framed.wire_len(), bytes.len());
}
