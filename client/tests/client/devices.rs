//! The device secret: a client that logged in once isn't kept waiting by those who guess at its account.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Output;

use anyhow::{Context as _, Result};
use caracola_testing::{Process, TestServer, caracolad, error_code, plain_command};

use crate::home::{Home, text};

const PASSWORD: &str = "correct horse battery";

fn private_file(home: &Home) -> Result<String> {
    let file = home.folder().join("password");
    fs::write(&file, PASSWORD)?;
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600))?;
    Ok(file.to_string_lossy().into_owned())
}

/// Logs in as ana and runs a command.
fn whoami(home: &Home, server: &TestServer) -> Result<Output> {
    let address = format!("ana@{}", server.address());
    let file = private_file(home)?;
    let fingerprint = server.fingerprint();
    home.piped(
        &[
            &address,
            "--fingerprint",
            fingerprint,
            "--password-file",
            &file,
            "-c",
            "whoami",
        ],
        b"",
    )
}

#[test]
fn who_logged_in_once_passes_by_those_who_guess() -> Result<()> {
    let server = TestServer::builder().start()?;
    let (home, other) = (Home::new()?, Home::new()?);
    let mut add = plain_command(&caracolad()?);
    add.args(["user", "add", "ana", "--password-file", &private_file(&home)?]);
    Process::finish(add.arg("--state-dir").arg(server.state()))?.success()?;
    let output = whoami(&home, &server)?;
    assert!(text(&output.stdout).contains("ana"), "{output:?}");

    let devices = home.folder().join("state/caracola/devices");
    assert_eq!(fs::metadata(&devices)?.permissions().mode() & 0o777, 0o600);
    let kept = fs::read_to_string(&devices)?;
    let words: Vec<_> = kept.split_whitespace().collect();
    assert_eq!(words[..2], [server.address().to_string().as_str(), "ana"]);
    let secret = *words.last().context("no secret")?;

    // Somebody at the same address guesses at ana until nothing is looked at any more.
    let mut guesser = server.connect()?;
    let mut guess = 0;
    while error_code(&guesser.request(&["AUTH", "ana", &format!("wrong guess {guess}")])?) != "LIMIT" {
        guess += 1;
        assert!(guess < 60, "nothing is refused");
    }
    let refused = whoami(&other, &server)?;
    let told = text(&refused.stderr);
    assert!(told.contains("too many wrong passwords for this name"), "{told}");
    let output = whoami(&home, &server)?;
    assert!(text(&output.stdout).contains("ana"), "{output:?}");
    // It was shown and logged nowhere, and is not asked for again on the same day.
    assert_eq!(fs::read_to_string(&devices)?, kept);
    for shown in [server.log(), text(&output.stderr), text(&output.stdout)] {
        assert!(!shown.contains(secret), "{shown}");
    }
    Ok(())
}
