//! The admin's five minutes: a file of one's own, a command in it, and a mistake.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use caracola_testing::Process;

use crate::book::{ADMIN, README};
use crate::shell;

/// A block that is run with a state folder and a port of its own, which the environment names. The last line becomes the
/// process itself, so that it ends when the test does.
pub(crate) fn started(block: &str, folder: &Path) -> Result<Process> {
    let (before, last) = block.trim_end().rsplit_once('\n').context("one line only")?;
    let mut command = shell(&format!("{before}\nexec {last}\n"), folder)?;
    command
        .env("STATE_DIRECTORY", folder.join("state"))
        .env("CARACOLA_LISTEN", "127.0.0.1:0");
    Process::start(&mut command)
}

/// The address where a server listens, and its fingerprint.
pub(crate) fn listening(server: &Process) -> Result<(String, String)> {
    let found = server.wait_for_stdout("where it listens", |written| {
        let (_, line) = written.split_once("\nlistening ")?;
        let (address, fingerprint) = line.split_once('\n')?.0.split_once(' ')?;
        Some((address.to_owned(), fingerprint.to_owned()))
    });
    found.with_context(|| server.stderr())
}

/// Line numbers move with every change of the default file.
fn without_numbers(text: &str) -> String {
    text.replace(|letter: char| letter.is_ascii_digit(), "0")
}

#[test]
fn the_first_command_answers() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let server = started(&README.block("first-command")?, folder.path())?;
    let (address, fingerprint) = listening(&server)?;
    let asked = README.block("first-command-asked")?;
    for (language, answer) in [
        ("en", "Network: lab-guest. Ask Rosa for the password.\n"),
        ("es", "Red: lab-guest. Pídele la contraseña a Rosa.\n"),
    ] {
        let script = format!("{} --lang {language} --fingerprint {fingerprint}", asked.trim_end());
        let mut client = shell(&script, folder.path())?;
        let answered = Process::finish(client.env("CARACOLA_HOST", &address))?.success()?;
        assert_eq!(answered, answer);
    }
    assert!(
        server.stderr().contains("lab/commands.toml (--config)"),
        "{}",
        server.stderr()
    );
    Ok(())
}

#[test]
fn a_mistake_is_shown_as_the_guide_shows_it() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (before, after) = {
        let block = README.block("first-command")?;
        let (before, after) = block.rsplit_once("\nsummary = ").context("no summary")?;
        (before.to_owned(), after.to_owned())
    };
    let finished = started(&format!("{before}\nsumary = {after}"), folder.path())?.finished()?;
    assert_eq!(finished.status.code(), Some(2), "{finished:?}");
    assert_eq!(
        without_numbers(&finished.stderr),
        without_numbers(&ADMIN.block("mistake")?)
    );
    let file = fs::read_to_string(folder.path().join("lab/commands.toml"))?;
    assert!(
        file.starts_with("#:schema ") && file.contains("# The commands of a Caracola server."),
        "the guide is at the top"
    );
    Ok(())
}
