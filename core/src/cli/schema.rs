//! `caracolad schema`: the format of commands.toml, for editors.

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::{Context as _, Result};

pub(super) fn print() -> Result<ExitCode> {
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(text().as_bytes()).context("cannot print the schema")?;
    Ok(ExitCode::SUCCESS)
}

/// The schema as a file has it.
pub(super) fn text() -> String {
    format!("{:#}\n", caracola_catalogue::schema())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_copy_in_the_source_tree_is_the_schema() {
        let copy = include_str!("../../assets/commands.schema.json");
        assert_eq!(copy, text(), "run: caracolad schema > core/assets/commands.schema.json");
    }
}
