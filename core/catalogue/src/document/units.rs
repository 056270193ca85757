//! Sizes and durations as people write them: "64KiB", "10s".

use std::time::Duration;

use super::section::Value;
use crate::diagnostic::quoted;
use caracola_speech::amount;

/// What a size looks like, in words.
pub(crate) const SIZE_FORM: &str = "a size such as \"64KiB\"; its units are B, KiB, MiB and GiB";

/// What a duration looks like, in words.
pub(crate) const DURATION_FORM: &str = "a duration such as \"10s\"; its units are ms, s, m, h and d";

/// A size in bytes: a whole number and a unit, more than zero.
pub(crate) fn size(value: &Value) -> Option<u64> {
    measured(value, amount::parse_size, SIZE_FORM)
}

/// A duration: a whole number and a unit, more than zero.
pub(crate) fn duration(value: &Value) -> Option<Duration> {
    measured(value, amount::parse_duration, DURATION_FORM)
}

fn measured<T: Default + PartialEq>(value: &Value, parse: fn(&str) -> Option<T>, form: &str) -> Option<T> {
    if !value.is_string() {
        value.report(value.wrong_type("a string with a unit").help(format!("write {form}")));
        return None;
    }
    let text = value.string()?;
    let parsed = parse(text).filter(|amount| *amount != T::default());
    if parsed.is_none() {
        let message = format!("`{}` cannot be {}", value.key(), quoted(text));
        value.report(
            value
                .error(message)
                .help(format!("write {form}; it must be more than zero")),
        );
    }
    parsed
}
