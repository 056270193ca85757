//! What a plugin says when something didn't work, and what the server says when it takes nothing more.

use std::fmt;

use caracola_abi as abi;

/// A command that didn't work: the kind, for programs, and a sentence for people, in the caller's language
/// ([`sentences!`](crate::sentences!)), that says what happened, with which value, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    code: Code,
    message: String,
}

/// The kind of an [`Error`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Code {
    /// Something went wrong.
    Failed,
    /// The arguments make no sense.
    Usage,
    /// The caller may not do that.
    Denied,
    /// Too much at the moment; the same may succeed later.
    Busy,
    /// More than the caller may have, such as a quota.
    Limit,
    /// It took too long.
    Timeout,
}

/// Why the server didn't take something. As an [`Error`], it can be handed on with `?`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Refused {
    /// Nobody waits for the answer any more: the caller has gone or cancelled, or the time is over. Return soon.
    Gone,
    /// More than the server takes. Nothing of it was taken.
    TooLarge,
    /// The server can't read it, such as a picture that is not a PNG.
    Malformed,
    /// Not at this time, or never on this server; the number is what it returned.
    Other(i32),
}

impl Error {
    /// An error of any kind.
    pub fn new(code: Code, message: impl fmt::Display) -> Self {
        Self {
            code,
            message: message.to_string(),
        }
    }

    /// Something went wrong. Takes any error, so `.map_err(Error::failed)?` hands on one whose own words will do.
    pub fn failed(message: impl fmt::Display) -> Self {
        Self::new(Code::Failed, message)
    }

    /// The arguments make no sense.
    pub fn usage(message: impl fmt::Display) -> Self {
        Self::new(Code::Usage, message)
    }

    /// The caller may not do that.
    pub fn denied(message: impl fmt::Display) -> Self {
        Self::new(Code::Denied, message)
    }

    /// Too much at the moment; the same may succeed later.
    pub fn busy(message: impl fmt::Display) -> Self {
        Self::new(Code::Busy, message)
    }

    /// More than the caller may have.
    pub fn limit(message: impl fmt::Display) -> Self {
        Self::new(Code::Limit, message)
    }

    /// It took too long.
    pub fn timeout(message: impl fmt::Display) -> Self {
        Self::new(Code::Timeout, message)
    }

    /// Its kind.
    pub fn code(&self) -> Code {
        self.code
    }

    /// Its sentence.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        Self::failed(refused)
    }
}

impl Code {
    pub(crate) fn number(self) -> u32 {
        match self {
            Self::Failed => abi::ERROR_FAILED,
            Self::Usage => abi::ERROR_USAGE,
            Self::Denied => abi::ERROR_DENIED,
            Self::Busy => abi::ERROR_BUSY,
            Self::Limit => abi::ERROR_LIMIT,
            Self::Timeout => abi::ERROR_TIMEOUT,
        }
    }
}

impl Refused {
    /// What a function of [`abi::Host`] returned.
    pub(crate) fn check(status: i32) -> Result<(), Self> {
        match status {
            abi::OK => Ok(()),
            abi::GONE => Err(Self::Gone),
            abi::TOO_LARGE => Err(Self::TooLarge),
            abi::MALFORMED => Err(Self::Malformed),
            other => Err(Self::Other(other)),
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gone => formatter.write_str("nobody waits for the answer any more"),
            Self::TooLarge => formatter.write_str("that is more than the server takes"),
            Self::Malformed => formatter.write_str("the server can't read that"),
            Self::Other(status) => write!(formatter, "the server refused that ({status})"),
        }
    }
}

impl std::error::Error for Refused {}
