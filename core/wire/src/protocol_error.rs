//! Why bytes could not be understood.

use thiserror::Error;

use crate::{ErrorCode, ErrorReply};

/// The other side broke the protocol or a limit. Nothing that follows on the connection can be trusted, so the one thing
/// left to do is to say this and close it.
///
/// The words are those of Redis where Redis has the same error.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ProtocolError {
    /// A control byte in a typed line: binary garbage, or another protocol.
    #[error("Protocol error: control byte 0x{byte:02x} in an inline request")]
    ControlByte {
        /// The byte.
        byte: u8,
    },
    /// The number of words or items has more digits than any number may have.
    #[error("Protocol error: too big mbulk count string")]
    CountTooLong,
    /// A word of a request doesn't begin with `$`.
    #[error("Protocol error: expected '$', got '{}'", found.escape_ascii())]
    ExpectedBulk {
        /// What stands there instead.
        found: u8,
    },
    /// A web browser, or something that was talked into speaking to us as if it were one.
    #[error("Protocol error: this is not an HTTP server")]
    Http,
    /// Not `#t` or `#f`.
    #[error("Protocol error: invalid boolean")]
    InvalidBoolean,
    /// Not an integer, however big.
    #[error("Protocol error: invalid big number")]
    InvalidBigNumber,
    /// The number of words or items isn't one.
    #[error("Protocol error: invalid multibulk length")]
    InvalidCount,
    /// Not a floating-point number.
    #[error("Protocol error: invalid double")]
    InvalidDouble,
    /// Not an integer of 64 bits.
    #[error("Protocol error: invalid integer")]
    InvalidInteger,
    /// The length of a string isn't one, or is negative.
    #[error("Protocol error: invalid bulk length")]
    InvalidLength,
    /// `_` with something behind it.
    #[error("Protocol error: invalid null")]
    InvalidNull,
    /// A verbatim string without its three letters and colon.
    #[error("Protocol error: invalid verbatim string")]
    InvalidVerbatim,
    /// The length of a string has more digits than any number may have.
    #[error("Protocol error: too big bulk count string")]
    LengthTooLong,
    /// A line of a reply, or a line that someone typed, doesn't end in time.
    #[error("Protocol error: too big inline request (the limit is {limit} bytes)")]
    LineTooLong {
        /// Bytes without the line's end.
        limit: usize,
    },
    /// A string isn't followed by CRLF, or CR isn't followed by LF.
    #[error("Protocol error: expected CRLF")]
    MissingLineEnd,
    /// The request is longer than this session may send.
    #[error("Protocol error: request too long (the limit is {limit} bytes)")]
    RequestTooLong {
        /// Bytes, framing included.
        limit: usize,
    },
    /// Aggregates nest deeper than any message does.
    #[error("Protocol error: nested too deeply (the limit is {limit})")]
    TooDeep {
        /// Levels.
        limit: usize,
    },
    /// A value has too many elements.
    #[error("Protocol error: too many elements (the limit is {limit})")]
    TooManyItems {
        /// Elements of all its aggregates.
        limit: usize,
    },
    /// A request has more words than this session may send.
    #[error("Protocol error: too many words (the limit is {limit})")]
    TooManyWords {
        /// Words.
        limit: usize,
    },
    /// A byte that begins no type of this subset of RESP.
    #[error("Protocol error: unknown type '{}'", found.escape_ascii())]
    UnknownType {
        /// The byte.
        found: u8,
    },
    /// A value is longer than a client takes.
    #[error("Protocol error: value too long (the limit is {limit} bytes)")]
    ValueTooLong {
        /// Bytes, framing included.
        limit: usize,
    },
    /// A word of a request, or a string in a value, is too long.
    #[error("Protocol error: bulk string too long (the limit is {limit} bytes)")]
    WordTooLong {
        /// Bytes.
        limit: usize,
    },
}

impl ProtocolError {
    /// [`ErrorCode::Limit`] for what is well-formed and too big, else [`ErrorCode::Err`].
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::LineTooLong { .. }
            | Self::RequestTooLong { .. }
            | Self::TooDeep { .. }
            | Self::TooManyItems { .. }
            | Self::TooManyWords { .. }
            | Self::ValueTooLong { .. }
            | Self::WordTooLong { .. } => ErrorCode::Limit,
            Self::ControlByte { .. }
            | Self::CountTooLong
            | Self::ExpectedBulk { .. }
            | Self::Http
            | Self::InvalidBigNumber
            | Self::InvalidBoolean
            | Self::InvalidCount
            | Self::InvalidDouble
            | Self::InvalidInteger
            | Self::InvalidLength
            | Self::InvalidNull
            | Self::InvalidVerbatim
            | Self::LengthTooLong
            | Self::MissingLineEnd
            | Self::UnknownType { .. } => ErrorCode::Err,
        }
    }
}

impl From<&ProtocolError> for ErrorReply {
    fn from(error: &ProtocolError) -> Self {
        Self::new(error.code(), error.to_string())
    }
}
