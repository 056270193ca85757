//! The keys of a file, and of what it says about the server.

use crate::document::{COUNT, Form, Keys, WORDS, key};

const RELOADS: [&str; 2] = ["save", "command"];

pub(crate) static SERVER: Keys = Keys {
    what: "`[server]`",
    list: &[
        key(
            "name",
            Form::Words,
            "What people see as the server's name. Without it: caracola.",
        ),
        key(
            "listen",
            WORDS,
            "Addresses with ports, such as \"127.0.0.1:22722\"; port 0 takes any that is free. Without it: port 22722 of this machine alone.",
        ),
        key(
            "user",
            Form::Words,
            "The user, by name or number, that a server becomes which root starts: the owner of its state folder. Programs without a `user` of their own run as this one.",
        ),
        key(
            "welcome",
            Form::Text,
            "What people are greeted with. `{{ server }}`, `{{ user }}`, `{{ online }}` and others are filled in.",
        ),
        key("authors", WORDS, "Who made these commands."),
        key(
            "language",
            Form::Words,
            "The language for people whose own there is nothing in, such as \"en\" or \"es-MX\". Without it: en.",
        ),
        key(
            "reload",
            Form::OneOf(&RELOADS),
            "When changed files are applied: a second after they are saved, unless that would open something, or only by `caracolad reload`. Without it: save; command where root starts the server.",
        ),
    ],
};

pub(crate) static ACCESS: Keys = Keys {
    what: "`[access]`",
    list: &[
        key(
            "guest",
            Form::Boolean,
            "Whether people may come in without login. Without it: no.",
        ),
        key(
            "guest_exec",
            Form::Boolean,
            "Whether people without login may run programs on a server that others than this machine can reach. Without it: no.",
        ),
    ],
};

pub(crate) static LIMITS: Keys = Keys {
    what: "`[limits]`",
    list: &[
        key(
            "sessions",
            COUNT,
            "Sessions at once. An eighth is kept from guests, a sixteenth is for operators only; one account has at most half. Without it: 4096.",
        ),
        key(
            "sessions_per_address",
            COUNT,
            "Sessions at once from one address, shared in the same way. A connection that asks for nothing makes room for the next. Without it: 256.",
        ),
        key(
            "messages_per_second",
            COUNT,
            "Messages that a session may send in a second, on average. Without it: 20.",
        ),
        key(
            "runs_per_second",
            COUNT,
            "Programs that one user may have started in a second, on average; all guests of an address are one user. A call of an isolated plugin counts a fiftieth. Operators and admins have no limit. Without it: 50.",
        ),
        key(
            "outbox",
            Form::Size,
            "What may wait for a session before it is dropped as a slow reader. Without it: 1MiB.",
        ),
        key(
            "handshake",
            Form::Duration,
            "How long a connection may take to say something sensible. Where that is a login, or a second try, three times as long. Without it: 10s.",
        ),
        key(
            "idle",
            Form::Duration,
            "How long a session may be silent. Without it: for ever.",
        ),
    ],
};
