//! Values.

use bytes::{Bytes, BytesMut};
use caracola_wire::{Encoder, Protocol, ProtocolError, Value, ValueDecoder, ValueLimits};

/// Decodes pieces as a client does that reads them one by one: all values, what is left over, and the error that ended
/// it.
pub(crate) fn values(pieces: &[&[u8]], limits: ValueLimits) -> (Vec<Value>, Option<ProtocolError>) {
    let mut decoder = ValueDecoder::new(limits);
    let mut input = BytesMut::new();
    let mut values = Vec::new();
    for piece in pieces {
        input.extend_from_slice(piece);
        loop {
            match decoder.decode(&mut input) {
                Ok(Some(value)) => values.push(value),
                Ok(None) => break,
                Err(error) => return (values, Some(error)),
            }
        }
    }
    (values, None)
}

/// A value as it travels.
pub(crate) fn encoded(value: &Value, protocol: Protocol) -> Vec<u8> {
    let mut out = Vec::new();
    Encoder::new(&mut out, protocol).value(value);
    out
}

/// Whatever the bytes are: nothing panics, limits hold, how they were cut makes no difference, and what was understood
/// reads back the same.
pub(crate) fn value(bytes: &[u8]) {
    let tiny = ValueLimits {
        depth: 2,
        items: 5,
        bulk_bytes: 10,
        total_bytes: 60,
    };
    for limits in [tiny, ValueLimits::default()] {
        let (whole, error) = values(&[bytes], limits);
        for value in &whole {
            let (depth, items) = size(value);
            assert!(depth <= limits.depth && items <= limits.items);
            reads_back(value);
        }
        // Encoded, since a double that isn't a number is unlike itself.
        let whole = all_encoded(&whole);
        for pieces in super::partitions(bytes) {
            let (cut, cut_error) = values(&pieces, limits);
            assert_eq!((all_encoded(&cut), &cut_error), (whole.clone(), &error));
        }
    }
}

fn all_encoded(values: &[Value]) -> Vec<Vec<u8>> {
    values.iter().map(|value| encoded(value, Protocol::Resp3)).collect()
}

fn reads_back(value: &Value) {
    for (protocol, expected) in [
        (Protocol::Resp3, value.clone()),
        (Protocol::Resp2, down_conversion(value)),
    ] {
        let bytes = encoded(value, protocol);
        let (again, error) = values(&[&bytes], ValueLimits::default());
        assert_eq!(error, None, "{}", bytes.escape_ascii());
        let [again] = &again[..] else {
            panic!("one value became {}", again.len())
        };
        let expected = encoded(&expected, Protocol::Resp3);
        assert_eq!(encoded(again, Protocol::Resp3), expected, "{}", bytes.escape_ascii());
    }
}

/// Depth and number of elements, as [`ValueLimits`] count them.
fn size(value: &Value) -> (usize, usize) {
    let of_all = |items: &mut dyn Iterator<Item = &Value>| {
        items
            .map(size)
            .fold((1, 0), |(depth, items), (inner_depth, inner_items)| {
                (depth.max(inner_depth + 1), items + inner_items + 1)
            })
    };
    match value {
        Value::Array(items) | Value::Set(items) | Value::Push(items) => of_all(&mut items.iter()),
        Value::Map(pairs) => of_all(&mut pairs.iter().flat_map(|(key, value)| [key, value])),
        _ => (0, 0),
    }
}

/// What a client of RESP2 gets for a value.
pub(crate) fn down_conversion(value: &Value) -> Value {
    let all = |items: &[Value]| items.iter().map(down_conversion).collect();
    match value {
        Value::Array(items) | Value::Set(items) | Value::Push(items) => Value::Array(all(items)),
        Value::Map(pairs) => Value::Array(
            pairs
                .iter()
                .flat_map(|(key, value)| [key, value])
                .map(down_conversion)
                .collect(),
        ),
        Value::Boolean(value) => Value::Integer((*value).into()),
        Value::BigNumber(text) | Value::Verbatim { text, .. } => Value::Bulk(text.clone()),
        Value::Double(_) => {
            let line = encoded(value, Protocol::Resp3);
            Value::Bulk(Bytes::copy_from_slice(&line[1..line.len() - 2]))
        }
        Value::Simple(_) | Value::Error(_) | Value::Integer(_) | Value::Bulk(_) | Value::Null => value.clone(),
    }
}
