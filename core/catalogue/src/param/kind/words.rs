//! Words: any text, one of a few words, and names of what the server knows.

use super::{Check, Freedom, Row, Written};
use crate::name::fold;
use caracola_speech::{Language, Speech};

pub(super) const STRING: Row = Row {
    name: "string",
    about: "Any word.",
    keys: &[
        "max_len", "pattern", "choices", "suggest", "complete", "rest", "default", "list",
    ],
    freedom: Freedom::Text,
    ..Row::PLAIN
};

pub(super) const BOOLEAN: Row = Row {
    name: "boolean",
    about: "`yes`, `no`, `true`, `false`, `on`, `off`, `1`, `0` or `sí`.",
    keys: &["default", "list"],
    check: Check::Word(boolean),
    fault: Some(Speech::must_be_boolean),
    form: |param, speech| param.flag.is_none().then(|| speech.value_boolean()),
    offers: &["true", "false"],
    written: Written::Boolean,
    ..Row::PLAIN
};

pub(super) const CHOICE: Row = Row {
    name: "choice",
    about: "One of the `choices`.",
    keys: &["choices", "suggest", "complete", "default", "list"],
    ..Row::PLAIN
};

pub(super) const SECRET: Row = Row {
    name: "secret",
    about: "What nobody may see. It reaches a program by its standard input only.",
    keys: &["max_len", "pattern", "rest"],
    form: |_, speech| Some(speech.value_secret()),
    freedom: Freedom::Text,
    ..Row::PLAIN
};

pub(super) const TEXT: Row = Row {
    name: "text",
    about: "Words for people, as they are typed.",
    keys: &["max_len", "suggest", "complete", "rest", "default", "list"],
    freedom: Freedom::Text,
    ..Row::PLAIN
};

pub(super) const PERSON: Row = Row {
    name: "person",
    about: "The name of someone who is connected.",
    ..Row::PLAIN
};

pub(super) const ROOM: Row = Row {
    name: "room",
    about: "A room.",
    ..Row::PLAIN
};

pub(super) const COMMAND: Row = Row {
    name: "command",
    about: "A command.",
    ..Row::PLAIN
};

pub(super) const LANGUAGE: Row = Row {
    name: "language",
    about: "The tag of a language.",
    check: Check::Is(|text| text.parse::<Language>().is_ok()),
    fault: Some(Speech::must_be_language),
    ..Row::PLAIN
};

fn boolean(text: &str) -> Option<&'static str> {
    match &*fold(text) {
        "true" | "yes" | "on" | "1" | "sí" | "si" => Some("true"),
        "false" | "no" | "off" | "0" => Some("false"),
        _ => None,
    }
}
