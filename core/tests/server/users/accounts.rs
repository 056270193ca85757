//! `caracolad user`: what it writes, what it refuses, and that two at once lose nothing.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Stdio;

use anyhow::{Context as _, Result};
use caracola_testing::{Finished, PASSWORD, Process, user_command, user_with_password, write_secret};

use super::{binary, user};

fn assert_refused(finished: &Finished, part: &str) {
    assert_eq!(finished.status.code(), Some(1), "{finished:?}");
    assert_eq!(finished.stdout, "");
    assert!(finished.stderr.contains(part), "{part:?} in {}", finished.stderr);
    assert!(!finished.stderr.contains("panicked"), "{}", finished.stderr);
}

#[test]
fn accounts_are_added_listed_and_removed() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let state = folder.path().join("state");
    let listed = user(&state, &["list"])?.success()?;
    assert_eq!(listed, "Nobody may log in yet: caracolad user add NAME\n");
    assert!(!state.exists(), "a look makes nothing");

    let added = user_with_password(binary(), &state, &["add", "ana", "--role", "operator"], PASSWORD)?;
    assert_eq!(added.success()?, "Added ana, operator.\n");
    user_with_password(binary(), &state, &["add", "muñoz-2"], PASSWORD)?.success()?;
    let listed = user(&state, &["list"])?.success()?;
    let lines: Vec<Vec<_>> = listed.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines[0], ["Name", "Role", "Since"]);
    assert_eq!(lines[1][..2], ["ana", "operator"]);
    assert_eq!(lines[2][..2], ["muñoz-2", "user"], "the least role is the default");
    assert!(lines[1][2].starts_with("20") && lines[1][2].len() == 10, "{lines:?}");

    let file = state.join("users.toml");
    assert_eq!(fs::metadata(&file)?.permissions().mode() & 0o777, 0o600);
    let text = fs::read_to_string(&file)?;
    assert_eq!(text.matches("\"$argon2id$v=19$m=19456,t=2,p=1$").count(), 2, "{text}");
    assert!(!text.contains("horse"), "{text}");

    let before = text;
    user_with_password(binary(), &state, &["passwd", "ana"], "another horse")?.success()?;
    let text = fs::read_to_string(&file)?;
    assert_ne!(text, before);
    assert_eq!(text.lines().count(), before.lines().count());

    assert_eq!(user(&state, &["remove", "ana"])?.success()?, "Removed ana.\n");
    user(&state, &["remove", "muñoz-2"])?.success()?;
    assert!(user(&state, &["list"])?.success()?.starts_with("Nobody"));
    assert!(fs::read_to_string(&file)?.starts_with("# Who may log in"));
    Ok(())
}

#[test]
fn a_password_comes_from_standard_input_too() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut command = user_command(binary(), folder.path(), &["add", "ana", "--password-stdin"]);
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700))?;
    let mut process = Process::start(command.stdin(Stdio::piped()))?;
    let mut stdin = process.stdin().context("no standard input")?;
    stdin.write_all(PASSWORD.as_bytes())?;
    drop(stdin);
    process.finished()?.success()?;
    Ok(())
}

#[test]
fn what_makes_no_account_is_refused() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let state = folder.path().join("state");
    user_with_password(binary(), &state, &["add", "ana"], PASSWORD)?.success()?;
    let before = fs::read_to_string(state.join("users.toml"))?;
    for (words, password, part) in [
        (&["add", "ana"][..], PASSWORD, "there is a user ana already"),
        (&["add", "ANA"], PASSWORD, "\"ANA\" looks like the user ana"),
        (&["add", "аna"], PASSWORD, "looks like the user ana"),
        (&["add", "server"], PASSWORD, "kept for the server"),
        (&["add", "Guest"], PASSWORD, "the word for those who don't log in"),
        (&["add", "two words"], PASSWORD, "can't be in a name"),
        (&["add", "abcdefghijklmnopqrstu"], PASSWORD, "too long"),
        (&["add", "ben"], "1234567", "8 characters at least"),
        (&["add", "ben"], "two lines\nof it", "one line of text"),
        (&["passwd", "ana"], "short", "8 characters at least"),
        (&["passwd", "ben"], PASSWORD, "there is no user \"ben\""),
    ] {
        assert_refused(&user_with_password(binary(), &state, words, password)?, part);
    }
    let long = "x".repeat(1025);
    assert_refused(
        &user_with_password(binary(), &state, &["add", "ben"], &long)?,
        "1024 bytes at most",
    );
    assert_refused(&user(&state, &["remove", "ben"])?, "there is no user \"ben\"");
    assert_refused(
        &user(&state, &["add", "ben"])?,
        "give --password-file FILE or --password-stdin",
    );
    assert_refused(
        &user(&state, &["add", "ben", "--password-file", "/nowhere"])?,
        "cannot read /nowhere",
    );
    let open = folder.path().join("open");
    fs::write(&open, PASSWORD)?;
    fs::set_permissions(&open, fs::Permissions::from_mode(0o644))?;
    let path = open.to_str().context("a path that is not text")?;
    assert_refused(
        &user(&state, &["add", "ben", "--password-file", path])?,
        "is open to others (its mode is 644): run: chmod 600",
    );
    // Nobody is tempted to put a password where all can read it.
    for words in [
        &["add", "ben", "--password", "x"][..],
        &["add", "ben", "--role", "guest"],
        &["add"],
    ] {
        assert_eq!(user(&state, words)?.status.code(), Some(2), "{words:?}");
    }
    assert_eq!(fs::read_to_string(state.join("users.toml"))?, before);
    Ok(())
}

#[test]
fn two_who_write_at_once_lose_nothing() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let state = folder.path().join("state");
    let password = folder.path().join("password");
    write_secret(&password, PASSWORD)?;
    let names: Vec<_> = (1..=12).map(|number| format!("user-{number}")).collect();
    let adding = names.iter().map(|name| {
        let mut command = user_command(binary(), &state, &["add", name]);
        Process::start(command.arg("--password-file").arg(&password))
    });
    let adding: Vec<_> = adding.collect::<Result<_>>()?;
    for process in adding {
        process.finished()?.success()?;
    }
    let listed = user(&state, &["list"])?.success()?;
    assert_eq!(listed.lines().count(), 1 + names.len(), "{listed}");
    for name in &names {
        assert!(listed.contains(name), "{name} in {listed}");
    }
    Ok(())
}

#[test]
fn a_file_that_makes_no_sense_is_left_to_whoever_wrote_it() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let state = folder.path().join("state");
    user_with_password(binary(), &state, &["add", "ana"], PASSWORD)?.success()?;
    let file = state.join("users.toml");
    let broken = fs::read_to_string(&file)?.replace("role", "rolle");
    fs::write(&file, &broken)?;
    for words in [&["add", "ben"][..], &["passwd", "ana"]] {
        let finished = user_with_password(binary(), &state, words, PASSWORD)?;
        assert_refused(
            &finished,
            "users.toml:6:1: an account has no key `rolle` (did you mean `role`?)",
        );
        assert_refused(&finished, "the file of users must be fixed first: ");
        assert!(!finished.stderr.contains("$argon2id"), "{}", finished.stderr);
    }
    assert_refused(&user(&state, &["remove", "ana"])?, "users.toml:6:");
    assert_refused(&user(&state, &["list"])?, "users.toml:6:");
    assert_eq!(fs::read_to_string(&file)?, broken);
    Ok(())
}
