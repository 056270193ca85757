//! Every command line in the documents: the operator's are run, and of all others the flags are looked for in `--help`.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result};
use caracola_testing::{Process, TestServer};
use caracola_wire::Push;

use crate::book::{ADMIN, Document, SCRIPTS, TESTED};
use crate::shell;

/// What `--help` says, by program and subcommand.
#[derive(Default)]
struct Helps(BTreeMap<String, String>);

impl Helps {
    /// The help for what begins with these words, and the words behind that.
    fn of<'w, 'l>(&mut self, words: &'w [&'l str]) -> Result<(String, &'w [&'l str])> {
        let (program, rest) = words.split_first().context("no program")?;
        let whole = self.read(program)?;
        self.below(program, whole, rest)
    }

    /// The same from the help of a command on, which may have subcommands of its own.
    fn below<'w, 'l>(&mut self, command: &str, help: String, rest: &'w [&'l str]) -> Result<(String, &'w [&'l str])> {
        let subcommands = help.split("\nCommands:\n").nth(1).unwrap_or_default();
        let subcommands = subcommands.split("\n\n").next().unwrap_or_default();
        let known = |name: &str| {
            subcommands
                .lines()
                .any(|line| line.split_whitespace().next() == Some(name))
        };
        match rest.split_first() {
            Some((name, rest)) if known(name) => {
                let command = format!("{command} {name}");
                let help = self.read(&command)?;
                self.below(&command, help, rest)
            }
            _ => Ok((help, rest)),
        }
    }

    fn read(&mut self, command: &str) -> Result<String> {
        if let Some(help) = self.0.get(command) {
            return Ok(help.clone());
        }
        let folder = tempfile::tempdir()?;
        let help = Process::finish(&mut shell(&format!("{command} --help"), folder.path())?)?.success()?;
        self.0.insert(command.to_owned(), help.clone());
        Ok(help)
    }
}

/// Whether help lists a flag: at the beginning of a line, where options stand.
fn lists(help: &str, flag: &str) -> bool {
    let is_it = |word: &str| word.trim_end_matches(',') == flag;
    help.lines()
        .any(|line| line.trim_start().starts_with('-') && line.split_whitespace().take(2).any(is_it))
}

/// All command lines of the two programs, in blocks for a shell and in prose.
fn command_lines() -> Vec<String> {
    let blocks = TESTED.into_iter().flat_map(Document::blocks);
    let in_blocks = blocks.filter(|block| block.language == "sh");
    let in_blocks = in_blocks.flat_map(|block| block.lines).map(str::to_owned);
    let is_ours = |line: &String| matches!(line.split_whitespace().next(), Some("caracola" | "caracolad"));
    in_blocks.chain(spans()).filter(is_ours).collect()
}

/// What stands between backquotes in all documents.
fn spans() -> impl Iterator<Item = String> {
    TESTED.into_iter().flat_map(Document::spans)
}

#[test]
fn every_flag_exists() -> Result<()> {
    let mut helps = Helps::default();
    let mut seen = BTreeSet::new();
    for line in command_lines() {
        let line = line.split(" #").next().unwrap_or_default();
        let words: Vec<_> = line
            .split_whitespace()
            .take_while(|word| !"<>|".contains(*word))
            .collect();
        let (help, rest) = helps.of(&words)?;
        for flag in rest.iter().filter(|word| word.starts_with('-')) {
            assert!(lists(&help, flag), "{flag} of `{line}` isn't in {help}");
            seen.insert(flag.to_string());
        }
    }
    for flag in [
        "-c",
        "--lan",
        "--port",
        "--config",
        "--fingerprint",
        "--for",
        "--lang",
        "--local",
    ] {
        assert!(seen.contains(flag), "{flag} was not looked for: {seen:?}");
    }
    Ok(())
}

/// In prose, flags also stand alone; there they may be either program's.
#[test]
fn every_flag_in_prose_exists() -> Result<()> {
    let mut helps = Helps::default();
    let both = [helps.read("caracolad")?, helps.read("caracola")?].concat();
    let alone = spans().filter(|span| span.starts_with("--"));
    let flags: BTreeSet<_> = alone
        .flat_map(|span| span.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
        .filter(|word| word.starts_with("--") && word != "--for")
        .collect();
    for flag in &flags {
        assert!(lists(&both, flag), "{flag} isn't in {both}");
    }
    assert!(flags.len() > 8, "{flags:?}");
    assert!(!lists(&both, "--nonsense") && !lists(&both, "--fingerprin"));
    Ok(())
}

#[test]
fn the_exit_statuses_are_those_of_the_help() -> Result<()> {
    let help = Helps::default().read("caracola")?;
    let (_, table) = help.split_once("\nExit status:\n").context("no exit statuses")?;
    let in_help: Vec<_> = table
        .lines()
        .filter_map(|line| line.trim().split_once("  "))
        .map(|(number, meaning)| vec![number, meaning])
        .collect();
    assert_eq!(SCRIPTS.rows("Exit statuses of `caracola`")?, in_help);
    Ok(())
}

#[test]
fn what_the_operator_types_does_what_is_said() -> Result<()> {
    let mut server = TestServer::builder().start()?;
    let mut ben = server.shell("ben")?;
    let folder = tempfile::tempdir()?;
    let mut said = String::new();
    for line in ADMIN.block("operator")?.lines() {
        let mut command = shell(line, folder.path())?;
        let finished = Process::finish(command.env("STATE_DIRECTORY", server.state()))?;
        said += &finished.success().with_context(|| format!("at: {line}"))?;
    }
    for part in [
        "~ben  ",
        "TLSv1.2",
        "Announced to 1.",
        "~ben is muted for 5m",
        "~ben may speak again",
        "~ben was disconnected, and is banned for 10m",
        "The server is stopping.",
    ] {
        assert!(said.contains(part), "{part:?} in {said}");
    }
    assert!(server.wait()?.success());
    for expected in [
        "The operator: five minutes left",
        "~ben is muted for 5m",
        "~ben may speak again",
    ] {
        ben.push_where(|push| matches!(push, Push::Notice { text, .. } if text == expected))?;
    }
    ben.push_where(|push| matches!(push, Push::Bye { reason } if reason == "an operator ended your session"))?;
    Ok(())
}

#[test]
fn the_operators_commands_are_those_of_the_group() -> Result<()> {
    let server = TestServer::builder().start()?;
    let folder = tempfile::tempdir()?;
    let mut command = shell("caracola --local -c 'help operator'", folder.path())?;
    let help = Process::finish(command.env("STATE_DIRECTORY", server.state()))?.success()?;
    // Under the heading, a row for each.
    let names = help.lines().skip(1).filter_map(|line| line.split_whitespace().next());
    let mut names: Vec<_> = names.collect();
    names.sort_unstable();
    // `reload` and `reload users` are told by what they begin with.
    names.dedup();
    let told = format!("the operator's commands: {}\n", names.join(", "));
    assert!(ADMIN.section("The operator's door")?.contains(&told), "{told}");
    Ok(())
}

#[test]
fn the_guide_tells_what_each_file_of_the_state_folder_is() -> Result<()> {
    let server = TestServer::builder().start()?;
    let known: BTreeSet<_> = ADMIN
        .tables("Files and settings")?
        .into_iter()
        .flatten()
        .filter_map(|row| row.first().map(|cell| cell.trim_matches('`').trim_end_matches('/')))
        .collect();
    let mut seen = BTreeSet::new();
    for entry in std::fs::read_dir(server.state())? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        assert!(known.contains(name.as_str()), "{name} isn't among {known:?}");
        seen.insert(name);
    }
    assert!(seen.contains("tls") && seen.contains("door.sock"), "{seen:?}");
    Ok(())
}
