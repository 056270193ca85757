//! Whose key it is: the question, the pin, the refusals.

use std::fs;

use anyhow::Result;
use caracola_testing::TestServer;

use crate::home::{Home, text};

#[test]
fn a_person_is_asked_once() -> Result<()> {
    let (server, home) = (TestServer::builder().start()?, Home::new()?);
    let address = server.address().to_string();
    let mut first = home.terminal(&[&address])?;
    first.expect(server.fingerprint())?;
    first.expect("(yes/no, or type the fingerprint)?")?;
    first.send_line("maybe")?;
    first.expect("Please type")?;
    first.send_line("yes")?;
    first.expect("lobby> ")?;
    let pins = fs::read_to_string(home.known_hosts())?;
    assert_eq!(pins, format!("{address} {}\n", server.fingerprint()));

    let mut second = home.terminal(&[&address])?;
    let before = second.expect("lobby> ")?;
    assert!(!before.contains("yes/no"), "{before}");
    Ok(())
}

#[test]
fn no_is_respected_and_asked_in_the_persons_language() -> Result<()> {
    let (server, home) = (TestServer::builder().start()?, Home::spanish()?);
    let mut terminal = home.terminal(&[&server.address().to_string()])?;
    terminal.expect("(sí/no, o escribe la huella)?")?;
    terminal.send_line("no")?;
    terminal.expect("Sin conectar.")?;
    assert_eq!(terminal.status()?, 69);
    assert!(!home.known_hosts().exists());
    Ok(())
}

#[test]
fn the_typed_fingerprint_must_be_the_right_one() -> Result<()> {
    let (server, home) = (TestServer::builder().start()?, Home::new()?);
    let mut terminal = home.terminal(&[&server.address().to_string()])?;
    terminal.expect("fingerprint)?")?;
    terminal.send_line(&format!("SHA256:{}", "A".repeat(43)))?;
    terminal.expect("REFUSED")?;
    assert_eq!(terminal.status()?, 69);
    let mut terminal = home.terminal(&[&server.address().to_string()])?;
    terminal.expect("fingerprint)?")?;
    terminal.send_line(server.fingerprint())?;
    terminal.expect("lobby> ")?;
    Ok(())
}

#[test]
fn a_changed_key_is_refused_loudly() -> Result<()> {
    let home = Home::new()?;
    let old = TestServer::builder().start()?;
    let address = old.address().to_string();
    let pinned = home.piped(&[&address, "--trust-new", "-c", "ls"], b"")?;
    assert_eq!(pinned.status.code(), Some(0), "{}", text(&pinned.stderr));
    let old_fingerprint = old.fingerprint().to_owned();
    drop(old);
    let new = TestServer::builder().listen(&address).start()?;
    // Not even --trust-new overrules a pin.
    for arguments in [
        &[address.as_str(), "-c", "ls"][..],
        &[&address, "--trust-new", "-c", "ls"],
    ] {
        let refused = home.piped(arguments, b"")?;
        let said = text(&refused.stderr);
        assert_eq!(refused.status.code(), Some(69), "{said}");
        assert!(refused.stdout.is_empty());
        for part in [
            "HAS CHANGED",
            &old_fingerprint,
            new.fingerprint(),
            "line 1",
            "known_hosts",
        ] {
            assert!(said.contains(part), "{part} in {said}");
        }
    }
    assert!(!new.log().contains("command=ls"), "{}", new.log());
    Ok(())
}

#[test]
fn without_a_terminal_an_unknown_key_names_the_ways() -> Result<()> {
    let (server, home) = (TestServer::builder().start()?, Home::new()?);
    let refused = home.piped(&[&server.address().to_string(), "-c", "ls"], b"")?;
    let said = text(&refused.stderr);
    assert_eq!(refused.status.code(), Some(69), "{said}");
    assert!(said.contains(&format!("--fingerprint {}", server.fingerprint())));
    assert!(said.contains("--trust-new"));
    Ok(())
}

#[test]
fn an_authority_of_ones_own_asks_nothing() -> Result<()> {
    let (server, home) = (TestServer::builder().start()?, Home::new()?);
    let certificate = server.certificate();
    let host = format!("localhost:{}", server.address().port());
    let shown = home.piped(&[&host, "--cacert", &certificate.to_string_lossy(), "-c", "ls"], b"")?;
    assert_eq!(shown.status.code(), Some(0), "{}", text(&shown.stderr));
    assert!(!home.known_hosts().exists());
    let missing = home.piped(&[&host, "--cacert", "/nonexistent.pem", "-c", "ls"], b"")?;
    assert_eq!(missing.status.code(), Some(69));
    assert!(text(&missing.stderr).contains("/nonexistent.pem"));
    Ok(())
}

#[test]
fn the_named_fingerprint_must_match() -> Result<()> {
    let (server, home) = (TestServer::builder().start()?, Home::new()?);
    let wrong = format!("SHA256:{}", "A".repeat(43));
    let refused = home.piped(
        &[&server.address().to_string(), "--fingerprint", &wrong, "-c", "ls"],
        b"",
    )?;
    let said = text(&refused.stderr);
    assert_eq!(refused.status.code(), Some(69), "{said}");
    assert!(said.contains("REFUSED") && said.contains(&wrong) && said.contains(server.fingerprint()));
    Ok(())
}

/// Makes the server's own certificate one of the system's roots, as OpenSSL understands them.
fn believing(home: &Home, server: &TestServer, arguments: &[&str]) -> Result<std::process::Output> {
    let mut command = home.caracola(arguments)?;
    command
        .env("SSL_CERT_FILE", server.certificate())
        .stdin(std::process::Stdio::null());
    Ok(command.output()?)
}

#[test]
fn a_valid_certificate_asks_and_pins_nothing() -> Result<()> {
    let (server, home) = (TestServer::builder().start()?, Home::new()?);
    let host = format!("localhost:{}", server.address().port());
    let output = believing(&home, &server, &[&host, "-c", "ls"])?;
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(output.stderr.is_empty() && !home.known_hosts().exists());
    Ok(())
}

#[test]
fn a_changed_key_with_a_valid_certificate_is_fine() -> Result<()> {
    let (server, home) = (TestServer::builder().start()?, Home::new()?);
    let host = format!("localhost:{}", server.address().port());
    fs::create_dir_all(home.known_hosts().with_file_name(""))?;
    let old = format!("{host} SHA256:{}\n", "A".repeat(43));
    fs::write(home.known_hosts(), &old)?;
    let output = believing(&home, &server, &[&host, "-c", "ls"])?;
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let refused = home.piped(&[&host, "-c", "ls"], b"")?;
    assert_eq!(refused.status.code(), Some(69));
    assert_eq!(fs::read_to_string(home.known_hosts())?, old, "the pin stays");
    Ok(())
}
