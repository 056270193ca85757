//! The keys of a param.

use super::PathKind;
use super::kind::ParamKind;
use crate::document::{COUNT, Form, Keys, WORDS, key, required};

const OFFERS: Form = Form::Either(&WORDS, &Form::Named(&Form::Text));

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

pub(crate) static PARAM: Keys = Keys {
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
            "A command with `read_only = true` whose output is offered, line by line; what follows a tab is what it is about.",
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
            "The folder that a path never leaves, relative to this file. This is checked before the program starts: who can write \
             in it may put a link in the path's place in between, unless `as = \"fd\"`.",
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
            "\"path\", the default, gives the program the path's name, which whoever can write in its folder may turn into a link \
             before the program opens it. \"fd\" gives it the open file, as /dev/fd/3: nobody can swap it in between.",
        ),
        key(
            "schemes",
            WORDS,
            "The schemes that a URL may have. Without it: http and https.",
        ),
        key("help", Form::Text, "What it is for."),
    ],
};
