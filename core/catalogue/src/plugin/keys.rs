//! The keys of a plugin in an admin's file, and those of what a plugin says about its own functions.

use crate::command::ROLES;
use crate::document::{COUNT, Form, Keys, WORDS, key, required};
use caracola_plugin_host::Isolation;

const ISOLATIONS: [&str; 2] = {
    let [process, none] = Isolation::ALL;
    [process.as_str(), none.as_str()]
};

pub(crate) static PLUGIN: Keys = Keys {
    what: "a plugin",
    list: &[
        required(
            "path",
            Form::Words,
            "Its library: a path relative to this file, or a bare name, which is searched for in --plugin-dir and beside the server.",
        ),
        key(
            "isolation",
            Form::OneOf(&ISOLATIONS),
            "Where it runs: in a process of its own, or in the server's, which it could crash. Without it: process.",
        ),
        key(
            "optional",
            Form::Boolean,
            "Whether the server does without it when it can't be loaded.",
        ),
        key(
            "config",
            Form::Free,
            "What the plugin is told at its start; see its own documentation.",
        ),
        key(
            "roles",
            Form::List(&Form::OneOf(&ROLES)),
            "The least role that sees and may run its functions. Without it: operators.",
        ),
        key(
            "timeout",
            Form::Duration,
            "How long one call may take. Without it: 10s.",
        ),
        key("max_running", COUNT, "How many calls go on at once. Without it: 8."),
        key(
            "queue",
            Form::Integer(0, u32::MAX as i64),
            "How many more calls may wait for their turn. Without it: 64.",
        ),
        key(
            "max_output",
            Form::Size,
            "How large one answer may be. Without it: 1MiB.",
        ),
        key(
            "read",
            WORDS,
            "Folders or files, relative to this file, that its process may read, beside the system's libraries.",
        ),
        key(
            "write",
            WORDS,
            "Folders, relative to this file, that its process may read and write. Those that aren't there are made.",
        ),
        key(
            "network",
            Form::Boolean,
            "Whether its process may use the network. Without it: no.",
        ),
        key(
            "user",
            Form::Words,
            "The user that its process runs as, or \"user:group\". Only a server started by root can do that.",
        ),
        key(
            "limits",
            Form::Table(&PLUGIN_LIMITS),
            "What the kernel lets its process use.",
        ),
    ],
};

/// Keys of a plugin that hold a process of its own to something.
pub(crate) const OF_FENCES: [&str; 5] = ["read", "write", "network", "user", "limits"];

pub(crate) static PLUGIN_LIMITS: Keys = Keys {
    what: "`limits` of a plugin",
    list: &[
        key("memory", Form::Size, "Address space. Without it: 1GiB."),
        key("files", COUNT, "Open files. Without it: 256."),
        key("processes", COUNT, "Processes and threads of its user, all together."),
        key("file_size", Form::Size, "The largest file it may write."),
    ],
};
