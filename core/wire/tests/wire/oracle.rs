//! Another codec, `redis-protocol`, reads what we write and writes what we read.
//!
//! It keeps maps and sets in hash tables, so these are compared without their order. It recurses, so it only ever sees
//! the shallow values that the strategies make.

use bytes::{Bytes, BytesMut};
use caracola_wire::{ErrorReply, Protocol, Value, ValueLimits};
use proptest::prelude::*;
use redis_protocol::resp2::types::BytesFrame as Frame2;
use redis_protocol::resp3::types::{BytesFrame as Frame3, VerbatimStringFormat};
use redis_protocol::{resp2, resp3};

use crate::checks;
use crate::properties::value;

proptest! {
    #[test]
    fn resp3_means_the_same_to_both(value in value()) {
        let bytes = Bytes::from(checks::encoded(&value, Protocol::Resp3));
        let (frame, len) = resp3::decode::complete::decode_bytes(&bytes).unwrap().expect("complete");
        prop_assert_eq!(len, bytes.len());
        let sorted = sorted(value);
        prop_assert_eq!(self::sorted(from_frame3(&frame)), sorted.clone());

        let mut theirs = BytesMut::new();
        resp3::encode::complete::extend_encode(&mut theirs, &frame, false).unwrap();
        let (values, error) = checks::values(&[&theirs], ValueLimits::default());
        prop_assert_eq!(error, None);
        prop_assert_eq!(values.into_iter().map(self::sorted).collect::<Vec<_>>(), vec![sorted]);
    }

    #[test]
    fn resp2_means_the_same_to_both(value in value()) {
        let bytes = Bytes::from(checks::encoded(&value, Protocol::Resp2));
        let expected = checks::down_conversion(&value);
        let (frame, len) = resp2::decode::decode_bytes(&bytes).unwrap().expect("complete");
        prop_assert_eq!(len, bytes.len());
        prop_assert_eq!(&from_frame2(&frame), &expected);

        let mut theirs = BytesMut::new();
        resp2::encode::extend_encode(&mut theirs, &frame, false).unwrap();
        prop_assert_eq!(checks::values(&[&theirs], ValueLimits::default()), (vec![expected], None));
    }
}

fn error(line: &str) -> Value {
    let (code, message) = line.split_once(' ').unwrap_or((line, ""));
    Value::Error(ErrorReply {
        code: code.into(),
        message: message.into(),
    })
}

fn from_frame2(frame: &Frame2) -> Value {
    match frame {
        Frame2::SimpleString(text) => Value::Simple(text.clone()),
        Frame2::Error(line) => error(line),
        Frame2::Integer(number) => Value::Integer(*number),
        Frame2::BulkString(bytes) => Value::Bulk(bytes.clone()),
        Frame2::Array(items) => Value::Array(items.iter().map(from_frame2).collect()),
        Frame2::Null => Value::Null,
    }
}

fn from_frame3(frame: &Frame3) -> Value {
    match frame {
        Frame3::SimpleString { data, .. } => Value::Simple(data.clone()),
        Frame3::SimpleError { data, .. } => error(data),
        Frame3::Number { data, .. } => Value::Integer(*data),
        Frame3::BlobString { data, .. } => Value::Bulk(data.clone()),
        Frame3::Null => Value::Null,
        Frame3::Double { data, .. } => Value::Double(*data),
        Frame3::Boolean { data, .. } => Value::Boolean(*data),
        Frame3::BigNumber { data, .. } => Value::BigNumber(data.clone()),
        Frame3::VerbatimString { data, format, .. } => {
            let format = if *format == VerbatimStringFormat::Text {
                *b"txt"
            } else {
                *b"mkd"
            };
            Value::Verbatim {
                format,
                text: data.clone(),
            }
        }
        Frame3::Array { data, .. } => Value::Array(data.iter().map(from_frame3).collect()),
        Frame3::Set { data, .. } => Value::Set(data.iter().map(from_frame3).collect()),
        Frame3::Push { data, .. } => Value::Push(data.iter().map(from_frame3).collect()),
        Frame3::Map { data, .. } => Value::Map(
            data.iter()
                .map(|(key, value)| (from_frame3(key), from_frame3(value)))
                .collect(),
        ),
        other => panic!("a type that we never write: {other:?}"),
    }
}

/// With every map and set in the order of what its elements look like on the wire.
fn sorted(value: Value) -> Value {
    let bytes = |value: &Value| checks::encoded(value, Protocol::Resp3);
    match value {
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        Value::Set(mut items) => {
            items.sort_by_key(bytes);
            Value::Set(items)
        }
        Value::Map(pairs) => {
            let mut pairs: Vec<_> = pairs.into_iter().map(|(key, value)| (key, sorted(value))).collect();
            pairs.sort_by_key(|(key, _)| bytes(key));
            Value::Map(pairs)
        }
        other => other,
    }
}
