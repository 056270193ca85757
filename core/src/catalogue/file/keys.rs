//! Every key that a file may have, with what its value is: the one list that reading goes by and that editors get as a
//! schema, so that the two cannot drift apart.

use crate::access::role::Role;
use crate::catalogue::exec::OnHangup;
use crate::catalogue::param::{ParamKind, PathKind};

/// The keys of one kind of table.
#[derive(Debug)]
pub(in crate::catalogue) struct Keys {
    /// What has them, as messages say it: "a command".
    pub(in crate::catalogue) what: &'static str,
    pub(in crate::catalogue) list: &'static [Key],
    /// Keys that a later version will have; what reads the table says so.
    pub(in crate::catalogue) not_yet: &'static [&'static str],
}

/// A key.
#[derive(Debug)]
pub(in crate::catalogue) struct Key {
    pub(in crate::catalogue) name: &'static str,
    pub(in crate::catalogue) form: Form,
    /// Whether it must be there.
    pub(in crate::catalogue) required: bool,
    /// What it is for, as an editor shows it.
    pub(in crate::catalogue) about: &'static str,
}

/// What the value of a key is.
#[derive(Debug, Clone, Copy)]
pub(in crate::catalogue) enum Form {
    /// Text for people: a string, or a table by language.
    Text,
    /// A string that isn't empty.
    Words,
    /// Any string.
    Any,
    /// One of these words.
    OneOf(&'static [&'static str]),
    Boolean,
    /// An integer, at least the first and at most the second number.
    Integer(i64, i64),
    Number,
    /// A string, number or boolean.
    Scalar,
    /// A string such as `64KiB`.
    Size,
    /// A string such as `10s`.
    Duration,
    /// Three octal digits.
    Mask,
    /// A list of values.
    List(&'static Form),
    /// A table of these keys.
    Table(&'static Keys),
    /// A table whose keys are names of its own.
    Named(&'static Form),
    /// One of two forms.
    Either(&'static Form, &'static Form),
}

impl Keys {
    /// Whether there is such a key, now or in a later version.
    pub(in crate::catalogue) fn has(&self, name: &str) -> bool {
        self.list.iter().any(|key| key.name == name) || self.not_yet.contains(&name)
    }

    /// All names there are now.
    pub(super) fn names(&self) -> Vec<&'static str> {
        self.list.iter().map(|key| key.name).collect()
    }
}

const fn key(name: &'static str, form: Form, about: &'static str) -> Key {
    Key {
        name,
        form,
        required: false,
        about,
    }
}

const fn required(name: &'static str, form: Form, about: &'static str) -> Key {
    Key {
        required: true,
        ..key(name, form, about)
    }
}

const COUNT: Form = Form::Integer(1, u32::MAX as i64);
const WORDS: Form = Form::List(&Form::Words);
const OFFERS: Form = Form::Either(&WORDS, &Form::Named(&Form::Text));

const ROLES: [&str; 4] = {
    let [guest, user, operator, admin] = Role::ALL;
    [guest.as_str(), user.as_str(), operator.as_str(), admin.as_str()]
};

const HANGUPS: [&str; 2] = {
    let [end, go_on] = OnHangup::ALL;
    [end.as_str(), go_on.as_str()]
};

const PATH_KINDS: [&str; 3] = {
    let [file, folder, any] = PathKind::ALL;
    [file.as_str(), folder.as_str(), any.as_str()]
};

const TYPES: [&str; ParamKind::ORDINARY.len()] = {
    let mut words = [""; ParamKind::ORDINARY.len()];
    let mut number = 0;
    while number < words.len() {
        words[number] = ParamKind::ORDINARY[number].as_str();
        number += 1;
    }
    words
};

pub(in crate::catalogue) static FILE: Keys = Keys {
    what: "a file",
    list: &[
        key(
            "include",
            WORDS,
            "More files with commands, relative to this one; `*` and `?` stand for any names. Only the main file may include.",
        ),
        key(
            "server",
            Form::Table(&SERVER),
            "The server itself. Flags come before it. Only in the main file.",
        ),
        key(
            "access",
            Form::Table(&ACCESS),
            "Who may come in. Only in the main file.",
        ),
        key(
            "limits",
            Form::Table(&LIMITS),
            "What sessions may use. Only in the main file.",
        ),
        key(
            "groups",
            Form::Named(&Form::Table(&GROUP)),
            "Headings that `help` lists commands under.",
        ),
        key(
            "commands",
            Form::Named(&Form::Table(&COMMAND)),
            "The commands by name, of one to four words. Without an action a command is a card: running it shows it.",
        ),
    ],
    not_yet: &["plugins"],
};

pub(in crate::catalogue) static SERVER: Keys = Keys {
    what: "`[server]`",
    list: &[
        key("name", Form::Words, "What people see as the server's name."),
        key(
            "listen",
            WORDS,
            "Addresses with ports, such as \"127.0.0.1:22722\"; port 0 takes any that is free.",
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
            "The language for people whose own there is nothing in, such as \"en\" or \"es-MX\".",
        ),
    ],
    not_yet: &[],
};

pub(in crate::catalogue) static ACCESS: Keys = Keys {
    what: "`[access]`",
    list: &[
        key(
            "guest",
            Form::Boolean,
            "Whether people may come in without login. Without it nobody may.",
        ),
        key(
            "guest_exec",
            Form::Boolean,
            "Whether people without login may run programs on a server that others than this machine can reach.",
        ),
    ],
    not_yet: &[],
};

pub(in crate::catalogue) static LIMITS: Keys = Keys {
    what: "`[limits]`",
    list: &[
        key("sessions", COUNT, "Sessions at once."),
        key("sessions_per_address", COUNT, "Sessions at once from one address."),
        key(
            "messages_per_second",
            COUNT,
            "Messages that a session may send in a second, on average.",
        ),
        key(
            "outbox",
            Form::Size,
            "What may wait for a session before it is dropped as a slow reader.",
        ),
        key(
            "handshake",
            Form::Duration,
            "How long a connection may take to say something sensible.",
        ),
        key(
            "idle",
            Form::Duration,
            "How long a session may be silent. Without it for ever.",
        ),
    ],
    not_yet: &[],
};

pub(in crate::catalogue) static GROUP: Keys = Keys {
    what: "a group",
    list: &[required("title", Form::Text, "What stands above its commands.")],
    not_yet: &[],
};

pub(in crate::catalogue) static COMMAND: Keys = Keys {
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
            "How long the program may run. Without it: 30s.",
        ),
        key(
            "max_output",
            Form::Size,
            "How much of its output is kept. Without it: 256KiB.",
        ),
        key("max_running", COUNT, "How many runs go on at once. Without it: 4."),
        key(
            "queue",
            Form::Integer(0, u32::MAX as i64),
            "How many more runs may wait for their turn. Without it: 16.",
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
    not_yet: &["plugin"],
};

/// Keys of a command that mean nothing without `exec`.
pub(in crate::catalogue) const OF_PROGRAMS: [&str; 15] = [
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

/// Keys of a command that say what it does; it has one of them, or none.
pub(in crate::catalogue) const WITH_ACTIONS: [&str; 3] = ["reply", "lookup", "exec"];

pub(in crate::catalogue) static PROGRAM_LIMITS: Keys = Keys {
    what: "`limits`",
    list: &[
        key("cpu", Form::Duration, "Time on a processor, in whole seconds."),
        key("memory", Form::Size, "Address space of each process."),
        key("files", COUNT, "Open files of each process."),
        key("processes", COUNT, "Processes of its user, all together."),
        key("file_size", Form::Size, "The largest file it may write."),
    ],
    not_yet: &[],
};

pub(in crate::catalogue) static EXAMPLE: Keys = Keys {
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
    not_yet: &[],
};

pub(in crate::catalogue) static PARAM: Keys = Keys {
    what: "a param",
    list: &[
        required(
            "name",
            Form::Words,
            "Letters, digits, `_` and `-`; `{name}` stands for its value.",
        ),
        key(
            "type",
            Form::OneOf(&TYPES),
            "What its values are. Without it: choice if there are `choices`, else string.",
        ),
        key(
            "required",
            Form::Boolean,
            "Whether there must be a value. Without it: yes, unless there is a `default` or a `flag`.",
        ),
        key(
            "rest",
            Form::Boolean,
            "Takes the rest of the line as one value. Only the last param may.",
        ),
        key(
            "list",
            Form::Boolean,
            "Takes all words that are left, each a value. Only the last param may, or one with a `flag`.",
        ),
        key(
            "flag",
            Form::Words,
            "Is typed as `--x VALUE` anywhere, instead of by position, and given to the program so. A boolean has no value.",
        ),
        key("default", Form::Scalar, "The value when none is typed."),
        key(
            "choices",
            OFFERS,
            "The only values it takes: a list, or a table with what each means.",
        ),
        key("suggest", OFFERS, "Values that are offered, while others are as good."),
        key(
            "complete",
            Form::Words,
            "A command with `read_only = true` whose output is offered, line by line.",
        ),
        key("min", Form::Number, "The least number."),
        key("max", Form::Number, "The greatest number."),
        key("max_len", COUNT, "The most characters."),
        key(
            "pattern",
            Form::Words,
            "A regular expression that the whole of a value must match.",
        ),
        key(
            "allow_dash",
            Form::Boolean,
            "Whether a value may begin with `-`, as options of programs do.",
        ),
        key(
            "root",
            Form::Words,
            "The folder that a path never leaves, relative to this file.",
        ),
        key(
            "must_exist",
            Form::Boolean,
            "Whether there must be something at the path.",
        ),
        key(
            "kind",
            Form::OneOf(&PATH_KINDS),
            "What may be at the path. Without it: any.",
        ),
        key(
            "as",
            Form::OneOf(&["path", "fd"]),
            "\"fd\" gives the program the open file, as /dev/fd/3: nobody can swap it in between.",
        ),
        key(
            "schemes",
            WORDS,
            "The schemes that a URL may have. Without it: http and https.",
        ),
        key("help", Form::Text, "What it is for."),
    ],
    not_yet: &[],
};
