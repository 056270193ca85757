//! The keys of a whole file, and of what a plugin says about its functions.

use crate::command::{COMMAND, FUNCTION};
use crate::document::{Form, Keys, WORDS, key};
use crate::group::GROUP;
use crate::plugin::PLUGIN;
use crate::settings::{ACCESS, LIMITS, SERVER};

pub(crate) static FILE: Keys = Keys {
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
            "plugins",
            Form::Named(&Form::Table(&PLUGIN)),
            "Libraries with more commands. Each is called NAME.FUNCTION; `plugin` binds one to a plain name.",
        ),
        key(
            "commands",
            Form::Named(&Form::Table(&COMMAND)),
            "The commands by name, of one to four words. Without an action a command is a card: running it shows it.",
        ),
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
