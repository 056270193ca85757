//! The admin's first program: from the server of the chapter before to a command that somebody runs, as it is written there.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};
use caracola_testing::{Connection, Process, error_code};
use caracola_wire::Push;

use crate::book::{ADMIN, README};
use crate::first_command::{listening, started};
use crate::home::Home;
use crate::shell;

/// The lines of a block without what is said about them.
fn commands(name: &str) -> Result<Vec<String>> {
    let block = ADMIN.block(name)?;
    let commands = block.lines().filter_map(|line| line.split(" #").next());
    Ok(commands.map(|command| command.trim_end().to_owned()).collect())
}

/// A line in a shell of its own, where the state folder is the server's.
fn line(script: &str, folder: &Path) -> Result<Command> {
    let mut command = shell(script, folder)?;
    command.env("STATE_DIRECTORY", folder.join("state"));
    Ok(command)
}

#[test]
fn a_program_is_live_in_open_shells_as_the_guide_tells() -> Result<()> {
    let place = tempfile::tempdir()?;
    let folder = place.path();
    let server = started(&README.block("first-command")?, folder)?;
    let (address, fingerprint) = listening(&server)?;
    let mut guest = Connection::open(address.parse()?, &folder.join("state/tls/cert.pem"))?;
    guest.be_shell("ana", "en")?;

    Process::finish(&mut line(&ADMIN.block("program")?, folder)?)?.success()?;
    server.wait_for_stderr("added=\"disk\"")?;
    guest.push_where(|push| matches!(push, Push::Catalogue { .. }))?;
    assert_eq!(error_code(&guest.request(&["RUN", "disk"])?), "UNKNOWN");

    let password = folder.join("password");
    fs::write(&password, "correct horse battery\n")?;
    fs::set_permissions(&password, Permissions::from_mode(0o600))?;
    let [add, run] = &commands("program-run")?[..] else {
        anyhow::bail!("other lines than two");
    };
    let added = format!("{add} --password-file password");
    assert_eq!(
        Process::finish(&mut line(&added, folder)?)?.success()?,
        "Added rosa, operator.\n"
    );
    let run = run.replace("localhost", &address);
    let run = format!("{run} --password-file password --fingerprint {fingerprint}");
    let disk = Process::finish(&mut line(&run, folder)?)?.success()?;
    assert!(disk.starts_with("Filesystem") && disk.lines().count() == 2, "{disk}");

    let home = Home::new()?;
    let mut rosa = home.terminal(&[
        &format!("rosa@{address}"),
        "--fingerprint",
        &fingerprint,
        "--password-file",
        password.to_str().context("an odd path")?,
    ])?;
    rosa.expect("lobby> ")?;
    rosa.type_keys("dis\t")?;
    rosa.expect("disk ")?;
    rosa.type_keys("/\r")?;
    rosa.expect("Mounted on")?;
    Ok(())
}

#[test]
fn a_file_is_judged_as_the_guide_tells() -> Result<()> {
    let place = tempfile::tempdir()?;
    let folder = place.path();
    let (init, _) = {
        let block = README.block("first-command")?;
        let (init, serve) = block.trim_end().rsplit_once('\n').context("one line only")?;
        (init.to_owned(), serve.to_owned())
    };
    let script = format!("{init}\n{}", ADMIN.block("program")?);
    Process::finish(&mut line(&script, folder)?)?.success()?;
    fs::write(folder.join("password"), "correct horse battery\n")?;
    fs::set_permissions(folder.join("password"), Permissions::from_mode(0o600))?;
    let add = "caracolad user add rosa --role operator --password-file password";
    Process::finish(&mut line(add, folder)?)?.success()?;
    let [check, examples, explain] = &commands("program-check")?[..] else {
        anyhow::bail!("other lines than three");
    };
    let said = Process::finish(&mut line(check, folder)?)?.success()?;
    assert!(said.ends_with("no errors, no warnings\n"), "{said}");
    let said = Process::finish(&mut line(examples, folder)?)?.success()?;
    assert!(said.contains("\n1 example run, 0 failed, "), "{said}");
    let said = Process::finish(&mut line(explain, folder)?)?.success()?;
    let mut rest = said.as_str();
    for told in ADMIN.block("explained")?.lines() {
        let (_, after) = rest.split_once(told).with_context(|| format!("{told:?} in {said}"))?;
        rest = after;
    }
    Ok(())
}

/// The unit names nothing that the program doesn't know.
#[test]
fn the_unit_starts_the_server_with_flags_that_it_has() -> Result<()> {
    let unit = ADMIN.block("unit")?;
    let start = unit
        .lines()
        .find_map(|line| line.strip_prefix("ExecStart=/usr/local/bin/"));
    let start = start.context("no ExecStart")?;
    let place = tempfile::tempdir()?;
    let help = Process::finish(&mut line("caracolad --help", place.path())?)?.success()?;
    for flag in start.split(' ').filter(|word| word.starts_with("--")) {
        assert!(
            help.contains(&format!("{flag} ")) || help.contains(&format!("{flag}\n")),
            "{flag}"
        );
    }
    assert!(
        unit.contains("StateDirectoryMode=0700"),
        "the server refuses a state folder that others can enter"
    );
    Ok(())
}
