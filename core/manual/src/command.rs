//! The page of a program: clap's own generator makes its usual sections. That would give each subcommand a page of its own, so
//! these are written here, on the one page that there is.

use std::io;

use clap::{Arg, Command};
use clap_mangen::Man;

use super::Page;

pub(super) fn page(command: Command, section: &str) -> io::Result<Page> {
    let mut command = command
        .disable_help_subcommand(true)
        .mut_subcommands(|below| below.disable_help_subcommand(true));
    command.build();
    let version = format!("{} {}", command.get_name(), command.get_version().unwrap_or_default());
    let man = Man::new(command.clone());
    let mut page = Page::default();
    page.head(command.get_name(), section, &version);
    page.add_section(&man, Man::render_name_section)?;
    page.add_section(&man, Man::render_synopsis_section)?;
    page.add_section(&man, Man::render_description_section)?;
    let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let (titled, plain): (Vec<_>, Vec<_>) = after.trim().split("\n\n").partition(|block| title(block).is_some());
    for text in plain.into_iter().filter(|text| !text.is_empty()) {
        page.paragraph(&text.replace('\n', " "));
    }
    page.add_section(&man, Man::render_options_section)?;
    if command.get_subcommands().any(|below| !below.is_hide_set()) {
        page.section("COMMANDS");
        commands(&mut page, &command, &command)?;
    }
    for block in titled {
        let lines: Vec<_> = block.lines().skip(1).collect();
        page.section(&title(block).unwrap_or_default().to_uppercase());
        page.lines(&lines);
    }
    Ok(page)
}

/// The title of a block of lines that has one: `Examples:` on a line of its own.
fn title(block: &str) -> Option<&str> {
    let (first, _) = block.split_once('\n')?;
    first.strip_suffix(':')
}

/// All subcommands below `command`, those that have some themselves replaced by these.
fn commands(page: &mut Page, program: &Command, command: &Command) -> io::Result<()> {
    for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
        if below.has_subcommands() {
            commands(page, program, below)?;
            continue;
        }
        let usage = below.clone().render_usage().to_string();
        page.part(usage.trim_start_matches("Usage: ").trim());
        if let Some(about) = below.get_about() {
            page.paragraph(&about.to_string());
        }
        options(page, program, below)?;
    }
    Ok(())
}

/// The options of a subcommand, but for those of all subcommands, which stand above as the program's.
fn options(page: &mut Page, program: &Command, command: &Command) -> io::Result<()> {
    let of_all = |argument: &Arg| {
        let known = program
            .get_arguments()
            .find(|known| known.get_id() == argument.get_id());
        argument.get_id() == "help" || known.is_some_and(Arg::is_global_set)
    };
    let shown_of = |command: &Command| -> Vec<Arg> {
        let shown = command
            .get_arguments()
            .filter(|argument| !argument.is_hide_set() && !of_all(argument));
        shown.cloned().collect()
    };
    let own = shown_of(command);
    let has_own = |argument: &Arg| own.iter().any(|known| known.get_id() == argument.get_id());
    let of_program = program
        .get_arguments()
        .filter(|argument| argument.get_id() != "version" && !of_all(argument));
    // One that does what the program does without it, such as `serve`.
    let mut of_program = of_program.peekable();
    if of_program.peek().is_some() && of_program.all(has_own) {
        page.paragraph("Its options are those above.");
        return Ok(());
    }
    if own.is_empty() {
        return Ok(());
    }
    let shown = Command::new("options").disable_help_flag(true).args(own);
    let mut part = Page::default();
    part.add_section(&Man::new(shown), Man::render_options_section)?;
    // Here they are part of a section.
    page.add(part.text.trim_start_matches(".SH OPTIONS\n"));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lab() -> Command {
        let serve = Command::new("serve").about("Serve").arg(clap::arg!(--lan "To all"));
        let kick = Command::new("kick")
            .about("Disconnect somebody")
            .arg(clap::arg!(<NAME> "Who"))
            .arg(clap::arg!(--for <TIME> "How long"));
        let add = Command::new("add").about("Add a user");
        let user = Command::new("user").about("Users").subcommand(add);
        Command::new("labd")
            .version("1.0")
            .about("Serves the lab")
            .arg(clap::arg!(--lan "To all"))
            .arg(clap::arg!(--folder <FOLDER> "Where").global(true))
            .subcommand(serve)
            .subcommand(kick)
            .subcommand(user)
            .subcommand(Command::new("secret").hide(true))
            .after_help("It is a lab.\n\nExamples:\n  labd --lan   to all\n")
    }

    #[test]
    fn every_subcommand_is_on_the_page() -> io::Result<()> {
        let text = page(lab(), "8")?.into_text();
        let mut rest = text.as_str();
        for part in [
            ".TH \"labd\" \"8\" \"\" \"labd 1.0\" \"Caracola\"\n",
            ".SH NAME\nlabd \\- Serves the lab\n",
            ".SH SYNOPSIS\n",
            ".SH DESCRIPTION\n",
            "It is a lab.\n",
            ".SH OPTIONS\n",
            "\\-\\-lan",
            ".SH COMMANDS\n",
            ".SS \"labd serve [OPTIONS]\"\n.PP\nServe\n.PP\nIts options are those above.\n",
            ".SS \"labd kick [OPTIONS] <NAME>\"\n.PP\nDisconnect somebody\n",
            "\\-\\-for",
            ".SS \"labd user add [OPTIONS]\"\n.PP\nAdd a user\n",
            ".SH EXAMPLES\n.nf\n  labd \\-\\-lan   to all\n.fi\n",
        ] {
            let (_, after) = rest.split_once(part).unwrap_or_else(|| panic!("no {part:?} in {rest}"));
            rest = after;
        }
        // No page that there is not is named, and what is hidden stays so.
        assert_eq!(text.matches("\\-\\-folder\\fR").count(), 2, "{text}");
        assert!(!text.contains("labd\\-kick") && !text.contains("secret"), "{text}");
        Ok(())
    }
}
