//! What single lines and strings mean.

use bytes::{Buf, Bytes};

use super::Value;
use crate::{ErrorReply, ProtocolError};

/// The value of a line that began with `kind`.
pub(super) fn line_value(kind: u8, line: Bytes) -> Result<Value, ProtocolError> {
    match kind {
        b'-' => Ok(Value::Error(ErrorReply::from_line(&line))),
        b':' => parse(&line).map(Value::Integer).ok_or(ProtocolError::InvalidInteger),
        b',' => parse(&line).map(Value::Double).ok_or(ProtocolError::InvalidDouble),
        b'(' if is_big_number(&line) => Ok(Value::BigNumber(line)),
        b'(' => Err(ProtocolError::InvalidBigNumber),
        b'#' => match &line[..] {
            b"t" => Ok(Value::Boolean(true)),
            b"f" => Ok(Value::Boolean(false)),
            _ => Err(ProtocolError::InvalidBoolean),
        },
        b'_' if line.is_empty() => Ok(Value::Null),
        b'_' => Err(ProtocolError::InvalidNull),
        _ => Ok(Value::Simple(line)),
    }
}

fn parse<T: std::str::FromStr>(line: &[u8]) -> Option<T> {
    std::str::from_utf8(line).ok()?.parse().ok()
}

fn is_big_number(line: &[u8]) -> bool {
    let digits = line
        .strip_prefix(b"-")
        .or_else(|| line.strip_prefix(b"+"))
        .unwrap_or(line);
    !digits.is_empty() && digits.iter().all(u8::is_ascii_digit)
}

/// The value of a string that came with its format: `txt:` and the text.
pub(super) fn verbatim_value(bytes: &Bytes) -> Result<Value, ProtocolError> {
    match bytes[..] {
        [first, second, third, b':', ..] => {
            let mut text = bytes.clone();
            text.advance(4);
            Ok(Value::Verbatim {
                format: [first, second, third],
                text,
            })
        }
        _ => Err(ProtocolError::InvalidVerbatim),
    }
}
