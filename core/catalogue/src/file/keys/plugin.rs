//! The keys of a plugin in an admin's file, and those of what a plugin says about its own functions.

use super::command::{EXAMPLE, ROLES};
use super::group::GROUP;
use super::param::PARAM;
use super::{COUNT, Form, Keys, WORDS, key, required};
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
            "Its library: a path relative to this file, or a bare name, which is sought in --plugin-dir and beside the server.",
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

/// What a plugin's own definitions may have.
pub(crate) static DEFINITIONS: Keys = Keys {
    what: "a plugin's definitions",
    list: &[
        key(
            "groups",
            Form::Named(&Form::Table(&GROUP)),
            "Headings that `help` lists its functions under.",
        ),
        key(
            "commands",
            Form::Named(&Form::Table(&FUNCTION)),
            "Its functions by name, each of one word.",
        ),
    ],
};

/// What a plugin says about one of its functions. Names, and who may use it, are the admin's to choose.
pub(crate) static FUNCTION: Keys = Keys {
    what: "a plugin's function",
    list: &[
        required("summary", Form::Text, "One line on what it does."),
        key(
            "examples",
            Form::List(&Form::Table(&EXAMPLE)),
            "Lines to type, and what they do.",
        ),
        key("see_also", WORDS, "Related functions of this plugin, or commands."),
        key("group", Form::Words, "The name of the group it is listed under."),
        key("params", Form::List(&Form::Table(&PARAM)), "What it takes, in order."),
        key(
            "roles",
            Form::List(&Form::OneOf(&ROLES)),
            "The least role that it is for; the admin's file may ask for more, not for less.",
        ),
        key("confirm", Form::Text, "What a shell asks before it runs this."),
        key("read_only", Form::Boolean, "Whether it changes nothing."),
        key(
            "timeout",
            Form::Duration,
            "How long one call may take, where the admin's file doesn't say.",
        ),
        key(
            "nonblocking",
            Form::Boolean,
            "A promise that it returns at once: it is called without another thread if the plugin is in the server's process.",
        ),
    ],
};
