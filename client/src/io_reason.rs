//! What the operating system says went wrong, in words for people.

use std::io;

use caracola_speech::Speech;

/// What went wrong, in words for people where the case is a common one, and the system's own words otherwise.
pub(crate) fn io_reason(error: &io::Error, speech: Speech) -> String {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => speech.connection_refused(),
        io::ErrorKind::TimedOut => speech.no_answer_in_time(),
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => speech.no_route(),
        io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe | io::ErrorKind::UnexpectedEof => {
            speech.closed_by_server()
        }
        io::ErrorKind::NotFound => speech.file_not_found(),
        io::ErrorKind::PermissionDenied => speech.permission_denied(),
        _ => error.to_string(),
    }
}
