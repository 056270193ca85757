//! The one table of exit statuses, and how an error of the wire becomes one.

use std::fmt::Write as _;
use std::process::ExitCode;

use caracola_wire::{ErrorCode, ErrorReply};

/// What `caracola` tells the program that started it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExitStatus {
    Success,
    Failed,
    OwnUsage,
    Usage,
    Connection,
    Denied,
    TimedOut,
    Unknown,
    Cancelled,
}

/// Number and meaning of each status, in the order of the help text. The numbers above 2 are those of sysexits.h (64, 69, 77),
/// timeout(1) (124) and POSIX shells (127, 130).
const TABLE: [(ExitStatus, u8, &str); 9] = [
    (ExitStatus::Success, 0, "the command succeeded"),
    (ExitStatus::Failed, 1, "the command failed"),
    (ExitStatus::OwnUsage, 2, "caracola's own arguments were wrong"),
    (ExitStatus::Usage, 64, "the command's arguments were wrong"),
    (
        ExitStatus::Connection,
        69,
        "no connection, or it was lost, or the server's key was refused",
    ),
    (ExitStatus::Denied, 77, "you may not run this"),
    (ExitStatus::TimedOut, 124, "the command ran out of time"),
    (ExitStatus::Unknown, 127, "there is no such command"),
    (ExitStatus::Cancelled, 130, "cancelled, as by Ctrl-C"),
];

impl ExitStatus {
    /// The number that the operating system sees.
    pub(crate) fn number(self) -> u8 {
        TABLE
            .iter()
            .find(|(status, ..)| *status == self)
            .map_or(1, |(_, number, _)| *number)
    }

    pub(crate) fn is_success(self) -> bool {
        self == Self::Success
    }
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        Self::from(status.number())
    }
}

impl From<&ErrorReply> for ExitStatus {
    fn from(error: &ErrorReply) -> Self {
        match error.known_code() {
            Some(ErrorCode::Usage) => Self::Usage,
            Some(ErrorCode::Lost) => Self::Connection,
            Some(ErrorCode::Denied | ErrorCode::NoAuth | ErrorCode::WrongPass) => Self::Denied,
            Some(ErrorCode::Timeout) => Self::TimedOut,
            Some(ErrorCode::Unknown) => Self::Unknown,
            Some(ErrorCode::Cancelled) => Self::Cancelled,
            _ => Self::Failed,
        }
    }
}

/// The table as `--help` shows it.
pub(crate) fn help() -> String {
    let mut text = String::from("Exit status:\n");
    for (_, number, meaning) in TABLE {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  {number:>3}  {meaning}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_of_the_wire_has_its_status() {
        let status = |code| ExitStatus::from(&ErrorReply::new(code, "why")).number();
        let expected = [
            (ErrorCode::Err, 1),
            (ErrorCode::Unknown, 127),
            (ErrorCode::Usage, 64),
            (ErrorCode::Denied, 77),
            (ErrorCode::NoAuth, 77),
            (ErrorCode::WrongPass, 77),
            (ErrorCode::NoProto, 1),
            (ErrorCode::Busy, 1),
            (ErrorCode::Limit, 1),
            (ErrorCode::Timeout, 124),
            (ErrorCode::Cancelled, 130),
            (ErrorCode::Failed, 1),
            (ErrorCode::Lost, 69),
        ];
        for (code, number) in expected {
            assert_eq!(status(code), number, "{code:?}");
        }
    }

    #[test]
    fn a_code_of_a_later_version_is_a_failure() {
        let error = ErrorReply {
            code: "SOMETHINGNEW".to_owned(),
            message: "?".to_owned(),
        };
        assert_eq!(ExitStatus::from(&error), ExitStatus::Failed);
    }

    #[test]
    fn help_lists_all_of_them() {
        let help = help();
        for (_, number, meaning) in TABLE {
            assert!(help.contains(&format!("{number:>3}  {meaning}")));
        }
    }
}
