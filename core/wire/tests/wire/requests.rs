//! How requests are read, rule by rule. Each is also read cut in two at every offset, and byte by byte.

mod framed;
mod typed;

use caracola_wire::{ProtocolError, RequestDecoder, RequestLimits};

use crate::checks::{self, Outcome};

#[track_caller]
fn outcome(bytes: &[u8]) -> Outcome {
    let whole = checks::requests(&[bytes], RequestLimits::GUEST);
    for cut in 0..bytes.len() {
        let (first, second) = bytes.split_at(cut);
        assert_eq!(
            checks::requests(&[first, second], RequestLimits::GUEST),
            whole,
            "cut at {cut}"
        );
    }
    let pieces: Vec<&[u8]> = bytes.chunks(1).collect();
    assert_eq!(checks::requests(&pieces, RequestLimits::GUEST), whole);
    whole
}

#[track_caller]
fn words(bytes: &[u8], expected: &[&[&[u8]]]) {
    let outcome = outcome(bytes);
    assert_eq!(outcome.error, None, "{}", bytes.escape_ascii());
    let words: Vec<_> = outcome.requests.into_iter().map(|seen| seen.words).collect();
    assert_eq!(words, expected, "{}", bytes.escape_ascii());
}

#[track_caller]
fn refused(bytes: &[u8], error: ProtocolError) {
    assert_eq!(
        outcome(bytes),
        Outcome {
            requests: vec![],
            error: Some(error)
        },
        "{}",
        bytes.escape_ascii()
    );
}

#[test]
fn a_pipeline_of_both_forms() {
    words(
        b"PING\r\n*1\r\n$4\r\nPING\r\n\r\n*0\r\nRUN ls\n*2\r\n$3\r\nRUN\r\n$2\r\ncd\r\n",
        &[&[b"PING"], &[b"PING"], &[b"RUN", b"ls"], &[b"RUN", b"cd"]],
    );
}

#[test]
fn empty_arrays_and_blank_lines_are_skipped() {
    words(b"*0\r\n", &[]);
    words(b"*-1\r\n*0\r\nPING\r\n", &[&[b"PING"]]);
    words(b"\r\n\n \t \r\n*1\r\n$4\r\nPING\r\n", &[&[b"PING"]]);
    let outcome = outcome(b"\r\n*0\r\nPING\r\nPING\r\n");
    let lens: Vec<_> = outcome.requests.iter().map(|seen| seen.wire_len).collect();
    assert_eq!(lens, [12, 6], "what is skipped counts with what follows it");
}

#[test]
fn what_came_before_an_error_counts() {
    let outcome = outcome(b"PING\r\n*1\r\n:1\r\n");
    assert_eq!(outcome.requests.len(), 1);
    assert_eq!(outcome.error, Some(ProtocolError::ExpectedBulk { found: b':' }));
}

#[test]
fn what_has_been_looked_at_is_not_looked_at_again() {
    let mut decoder = RequestDecoder::new(RequestLimits::GUEST);
    let mut buffer = b"*3\r\n$3\r\nRUN\r\n$2\r\nls\r\n".to_vec();
    assert!(decoder.decode(&buffer).unwrap().is_none());
    buffer[1..].fill(b'?');
    buffer.extend_from_slice(b"$2\r\n-l");
    assert!(decoder.decode(&buffer).unwrap().is_none());
    let header = buffer.len() - 6;
    buffer[header..header + 4].fill(b'?');
    buffer.extend_from_slice(b"\r\n");
    let request = decoder.decode(&buffer).unwrap().unwrap();
    assert!(request.words().map(<[u8]>::len).eq([3, 2, 2]));

    let mut decoder = RequestDecoder::new(RequestLimits::GUEST);
    let mut buffer = b"RUN ls".to_vec();
    assert!(decoder.decode(&buffer).unwrap().is_none());
    // Either byte would be an error or an end if it were seen.
    buffer[1] = b'\n';
    buffer[2] = 0;
    buffer.extend_from_slice(b" -l\r\n");
    assert_eq!(decoder.decode(&buffer).unwrap().unwrap().wire_len(), 11);
}
