//! What an error reply says: a code that programs act on, and a sentence for people.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

macro_rules! error_codes {
    ($($(#[$doc:meta])* $variant:ident = $text:literal,)*) => {
        /// The closed list of codes that Caracola's errors begin with.
        ///
        /// None of them is a code on which Redis libraries silently send again or go elsewhere (`LOADING`, `READONLY`,
        /// `TRYAGAIN`, `MOVED` and the like).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ErrorCode {
            $($(#[$doc])* $variant,)*
        }

        impl ErrorCode {
            /// Every code, in the order of the list.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word on the wire, in capitals.
            #[inline]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }
        }
    };
}

error_codes! {
    /// The request was malformed, or something went wrong that no other code names.
    Err = "ERR",
    /// There is no such command, image, room or person; or none that the asker may see.
    Unknown = "UNKNOWN",
    /// The command exists and was called with the wrong arguments.
    Usage = "USAGE",
    /// The asker may see it and may not do it.
    Denied = "DENIED",
    /// Nobody may do this without logging in first.
    NoAuth = "NOAUTH",
    /// The user name or the password is wrong.
    WrongPass = "WRONGPASS",
    /// `HELLO` asked for a protocol other than 2 or 3.
    NoProto = "NOPROTO",
    /// Too much of this is going on at the moment; later may do.
    Busy = "BUSY",
    /// The request, or the rate of requests, is over a limit.
    Limit = "LIMIT",
    /// It took longer than its deadline and was ended.
    Timeout = "TIMEOUT",
    /// Someone cancelled it.
    Cancelled = "CANCELLED",
    /// It ran and failed.
    Failed = "FAILED",
    /// Nobody knows how it ended: the server stopped while it ran.
    Lost = "LOST",
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// The word is not one of [`ErrorCode::ALL`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not one of Caracola's error codes")]
pub struct UnknownErrorCode;

impl FromStr for ErrorCode {
    type Err = UnknownErrorCode;

    /// Exactly the word on the wire: capitals only.
    fn from_str(word: &str) -> Result<Self, UnknownErrorCode> {
        Self::ALL
            .iter()
            .copied()
            .find(|code| code.as_str() == word)
            .ok_or(UnknownErrorCode)
    }
}

/// An error as it travels: `-CODE message`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ErrorReply {
    /// The first word as received. It may be one that this version doesn't know.
    pub code: String,
    /// The rest: for people, in the session's language. May be empty.
    pub message: String,
}

impl ErrorReply {
    /// An error with one of the known codes.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code: code.as_str().to_owned(),
            message: message.into(),
        }
    }

    /// The code, when it is one of ours.
    pub fn known_code(&self) -> Option<ErrorCode> {
        self.code.parse().ok()
    }

    /// Takes apart what stands between `-` and the line's end. Bytes that aren't UTF-8 are replaced, since a message is
    /// only ever shown.
    pub(crate) fn from_line(line: &[u8]) -> Self {
        let line = String::from_utf8_lossy(line);
        let ends_code = |letter: char| letter == ' ' || letter.is_control();
        let (code, message) = line.split_once(ends_code).unwrap_or((&line, ""));
        Self {
            code: code.to_owned(),
            message: message.to_owned(),
        }
    }
}

impl fmt::Display for ErrorReply {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.code)?;
        if self.message.is_empty() {
            Ok(())
        } else {
            write!(formatter, " {}", self.message)
        }
    }
}

impl std::error::Error for ErrorReply {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_reads_back() {
        for &code in ErrorCode::ALL {
            assert_eq!(code.as_str().parse(), Ok(code));
        }
        assert_eq!("err".parse::<ErrorCode>(), Err(UnknownErrorCode));
        assert_eq!("MOVED".parse::<ErrorCode>(), Err(UnknownErrorCode));
    }

    #[test]
    fn a_line_is_a_code_and_a_message() {
        assert_eq!(
            ErrorReply::from_line(b"USAGE tell NAME TEXT").to_string(),
            "USAGE tell NAME TEXT"
        );
        assert_eq!(
            ErrorReply::from_line(b"USAGE tell").known_code(),
            Some(ErrorCode::Usage)
        );
        assert_eq!(ErrorReply::from_line(b"NEWER thing").known_code(), None);
    }

    #[test]
    fn a_code_is_a_word() {
        let reply = ErrorReply::from_line(b"ERR\tno");
        assert_eq!((reply.code.as_str(), reply.message.as_str()), ("ERR", "no"));
    }

    #[test]
    fn a_line_may_be_a_bare_code() {
        let reply = ErrorReply::from_line(b"ERR");
        assert_eq!((reply.code.as_str(), reply.message.as_str()), ("ERR", ""));
        assert_eq!(reply.to_string(), "ERR");
    }
}
