//! Rows and columns as text, without lines between them.

use caracola_wire::Table;
use comfy_table::{ContentArrangement, presets};

use super::wrap;

/// Columns between two columns.
const GAP: u16 = 2;

/// The table in at most `width` columns: cells that don't fit are broken into lines.
pub(super) fn plain(table: &Table, width: u16) -> String {
    let mut grid = comfy_table::Table::new();
    grid.load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(width)
        .set_header(&table.columns)
        .add_rows(&table.rows);
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
