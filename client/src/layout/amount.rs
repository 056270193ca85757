//! Times and sizes, short enough for a table.

/// So many milliseconds: `0.4 s`, `3:07 min`, `2:05 h`.
pub(crate) fn duration(ms: u64) -> String {
    let (seconds, tenths) = (ms / 1000, ms % 1000 / 100);
    let minutes = seconds / 60;
    match minutes {
        0 => format!("{seconds}.{tenths} s"),
        1..60 => format!("{minutes}:{:02} min", seconds % 60),
        _ => format!("{}:{:02} h", minutes / 60, minutes % 60),
    }
}

/// So many bytes: `9 B`, `1.5 KiB`, `2.0 MiB`.
pub(crate) fn size(bytes: u64) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        for (ms, shown) in [
            (0, "0.0 s"),
            (450, "0.4 s"),
            (59_999, "59.9 s"),
            (187_000, "3:07 min"),
            (7_500_000, "2:05 h"),
            (u64::MAX, "5124095576030:25 h"),
        ] {
            assert_eq!(duration(ms), shown);
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
