//! A password that is typed: without echo, twice, and with a terminal that is as before whatever happens.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::Result;
use caracola_testing::{PASSWORD, TEST_TIMEOUT, plain_command};
use rexpect::session::{PtySession, spawn_command};

use super::user;

/// Runs `caracolad user` on a terminal that echoes, and then shows whether it still does.
fn terminal(state: &Path, words: &[&str]) -> Result<PtySession> {
    let mut command: Command = plain_command(Path::new("/bin/sh"));
    command
        .stdin(Stdio::inherit())
        .args(["-c", "stty echo; \"$@\"; echo status=$?; stty -a; read line", "sh"])
        .args([env!("CARGO_BIN_EXE_caracolad"), "user"])
        .args(words)
        .arg("--state-dir")
        .arg(state);
    Ok(spawn_command(command, Some(u64::try_from(TEST_TIMEOUT.as_millis())?))?)
}

fn type_line(terminal: &mut PtySession, line: &str) -> Result<()> {
    terminal.send(line)?;
    terminal.send("\r")?;
    Ok(terminal.flush()?)
}

/// Waits for the program to end, and gives its status and what came on the terminal since.
fn status(terminal: &mut PtySession) -> Result<String> {
    terminal.exp_string("status=")?;
    let status = terminal.read_line()?;
    let settings = terminal.exp_string(" echo ")?;
    assert!(!settings.contains("-echo "), "{settings}");
    Ok(status.trim().to_owned())
}

#[test]
fn it_is_asked_twice_and_never_shown() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let state = folder.path().join("state");
    let mut terminal = terminal(&state, &["add", "ana", "--role", "admin"])?;
    terminal.exp_string("Password for ana: ")?;
    type_line(&mut terminal, "short")?;
    let mut shown = terminal.exp_string("Password for ana: ")?;
    assert!(shown.contains("8 characters at least"), "{shown}");
    type_line(&mut terminal, PASSWORD)?;
    shown += &terminal.exp_string("The same again: ")?;
    type_line(&mut terminal, "correct horse bakery")?;
    shown += &terminal.exp_string("Password for ana: ")?;
    assert!(shown.contains("two different passwords"), "{shown}");
    // What is rubbed out doesn't count: Backspace takes a character, Ctrl-U the line.
    type_line(&mut terminal, &format!("nonsense\u{15}{PASSWORD}ñ\u{7f}"))?;
    shown += &terminal.exp_string("The same again: ")?;
    type_line(&mut terminal, PASSWORD)?;
    shown += &terminal.exp_string("Added ana, admin.")?;
    assert!(!shown.contains("horse") && !shown.contains("short\r"), "{shown}");
    assert_eq!(status(&mut terminal)?, "0");
    Ok(())
}

#[test]
fn ctrl_c_gives_the_terminal_back() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let state = folder.path().join("state");
    for (key, at) in [("\u{3}", 1), ("\u{3}", 2), ("\u{4}", 1)] {
        let mut terminal = terminal(&state, &["add", "ana"])?;
        terminal.exp_string("Password for ana: ")?;
        if at == 2 {
            type_line(&mut terminal, PASSWORD)?;
            terminal.exp_string("The same again: ")?;
        }
        terminal.send(key)?;
        terminal.flush()?;
        assert_eq!(status(&mut terminal)?, "130");
    }
    assert!(user(&state, &["list"])?.success()?.starts_with("Nobody"));
    Ok(())
}
