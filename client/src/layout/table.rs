//! Tables: columns as wide as they need to be, shrunk and folded when the terminal is narrow.

use std::fmt::Write as _;

use caracola_wire::Table;

use super::color::Palette;
use super::sanitize;
use super::wrap::{fold, pad, width};

/// Blanks between two columns.
const GAP: usize = 2;
/// No column is shrunk below this, even if the terminal then folds the line.
const MIN_COLUMN: usize = 4;

/// No column is aligned beyond this. Where output isn't a terminal nothing is folded, and one cell of a megabyte must not make
/// a megabyte of blanks of every row.
const MAX_ALIGNED: usize = 256;

/// The table as lines; its note comes last.
pub(crate) fn render(table: &Table, columns: usize, palette: Palette) -> String {
    let clean = |cell: &String| sanitize::line(cell).into_owned();
    let header: Vec<String> = table.columns.iter().map(clean).collect();
    let rows: Vec<Vec<String>> = table.rows.iter().map(|row| row.iter().map(clean).collect()).collect();
    let widths = shrink(natural_widths(&header, &rows), columns);
    let mut out = String::new();
    if header.iter().any(|title| !title.is_empty()) {
        push_row(&mut out, &header, &widths, |cell| palette.bold(cell));
    }
    for row in &rows {
        push_row(&mut out, row, &widths, str::to_owned);
    }
    if let Some(note) = &table.note {
        let note = sanitize::text(note);
        for line in fold(&note, columns) {
            // Writing to a String cannot fail.
            let _ = writeln!(out, "{}", palette.dim(&line));
        }
    }
    out
}

fn natural_widths(header: &[String], rows: &[Vec<String>]) -> Vec<usize> {
    let count = rows.iter().map(Vec::len).chain([header.len()]).max().unwrap_or(0);
    let mut widths = vec![0; count];
    for row in rows.iter().map(Vec::as_slice).chain([header]) {
        for (widest, cell) in widths.iter_mut().zip(row) {
            *widest = width(cell).max(*widest);
        }
    }
    widths
}

/// Takes from the widest column until the row fits, so that short columns stay whole.
fn shrink(mut widths: Vec<usize>, columns: usize) -> Vec<usize> {
    let gaps = GAP * widths.len().saturating_sub(1);
    loop {
        let total = widths.iter().sum::<usize>() + gaps;
        let Some(widest) = widths.iter().copied().max() else {
            return widths;
        };
        if total <= columns || widest <= MIN_COLUMN {
            return widths;
        }
        // Down to the second widest at once: a cell of a megabyte must not take a million rounds.
        let second = widths.iter().copied().filter(|other| *other < widest).max();
        let count = widths.iter().filter(|other| **other == widest).count();
        let fair = (total - columns).div_ceil(count);
        let target = widest.saturating_sub(fair).max(second.unwrap_or(0)).max(MIN_COLUMN);
        for column in widths.iter_mut().filter(|other| **other == widest) {
            *column = target;
        }
    }
}

fn push_row(out: &mut String, row: &[String], widths: &[usize], paint: impl Fn(&str) -> String) {
    let cells: Vec<Vec<String>> = row
        .iter()
        .zip(widths)
        .map(|(cell, columns)| fold(cell, *columns))
        .collect();
    let height = cells.iter().map(Vec::len).max().unwrap_or(0).max(1);
    for line in 0..height {
        let mut text = String::new();
        for (cell, columns) in cells.iter().zip(widths) {
            let part = cell.get(line).map_or("", String::as_str);
            text.push_str(&pad(part, (*columns).min(MAX_ALIGNED)));
            text.push_str(&" ".repeat(GAP));
        }
        let text = text.trim_end();
        if text.is_empty() {
            out.push('\n');
        } else {
            // Writing to a String cannot fail.
            let _ = writeln!(out, "{}", paint(text));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &[&[&str]]) -> Table {
        let owned = |row: &&[&str]| row.iter().map(|cell| (*cell).to_owned()).collect();
        Table {
            columns: vec!["name".to_owned(), "about".to_owned()],
            rows: rows.iter().map(owned).collect(),
            note: None,
        }
    }

    fn plain(rows: &[&[&str]], columns: usize) -> String {
        render(&table(rows), columns, Palette::plain())
    }

    #[test]
    fn aligns_by_what_is_seen() {
        let shown = plain(&[&["日本", "x"], &["ana", "y"]], 80);
        assert_eq!(shown, "name  about\n日本  x\nana   y\n");
    }

    #[test]
    fn folds_the_widest_column_when_narrow() {
        let shown = plain(&[&["port", "a long story about it"]], 18);
        assert_eq!(shown, "name  about\nport  a long story\n      about it\n");
        assert!(shown.lines().all(|line| width(line) <= 18));
    }

    #[test]
    fn rows_may_be_longer_or_shorter_than_the_header() {
        let shown = plain(&[&["a", "b", "c"], &["d"], &[]], 80);
        assert_eq!(shown, "name  about\na     b      c\nd\n\n");
    }

    #[test]
    fn a_huge_cell_is_folded_quickly() {
        let cell = "x".repeat(1 << 20);
        let shown = plain(&[&["a", &cell]], 40);
        assert!(shown.lines().all(|line| width(line) <= 40));
    }

    #[test]
    fn a_huge_cell_makes_no_huge_table_where_nothing_is_folded() {
        // Wider than what format strings pad to, and not on the last column.
        let cell = "x".repeat(70_000);
        let mut rows: Vec<Vec<&str>> = vec![vec!["a", "b"]; 2000];
        rows[7] = vec![&cell, "b"];
        let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
        let shown = plain(&rows, usize::MAX);
        assert!(shown.contains(&format!("{cell}  b\n")), "a cell stays on its line");
        assert!(shown.len() < 70_000 + 2002 * (MAX_ALIGNED + 10), "{}", shown.len());
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(24))]

        #[test]
        fn any_table_is_laid_out(
            rows in proptest::collection::vec(proptest::collection::vec((0_usize..100_000, "\\PC{0,3}"), 0..4), 0..4),
            columns in proptest::sample::select(vec![0, 1, 7, 80, 70_000, usize::MAX - 1, usize::MAX]),
        ) {
            let cell = |(length, end): &(usize, String)| format!("{}{end}", "x".repeat(*length));
            let table = Table {
                columns: Vec::new(),
                rows: rows.iter().map(|row| row.iter().map(cell).collect()).collect(),
                note: Some("n".repeat(70_000)),
            };
            let shown = render(&table, columns, Palette::plain());
            let count = |text: &str| text.matches('x').count();
            let given: usize = table.rows.iter().flatten().map(|cell| count(cell)).sum();
            proptest::prop_assert_eq!(count(&shown), given);
        }
    }

    #[test]
    fn cells_are_made_harmless() {
        let shown = plain(&[&["\x1b[2J", "a\nb"]], 80);
        assert!(shown.contains("^[[2J") && shown.contains("a^Jb"));
    }
}
