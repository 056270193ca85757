//! Durations and days.

use caracola_speech::amount::parse_duration;

use super::fault::Fault;
use super::plain::is_plain_decimal;

/// A whole number and a unit, with nothing between and no needless zeros: `90s`.
pub(super) fn duration(value: &str) -> Result<(), Fault> {
    let digits = value.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    match parse_duration(value) {
        Some(_) if is_plain_decimal(digits) => Ok(()),
        _ => Err(Fault::NoDuration),
    }
}

/// A day of the Gregorian calendar: `2026-11-22`.
pub(super) fn date(value: &str) -> Result<(), Fault> {
    match parts(value) {
        Some((year, month @ 1..=12, day)) if (1..=days(year, month)).contains(&day) => Ok(()),
        _ => Err(Fault::NoDate),
    }
}

fn parts(value: &str) -> Option<(u16, u8, u8)> {
    let digits = |text: &str, length: usize| text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    let (year, rest) = value.split_once('-')?;
    let (month, day) = rest.split_once('-')?;
    let has_form = digits(year, 4) && digits(month, 2) && digits(day, 2);
    has_form.then_some(())?;
    Some((year.parse().ok()?, month.parse().ok()?, day.parse().ok()?))
}

fn days(year: u16, month: u8) -> u8 {
    let is_leap = (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400);
    match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_a_number_and_a_unit() {
        for value in ["0s", "90s", "250ms", "5m", "24h", "365d"] {
            assert_eq!(duration(value), Ok(()), "{value}");
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
            assert_eq!(duration(value), Err(Fault::NoDuration), "{value:?}");
        }
    }

    #[test]
    fn dates_are_days_of_the_calendar() {
        for value in ["2026-11-22", "2024-02-29", "2000-02-29", "0001-01-01", "9999-12-31"] {
            assert_eq!(date(value), Ok(()), "{value}");
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
            assert_eq!(date(value), Err(Fault::NoDate), "{value:?}");
        }
    }
}
