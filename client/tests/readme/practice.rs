//! Learn, then do: the class's folders, as the README has them.

use anyhow::{Context as _, Result};
use caracola_testing::{Process, plugin};

use crate::book::{block, rows};
use crate::first_command::listening;
use crate::shell;

/// The lines of the table, as a script.
fn lines() -> Result<String> {
    let mut script = String::new();
    for row in rows("Five minutes for a teacher")? {
        let line = row.first().and_then(|cell| cell.strip_prefix('`')?.strip_suffix('`'));
        script += line.context("a row without a line")?;
        script.push('\n');
    }
    Ok(script)
}

/// Runs a shell's script where the workspace plugin is found.
fn practising(script: &str, folder: &std::path::Path) -> Result<std::process::Command> {
    let library = plugin("caracola-workspace")?;
    let beside = library.parent().context("the plugin is in no folder")?;
    let mut command = shell(script, folder)?;
    command.env("CARACOLA_PLUGIN_DIR", beside);
    Ok(command)
}

/// What the lines of the table say, in order.
const SAID: [&str; 5] = [
    "plan.txt",
    "buy bread",
    "notes/",
    "plan.txt",
    "List what a folder contains",
];

fn says_all(said: &str) {
    let mut rest = said;
    for part in SAID {
        let found = rest.split_once(part).map(|(_, after)| after);
        let Some(after) = found else {
            panic!("{part:?} is missing, or not in its place, in {said}");
        };
        rest = after;
    }
    assert!(!said.contains("Nothing was run"), "{said}");
}

#[test]
fn a_class_does_what_the_cards_teach() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let started = block("practice")?;
    let (before, last) = started.trim_end().rsplit_once('\n').context("one line only")?;
    let mut command = practising(&format!("{before}\nexec {last}\n"), folder.path())?;
    command
        .env("STATE_DIRECTORY", folder.path().join("state"))
        .env("CARACOLA_LISTEN", "127.0.0.1:0");
    let server = Process::start(&mut command)?;
    let (address, fingerprint) = listening(&server)?;
    let script = format!("caracola --fingerprint {fingerprint} <<'END'\n{}END\n", lines()?);
    let mut client = shell(&script, folder.path())?;
    let said = Process::finish(client.env("CARACOLA_HOST", address))?.success()?;
    says_all(&said);
    assert!(folder.path().join("lab/workspaces").is_dir());
    Ok(())
}

#[test]
fn one_tries_it_alone() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let script = format!("caracola try --practice <<'END'\n{}END\n", lines()?);
    let said = Process::finish(&mut practising(&script, folder.path())?)?.success()?;
    says_all(&said);
    Ok(())
}
