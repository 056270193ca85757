//! The keys of a command that runs a program.

use super::OnHangup;
use crate::document::{COUNT, Form, Keys, key};

/// What `on_hangup` may be.
pub(crate) const HANGUPS: [&str; 2] = {
    let [end, go_on] = OnHangup::ALL;
    [end.as_str(), go_on.as_str()]
};

/// Keys of a command that mean nothing without `exec`.
pub(crate) const OF_PROGRAMS: [&str; 15] = [
    "env",
    "pass_env",
    "cwd",
    "stdin",
    "user",
    "limits",
    "timeout",
    "max_output",
    "max_running",
    "queue",
    "on_hangup",
    "ok_exit",
    "confirm",
    "read_only",
    "umask",
];

/// Keys of programs that functions of plugins have too.
pub(crate) const OF_PLUGINS_TOO: [&str; 2] = ["timeout", "confirm"];

pub(crate) static PROGRAM_LIMITS: Keys = Keys {
    what: "`limits`",
    list: &[
        key("cpu", Form::Duration, "Time on a processor, in whole seconds."),
        key("memory", Form::Size, "Address space of each process."),
        key("files", COUNT, "Open files of each process."),
        key("processes", COUNT, "Processes of its user, all together."),
        key("file_size", Form::Size, "The largest file it may write."),
    ],
};
