//! `caracolad help [TOPIC]`: what a subcommand does, or the reference of commands.toml.
//!
//! clap has a subcommand of this name, which knows subcommands only. What it prints of one is what `--help` behind it does.

use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::CommandFactory as _;
use clap::error::ErrorKind;

use super::{Arguments, print};

/// The topic that isn't a subcommand.
const REFERENCE: &str = "commands.toml";

pub(super) fn print(topic: &[String]) -> Result<ExitCode> {
    if topic == [REFERENCE] {
        print::bytes(reference().as_bytes())?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut command = Arguments::command();
    command.build();
    for word in topic {
        let Some(below) = command.find_subcommand(word).cloned() else {
            let message = format!("unrecognized subcommand '{word}'");
            command.error(ErrorKind::InvalidSubcommand, message).exit();
        };
        command = below;
    }
    let own_name = Arguments::command().get_name().to_owned();
    let words = [&[own_name], topic, &["--help".to_owned()]].concat();
    if let Err(help) = Arguments::command().try_get_matches_from(words) {
        help.print().context("cannot print the help")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The reference as its page has it.
fn reference() -> String {
    caracola_catalogue::reference().markdown()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_in_the_source_tree_is_the_reference() {
        let page = include_str!("../../docs/commands.toml.md");
        assert!(
            page == reference(),
            "run: caracolad help commands.toml > core/docs/commands.toml.md"
        );
    }
}
