//! Numbers as people read them.

use std::time::Duration;

use caracola_sdk::Reader;

use crate::sentences;

/// The units of sizes, each 1,024 of the one before.
const UNITS: [&str; 6] = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

/// A number of bytes: three digits at most, or four before the next unit.
pub(crate) fn size(bytes: u64) -> String {
    let power = (0..UNITS.len())
        .rev()
        .find(|power| bytes >> (10 * power) > 0)
        .unwrap_or(0);
    if power == 0 {
        return format!("{bytes} B");
    }
    let tenths = (u128::from(bytes) * 10) >> (10 * power);
    if tenths < 100 {
        return format!("{}.{} {}", tenths / 10, tenths % 10, UNITS[power]);
    }
    format!("{} {}", tenths / 10, UNITS[power])
}

/// A part of a whole.
pub(crate) fn percent(part: u64, whole: u64) -> String {
    match whole {
        0 => "-".to_owned(),
        _ => format!("{} %", u128::from(part) * 100 / u128::from(whole)),
    }
}

/// A time: its two largest units.
pub(crate) fn span(reader: &(impl Reader + ?Sized), time: Duration) -> String {
    let seconds = time.as_secs();
    let parts = [seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60, seconds % 60];
    let [days, hours, minutes, whole_seconds] = parts;
    let texts = [
        match days {
            1 => sentences::day(reader, days),
            _ => sentences::days(reader, days),
        },
        match hours {
            1 => sentences::hour(reader, hours),
            _ => sentences::hours(reader, hours),
        },
        match minutes {
            1 => sentences::minute(reader, minutes),
            _ => sentences::minutes(reader, minutes),
        },
        match whole_seconds {
            1 => sentences::second(reader, whole_seconds),
            _ => sentences::seconds(reader, whole_seconds),
        },
    ];
    let first = parts.iter().position(|part| *part > 0).unwrap_or(parts.len() - 1);
    let largest = parts.into_iter().zip(texts).skip(first).take(2);
    let largest: Vec<String> = largest
        .filter(|(number, _)| *number > 0 || seconds == 0)
        .map(|(_, text)| text)
        .collect();
    largest.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_few_digits() {
        let cases = [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1.0 KiB"),
            (10 * 1024 - 1, "9.9 KiB"),
            (10 * 1024, "10 KiB"),
            (1024 * 1024 - 1, "1023 KiB"),
            (24 << 30, "24 GiB"),
            (u64::MAX, "16383 PiB"),
        ];
        for (bytes, expected) in cases {
            assert_eq!(size(bytes), expected, "{bytes}");
        }
    }

    #[test]
    fn times_have_their_two_largest_units() {
        let cases = [
            (0, "0 seconds", "0 segundos"),
            (1, "1 second", "1 segundo"),
            (60, "1 minute", "1 minuto"),
            (2 * 3600 + 61, "2 hours 1 minute", "2 horas 1 minuto"),
            (86_400 + 59, "1 day", "1 día"),
            (3 * 86_400 + 3600, "3 days 1 hour", "3 días 1 hora"),
        ];
        for (seconds, english, spanish) in cases {
            let time = Duration::from_secs(seconds);
            assert_eq!([span("en", time), span("es", time)], [english, spanish], "{seconds}");
        }
    }

    #[test]
    fn a_part_of_nothing_has_no_percentage() {
        assert_eq!(percent(1, 0), "-");
        assert_eq!(percent(u64::MAX, u64::MAX), "100 %");
    }
}
