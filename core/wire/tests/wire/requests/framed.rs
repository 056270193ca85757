//! Requests as programs send them.

use caracola_wire::ProtocolError;

use super::{outcome, refused, words};

#[test]
fn framed_requests() {
    words(b"*1\r\n$4\r\nPING\r\n", &[&[b"PING"]]);
    words(b"*2\r\n$3\r\nRUN\r\n$2\r\nls\r\n", &[&[b"RUN", b"ls"]]);
    words(b"*1\r\n$12\r\nabcdefghijkl\r\n", &[&[b"abcdefghijkl"]]);
}

#[test]
fn framed_words_are_any_bytes() {
    words(
        b"*3\r\n$0\r\n\r\n$4\r\n\r\n\0\xff\r\n$3\r\n'\"\\\r\n",
        &[&[b"", b"\r\n\0\xff", b"'\"\\"]],
    );
}

#[test]
fn framed_requests_are_no_lines() {
    let outcome = outcome(b"*1\r\n$4\r\nPING\r\n");
    assert_eq!(
        (outcome.requests[0].line.as_deref(), outcome.requests[0].unbalanced),
        (None, false)
    );
}

#[test]
fn counts_that_are_none() {
    for bytes in [
        &b"*\r\n"[..],
        b"*x\r\n",
        b"*-2\r\n",
        b"*+1\r\n",
        b"*01\r\n",
        b"*1 \r\n",
        b"*1\n",
        b"*1\rx",
        b"* 1\r\n",
    ] {
        refused(bytes, ProtocolError::InvalidCount);
    }
    refused(b"*9999999999999999999\r\n", ProtocolError::CountTooLong);
    refused(
        &[b"*".as_slice(), &b"1".repeat(10_000)].concat(),
        ProtocolError::CountTooLong,
    );
}

#[test]
fn lengths_that_are_none() {
    for bytes in [
        &b"*1\r\n$-1\r\n"[..],
        b"*1\r\n$\r\n",
        b"*1\r\n$-0\r\n",
        b"*1\r\n$+4\r\n",
        b"*1\r\n$04\r\n",
        b"*1\r\n$4\n",
    ] {
        refused(bytes, ProtocolError::InvalidLength);
    }
    refused(b"*1\r\n$9999999999999999999\r\n", ProtocolError::LengthTooLong);
}

#[test]
fn only_strings_in_a_request() {
    for found in [b'*', b':', b'+', b'=', b'%', b'\r', b'P', b'\0'] {
        refused(
            &[b"*2\r\n$1\r\na\r\n".as_slice(), &[found]].concat(),
            ProtocolError::ExpectedBulk { found },
        );
    }
    refused(&b"*1\r\n".repeat(1000), ProtocolError::ExpectedBulk { found: b'*' });
}

#[test]
fn a_word_ends_where_it_says() {
    refused(b"*1\r\n$3\r\nPING\r\n", ProtocolError::MissingLineEnd);
    refused(b"*1\r\n$4\r\nPING\n\r", ProtocolError::MissingLineEnd);
    words(b"*1\r\n$5\r\nPING\r\n", &[]);
}
