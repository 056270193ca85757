//! The types of RESP.

use crate::checks;
use bytes::Bytes;
use caracola_wire::{Encoder, ErrorCode, ErrorReply, Protocol, ProtocolError, Value, ValueLimits};

use Protocol::{Resp2, Resp3};

/// Writes a frame with `|` for CRLF.
fn frame(text: &str) -> Vec<u8> {
    text.replace('|', "\r\n").into_bytes()
}

fn bulk(text: &str) -> Value {
    Value::Bulk(Bytes::copy_from_slice(text.as_bytes()))
}

/// The frame of the value in each protocol, and the value of each frame, cut anywhere.
#[track_caller]
fn golden(value: &Value, resp3: &str, resp2: &str) {
    for (protocol, text, expected) in [
        (Resp3, resp3, value.clone()),
        (Resp2, resp2, checks::down_conversion(value)),
    ] {
        let bytes = frame(text);
        assert_eq!(
            checks::encoded(value, protocol).escape_ascii().to_string(),
            bytes.escape_ascii().to_string()
        );
        for cut in 0..=bytes.len() {
            let (first, second) = bytes.split_at(cut);
            let decoded = checks::values(&[first, second], ValueLimits::default());
            assert_eq!(decoded, (vec![expected.clone()], None), "{protocol:?} cut at {cut}");
        }
        let pieces: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(checks::values(&pieces, ValueLimits::default()), (vec![expected], None));
    }
}

#[test]
fn simple_strings() {
    golden(&Value::Simple(Bytes::from("OK")), "+OK|", "+OK|");
    golden(&Value::Simple(Bytes::new()), "+|", "+|");
}

#[test]
fn errors() {
    let error = ErrorReply::new(ErrorCode::Unknown, "no command `lss`");
    golden(
        &Value::Error(error),
        "-UNKNOWN no command `lss`|",
        "-UNKNOWN no command `lss`|",
    );
    golden(&Value::Error(ErrorReply::new(ErrorCode::Err, "")), "-ERR|", "-ERR|");
}

#[test]
fn integers() {
    for number in [0, 7, -1, 42, 100, 99_999, i64::MAX, i64::MIN] {
        let text = format!(":{number}|");
        golden(&Value::Integer(number), &text, &text);
    }
}

#[test]
fn bulk_strings() {
    golden(&bulk("ls"), "$2|ls|", "$2|ls|");
    golden(&bulk(""), "$0||", "$0||");
    golden(&bulk("a\r\nb\0*1"), "$7|a|b\0*1|", "$7|a|b\0*1|");
    let long = "x".repeat(1234);
    golden(&bulk(&long), &format!("$1234|{long}|"), &format!("$1234|{long}|"));
}

#[test]
fn null() {
    golden(&Value::Null, "_|", "$-1|");
    assert_eq!(
        checks::values(&[b"*-1\r\n"], ValueLimits::default()),
        (vec![Value::Null], None)
    );
}

#[test]
fn booleans() {
    golden(&Value::Boolean(true), "#t|", ":1|");
    golden(&Value::Boolean(false), "#f|", ":0|");
}

#[test]
fn doubles() {
    golden(&Value::Double(1.5), ",1.5|", "$3|1.5|");
    golden(&Value::Double(10.0), ",10|", "$2|10|");
    golden(&Value::Double(-0.1), ",-0.1|", "$4|-0.1|");
    golden(&Value::Double(f64::INFINITY), ",inf|", "$3|inf|");
    golden(&Value::Double(f64::NEG_INFINITY), ",-inf|", "$4|-inf|");
    golden(&Value::Double(1e300), ",1e300|", "$5|1e300|");
    golden(&Value::Double(5e-324), ",5e-324|", "$6|5e-324|");
    golden(
        &Value::Double(-f64::MIN_POSITIVE),
        ",-2.2250738585072014e-308|",
        "$24|-2.2250738585072014e-308|",
    );
    assert_eq!(checks::encoded(&Value::Double(f64::NAN), Resp3), b",nan\r\n");
    assert!(matches!(
        checks::values(&[b",nan\r\n"], ValueLimits::default()).0[..],
        [Value::Double(number)] if number.is_nan()
    ));
}

#[test]
fn big_numbers() {
    let digits = "-3492890328409238509324850943850943825024385";
    golden(
        &Value::BigNumber(Bytes::from(digits)),
        &format!("({digits}|"),
        &format!("$44|{digits}|"),
    );
}

#[test]
fn verbatim_strings() {
    let text = Value::Verbatim {
        format: *b"txt",
        text: Bytes::from("Say\r\nhi"),
    };
    golden(&text, "=11|txt:Say|hi|", "$7|Say|hi|");
    golden(
        &Value::Verbatim {
            format: *b"mkd",
            text: Bytes::new(),
        },
        "=4|mkd:|",
        "$0||",
    );
}

#[test]
fn aggregates() {
    let items = || vec![bulk("a"), Value::Integer(1)];
    golden(&Value::Array(vec![]), "*0|", "*0|");
    golden(&Value::Array(items()), "*2|$1|a|:1|", "*2|$1|a|:1|");
    golden(&Value::Set(items()), "~2|$1|a|:1|", "*2|$1|a|:1|");
    golden(&Value::Push(items()), ">2|$1|a|:1|", "*2|$1|a|:1|");
    golden(&Value::Map(vec![]), "%0|", "*0|");
    let pairs = vec![(bulk("a"), Value::Null), (bulk("b"), Value::Boolean(true))];
    golden(&Value::Map(pairs), "%2|$1|a|_|$1|b|#t|", "*4|$1|a|$-1|$1|b|:1|");
}

#[test]
fn aggregates_within_aggregates() {
    let map = Value::Map(vec![(
        Value::Array(vec![bulk("k"), Value::Array(vec![])]),
        Value::Set(vec![bulk("v")]),
    )]);
    let all = Value::Push(vec![Value::Array(vec![map, Value::Integer(2)]), Value::Null]);
    golden(
        &all,
        ">2|*2|%1|*2|$1|k|*0|~1|$1|v|:2|_|",
        "*2|*2|*2|*2|$1|k|*0|*1|$1|v|:2|$-1|",
    );
}

#[test]
fn calls_write_what_values_do() {
    let mut out = Vec::new();
    let mut encoder = Encoder::new(&mut out, Resp3);
    encoder
        .array(2)
        .set(1)
        .verbatim_text("hi")
        .push(1)
        .big_number("12")
        .raw(b"+RAW\r\n");
    assert_eq!(encoder.protocol(), Resp3);
    assert_eq!(out, frame("*2|~1|=6|txt:hi|>1|(12|+RAW|"));
    out.clear();
    Encoder::new(&mut out, Resp2)
        .set(1)
        .verbatim_text("hi")
        .push(1)
        .big_number("12")
        .map(3);
    assert_eq!(out, frame("*1|$2|hi|*1|$2|12|*6|"));
}

#[test]
fn a_line_cannot_be_left() {
    let mut out = Vec::new();
    let error = ErrorReply {
        code: "E\r\nX".into(),
        message: "a\r\n+OK\0\x1b[2J\u{9b}31mñ\u{7f}".into(),
    };
    Encoder::new(&mut out, Resp3).simple("a\r\nb\tñ").error(&error);
    assert_eq!(out, frame("+a  b ñ|-E  X a  +OK  [2J 31mñ |"));
}

#[test]
fn several_values_come_one_by_one() {
    let bytes = frame("+OK|:1|*1|$1|a|_|");
    let (values, error) = checks::values(&[&bytes], ValueLimits::default());
    assert_eq!(error, None);
    assert_eq!(values.len(), 4);
    checks::value(&bytes);
}

#[test]
fn what_is_no_value_is_refused() {
    let refused = [
        ("!5|ERR x|", ProtocolError::UnknownType { found: b'!' }),
        ("|1|", ProtocolError::UnknownType { found: b'\r' }),
        ("$?|", ProtocolError::InvalidLength),
        ("*?|", ProtocolError::InvalidCount),
        ("*-2|", ProtocolError::InvalidCount),
        ("%-1|", ProtocolError::InvalidCount),
        (">-1|", ProtocolError::InvalidCount),
        ("$-2|", ProtocolError::InvalidLength),
        ("=-1|", ProtocolError::InvalidLength),
        ("$99999999999999999999|", ProtocolError::LengthTooLong),
        ("*99999999999999999999|", ProtocolError::CountTooLong),
        ("$1|ab|", ProtocolError::MissingLineEnd),
        ("+OK\n", ProtocolError::MissingLineEnd),
        ("+O\rK|", ProtocolError::MissingLineEnd),
        (":|", ProtocolError::InvalidInteger),
        (":9223372036854775808|", ProtocolError::InvalidInteger),
        (":1.5|", ProtocolError::InvalidInteger),
        (",one|", ProtocolError::InvalidDouble),
        (",|", ProtocolError::InvalidDouble),
        ("(|", ProtocolError::InvalidBigNumber),
        ("(-|", ProtocolError::InvalidBigNumber),
        ("(1a|", ProtocolError::InvalidBigNumber),
        ("#x|", ProtocolError::InvalidBoolean),
        ("_x|", ProtocolError::InvalidNull),
        ("=3|txt|", ProtocolError::InvalidVerbatim),
        ("=4|txt-|", ProtocolError::InvalidVerbatim),
    ];
    for (text, error) in refused {
        let bytes = frame(text);
        assert_eq!(
            checks::values(&[&bytes], ValueLimits::default()),
            (vec![], Some(error)),
            "{text}"
        );
        checks::value(&bytes);
    }
    let attribute = checks::values(&[b"|1\r\n"], ValueLimits::default());
    assert_eq!(attribute.1, Some(ProtocolError::UnknownType { found: b'|' }));
}
