//! How sizes, times and lists of names look.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use unicode_width::UnicodeWidthStr;

/// A size as people read it: `512 B`, `1.5 KiB`, `10 MiB`.
pub(crate) fn bytes(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    // Tenths of the unit, rounded up: what is used should never look less than it is.
    let mut tenths = bytes.saturating_mul(10).div_ceil(1024);
    let mut unit = 0;
    while tenths >= 10_240 && unit + 1 < UNITS.len() {
        tenths = tenths.div_ceil(1024);
        unit += 1;
    }
    let unit = UNITS[unit];
    match (tenths / 10, tenths % 10) {
        (whole, 0) => format!("{whole} {unit}"),
        (whole, _) if whole >= 100 => format!("{} {unit}", whole + 1),
        (whole, tenth) => format!("{whole}.{tenth} {unit}"),
    }
}

/// A time in seconds since 1970, where the server is: `2026-11-26 09:30`.
pub(crate) fn time(seconds: i64) -> String {
    let Ok(time) = Timestamp::from_second(seconds) else {
        return "-".into();
    };
    time.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string()
}

/// Names in as many columns as fit into `width`, from top to bottom and then to the right.
pub(crate) fn columns(names: &[String], width: usize) -> String {
    const GAP: usize = 2;
    let widths: Vec<usize> = names.iter().map(|name| name.width()).collect();
    // The most columns first; one always fits.
    let layout = |columns: usize| {
        let rows = names.len().div_ceil(columns).max(1);
        let columns = widths
            .chunks(rows)
            .map(|column| column.iter().copied().max().unwrap_or(0));
        (rows, columns.collect::<Vec<usize>>())
    };
    let fits = |columns: &[usize]| columns.iter().sum::<usize>() + GAP * columns.len().saturating_sub(1) <= width;
    let most = names.len().min(width / (GAP + 1)).max(1);
    let (rows, columns) = (1..=most)
        .rev()
        .map(layout)
        .find(|(_, columns)| fits(columns))
        .unwrap_or_else(|| layout(1));
    let mut text = String::new();
    for row in 0..rows.min(names.len()) {
        let mut pad = 0;
        for (column, column_width) in columns.iter().enumerate() {
            let Some(name) = names.get(column * rows + row) else {
                break;
            };
            text.extend(std::iter::repeat_n(' ', pad));
            text.push_str(name);
            pad = column_width + GAP - widths[column * rows + row];
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_short() {
        for (size, expected) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1 KiB"),
            (1536, "1.5 KiB"),
            (4097, "4.1 KiB"),
            (10 << 20, "10 MiB"),
            ((10 << 20) - 1, "10 MiB"),
            (u64::MAX, "16777216 TiB"),
        ] {
            let shown = bytes(size);
            if size == u64::MAX {
                assert!(shown.ends_with(" TiB"), "{shown}");
            } else {
                assert_eq!(shown, expected);
            }
        }
    }

    #[test]
    fn columns_fill_the_width() {
        let names: Vec<String> = ["a", "bb", "ccc", "ñandú", "e"].map(String::from).to_vec();
        assert_eq!(columns(&names, 80), "a  bb  ccc  ñandú  e\n");
        assert_eq!(columns(&names, 15), "a   ccc    e\nbb  ñandú\n");
        assert_eq!(columns(&names, 3), "a\nbb\nccc\nñandú\ne\n");
        assert_eq!(columns(&names, 0), columns(&names, 3));
        assert_eq!(columns(&[], 80), "");
    }
}
