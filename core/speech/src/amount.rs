//! Durations and sizes: read as people write them, and written for people.

use std::time::Duration;

/// Units of a duration, and their milliseconds.
const DURATIONS: [(&str, u64); 5] = [
    ("ms", 1),
    ("s", 1_000),
    ("m", 60_000),
    ("h", 3_600_000),
    ("d", 86_400_000),
];

/// Units of a size, and their bytes.
const SIZES: [(&str, u64); 4] = [("B", 1), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)];

/// Reads a duration: a whole number and a unit (`ms`, `s`, `m`, `h`, `d`), with or without blanks between them. `None` for
/// anything else, and for what is longer than 2^64 ms.
///
/// ```
/// use std::time::Duration;
///
/// use caracola_speech::amount::parse_duration;
///
/// assert_eq!(parse_duration("90s"), Some(Duration::from_secs(90)));
/// assert_eq!(parse_duration("1h30m"), None);
/// ```
pub fn parse_duration(text: &str) -> Option<Duration> {
    parse(text, &DURATIONS).map(Duration::from_millis)
}

/// Reads a size in bytes: a whole number and a unit (`B`, `KiB`, `MiB`, `GiB`), with or without blanks between them. `None` for
/// anything else, and for what is larger than 2^64 bytes.
pub fn parse_size(text: &str) -> Option<u64> {
    parse(text, &SIZES)
}

fn parse(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let end = text.find(|letter: char| !letter.is_ascii_digit())?;
    let (digits, unit) = text.split_at(end);
    let (_, factor) = units.iter().find(|(name, _)| *name == unit.trim_start())?;
    digits.parse::<u64>().ok()?.checked_mul(*factor)
}

/// A duration with its two largest units: `1h 2m`.
pub fn span(time: Duration) -> String {
    let seconds = time.as_secs();
    let parts = [
        (seconds / 86_400, "d"),
        (seconds / 3_600 % 24, "h"),
        (seconds / 60 % 60, "m"),
        (seconds % 60, "s"),
    ];
    let first = parts.iter().position(|(count, _)| *count > 0).unwrap_or(3);
    let shown: Vec<_> = parts[first..]
        .iter()
        .take(2)
        .filter(|(count, unit)| *count > 0 || *unit == "s" && first == 3)
        .map(|(count, unit)| format!("{count}{unit}"))
        .collect();
    shown.join(" ")
}

/// A duration that is mostly less than a second: `250 µs`, `1.5 ms`, `2.1 s`.
pub fn short_span(time: Duration) -> String {
    let micros = u32::try_from(time.as_micros()).unwrap_or(u32::MAX);
    let tenths = |unit: f64| format!("{:.1}", f64::from(micros) / unit);
    match micros {
        0..1_000 => format!("{micros} µs"),
        1_000..1_000_000 => format!("{} ms", tenths(1_000.0)),
        _ => format!("{} s", tenths(1_000_000.0)),
    }
}

/// How long something ran, of so many milliseconds: `0.4 s`, `3:07 min`, `2:05 h`.
pub fn run_time(ms: u64) -> String {
    let (seconds, tenths) = (ms / 1000, ms % 1000 / 100);
    let minutes = seconds / 60;
    match minutes {
        0 => format!("{seconds}.{tenths} s"),
        1..60 => format!("{minutes}:{:02} min", seconds % 60),
        _ => format!("{}:{:02} h", minutes / 60, minutes % 60),
    }
}

/// So many bytes, to a tenth of a unit: `9 B`, `1.5 KiB`, `2.0 MiB`.
pub fn size(bytes: u64) -> String {
    const STEP: u64 = 1024;
    let mut unit = 1;
    let mut name = None;
    for larger in ["KiB", "MiB", "GiB", "TiB"] {
        if bytes / unit < STEP {
            break;
        }
        unit *= STEP;
        name = Some(larger);
    }
    match name {
        Some(name) => format!("{}.{} {name}", bytes / unit, bytes % unit * 10 / unit),
        None => format!("{bytes} B"),
    }
}

/// A duration as [`parse_duration`] reads it, to the millisecond: `90s`, `1500ms`.
pub fn written_duration(time: Duration) -> String {
    if time.subsec_millis() > 0 {
        format!("{}ms", time.as_millis())
    } else {
        format!("{}s", time.as_secs())
    }
}

/// A size as [`parse_size`] reads it, with the largest unit of which it is a whole number: `64KiB`, `1001B`.
pub fn written_size(bytes: u64) -> String {
    let fitting = SIZES
        .iter()
        .rev()
        .find(|(_, factor)| bytes > 0 && bytes.is_multiple_of(*factor));
    match fitting {
        Some((unit, factor)) => format!("{}{unit}", bytes / factor),
        None => format!("{bytes}B"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_and_sizes_are_a_number_and_a_unit() {
        assert_eq!(parse_size("64KiB"), Some(65536));
        assert_eq!(parse_size("1 MiB"), Some(1 << 20));
        assert_eq!(parse_duration("10s"), Some(Duration::from_secs(10)));
        assert_eq!(parse_duration("0s"), Some(Duration::ZERO));
        assert_eq!(parse_duration("2d"), Some(Duration::from_hours(48)));
        for bad in [
            "",
            "64",
            "s",
            "KiB",
            "64kb",
            "-1s",
            "+1s",
            "1.5s",
            "1h30m",
            "1sx",
            "1w",
            "ñ",
            "99999999999999999999s",
            "300000000000d",
        ] {
            assert_eq!(parse_duration(bad), None, "{bad}");
            assert_eq!(parse_size(bad), None, "{bad}");
        }
    }

    #[test]
    fn what_is_written_is_read() {
        for bytes in [0, 1, 1001, 1024, 65536, 3 << 20, 5 << 30, u64::MAX] {
            assert_eq!(parse_size(&written_size(bytes)), Some(bytes));
        }
        assert_eq!(written_size(65536), "64KiB");
        for ms in [0, 1, 999, 1000, 90_000, 90_001] {
            let time = Duration::from_millis(ms);
            assert_eq!(parse_duration(&written_duration(time)), Some(time));
        }
    }

    #[test]
    fn spans_read_well() {
        let shown = |seconds| span(Duration::from_secs(seconds));
        assert_eq!(shown(0), "0s");
        assert_eq!(shown(59), "59s");
        assert_eq!(shown(60), "1m");
        assert_eq!(shown(3_725), "1h 2m");
        assert_eq!(shown(90_000), "1d 1h");
    }

    #[test]
    fn short_spans_have_a_fitting_unit() {
        let shown = |micros| short_span(Duration::from_micros(micros));
        assert_eq!(shown(48), "48 µs");
        assert_eq!(shown(1_536), "1.5 ms");
        assert_eq!(shown(2_100_000), "2.1 s");
    }

    #[test]
    fn run_times() {
        for (ms, shown) in [
            (0, "0.0 s"),
            (450, "0.4 s"),
            (59_999, "59.9 s"),
            (187_000, "3:07 min"),
            (7_500_000, "2:05 h"),
            (u64::MAX, "5124095576030:25 h"),
        ] {
            assert_eq!(run_time(ms), shown);
        }
    }

    #[test]
    fn sizes() {
        for (bytes, shown) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1536, "1.5 KiB"),
            (2 * 1024 * 1024, "2.0 MiB"),
            (5 * 1024_u64.pow(4), "5.0 TiB"),
        ] {
            assert_eq!(size(bytes), shown);
        }
    }
}
