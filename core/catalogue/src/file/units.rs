//! Sizes and durations as people write them: "64KiB", "10s".

use std::time::Duration;

use super::section::Value;
use crate::diagnostic::quoted;

const SIZES: [(&str, u64); 4] = [("B", 1), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)];

const DURATIONS: [(&str, u64); 5] = [
    ("ms", 1),
    ("s", 1_000),
    ("m", 60_000),
    ("h", 3_600_000),
    ("d", 86_400_000),
];

/// What a size looks like, in words.
pub(crate) const SIZE_FORM: &str = "a size such as \"64KiB\"; its units are B, KiB, MiB and GiB";

/// What a duration looks like, in words.
pub(crate) const DURATION_FORM: &str = "a duration such as \"10s\"; its units are ms, s, m, h and d";

/// A size in bytes: a whole number and a unit.
pub(super) fn size(value: &Value) -> Option<u64> {
    measured(value, &SIZES, SIZE_FORM)
}

/// A duration: a whole number and a unit.
pub(super) fn duration(value: &Value) -> Option<Duration> {
    measured(value, &DURATIONS, DURATION_FORM).map(Duration::from_millis)
}

fn measured(value: &Value, units: &[(&str, u64)], form: &str) -> Option<u64> {
    if !value.is_string() {
        value.report(value.wrong_type("a string with a unit").help(format!("write {form}")));
        return None;
    }
    let text = value.string()?;
    let parsed = parse(text, units);
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

fn parse(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let digits = text.trim_end_matches(|character: char| !character.is_ascii_digit());
    let unit = text[digits.len()..].trim_start();
    let (_, factor) = units.iter().find(|(name, _)| *name == unit)?;
    let number: u64 = digits.parse().ok()?;
    number.checked_mul(*factor).filter(|amount| *amount > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_and_a_unit() {
        assert_eq!(parse("64KiB", &SIZES), Some(65536));
        assert_eq!(parse("1 MiB", &SIZES), Some(1 << 20));
        assert_eq!(parse("10s", &DURATIONS), Some(10_000));
        assert_eq!(parse("2d", &DURATIONS), Some(172_800_000));
        for text in [
            "",
            "64",
            "KiB",
            "64kb",
            "-1s",
            "1.5s",
            "0s",
            "99999999999999999999s",
            "20000000000000d",
            "1sx",
        ] {
            assert_eq!(parse(text, &DURATIONS), None, "{text}");
        }
    }
}
