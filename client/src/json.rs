//! A value of the wire as JSON, on one line and harmless to a terminal: whatever can't be seen is escaped.

use std::fmt::Write as _;

use caracola_wire::{ErrorReply, Value};

use crate::layout::sanitize;

/// Maps become objects, errors `{"error":{"code":...,"message":...}}`. The decoder's limit on depth bounds the recursion.
pub(crate) fn encode(value: &Value) -> String {
    let mut out = String::new();
    push_value(&mut out, value);
    out
}

/// A piece of what a program wrote, as a line.
pub(crate) fn output(stream: usize, text: &str) -> String {
    let mut out = format!("{{\"kind\":\"out\",\"stream\":{stream},\"text\":");
    push_string(&mut out, text);
    out.push_str("}\n");
    out
}

fn push_value(out: &mut String, value: &Value) {
    // Writing to a String cannot fail.
    match value {
        Value::Null => out.push_str("null"),
        Value::Boolean(boolean) => _ = write!(out, "{boolean}"),
        Value::Integer(number) => _ = write!(out, "{number}"),
        Value::Double(number) if number.is_finite() => _ = write!(out, "{number}"),
        Value::Double(number) => push_string(out, &number.to_string()),
        Value::Error(error) => push_error(out, error),
        Value::Simple(text) | Value::Bulk(text) | Value::BigNumber(text) | Value::Verbatim { text, .. } => {
            push_string(out, &String::from_utf8_lossy(text));
        }
        Value::Array(items) | Value::Set(items) | Value::Push(items) => {
            push_separated(out, ['[', ']'], items, push_value);
        }
        Value::Map(pairs) => push_separated(out, ['{', '}'], pairs, |out, (key, value)| {
            match key.as_str() {
                Some(text) => push_string(out, text),
                None => push_string(out, &encode(key)),
            }
            out.push(':');
            push_value(out, value);
        }),
    }
}

fn push_separated<T>(out: &mut String, brackets: [char; 2], items: &[T], push: impl Fn(&mut String, &T)) {
    out.push(brackets[0]);
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        push(out, item);
    }
    out.push(brackets[1]);
}

fn push_error(out: &mut String, error: &ErrorReply) {
    out.push_str("{\"error\":{\"code\":");
    push_string(out, &error.code);
    out.push_str(",\"message\":");
    push_string(out, &error.message);
    out.push_str("}}");
}

fn push_string(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            _ if sanitize::is_hidden(character) => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    // Writing to a String cannot fail.
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
            _ => out.push(character),
        }
    }
    out.push('"');
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
}
