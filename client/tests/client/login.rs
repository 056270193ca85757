//! Coming in with a password: asked for unseen, or from a file that nobody else may read.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use anyhow::Result;
use rustix::termios::{LocalModes, tcgetattr};

use crate::home::{Home, text};
use crate::stand_in::{PASSWORD, StandIn};

fn password_file(home: &Home, content: &str, mode: u32) -> Result<PathBuf> {
    let path = home.folder().join("password");
    fs::write(&path, content)?;
    fs::set_permissions(&path, fs::Permissions::from_mode(mode))?;
    Ok(path)
}

#[test]
fn the_password_is_asked_for_unseen_and_again_when_it_is_wrong() -> Result<()> {
    let (server, home) = (StandIn::start()?, Home::new()?);
    let address = format!("ana@{}", server.listen()?);
    let mut terminal = home.echoing_terminal(&[&address, "--trust-new"])?;
    let question = format!("Password of ana on {}: ", &address[4..]);
    terminal.expect(&question)?;
    let modes = tcgetattr(terminal.process().get_file_handle()?)?.local_modes;
    assert!(!modes.contains(LocalModes::ECHO));
    assert!(server.is_quiet(), "nothing is said before the password");
    terminal.send_line("wrong horse")?;
    server.expect("HELLO 3 AUTH ana wrong horse")?;
    terminal.expect("Wrong user or password.")?;
    terminal.expect(&question)?;
    terminal.send_line(PASSWORD)?;
    server.expect(&format!("HELLO 3 AUTH ana {PASSWORD}"))?;
    let shown = terminal.expect("lobby> ")?;
    assert!(!shown.contains("horse"), "{shown:?}");
    terminal.send_control('d')?;
    assert_eq!(terminal.status()?, 0);
    assert!(!fs::read_to_string(home.history()).unwrap_or_default().contains("horse"));
    Ok(())
}

#[test]
fn three_wrong_passwords_are_enough() -> Result<()> {
    let (server, home) = (StandIn::start()?, Home::new()?);
    let address = format!("ana@{}", server.listen()?);
    let mut terminal = home.terminal(&[&address, "--trust-new", "-c", "slow"])?;
    for _ in 0..3 {
        terminal.expect("Password of ana")?;
        terminal.send_line("guess")?;
        server.expect("HELLO 3 AUTH ana guess")?;
        terminal.expect("Wrong user or password.")?;
    }
    assert_eq!(terminal.status()?, 77);
    assert!(server.is_quiet(), "no line is run as a guest's");
    Ok(())
}

#[test]
fn a_password_can_be_withheld() -> Result<()> {
    let (server, home) = (StandIn::start()?, Home::new()?);
    let address = format!("ana@{}", server.listen()?);
    let mut terminal = home.echoing_terminal(&[&address, "--trust-new"])?;
    terminal.expect("Password of ana")?;
    terminal.send_control('c')?;
    terminal.expect("Not connected.")?;
    let handle = terminal.process().get_file_handle()?;
    assert_eq!(terminal.status()?, 130);
    assert!(tcgetattr(handle)?.local_modes.contains(LocalModes::ECHO));
    Ok(())
}

#[test]
fn a_request_to_end_leaves_the_terminal_as_it_was() -> Result<()> {
    let (server, home) = (StandIn::start()?, Home::new()?);
    let address = format!("ana@{}", server.listen()?);
    let mut terminal = home.echoing_terminal(&[&address, "--trust-new"])?;
    terminal.expect("Password of ana")?;
    terminal.process_mut().signal(nix::sys::signal::Signal::SIGTERM)?;
    let handle = terminal.process().get_file_handle()?;
    assert_eq!(terminal.status()?, 130);
    assert!(tcgetattr(handle)?.local_modes.contains(LocalModes::ECHO));
    Ok(())
}

#[test]
fn a_file_holds_the_password_for_scripts() -> Result<()> {
    let (server, home) = (StandIn::start()?, Home::new()?);
    let address = format!("ana@{}", server.listen()?);
    let file = password_file(&home, &format!("{PASSWORD}\n"), 0o600)?;
    let arguments = [&address, "--trust-new", "--password-file", &file.to_string_lossy()].map(str::to_owned);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let child = home
        .caracola(&arguments)?
        .args(["-c", "slow"])
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::piped())
        .spawn()?;
    server.expect(&format!("HELLO 3 AUTH ana {PASSWORD}"))?;
    server.expect("RUN slow")?;
    server.send(b"$4\r\ndone\r\n")?;
    let output = child.wait_with_output()?;
    assert_eq!(
        (output.status.code(), text(&output.stdout).as_str()),
        (Some(0), "done\n")
    );
    Ok(())
}

#[test]
fn a_wrong_file_is_told_about_and_a_wrong_password_is_not_asked_for() -> Result<()> {
    let (server, home) = (StandIn::start()?, Home::new()?);
    let address = format!("ana@{}", server.listen()?);
    let run =
        |home: &Home, file: &str| home.piped(&[&address, "--trust-new", "--password-file", file, "-c", "slow"], b"");
    let open = password_file(&home, PASSWORD, 0o644)?;
    let output = run(&home, &open.to_string_lossy())?;
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("chmod 600"), "{}", text(&output.stderr));
    let output = run(&home, "/nonexistent")?;
    assert_eq!(output.status.code(), Some(2));
    let output = home.piped(&[&address, "--trust-new", "-c", "slow"], b"")?;
    assert_eq!(output.status.code(), Some(77));
    assert!(
        text(&output.stderr).contains("--password-file"),
        "{}",
        text(&output.stderr)
    );
    let host = &address[4..];
    let output = home.piped(&[host, "--password-file", &open.to_string_lossy(), "-c", "slow"], b"")?;
    assert_eq!(output.status.code(), Some(2));
    assert!(
        server.is_quiet() && !home.known_hosts().exists(),
        "nobody was even asked"
    );

    let wrong = password_file(&home, "guess", 0o600)?;
    let output = run(&home, &wrong.to_string_lossy())?;
    assert_eq!(output.status.code(), Some(77));
    let said = text(&output.stderr);
    assert!(
        said.contains("Wrong user or password.") && !said.contains("guess"),
        "{said}"
    );
    server.expect("HELLO 3 AUTH ana guess")?;
    assert!(server.is_quiet());
    Ok(())
}

#[test]
fn no_password_goes_to_another_server() -> Result<()> {
    let (server, home) = (StandIn::start()?, Home::new()?);
    let address = format!("ana@{}", server.listen()?);
    let file = password_file(&home, PASSWORD, 0o600)?;
    let fingerprint = format!("SHA256:{}", "A".repeat(43));
    let output = home.piped(
        &[
            &address,
            "--fingerprint",
            &fingerprint,
            "--password-file",
            &file.to_string_lossy(),
            "-c",
            "slow",
        ],
        b"",
    )?;
    assert_eq!(output.status.code(), Some(69));
    assert!(server.is_quiet());
    Ok(())
}
