//! Numbers as people read them.

use std::time::Duration;

use caracola_sdk::Call;

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
pub(crate) fn span(call: &Call<'_>, time: Duration) -> String {
    let seconds = time.as_secs();
    let words = call.speak(
        [
            ("day", "days"),
            ("hour", "hours"),
            ("minute", "minutes"),
            ("second", "seconds"),
        ],
        [
            ("día", "días"),
            ("hora", "horas"),
            ("minuto", "minutos"),
            ("segundo", "segundos"),
        ],
    );
    let parts = [seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60, seconds % 60];
    let told =
        |(number, (one, many)): (u64, (&str, &str))| format!("{number} {}", if number == 1 { one } else { many });
    let from = parts.iter().position(|part| *part > 0).unwrap_or(parts.len() - 1);
    let largest = parts.into_iter().zip(words).skip(from).take(2);
    let largest: Vec<_> = largest
        .filter(|(number, _)| *number > 0 || seconds == 0)
        .map(told)
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
    fn a_part_of_nothing_is_no_number() {
        assert_eq!(percent(1, 0), "-");
        assert_eq!(percent(u64::MAX, u64::MAX), "100 %");
    }
}
