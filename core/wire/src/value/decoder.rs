//! Finds values in what has been received.

use bytes::{Bytes, BytesMut};

use super::Value;
use super::scalar::{line_value, verbatim_value};
use crate::length::{Counted, read_length};
use crate::{MAX_LINE_BYTES, ProtocolError, ValueLimits};

/// Elements that an aggregate has space for from the start. It grows with what arrives, never with what was announced.
const FIRST_ITEMS: usize = 16;

/// Reads values one at a time, as their bytes arrive.
///
/// It takes bytes from the front of the input as soon as they are a whole part of the value, and remembers the rest, so
/// each byte is looked at once, however they arrive. Strings are not copied: they share the memory of the input, and
/// keep it alive.
///
/// All errors are final: what follows cannot be understood any more, and the connection should be closed.
#[derive(Debug)]
pub struct ValueDecoder {
    limits: ValueLimits,
    /// The aggregates that have begun and not ended, outermost first.
    open: Vec<Aggregate>,
    /// Elements announced by all of them, and by those within them that have ended.
    items: usize,
    /// Bytes taken from the input for this value.
    taken: usize,
    /// A string of which only the header has been taken.
    string: Option<StringHeader>,
    /// Bytes of a line that are known to hold no end of it.
    searched: usize,
}

#[derive(Debug, Clone, Copy)]
struct StringHeader {
    len: usize,
    verbatim: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AggregateKind {
    Array,
    Map,
    Push,
    Set,
}

/// An aggregate on its way.
#[derive(Debug)]
struct Aggregate {
    kind: AggregateKind,
    /// Elements still to come; the keys and values of a map each count.
    missing: usize,
    items: Vec<Value>,
}

enum Part {
    Value(Value),
    Begin(Aggregate),
}

impl ValueDecoder {
    /// A decoder for a new connection.
    pub fn new(limits: ValueLimits) -> Self {
        Self {
            limits,
            open: Vec::new(),
            items: 0,
            taken: 0,
            string: None,
            searched: 0,
        }
    }

    /// Takes the next value from the front of `input`, which holds all bytes since the last call that it has not taken.
    /// None if it isn't complete yet.
    pub fn decode(&mut self, input: &mut BytesMut) -> Result<Option<Value>, ProtocolError> {
        loop {
            match self.part(input)? {
                None => return Ok(None),
                Some(Part::Begin(aggregate)) if aggregate.missing > 0 => self.open.push(aggregate),
                Some(Part::Begin(aggregate)) => {
                    if let Some(value) = self.finish(aggregate.into_value()) {
                        return Ok(Some(value));
                    }
                }
                Some(Part::Value(value)) => {
                    if let Some(value) = self.finish(value) {
                        return Ok(Some(value));
                    }
                }
            }
        }
    }

    /// Puts a value where it belongs; returns the outermost one when that was its last part.
    fn finish(&mut self, mut value: Value) -> Option<Value> {
        while let Some(mut aggregate) = self.open.pop() {
            aggregate.items.push(value);
            aggregate.missing -= 1;
            if aggregate.missing > 0 {
                self.open.push(aggregate);
                return None;
            }
            value = aggregate.into_value();
        }
        self.items = 0;
        self.taken = 0;
        Some(value)
    }

    fn part(&mut self, input: &mut BytesMut) -> Result<Option<Part>, ProtocolError> {
        if let Some(header) = self.string {
            return self.string(header, input);
        }
        let Some(&kind) = input.first() else {
            return Ok(None);
        };
        match kind {
            b'$' | b'=' => self.string_header(kind, input),
            b'*' => self.aggregate(AggregateKind::Array, input),
            b'%' => self.aggregate(AggregateKind::Map, input),
            b'~' => self.aggregate(AggregateKind::Set, input),
            b'>' => self.aggregate(AggregateKind::Push, input),
            b'+' | b'-' | b':' | b',' | b'(' | b'#' | b'_' => match self.take_line(input)? {
                Some(line) => Ok(Some(Part::Value(line_value(kind, line)?))),
                None => Ok(None),
            },
            found => Err(ProtocolError::UnknownType { found }),
        }
    }

    fn string_header(&mut self, kind: u8, input: &mut BytesMut) -> Result<Option<Part>, ProtocolError> {
        let Some(length) = read_length(&input[1..], Counted::Bytes)? else {
            return Ok(None);
        };
        let verbatim = kind == b'=';
        let Some(len) = length.value else {
            if verbatim {
                return Err(ProtocolError::InvalidLength);
            }
            self.take(input, 1 + length.width)?;
            return Ok(Some(Part::Value(Value::Null)));
        };
        if len > self.limits.bulk_bytes {
            return Err(ProtocolError::WordTooLong {
                limit: self.limits.bulk_bytes,
            });
        }
        self.take(input, 1 + length.width)?;
        // Known to be too long, it need not be waited for.
        self.check_total(len.saturating_add(2))?;
        let header = StringHeader { len, verbatim };
        self.string = Some(header);
        self.string(header, input)
    }

    fn string(&mut self, header: StringHeader, input: &mut BytesMut) -> Result<Option<Part>, ProtocolError> {
        let StringHeader { len, verbatim } = header;
        match input.get(len..len.saturating_add(2)) {
            None => return Ok(None),
            Some(b"\r\n") => {}
            Some(_) => return Err(ProtocolError::MissingLineEnd),
        }
        let bytes = self.take(input, len + 2)?.slice(..len);
        self.string = None;
        let value = if verbatim {
            verbatim_value(&bytes)?
        } else {
            Value::Bulk(bytes)
        };
        Ok(Some(Part::Value(value)))
    }

    fn aggregate(&mut self, kind: AggregateKind, input: &mut BytesMut) -> Result<Option<Part>, ProtocolError> {
        let Some(length) = read_length(&input[1..], Counted::Items)? else {
            return Ok(None);
        };
        self.take(input, 1 + length.width)?;
        let Some(len) = length.value else {
            let is_null = kind == AggregateKind::Array;
            return if is_null {
                Ok(Some(Part::Value(Value::Null)))
            } else {
                Err(ProtocolError::InvalidCount)
            };
        };
        let missing = if kind == AggregateKind::Map {
            len.saturating_mul(2)
        } else {
            len
        };
        self.items = self.items.saturating_add(missing);
        if self.items > self.limits.items {
            return Err(ProtocolError::TooManyItems {
                limit: self.limits.items,
            });
        }
        if self.open.len() >= self.limits.depth {
            return Err(ProtocolError::TooDeep {
                limit: self.limits.depth,
            });
        }
        Ok(Some(Part::Begin(Aggregate {
            kind,
            missing,
            items: Vec::with_capacity(missing.min(FIRST_ITEMS)),
        })))
    }

    /// Takes a line with its type, and returns what stands between type and line end.
    fn take_line(&mut self, input: &mut BytesMut) -> Result<Option<Bytes>, ProtocolError> {
        let limit = MAX_LINE_BYTES;
        let mut end = self.searched.max(1);
        loop {
            match input.get(end) {
                Some(b'\r') => break,
                Some(b'\n') => return Err(ProtocolError::MissingLineEnd),
                Some(_) if end > limit => return Err(ProtocolError::LineTooLong { limit }),
                Some(_) => end += 1,
                None => {
                    self.searched = end;
                    return Ok(None);
                }
            }
        }
        self.searched = end;
        match input.get(end + 1) {
            Some(b'\n') => {}
            Some(_) => return Err(ProtocolError::MissingLineEnd),
            None => return Ok(None),
        }
        self.searched = 0;
        Ok(Some(self.take(input, end + 2)?.slice(1..end)))
    }

    fn take(&mut self, input: &mut BytesMut, len: usize) -> Result<Bytes, ProtocolError> {
        self.check_total(len)?;
        self.taken += len;
        Ok(input.split_to(len).freeze())
    }

    fn check_total(&self, more: usize) -> Result<(), ProtocolError> {
        let limit = self.limits.total_bytes;
        if self.taken.saturating_add(more) > limit {
            Err(ProtocolError::ValueTooLong { limit })
        } else {
            Ok(())
        }
    }
}

impl Aggregate {
    fn into_value(self) -> Value {
        match self.kind {
            AggregateKind::Array => Value::Array(self.items),
            AggregateKind::Push => Value::Push(self.items),
            AggregateKind::Set => Value::Set(self.items),
            AggregateKind::Map => {
                let mut items = self.items.into_iter();
                let pairs = std::iter::from_fn(|| items.next().zip(items.next()));
                Value::Map(pairs.collect())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_memory_for_what_is_only_announced() {
        let most = usize::MAX;
        let limits = ValueLimits {
            depth: 32,
            items: most,
            bulk_bytes: most,
            total_bytes: most,
        };
        let mut decoder = ValueDecoder::new(limits);
        let hostile = b"*1000000000\r\n".repeat(32);
        assert_eq!(decoder.decode(&mut BytesMut::from(&hostile[..])), Ok(None));
        assert_eq!(decoder.open.len(), 32);
        assert!(
            decoder
                .open
                .iter()
                .all(|aggregate| aggregate.items.capacity() <= FIRST_ITEMS)
        );
        let mut input = BytesMut::from(&b"$1000000000\r\nabc"[..]);
        assert_eq!(decoder.decode(&mut input), Ok(None));
        assert!(input.capacity() < 100);
    }

    #[test]
    fn what_has_been_looked_at_is_not_looked_at_again() {
        let mut decoder = ValueDecoder::new(ValueLimits::default());
        let mut input = BytesMut::from(&b"+PO"[..]);
        assert_eq!(decoder.decode(&mut input), Ok(None));
        // It would end the line if it were seen.
        input[1] = b'\n';
        input.extend_from_slice(b"NG\r\n");
        assert_eq!(
            decoder.decode(&mut input),
            Ok(Some(Value::Simple(Bytes::from_static(b"\nONG"))))
        );
    }

    #[test]
    fn strings_share_the_memory_of_the_input() {
        let mut input = BytesMut::from(&b"*1\r\n$100\r\n"[..]);
        input.extend_from_slice(&[b'x'; 100]);
        input.extend_from_slice(b"\r\n");
        let place = input[10..].as_ptr();
        let value = ValueDecoder::new(ValueLimits::default()).decode(&mut input);
        let Ok(Some(Value::Array(items))) = value else {
            panic!("{value:?}")
        };
        assert_eq!(items[0].as_bytes().map(<[u8]>::as_ptr), Some(place));
    }
}
