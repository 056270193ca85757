//! Replies for a terminal that nobody stands before: who types requests into `openssl s_client` sees each byte as it comes.

use super::shown::{Breaks, Colors, shown};

/// Makes encoded values harmless to a terminal, from byte `from` of `out` on: every string in them, at any depth, has what
/// is unfit written out, as [`shown`](super::shown()) does, and colours pass. The length before a string counts what is
/// sent. Bytes that aren't UTF-8 become U+FFFD.
///
/// What stands there must be whole values, as [`Encoder`](crate::Encoder) writes them.
pub fn make_harmless(out: &mut Vec<u8>, from: usize) {
    let is_plain = |byte: &u8| (b' '..=b'~').contains(byte) || matches!(byte, b'\r' | b'\n');
    // A carriage return by itself lets one line overwrite another, so it is only plain before a line feed.
    let encoded = out.get(from..).unwrap_or_default();
    let bare = encoded
        .iter()
        .enumerate()
        .any(|(at, byte)| *byte == b'\r' && encoded.get(at + 1) != Some(&b'\n'));
    if encoded.iter().all(is_plain) && !bare {
        return;
    }
    let encoded = out.split_off(from);
    let mut rest = encoded.as_slice();
    while let Some((header, after)) = split_line(rest) {
        rest = after;
        match header {
            [kind @ (b'$' | b'='), digits @ ..] => {
                let length = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok());
                match length.and_then(|length: usize| Some((rest.get(..length)?, rest.get(length..)?))) {
                    Some((body, after)) => {
                        rest = after.strip_prefix(b"\r\n").unwrap_or(after);
                        string(out, *kind, body);
                    }
                    // `$-1`: null.
                    None => line(out, header),
                }
            }
            _ => line(out, header),
        }
    }
}

fn split_line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    if bytes.is_empty() {
        return None;
    }
    let end = bytes.windows(2).position(|pair| pair == b"\r\n");
    Some(match end {
        Some(end) => (&bytes[..end], &bytes[end + 2..]),
        None => (bytes, &[]),
    })
}

fn string(out: &mut Vec<u8>, kind: u8, body: &[u8]) {
    let text = String::from_utf8_lossy(body);
    let text = shown(&text, Breaks::Kept, Colors::Kept);
    out.push(kind);
    out.extend_from_slice(text.len().to_string().as_bytes());
    out.extend_from_slice(b"\r\n");
    out.extend_from_slice(text.as_bytes());
    out.extend_from_slice(b"\r\n");
}

fn line(out: &mut Vec<u8>, line: &[u8]) {
    let text = String::from_utf8_lossy(line);
    out.extend_from_slice(shown(&text, Breaks::Shown, Colors::Shown).as_bytes());
    out.extend_from_slice(b"\r\n");
}

#[cfg(test)]
mod tests {
    use bytes::BytesMut;
    use proptest::prelude::*;

    use super::*;
    use crate::{Encoder, ErrorCode, ErrorReply, Protocol, Value, ValueDecoder, ValueLimits};

    fn harmless(write: impl Fn(&mut Encoder<'_>)) -> String {
        let mut out = b"+before\x1b\r\n".to_vec();
        let from = out.len();
        write(&mut Encoder::new(&mut out, Protocol::Resp3));
        make_harmless(&mut out, from);
        assert!(out.starts_with(b"+before\x1b\r\n"));
        String::from_utf8(out.split_off(from)).expect("it is UTF-8")
    }

    #[test]
    fn strings_at_any_depth_are_shown_with_their_new_length() {
        let title = "\x1b]2;PWNED\x07";
        assert_eq!(
            harmless(|out| _ = out.bulk(title.as_bytes())),
            "$12\r\n^[]2;PWNED^G\r\n"
        );
        assert_eq!(
            harmless(|out| _ = out.verbatim_text("a\u{202e}\nb")),
            "=15\r\ntxt:a<U+202E>\nb\r\n"
        );
        assert_eq!(
            harmless(|out| _ = out.bulk(b"\x1b[31mred")),
            "$12\r\n\x1b[31mred\x1b[0m\r\n"
        );
        assert_eq!(harmless(|out| _ = out.bulk(b"a\rb")), "$4\r\na^Mb\r\n");
        assert_eq!(
            harmless(|out| _ = out.array(2).map(1).bulk(b"k").bulk(b"\xff\x9b").null()),
            "*2\r\n%1\r\n$1\r\nk\r\n$6\r\n\u{fffd}\u{fffd}\r\n_\r\n"
        );
        let error = ErrorReply::new(ErrorCode::Err, "no \u{202e}such");
        assert_eq!(harmless(|out| _ = out.error(&error)), "-ERR no <U+202E>such\r\n");
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            proptest::collection::vec(any::<u8>(), 0..24).prop_map(|bytes| Value::Bulk(bytes.into())),
            "\\PC{0,12}".prop_map(|text| Value::Bulk(text.into_bytes().into())),
            Just(Value::Null),
            any::<i64>().prop_map(Value::Integer),
            "[a-z\u{202e}\u{200b}é]{0,9}".prop_map(|text| Value::Simple(text.into_bytes().into())),
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            proptest::collection::vec(inner, 0..4).prop_map(Value::Array)
        })
    }

    proptest! {
        #[test]
        fn what_comes_of_it_is_whole_and_does_not_change_again(value in value()) {
            for protocol in [Protocol::Resp2, Protocol::Resp3] {
                let mut out = Vec::new();
                Encoder::new(&mut out, protocol).value(&value);
                make_harmless(&mut out, 0);
                let once = out.clone();
                make_harmless(&mut out, 0);
                prop_assert_eq!(&out, &once);
                let mut input = BytesMut::from(out.as_slice());
                let decoded = ValueDecoder::new(ValueLimits::default()).decode(&mut input);
                prop_assert!(matches!(decoded, Ok(Some(_))), "{:?}", decoded);
                prop_assert!(input.is_empty());
            }
        }
    }
}
