//! A value of the wire as JSON, on one line and harmless to a terminal: whatever can't be seen is escaped.

use std::io::{self, Write};

use caracola_wire::{ErrorReply, Value};
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::ser::{CharEscape, CompactFormatter, Formatter};

use crate::layout::sanitize;

/// Maps become objects, errors `{"error":{"code":...,"message":...}}`. The decoder's limit on depth bounds the recursion.
pub(crate) fn encode(value: &Value) -> String {
    to_line(&Json(value))
}

/// A piece of what a program wrote, as a line.
pub(crate) fn output(stream: usize, text: &str) -> String {
    let mut line = to_line(&Output {
        kind: "out",
        stream,
        text,
    });
    line.push('\n');
    line
}

#[derive(Serialize)]
struct Output<'a> {
    kind: &'static str,
    stream: usize,
    text: &'a str,
}

#[derive(Serialize)]
struct Failure<'a> {
    error: Fault<'a>,
}

#[derive(Serialize)]
struct Fault<'a> {
    code: &'a str,
    message: &'a str,
}

/// A value of the wire, which itself knows nothing of JSON.
struct Json<'a>(&'a Value);

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Null => serializer.serialize_unit(),
            Value::Boolean(boolean) => serializer.serialize_bool(*boolean),
            Value::Integer(number) => serializer.serialize_i64(*number),
            Value::Double(number) if number.is_finite() => serializer.serialize_f64(*number),
            // JSON has no number for it.
            Value::Double(number) => serializer.collect_str(number),
            Value::Error(ErrorReply { code, message, .. }) => {
                let error = Fault { code, message };
                Failure { error }.serialize(serializer)
            }
            Value::Simple(text) | Value::Bulk(text) | Value::BigNumber(text) | Value::Verbatim { text, .. } => {
                serializer.serialize_str(&String::from_utf8_lossy(text))
            }
            Value::Array(items) | Value::Set(items) | Value::Push(items) => {
                serializer.collect_seq(items.iter().map(Json))
            }
            Value::Map(pairs) => {
                let mut map = serializer.serialize_map(Some(pairs.len()))?;
                for (key, value) in pairs {
                    match key.as_str() {
                        Some(text) => map.serialize_entry(text, &Json(value))?,
                        None => map.serialize_entry(&encode(key), &Json(value))?,
                    }
                }
                map.end()
            }
        }
    }
}

fn to_line(value: &impl Serialize) -> String {
    let mut line = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut line, Harmless);
    // Fails only where a key is not a string or the writer fails, and neither is so here.
    let written = value.serialize(&mut serializer);
    debug_assert!(written.is_ok(), "{written:?}");
    String::from_utf8_lossy(&line).into_owned()
}

/// JSON without blanks, in which nothing is hidden from who reads it on a terminal.
struct Harmless;

impl Formatter for Harmless {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, mut fragment: &str) -> io::Result<()> {
        while let Some(start) = fragment.find(sanitize::is_hidden) {
            let (seen, rest) = fragment.split_at(start);
            writer.write_all(seen.as_bytes())?;
            let mut characters = rest.chars();
            for unit in characters.by_ref().take(1).collect::<String>().encode_utf16() {
                write!(writer, "\\u{unit:04x}")?;
            }
            fragment = characters.as_str();
        }
        writer.write_all(fragment.as_bytes())
    }

    fn write_char_escape<W: ?Sized + Write>(&mut self, writer: &mut W, escape: CharEscape) -> io::Result<()> {
        // One form for all that moves the cursor unseen, so that scripts find it by one pattern.
        let escape = match escape {
            CharEscape::Backspace => CharEscape::AsciiControl(b'\x08'),
            CharEscape::FormFeed => CharEscape::AsciiControl(b'\x0c'),
            other => other,
        };
        CompactFormatter.write_char_escape(writer, escape)
    }

    /// Whole numbers without `.0`, as the wire has them.
    fn write_f64<W: ?Sized + Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        write!(writer, "{value}")
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use caracola_wire::ErrorCode;

    use super::*;

    fn bulk(text: &str) -> Value {
        Value::Bulk(Bytes::copy_from_slice(text.as_bytes()))
    }

    #[test]
    fn every_kind_of_value() {
        let map = Value::Map(vec![
            (bulk("kind"), bulk("table")),
            (
                bulk("rows"),
                Value::Array(vec![Value::Array(vec![bulk("a"), Value::Integer(-1)]), Value::Null]),
            ),
            (Value::Integer(1), Value::Boolean(true)),
            (bulk("x"), Value::Double(1.5)),
            (bulk("y"), Value::Double(f64::INFINITY)),
            (bulk("z"), Value::Set(vec![])),
        ]);
        assert_eq!(
            encode(&map),
            r#"{"kind":"table","rows":[["a",-1],null],"1":true,"x":1.5,"y":"inf","z":[]}"#
        );
    }

    #[test]
    fn output_is_a_line() {
        assert_eq!(
            output(2, "a\n\x1b[2J"),
            "{\"kind\":\"out\",\"stream\":2,\"text\":\"a\\n\\u001b[2J\"}\n"
        );
    }

    #[test]
    fn errors_are_objects() {
        let error = Value::Error(ErrorReply::new(ErrorCode::Unknown, "no `lss`"));
        assert_eq!(encode(&error), r#"{"error":{"code":"UNKNOWN","message":"no `lss`"}}"#);
    }

    #[test]
    fn strings_are_escaped_so_that_a_terminal_is_safe() {
        assert_eq!(
            encode(&bulk("\"\\\n\t\r\x1b[2J\u{9b}\u{202e}\u{e0041}é")),
            "\"\\\"\\\\\\n\\t\\r\\u001b[2J\\u009b\\u202e\\udb40\\udc41é\""
        );
        let bytes = Value::Bulk(Bytes::from_static(b"\xff"));
        assert_eq!(encode(&bytes), "\"\u{fffd}\"");
    }

    #[test]
    fn what_a_library_would_write_otherwise() {
        assert_eq!(encode(&bulk("\u{8}\u{c}\0\u{7f}")), r#""\u0008\u000c\u0000\u007f""#);
        assert_eq!(encode(&Value::Double(2.0)), "2");
        assert_eq!(encode(&Value::Double(1e21)), "1000000000000000000000");
    }
}
