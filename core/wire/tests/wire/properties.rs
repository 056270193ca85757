//! What holds for all values, all requests, and all bytes.

use bytes::Bytes;
use caracola_wire::{Encoder, ErrorReply, Protocol, RequestLimits, Value, ValueLimits};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::checks;

/// Text that a line can carry as it is.
fn line() -> impl Strategy<Value = String> {
    "[ -~ñ日]{0,12}"
}

fn scalar() -> impl Strategy<Value = Value> {
    let error = ("[A-Z]{1,8}", line()).prop_map(|(code, message)| ErrorReply { code, message });
    prop_oneof![
        line().prop_map(|text| Value::Simple(Bytes::from(text))),
        error.prop_map(Value::Error),
        any::<i64>().prop_map(Value::Integer),
        vec(any::<u8>(), 0..20).prop_map(|bytes| Value::Bulk(Bytes::from(bytes))),
        Just(Value::Null),
        // Zero has two signs and, to a hash table, one value.
        any::<f64>()
            .prop_filter("not zero", |number| *number != 0.0)
            .prop_map(Value::Double),
        any::<bool>().prop_map(Value::Boolean),
        "-?[0-9]{1,40}".prop_map(|digits| Value::BigNumber(Bytes::from(digits))),
        line().prop_map(|text| Value::Verbatim {
            format: *b"txt",
            text: Bytes::from(text)
        }),
    ]
}

/// Values up to four deep. Keys and elements of sets are scalars that don't repeat: other codecs demand it.
pub(crate) fn value() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::Array),
            vec((scalar(), inner.clone()), 0..4).prop_map(|pairs| Value::Map(without_repeats(pairs, |pair| &pair.0))),
            vec(scalar(), 0..4).prop_map(|items| Value::Set(without_repeats(items, |item| item))),
        ]
    })
}

fn without_repeats<T>(mut items: Vec<T>, key: impl Fn(&T) -> &Value) -> Vec<T> {
    let bytes = |item: &T| checks::encoded(key(item), Protocol::Resp3);
    items.sort_by_key(bytes);
    items.dedup_by_key(|item| bytes(item));
    items
}

/// Bytes that are nearly RESP: decoders get further into these than into random ones.
fn fragments() -> impl Strategy<Value = Vec<u8>> {
    let fragment = prop_oneof![
        prop::sample::select(vec![
            "*",
            "$",
            "+",
            "-",
            ":",
            "%",
            "~",
            ">",
            "_",
            "#",
            ",",
            "(",
            "=",
            "0",
            "1",
            "2",
            "3",
            "10",
            "-1",
            "\r\n",
            "\r\n",
            "\r\n",
            "\r",
            "\n",
            "PING",
            "RUN",
            " ",
            "\"",
            "'",
            "\\",
            "\\x",
            "txt:",
            "t",
            "kind",
            "\0",
            "*1\r\n",
            "*2\r\n",
            "%1\r\n",
            ">2\r\n",
            "$1\r\nx\r\n",
            "$4\r\nkind\r\n",
            "$4\r\ntext\r\n",
            "*0\r\n",
            "$-1\r\n",
            "*1000000000\r\n",
            "$1000000000\r\n",
            "999999999999999999",
            "HTTP/1.1",
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
        vec(any::<u8>(), 0..4),
    ];
    vec(fragment, 0..24).prop_map(|fragments| fragments.concat())
}

proptest! {
    #[test]
    fn values_read_back(value in value()) {
        let bytes = checks::encoded(&value, Protocol::Resp3);
        let pieces: Vec<&[u8]> = bytes.chunks(3).collect();
        prop_assert_eq!(checks::values(&pieces, ValueLimits::default()), (vec![value.clone()], None));
        let bytes = checks::encoded(&value, Protocol::Resp2);
        let expected = checks::down_conversion(&value);
        prop_assert_eq!(checks::values(&[&bytes], ValueLimits::default()), (vec![expected], None));
    }

    #[test]
    fn framed_words_read_back(requests in vec(vec(vec(any::<u8>(), 0..30), 1..6), 1..5), size in 1..40_usize) {
        let mut bytes = Vec::new();
        for words in &requests {
            Encoder::new(&mut bytes, Protocol::Resp2).request(words.iter());
        }
        let pieces: Vec<&[u8]> = bytes.chunks(size).collect();
        let outcome = checks::requests(&pieces, RequestLimits::GUEST);
        let words: Vec<_> = outcome.requests.into_iter().map(|seen| seen.words).collect();
        prop_assert_eq!((words, outcome.error), (requests, None));
    }

    #[test]
    fn quoted_words_read_back(words in vec(vec(any::<u8>(), 0..12), 1..6)) {
        let quoted = words.iter().map(|word| {
            let bytes = word.iter().map(|byte| format!("\\x{byte:02x}"));
            format!("\"{}\"", bytes.collect::<String>())
        });
        let line = quoted.collect::<Vec<_>>().join(" ") + "\r\n";
        let outcome = checks::requests(&[line.as_bytes()], RequestLimits::GUEST);
        prop_assert_eq!(&outcome.requests[0].words, &words);
        prop_assert!(!outcome.requests[0].unbalanced);
    }

    #[test]
    fn any_line_of_text_is_words(line in "[a-z'\"\\\\ \tñ]{0,40}") {
        let line = format!("x{line}\n");
        let outcome = checks::requests(&[line.as_bytes()], RequestLimits::GUEST);
        prop_assert_eq!((outcome.requests.len(), outcome.error), (1, None));
        let seen = &outcome.requests[0];
        if seen.unbalanced {
            let words: Vec<_> = line.split_ascii_whitespace().map(|word| word.as_bytes().to_vec()).collect();
            prop_assert_eq!(&seen.words, &words);
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop_oneof![fragments(), vec(any::<u8>(), 0..60)]) {
        checks::request(&bytes);
        checks::value(&bytes);
        checks::message(&bytes);
    }
}
