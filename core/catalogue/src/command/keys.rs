//! The keys of a command.

use crate::Role;
use crate::document::{COUNT, Form, Keys, WORDS, key, required};
use crate::exec::{HANGUPS, PROGRAM_LIMITS};
use crate::param::PARAM;

pub(crate) const ROLES: [&str; 4] = {
    let [guest, user, operator, admin] = Role::ALL;
    [guest.as_str(), user.as_str(), operator.as_str(), admin.as_str()]
};

pub(crate) static COMMAND: Keys = Keys {
    what: "a command",
    list: &[
        key("summary", Form::Text, "One line on what it does or is for."),
        key(
            "examples",
            Form::List(&Form::Table(&EXAMPLE)),
            "Lines to type, and what they do.",
        ),
        key("see_also", WORDS, "Related commands, named at the end of the card."),
        key(
            "image",
            Form::Words,
            "A small PNG, relative to this file, for terminals that can show it.",
        ),
        key("aliases", WORDS, "Other names for it."),
        key("group", Form::Words, "The name of the group it is listed under."),
        key("params", Form::List(&Form::Table(&PARAM)), "What it takes, in order."),
        key(
            "roles",
            Form::List(&Form::OneOf(&ROLES)),
            "The least role that sees and may run it. Without it: operators for programs, everyone for the rest.",
        ),
        key("reply", Form::Text, "What it answers."),
        key(
            "lookup",
            Form::Named(&Form::Text),
            "A table to look its one argument up in.",
        ),
        key(
            "exec",
            Form::List(&Form::Any),
            "The program it runs and the program's arguments, each by itself; no shell is involved. `{name}` stands for the \
             value of a param; `{{` and `}}` are braces.",
        ),
        key(
            "env",
            Form::Named(&Form::Any),
            "Environment variables for the program, which gets only PATH and LANG without them. `{name}` as in `exec`.",
        ),
        key(
            "pass_env",
            WORDS,
            "Environment variables of the server that the program gets too.",
        ),
        key(
            "cwd",
            Form::Words,
            "The folder that the program starts in, relative to this file. Without it: /.",
        ),
        key(
            "stdin",
            Form::Any,
            "What the program reads: \"null\" for nothing, or text with the `{name}` of a param. The only way for secrets.",
        ),
        key(
            "user",
            Form::Words,
            "The user that the program runs as, or \"user:group\". Only a server started by root can do that.",
        ),
        key(
            "limits",
            Form::Table(&PROGRAM_LIMITS),
            "What the kernel lets the program use.",
        ),
        key(
            "timeout",
            Form::Duration,
            "How long the program may run. Without it: 30s. Of a plugin's function: how long a call may take.",
        ),
        key(
            "max_output",
            Form::Size,
            "How much of its output is kept. Without it: 256KiB.",
        ),
        key(
            "max_running",
            COUNT,
            "How many runs go on at once. Without it: 4. Of four or more, a quarter is kept for operators and admins. Of the rest, where there are two or more, one user has at most three quarters, rounded down, and so have all guests together.",
        ),
        key(
            "queue",
            Form::Integer(0, u32::MAX as i64),
            "How many more runs may wait for their turn: users take turns, operators and admins first. One user has at most half of the line. Without it: 16.",
        ),
        key(
            "on_hangup",
            Form::OneOf(&HANGUPS),
            "What becomes of the program when who started it hangs up. Without it: end.",
        ),
        key(
            "ok_exit",
            Form::List(&Form::Integer(0, u8::MAX as i64)),
            "Exit statuses that mean success. Without it: [0].",
        ),
        key(
            "plugin",
            Form::Words,
            "The function of a plugin that it calls, such as \"workspace.ls\". What this doesn't say, the plugin does.",
        ),
        key("confirm", Form::Text, "What a shell asks before it runs this."),
        key(
            "read_only",
            Form::Boolean,
            "Whether it changes nothing, so that it may be run to complete others' arguments.",
        ),
        key(
            "umask",
            Form::Mask,
            "Permissions that files the program makes don't get. Without it: \"022\".",
        ),
    ],
};

/// Keys of a command that say what it does; it has one of them, or none.
pub(crate) const WITH_ACTIONS: [&str; 4] = ["reply", "lookup", "exec", "plugin"];

/// The keys of a definition that only binds a name to a function of a plugin.
pub(crate) const OF_BINDINGS: [&str; 4] = ["plugin", "roles", "timeout", "confirm"];

pub(crate) static EXAMPLE: Keys = Keys {
    what: "an example",
    list: &[
        required("run", Form::Words, "The line as one would type it."),
        required("about", Form::Text, "What it does."),
        key(
            "expect",
            Form::Words,
            "What its output must contain when `caracolad check --run-examples` runs it.",
        ),
        key(
            "expect_exit",
            Form::Integer(0, u8::MAX as i64),
            "The exit status that it must end with then. Without it: one of `ok_exit`.",
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
