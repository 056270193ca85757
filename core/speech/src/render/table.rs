//! Rows and columns as text, without lines between them.

use std::borrow::Cow;

use caracola_wire::Table;
use comfy_table::{ContentArrangement, presets};
use unicode_width::UnicodeWidthChar as _;

use super::wrap;

/// Columns between two columns.
const GAP: u16 = 2;

/// A line of a cell has at most so many times the columns of the table.
const LONG: usize = 16;

/// The table in at most `width` columns: cells that don't fit are broken into lines.
pub(super) fn plain(table: &Table, width: u16) -> String {
    let mut grid = comfy_table::Table::new();
    grid.load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(width)
        .set_header(table.columns.iter().map(|cell| in_pieces(cell, width)))
        .add_rows(
            table
                .rows
                .iter()
                .map(|row| row.iter().map(|cell| in_pieces(cell, width))),
        );
    for column in grid.column_iter_mut() {
        column.set_padding((0, GAP));
    }
    let lines = grid.lines().map(|line| line.trim_end().to_owned());
    let mut text = lines.collect::<Vec<_>>().join("\n");
    if let Some(note) = &table.note {
        text.push_str("\n\n");
        text.push_str(&wrap::text(note, usize::from(width)));
    }
    text
}

/// A cell whose lines are of a bounded length: the time that is taken to fold a line grows with its square (a megabyte would take
/// minutes), and so much belongs in no table anyway.
fn in_pieces(cell: &str, width: u16) -> Cow<'_, str> {
    let most = LONG * usize::from(width.max(1));
    if cell.len() <= most {
        return Cow::Borrowed(cell);
    }
    let mut pieces = String::with_capacity(cell.len() + cell.len() / most);
    let mut used = 0;
    for character in cell.chars() {
        let columns = character.width().unwrap_or(0);
        if character == '\n' {
            used = 0;
        } else if used + columns > most {
            pieces.push('\n');
            used = columns;
        } else {
            used += columns;
        }
        pieces.push(character);
    }
    Cow::Owned(pieces)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_huge_cell_is_folded_in_linear_time() {
        let cell = "x".repeat(300_000);
        let table = Table {
            columns: Vec::new(),
            rows: vec![vec![cell, "y".to_owned()]],
            note: None,
        };
        let text = plain(&table, 80);
        assert_eq!(text.matches('x').count(), 300_000);
        assert!(text.lines().all(|line| line.len() <= 80));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]

        #[test]
        fn any_table_is_laid_out(
            rows in proptest::collection::vec(proptest::collection::vec((0_usize..90_000, "\\PC{0,3}"), 0..4), 0..4),
            headings in 0_usize..4,
            width in proptest::sample::select(vec![0, 1, 20, 80, 1000, u16::MAX - 1, u16::MAX]),
        ) {
            let cell = |(length, end): &(usize, String)| format!("{}{end}", "x".repeat(*length));
            let table = Table {
                columns: vec!["y".repeat(70_000); headings],
                rows: rows.iter().map(|row| row.iter().map(cell).collect()).collect(),
                note: Some("n".repeat(70_000)),
            };
            let text = plain(&table, width);
            let count = |text: &str| text.matches('x').count();
            let given: usize = table.rows.iter().flatten().map(|cell| count(cell)).sum();
            prop_assert_eq!(count(&text), given);
        }

        #[test]
        fn many_columns_are_laid_out(columns in 0_usize..1000, width in 20_u16..200) {
            let table = Table { columns: vec!["y".to_owned(); columns], rows: vec![vec!["x".to_owned(); columns]; 3], note: None };
            prop_assert_eq!(plain(&table, width).matches('x').count(), 3 * columns);
        }
    }
}
