//! Each limit holds, and what is exactly at it passes.

use crate::checks;
use caracola_wire::{
    ErrorCode, ErrorReply, MAX_INLINE_BYTES, MAX_INLINE_WORDS, MAX_LINE_BYTES, ProtocolError, RequestDecoder,
    RequestLimits, ValueLimits,
};

const REQUEST: RequestLimits = RequestLimits {
    words: 3,
    word_bytes: 4,
    request_bytes: 40,
};
const VALUE: ValueLimits = ValueLimits {
    depth: 2,
    items: 4,
    bulk_bytes: 5,
    total_bytes: 30,
};

#[track_caller]
#[expect(clippy::needless_pass_by_value, reason = "reads better where it is called")]
fn request(bytes: &[u8], limits: RequestLimits, expected: Result<usize, ProtocolError>) {
    let pieces: Vec<&[u8]> = bytes.chunks(1).collect();
    for pieces in [vec![bytes], pieces] {
        let outcome = checks::requests(&pieces, limits);
        let words: usize = outcome.requests.iter().map(|seen| seen.words.len()).sum();
        assert_eq!(outcome.error.map_or(Ok(words), Err), expected);
    }
}

#[track_caller]
#[expect(clippy::needless_pass_by_value, reason = "reads better where it is called")]
fn value(bytes: &[u8], limits: ValueLimits, expected: Result<usize, ProtocolError>) {
    let pieces: Vec<&[u8]> = bytes.chunks(1).collect();
    for pieces in [vec![bytes], pieces] {
        let (values, error) = checks::values(&pieces, limits);
        assert_eq!(error.map_or(Ok(values.len()), Err), expected);
    }
}

#[test]
fn words_of_a_framed_request() {
    request(b"*3\r\n$0\r\n\r\n$0\r\n\r\n$0\r\n\r\n", REQUEST, Ok(3));
    // The count is enough: nothing has to follow.
    request(b"*4\r\n", REQUEST, Err(ProtocolError::TooManyWords { limit: 3 }));
    request(
        b"*1000000000\r\n",
        RequestLimits::USER,
        Err(ProtocolError::TooManyWords { limit: 1024 }),
    );
}

#[test]
fn bytes_of_a_word() {
    request(b"*1\r\n$4\r\nPING\r\n", REQUEST, Ok(1));
    request(b"*1\r\n$5\r\n", REQUEST, Err(ProtocolError::WordTooLong { limit: 4 }));
    request(b"PING ab\r\n", REQUEST, Ok(2));
    request(b"ab PINGS\r\n", REQUEST, Err(ProtocolError::WordTooLong { limit: 4 }));
}

#[test]
fn bytes_of_a_framed_request() {
    let bytes = b"*3\r\n$4\r\naaaa\r\n$4\r\nbbbb\r\n$4\r\ncccc\r\n";
    request(
        bytes,
        RequestLimits {
            request_bytes: bytes.len(),
            ..REQUEST
        },
        Ok(3),
    );
    let limit = bytes.len() - 1;
    request(
        bytes,
        RequestLimits {
            request_bytes: limit,
            ..REQUEST
        },
        Err(ProtocolError::RequestTooLong { limit }),
    );
}

#[test]
fn bytes_of_a_line() {
    let limits = RequestLimits {
        word_bytes: usize::MAX,
        ..RequestLimits::USER
    };
    let too_long = Err(ProtocolError::LineTooLong {
        limit: MAX_INLINE_BYTES,
    });
    for end in ["\n", "\r\n"] {
        request(("x".repeat(MAX_INLINE_BYTES) + end).as_bytes(), limits, Ok(1));
        request(
            ("x".repeat(MAX_INLINE_BYTES + 1) + end).as_bytes(),
            limits,
            too_long.clone(),
        );
    }
    // Without any end in sight.
    request("x".repeat(MAX_INLINE_BYTES).as_bytes(), limits, Ok(0));
    request("x".repeat(MAX_INLINE_BYTES + 1).as_bytes(), limits, too_long.clone());
    request(("x".repeat(MAX_INLINE_BYTES) + "\r\r").as_bytes(), limits, too_long);
    request(
        b"abcde fgh\r\n",
        RequestLimits {
            request_bytes: 8,
            ..limits
        },
        Err(ProtocolError::LineTooLong { limit: 8 }),
    );
}

#[test]
fn words_of_a_line_are_bounded_by_its_own_limit() {
    request(b"a b c d\r\n", REQUEST, Ok(4));
    request(
        ("x ".repeat(MAX_INLINE_WORDS) + "\n").as_bytes(),
        RequestLimits::GUEST,
        Ok(MAX_INLINE_WORDS),
    );
    let too_many = Err(ProtocolError::TooManyWords {
        limit: MAX_INLINE_WORDS,
    });
    request(
        ("x ".repeat(MAX_INLINE_WORDS + 1) + "\n").as_bytes(),
        RequestLimits::GUEST,
        too_many.clone(),
    );
    request(
        ("'' ".repeat(MAX_INLINE_WORDS + 1) + "\n").as_bytes(),
        RequestLimits::GUEST,
        too_many,
    );
}

#[test]
fn what_holds_no_request() {
    let limits = RequestLimits {
        request_bytes: 8,
        ..REQUEST
    };
    request(b"\r\n\r\n\r\n\r\n", limits, Ok(0));
    request(
        b"\r\n\r\n\r\n\r\n\n",
        limits,
        Err(ProtocolError::RequestTooLong { limit: 8 }),
    );
    request(
        b"*0\r\n*0\r\n*0\r\n",
        limits,
        Err(ProtocolError::RequestTooLong { limit: 8 }),
    );
}

#[test]
fn what_holds_no_request_can_be_dropped() {
    let limits = RequestLimits {
        request_bytes: 8,
        ..REQUEST
    };
    let mut decoder = RequestDecoder::new(limits);
    for _ in 0..100 {
        assert!(decoder.decode(b"\r\n*0\r\n").unwrap().is_none());
        assert_eq!(decoder.take_skipped(), 6);
        assert_eq!(decoder.take_skipped(), 0);
    }
    // In the middle of a request too: what has been read of it stays read.
    assert!(decoder.decode(b"\n*1\r\n$1").unwrap().is_none());
    assert_eq!(decoder.take_skipped(), 1);
    assert!(decoder.decode(b"*1\r\n$1").unwrap().is_none());
    let request = decoder.decode(b"*1\r\n$0\r\n\r\n").err();
    assert_eq!(request, Some(ProtocolError::RequestTooLong { limit: 8 }));
}

#[test]
fn raised_limits_hold_from_the_next_request() {
    let mut decoder = RequestDecoder::new(REQUEST);
    assert_eq!(decoder.decode(b"*1\r\n$4\r\nAUTH\r\n").unwrap().unwrap().wire_len(), 14);
    decoder.set_limits(RequestLimits::USER);
    let bytes = b"*4\r\n$5\r\naaaaa\r\n$1\r\nb\r\n$1\r\nc\r\n$1\r\nd\r\n";
    assert_eq!(decoder.decode(bytes).unwrap().unwrap().len(), 4);
}

#[test]
fn limits_beyond_all_memory_do_not_overflow() {
    let most = RequestLimits {
        words: usize::MAX,
        word_bytes: usize::MAX,
        request_bytes: usize::MAX,
    };
    request(b"*1000000000\r\n$1\r\na\r\n", most, Ok(0));
    request(b"*1\r\n$999999999999999999\r\nabc", most, Ok(0));
    let most = ValueLimits {
        depth: usize::MAX,
        items: usize::MAX,
        bulk_bytes: usize::MAX,
        total_bytes: usize::MAX,
    };
    value(
        b"*999999999999999999\r\n%999999999999999999\r\n$999999999999999999\r\nabc",
        most,
        Ok(0),
    );
}

#[test]
fn depth_of_a_value() {
    value(b"*1\r\n*1\r\n:1\r\n", VALUE, Ok(1));
    value(b"*1\r\n*1\r\n*0\r\n", VALUE, Err(ProtocolError::TooDeep { limit: 2 }));
    let endless = b"*1\r\n".repeat(1000);
    value(
        &endless,
        ValueLimits::default(),
        Err(ProtocolError::TooDeep { limit: 32 }),
    );
    // Side by side is not within.
    value(b"*2\r\n*1\r\n:1\r\n*1\r\n:1\r\n", VALUE, Ok(1));
}

#[test]
fn elements_of_a_value() {
    value(b"*4\r\n:1\r\n:2\r\n:3\r\n:4\r\n", VALUE, Ok(1));
    let too_many = Err(ProtocolError::TooManyItems { limit: 4 });
    value(b"*5\r\n", VALUE, too_many.clone());
    value(b"%2\r\n:1\r\n:2\r\n:3\r\n:4\r\n", VALUE, Ok(1));
    value(b"%3\r\n", VALUE, too_many.clone());
    value(b"*2\r\n*2\r\n:1\r\n:1\r\n*1\r\n", VALUE, too_many);
    // The next value starts again.
    value(b"*3\r\n:1\r\n:1\r\n:1\r\n*3\r\n:1\r\n:1\r\n:1\r\n", VALUE, Ok(2));
}

#[test]
fn bytes_of_a_value() {
    value(b"$5\r\nabcde\r\n", VALUE, Ok(1));
    value(b"$6\r\n", VALUE, Err(ProtocolError::WordTooLong { limit: 5 }));
    let bytes = b"*2\r\n$5\r\nabcde\r\n$5\r\nabcde\r\n";
    value(
        bytes,
        ValueLimits {
            total_bytes: bytes.len(),
            ..VALUE
        },
        Ok(1),
    );
    let limit = bytes.len() - 1;
    // Known from the length, before the string comes.
    value(
        &bytes[..19],
        ValueLimits {
            total_bytes: limit,
            ..VALUE
        },
        Err(ProtocolError::ValueTooLong { limit }),
    );
    value(
        bytes,
        ValueLimits {
            total_bytes: limit,
            ..VALUE
        },
        Err(ProtocolError::ValueTooLong { limit }),
    );
}

#[test]
fn bytes_of_a_line_in_a_value() {
    let line = |len| [b"+".as_slice(), &b"x".repeat(len), b"\r\n"].concat();
    value(&line(MAX_LINE_BYTES), ValueLimits::default(), Ok(1));
    let too_long = Err(ProtocolError::LineTooLong { limit: MAX_LINE_BYTES });
    value(&line(MAX_LINE_BYTES + 1), ValueLimits::default(), too_long.clone());
    value(
        &line(MAX_LINE_BYTES + 1)[..MAX_LINE_BYTES + 2],
        ValueLimits::default(),
        too_long,
    );
}

#[test]
fn errors_say_whether_it_was_a_limit() {
    assert_eq!(ProtocolError::TooManyWords { limit: 10 }.code(), ErrorCode::Limit);
    assert_eq!(ProtocolError::InvalidCount.code(), ErrorCode::Err);
    let reply = ErrorReply::from(&ProtocolError::ExpectedBulk { found: b'*' });
    assert_eq!(reply.to_string(), "ERR Protocol error: expected '$', got '*'");
    let reply = ErrorReply::from(&ProtocolError::WordTooLong { limit: 16_384 });
    assert_eq!(
        reply.to_string(),
        "LIMIT Protocol error: bulk string too long (the limit is 16384 bytes)"
    );
}
