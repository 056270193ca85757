//! A changed `commands.toml` comes into force: however it is changed, all of it or nothing, and everybody concerned is told.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use anyhow::Result;
use caracola_testing::{Builder, Connection, TestServer, error_code};
use caracola_wire::Push;

const FILE: &str =
    "include = [\"commands.d/*.toml\"]\n[access]\nguest = true\n[commands.old]\nsummary = \"Old\"\nreply = \"old\"\n";

fn builder() -> Builder {
    TestServer::builder()
        .binary(env!("CARGO_BIN_EXE_caracolad"))
        .config(FILE)
}

fn reply(name: &str, text: &str) -> String {
    format!("[commands.{name}]\nsummary = \"S\"\nreply = \"{text}\"\n")
}

/// Replaces a file as most editors do: the new text is moved to its place.
fn replace(path: &Path, text: &str) -> Result<()> {
    let draft = path.with_extension("draft");
    fs::write(&draft, text)?;
    Ok(fs::rename(draft, path)?)
}

/// Waits for the word that there is another catalogue.
fn told(shell: &mut Connection) -> Result<()> {
    shell.push_where(|push| matches!(push, Push::Catalogue { .. }))?;
    Ok(())
}

/// Waits for a notice with this in it.
fn notice(operator: &mut Connection, part: &str) -> Result<()> {
    operator.push_where(|push| matches!(push, Push::Notice { text, .. } if text.contains(part)))?;
    Ok(())
}

#[test]
fn a_saved_file_is_in_force_at_once_however_it_is_saved() -> Result<()> {
    let server = builder().start()?;
    let file = server.folder().join("commands.toml");
    let mut ana = server.shell("ana")?;
    // In place.
    fs::write(&file, format!("{FILE}{}", reply("one", "in place")))?;
    told(&mut ana)?;
    assert_eq!(ana.run(&["one"])?, "in place");
    // By renaming.
    replace(&file, &format!("{FILE}{}", reply("one", "renamed")))?;
    told(&mut ana)?;
    assert_eq!(ana.run(&["one"])?, "renamed");
    // Deleted, which changes nothing, and made again.
    fs::remove_file(&file)?;
    server.wait_for_log("is not there")?;
    assert_eq!(ana.run(&["one"])?, "renamed");
    fs::write(&file, format!("{FILE}{}", reply("two", "again")))?;
    told(&mut ana)?;
    assert_eq!(ana.run(&["two"])?, "again");
    assert_eq!(error_code(&ana.request(&["RUN", "one"])?), "UNKNOWN");
    // As another user's copy with the times of the original.
    let times = fs::metadata(&file)?.modified()?;
    let copy = fs::File::options().write(true).open(&file)?;
    fs::write(&file, format!("{FILE}{}", reply("two", "other")))?;
    copy.set_modified(times)?;
    told(&mut ana)?;
    assert_eq!(ana.run(&["two"])?, "other");
    Ok(())
}

#[test]
fn files_and_folders_that_are_included_may_come_later_and_go() -> Result<()> {
    let server = builder().start()?;
    let folder = server.folder().join("commands.d");
    let mut ana = server.shell("ana")?;
    fs::create_dir(&folder)?;
    fs::write(folder.join("a.toml"), reply("later", "first"))?;
    told(&mut ana)?;
    assert_eq!(ana.run(&["later"])?, "first");
    replace(&folder.join("a.toml"), &reply("later", "second"))?;
    told(&mut ana)?;
    assert_eq!(ana.run(&["later"])?, "second");
    fs::remove_file(folder.join("a.toml"))?;
    told(&mut ana)?;
    assert_eq!(error_code(&ana.request(&["RUN", "later"])?), "UNKNOWN");
    Ok(())
}

#[test]
fn a_broken_file_changes_nothing_and_says_why() -> Result<()> {
    let server = builder().start()?;
    let mut ana = server.shell("ana")?;
    let mut operator = server.door()?;
    operator.be_shell("operator", "en")?;
    let folder = server.folder().join("commands.d");
    fs::create_dir(&folder)?;
    fs::write(folder.join("b.toml"), "[commands.old2]\nsumary = \"S\"\n")?;
    notice(&mut operator, "did you mean `summary`?")?;
    server.wait_for_log("what was active stays active")?;
    assert_eq!(ana.run(&["old"])?, "old");
    // Asking for it gives the same answer, as a failure.
    let asked = server.operator(&["reload"])?;
    assert_eq!(asked.status.code(), Some(1), "{asked:?}");
    // In one line that can be read, since that is all that an error has on the wire.
    let end = "b.toml:2:1: a command has no key `sumary` (did you mean `summary`?)";
    assert!(asked.stderr.contains(end), "{}", asked.stderr);
    let start = "error: commands.toml can't be used, so nothing has changed: ";
    assert!(asked.stderr.starts_with(start), "{}", asked.stderr);
    assert_eq!(asked.stderr.trim_end().lines().count(), 1, "{}", asked.stderr);
    // What it hinges on may be who can write it.
    fs::write(folder.join("b.toml"), reply("new", "new"))?;
    told(&mut ana)?;
    fs::set_permissions(folder.join("b.toml"), Permissions::from_mode(0o666))?;
    notice(&mut operator, "can be written by others")?;
    fs::set_permissions(folder.join("b.toml"), Permissions::from_mode(0o600))?;
    told(&mut ana)?;
    assert_eq!(ana.run(&["new"])?, "new");
    assert!(ana.pushes_until_now()?.is_empty(), "guests are told nothing of it");
    Ok(())
}

/// The answer when nothing has changed since the last look.
const NOTHING: &str = "Nothing new: what the file says is active already.\n";

#[test]
fn who_asks_for_a_reload_is_told_what_it_changes() -> Result<()> {
    let server = builder().start()?;
    assert_eq!(server.operator(&["reload"])?.success()?, NOTHING);
    // The look at the files may be faster than whoever asks; then there is nothing left to change.
    let changed = FILE.replace("guest = true", "guest = false") + &reply("new", "new");
    replace(&server.folder().join("commands.toml"), &changed)?;
    let answer = server.operator(&["reload"])?.success()?;
    let told = "1 added (new). Settings: access.guest.\n";
    assert!(answer == told || answer == NOTHING, "{answer}");
    server.wait_for_log("added=\"new\"")?;
    server.wait_for_log("settings=\"access.guest\"")?;
    Ok(())
}

#[test]
fn a_hang_up_signal_reloads() -> Result<()> {
    let server = builder().start()?;
    let mut ana = server.shell("ana")?;
    server.signal("HUP")?;
    server.wait_for_log("SIGHUP: reloading, as when the files are saved")?;
    told(&mut ana)?;
    assert_eq!(ana.run(&["old"])?, "old");
    Ok(())
}

#[test]
fn what_a_server_that_others_can_reach_would_not_start_with_is_not_put_in_force() -> Result<()> {
    let server = builder().listen("0.0.0.0:0").start()?;
    let program = "[commands.run]\nsummary = \"S\"\nexec = [\"true\"]\nroles = [\"guest\"]\n";
    fs::write(server.folder().join("commands.toml"), format!("{FILE}{program}"))?;
    server.wait_for_log("guests may run programs (run)")?;
    let asked = server.operator(&["reload"])?;
    assert_eq!(asked.status.code(), Some(1), "{asked:?}");
    assert!(
        asked.stderr.contains("say guest_exec = true under [access]"),
        "{}",
        asked.stderr
    );
    let meant = FILE.replace("guest = true", "guest = true\nguest_exec = true");
    fs::write(server.folder().join("commands.toml"), format!("{meant}{program}"))?;
    // It opens something: nobody means that by saving alone.
    server.wait_for_log("[access] (guest_exec)")?;
    server.operator(&["reload"])?.success()?;
    server.wait_for_log("added=\"run\"")?;
    Ok(())
}
