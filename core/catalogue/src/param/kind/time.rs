//! Durations and days.

use super::number::is_plain_decimal;
use super::{Check, Row};
use caracola_speech::Speech;
use caracola_speech::amount::parse_duration;
use jiff::civil::Date;

pub(super) const DURATION: Row = Row {
    name: "duration",
    about: "How long, such as `90s` or `2h`.",
    check: Check::Is(is_duration),
    fault: Some(Speech::must_be_duration),
    form: |param, speech| param.suggest.is_empty().then(|| speech.value_duration()),
    ..Row::PLAIN
};

pub(super) const DATE: Row = Row {
    name: "date",
    about: "A day, such as `2026-11-22`.",
    check: Check::Is(is_date),
    fault: Some(Speech::must_be_date),
    form: |_, speech| Some(speech.value_date()),
    ..Row::PLAIN
};

/// A whole number and a unit, with nothing between and no needless zeros: `90s`.
fn is_duration(value: &str) -> bool {
    let digits = value.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    parse_duration(value).is_some() && is_plain_decimal(digits)
}

/// A day of the Gregorian calendar: `2026-11-22`.
fn is_date(value: &str) -> bool {
    parts(value).is_some_and(|(year, month, day)| Date::new(year, month, day).is_ok())
}

/// Its numbers, where it has this one form: `jiff` reads several.
fn parts(value: &str) -> Option<(i16, i8, i8)> {
    let digits = |text: &str, length: usize| text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    let (year, rest) = value.split_once('-')?;
    let (month, day) = rest.split_once('-')?;
    let has_form = digits(year, 4) && digits(month, 2) && digits(day, 2);
    has_form.then_some(())?;
    Some((year.parse().ok()?, month.parse().ok()?, day.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_a_number_and_a_unit() {
        for value in ["0s", "90s", "250ms", "5m", "24h", "365d"] {
            assert!(is_duration(value), "{value}");
        }
        for value in [
            "",
            "s",
            "90",
            "90 s",
            "1.5h",
            "-1s",
            "+1s",
            "01s",
            "1h30m",
            "1w",
            "90S",
            "90s\n",
            "20000000000000000000s",
            "9999999999999999999d",
        ] {
            assert!(!is_duration(value), "{value:?}");
        }
    }

    #[test]
    fn dates_are_days_of_the_calendar() {
        for value in ["2026-11-22", "2024-02-29", "2000-02-29", "0001-01-01", "9999-12-31"] {
            assert!(is_date(value), "{value}");
        }
        for value in [
            "",
            "2026-11-31",
            "2025-02-29",
            "1900-02-29",
            "2026-00-10",
            "2026-13-01",
            "2026-01-00",
            "26-01-01",
            "2026-1-1",
            "2026/01/01",
            "2026-01-01 ",
            "2026-01-01T00:00",
            "٢٠٢٦-01-01",
            "2026-+1-01",
        ] {
            assert!(!is_date(value), "{value:?}");
        }
    }
}
