//! Reads the number that follows `*`, `$` and their like.

use crate::ProtocolError;

/// More digits than any length or count has: with these it still fits 64 bits.
const MAX_DIGITS: usize = 18;

/// A number and its line's end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Length {
    /// None for -1, which RESP2 uses for null.
    pub(crate) value: Option<usize>,
    /// Bytes read, line end included.
    pub(crate) width: usize,
}

/// What is counted decides what is said about a bad number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counted {
    /// Bytes of a string.
    Bytes,
    /// Words of a request, elements of an aggregate.
    Items,
}

impl Counted {
    #[cold]
    fn invalid(self) -> ProtocolError {
        match self {
            Self::Bytes => ProtocolError::InvalidLength,
            Self::Items => ProtocolError::InvalidCount,
        }
    }

    #[cold]
    fn too_long(self) -> ProtocolError {
        match self {
            Self::Bytes => ProtocolError::LengthTooLong,
            Self::Items => ProtocolError::CountTooLong,
        }
    }
}

/// Reads a number and CRLF from the front of `bytes`; none if they end too early.
///
/// The number has no sign but that of -1, and no leading zeros. The first wrong byte decides the error, so that it is the
/// same however the bytes arrive.
#[inline]
pub(crate) fn read_length(bytes: &[u8], counted: Counted) -> Result<Option<Length>, ProtocolError> {
    let mut value = 0;
    for (index, &byte) in bytes.iter().enumerate() {
        match byte {
            b'0'..=b'9' if index == MAX_DIGITS => return Err(counted.too_long()),
            b'0'..=b'9' if value == 0 && index > 0 => return Err(counted.invalid()),
            b'0'..=b'9' => value = value * 10 + u64::from(byte - b'0'),
            b'\r' if index > 0 => {
                let value = usize::try_from(value).map_err(|_| counted.too_long())?;
                return line_end(
                    bytes,
                    Length {
                        value: Some(value),
                        width: index + 2,
                    },
                    counted,
                );
            }
            b'-' if index == 0 => return read_minus_one(bytes, counted),
            _ => return Err(counted.invalid()),
        }
    }
    Ok(None)
}

#[cold]
fn read_minus_one(bytes: &[u8], counted: Counted) -> Result<Option<Length>, ProtocolError> {
    let there = bytes.len().min(3);
    if bytes[..there] != b"-1\r"[..there] {
        return Err(counted.invalid());
    }
    line_end(bytes, Length { value: None, width: 4 }, counted)
}

#[inline]
fn line_end(bytes: &[u8], length: Length, counted: Counted) -> Result<Option<Length>, ProtocolError> {
    match bytes.get(length.width - 1) {
        Some(b'\n') => Ok(Some(length)),
        Some(_) => Err(counted.invalid()),
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Option<Length>, ProtocolError> {
        read_length(bytes, Counted::Items)
    }

    #[test]
    fn numbers_as_they_are_written() {
        let whole = |value, width| Ok(Some(Length { value, width }));
        assert_eq!(read(b"0\r\n"), whole(Some(0), 3));
        assert_eq!(read(b"10\r\nrest"), whole(Some(10), 4));
        assert_eq!(read(b"-1\r\n"), whole(None, 4));
        assert_eq!(
            read(b"999999999999999999\r\n"),
            whole(Some(999_999_999_999_999_999), 20)
        );
    }

    #[test]
    fn anything_else_is_refused_at_its_first_wrong_byte() {
        let wrong = "\r|\n|01|00|-0|-2|-1x|-1\rx|+|x| |1 |1\n|1\rx";
        for bytes in wrong.split('|').map(str::as_bytes) {
            let error = Err(ProtocolError::InvalidCount);
            assert_eq!(read(bytes), error, "{}", bytes.escape_ascii());
        }
        assert_eq!(read(b"1234567890123456789"), Err(ProtocolError::CountTooLong));
        assert_eq!(read_length(b"x", Counted::Bytes), Err(ProtocolError::InvalidLength));
        let long = read_length(b"1234567890123456789", Counted::Bytes);
        assert_eq!(long, Err(ProtocolError::LengthTooLong));
    }

    #[test]
    fn a_beginning_is_not_yet_anything() {
        for whole in [&b"120\r\n"[..], b"-1\r\n", b"999999999999999999\r\n"] {
            for cut in 0..whole.len() {
                assert_eq!(read(&whole[..cut]), Ok(None), "{}", whole[..cut].escape_ascii());
            }
        }
    }
}
