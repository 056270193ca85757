//! `caracolad schema`: the format of commands.toml, for editors.

use std::process::ExitCode;

use anyhow::Result;

use super::print;

pub(super) fn show() -> Result<ExitCode> {
    print::bytes(text().as_bytes())?;
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
