//! What a reply or a push is made of.

mod decoder;
mod scalar;

use bytes::Bytes;

use crate::ErrorReply;

pub use decoder::ValueDecoder;

/// One value of RESP2 or RESP3.
///
/// The types of RESP3 that Caracola never sends (attributes, bulk errors, streamed strings and aggregates) are missing:
/// common libraries break on them, and [`ValueDecoder`] refuses them.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `+OK`
    Simple(Bytes),
    /// `-CODE message`
    Error(ErrorReply),
    /// `:42`
    Integer(i64),
    /// `$5`: bytes of any kind.
    Bulk(Bytes),
    /// `_`, and `$-1` and `*-1` of RESP2.
    Null,
    /// `*2`
    Array(Vec<Value>),
    /// `%1`, in the order received; keys may repeat.
    Map(Vec<(Value, Value)>),
    /// `~2`, in the order received; elements may repeat.
    Set(Vec<Value>),
    /// `,1.5`
    Double(f64),
    /// `#t`
    Boolean(bool),
    /// `(123`: decimal digits, perhaps with a sign.
    BigNumber(Bytes),
    /// `=9`: text for people.
    Verbatim {
        /// `txt`, or `mkd` for Markdown.
        format: [u8; 3],
        /// The text without the format.
        text: Bytes,
    },
    /// `>2`: not an answer to anything.
    Push(Vec<Value>),
}

impl Value {
    /// The text of a simple, bulk or verbatim string, if it is UTF-8.
    pub fn as_str(&self) -> Option<&str> {
        std::str::from_utf8(self.as_bytes()?).ok()
    }

    /// The bytes of a simple, bulk or verbatim string.
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Simple(bytes) | Self::Bulk(bytes) | Self::Verbatim { text: bytes, .. } => Some(bytes),
            _ => None,
        }
    }

    /// An integer.
    pub fn as_integer(&self) -> Option<i64> {
        match self {
            Self::Integer(number) => Some(*number),
            _ => None,
        }
    }

    /// The elements of an array.
    pub fn as_array(&self) -> Option<&[Value]> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The value of `key` in a map, or in the flat array that RESP2 sends for one. The first counts if there are several.
    pub fn map_value(&self, key: &str) -> Option<&Value> {
        let is_key = |candidate: &Value| candidate.as_bytes() == Some(key.as_bytes());
        match self {
            Self::Map(pairs) => pairs
                .iter()
                .find(|(candidate, _)| is_key(candidate))
                .map(|(_, value)| value),
            Self::Array(items) => items
                .chunks_exact(2)
                .find(|pair| pair.first().is_some_and(is_key))
                .and_then(|pair| pair.get(1)),
            _ => None,
        }
    }
}
