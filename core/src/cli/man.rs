//! `caracolad man [PAGE]`: pages for `man`.
//!
//! The page of the client is a file beside its source, and a test of the client's holds it to what `caracola` takes: the server
//! depends on nothing of the client's.

use std::process::ExitCode;

use anyhow::{Context as _, Result};
use caracola_manual::Page;
use clap::{CommandFactory as _, ValueEnum};

use super::{Arguments, print};

/// The pages that there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ManPage {
    /// The shell: caracola(1)
    Caracola,
    /// The server: caracolad(8)
    Caracolad,
    /// The file: commands.toml(5)
    #[value(name = "commands.toml")]
    CommandsToml,
}

const CLIENT: &str = include_str!("../../../client/caracola.1");

pub(super) fn print(page: ManPage) -> Result<ExitCode> {
    let text = text(page).context("cannot make the page")?;
    print::bytes(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

fn text(page: ManPage) -> std::io::Result<String> {
    match page {
        ManPage::Caracola => Ok(CLIENT.to_owned()),
        ManPage::Caracolad => {
            let mut page = Page::of_command(Arguments::command(), "8")?;
            page.see_also(&["caracola(1)", "commands.toml(5)"]);
            Ok(page.into_text())
        }
        ManPage::CommandsToml => Ok(reference()),
    }
}

/// The reference of the file.
fn reference() -> String {
    let reference = caracola_catalogue::reference();
    let mut page = Page::new("commands.toml", "5", "the commands of a Caracola server");
    page.section("DESCRIPTION");
    page.paragraph(reference.about);
    for section in reference.sections {
        // The head of a table is as the file must have it.
        if section.title.starts_with('[') {
            page.section(&section.title);
        } else {
            page.section(&section.title.to_uppercase());
        }
        for text in &section.about {
            page.paragraph(text);
        }
        for item in &section.items {
            page.item(&item.name, item.form.as_deref(), &item.about);
        }
    }
    page.see_also(&["caracola(1)", "caracolad(8)"]);
    page.into_text()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pages that a page names are those that there are.
    #[test]
    fn each_page_says_its_name_and_names_the_others() {
        let names = ["caracola(1)", "caracolad(8)", "commands.toml(5)"];
        for (page, own) in ManPage::value_variants().iter().zip(names) {
            let text = text(*page).expect("a page");
            let (name, section) = own.trim_end_matches(')').split_once('(').expect("a section");
            assert!(
                text.contains(&format!(".TH \"{name}\" \"{section}\" ")),
                "{own}: {text}"
            );
            let (_, last) = text.rsplit_once(".SH \"SEE ALSO\"\n").expect("other pages");
            for other in names.into_iter().filter(|other| *other != own) {
                let (name, section) = other.split_at(other.find('(').expect("a section"));
                assert!(last.contains(&format!("\\fB{name}\\fR{section}")), "{own}: {last}");
            }
        }
    }

    #[test]
    fn the_servers_page_has_all_subcommands_and_the_files_all_tables() {
        let server = text(ManPage::Caracolad).expect("a page");
        for part in [
            "caracolad user add",
            "caracolad import tldr",
            "caracolad man",
            "\\-\\-lan",
        ] {
            assert!(server.contains(part), "{part}");
        }
        assert!(!server.contains(caracola_plugin_host::HELPER));
        let file = text(ManPage::CommandsToml).expect("a page");
        assert!(
            file.contains(".SH [[commands.NAME.params]]") && file.contains("\\fBmust_exist\\fR"),
            "{file}"
        );
    }
}
