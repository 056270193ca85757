//! `caracola try`: the private server comes and goes with the shell.

use std::fs;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use caracola_testing::TEST_TIMEOUT;
use nix::sys::signal::Signal;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::fd::OwnedFd;
use rustix::process::{Pid, PidfdFlags, pidfd_open};

use crate::home::{Home, Terminal, text};

/// The private server that was started from this home: its environment names the folder.
fn server_of(home: &Home) -> Result<Pid> {
    let folder = home.folder().to_string_lossy().into_owned();
    for entry in fs::read_dir("/proc")? {
        let path = entry?.path();
        let id = path.file_name().and_then(|name| name.to_str()?.parse::<i32>().ok());
        // A process may end while it is looked at.
        let name = fs::read_to_string(path.join("comm")).unwrap_or_default();
        let environment = fs::read(path.join("environ")).unwrap_or_default();
        if name.trim() == "caracolad" && text(&environment).contains(&folder) {
            return id.and_then(Pid::from_raw).context("no process id");
        }
    }
    bail!("no private server is running")
}

/// Ready to be read when the process has ended.
fn end_of(process: Pid) -> Result<OwnedFd> {
    Ok(pidfd_open(process, PidfdFlags::empty())?)
}

fn has_ended(process: &OwnedFd, limit: Duration) -> Result<bool> {
    let limit = limit.try_into()?;
    Ok(poll(&mut [PollFd::new(process, PollFlags::IN)], Some(&limit))? == 1)
}

fn trial(home: &Home) -> Result<(Terminal, OwnedFd)> {
    let mut shell = home.terminal(&["try"])?;
    shell.expect("lobby> ")?;
    let server = end_of(server_of(home)?)?;
    Ok((shell, server))
}

#[test]
fn one_line_and_the_server_is_gone() -> Result<()> {
    let home = Home::new()?;
    let output = home.piped(&["try", "-c", "ls"], b"")?;
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stdout).starts_with("ls \u{2014} "));
    assert!(!home.known_hosts().exists(), "no key is remembered");
    Ok(())
}

#[test]
fn the_server_ends_with_the_shell() -> Result<()> {
    let home = Home::new()?;
    let (mut shell, server) = trial(&home)?;
    shell.send_control('d')?;
    assert_eq!(shell.status()?, 0);
    assert!(has_ended(&server, Duration::ZERO)?, "the shell waits for its server");
    Ok(())
}

#[test]
fn the_server_ends_when_the_shell_is_killed() -> Result<()> {
    let home = Home::new()?;
    let (mut shell, server) = trial(&home)?;
    shell.process_mut().signal(Signal::SIGKILL)?;
    assert!(has_ended(&server, TEST_TIMEOUT)?);
    Ok(())
}

#[test]
fn the_line_it_prints_lets_others_in() -> Result<()> {
    let home = Home::new()?;
    let mut shell = home.terminal(&["try"])?;
    let (_, line) = shell.exp_regex("127[.]0[.]0[.]1:[0-9]+ --fingerprint SHA256:[A-Za-z0-9+/]+")?;
    shell.expect("lobby> ")?;
    let mut arguments: Vec<&str> = line.split_whitespace().collect();
    arguments.extend(["--name", "ben", "-c", "say hello from outside"]);
    let output = home.piped(&arguments, b"")?;
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    shell.expect("~ben: hello from outside")?;
    Ok(())
}

#[test]
fn without_the_servers_program_it_says_how_to_build_it() -> Result<()> {
    let home = Home::new()?;
    let folder = tempfile::tempdir()?;
    let alone = folder.path().join("caracola");
    fs::copy(env!("CARGO_BIN_EXE_caracola"), &alone)?;
    let output = std::process::Command::new(alone)
        .env_clear()
        .env("PATH", folder.path())
        .arg("try")
        .output()?;
    assert_eq!(output.status.code(), Some(69));
    assert!(text(&output.stderr).contains("cargo build --release"));
    drop(home);
    Ok(())
}
