//! How a machine without the client joins: `openssl s_client` and plain lines.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result};
use caracola_testing::{Process, TestServer};
use caracola_wire::Push;

use crate::book::SCRIPTS;

/// The page's line, with the free port, in a folder with this certificate.
fn joining(server: &TestServer, certificate: &Path, folder: &Path) -> Result<Process> {
    fs::copy(certificate, folder.join("caracola.pem"))?;
    let line = SCRIPTS
        .block("joining")?
        .replace(":22722", &format!(":{}", server.address().port()));
    let mut words = line.split_whitespace();
    let mut command = Command::new(words.next().context("no program")?);
    command.args(words).current_dir(folder).stdin(Stdio::piped());
    Process::start(&mut command)
}

fn wait_for(process: &Process, text: &str) -> Result<()> {
    let found = |written: &str| written.contains(text).then_some(());
    let waited = process.wait_for_stdout(&format!("{text:?}"), found);
    waited.with_context(|| process.stderr())
}

#[test]
#[ignore = "needs openssl"]
fn plain_lines_are_answered_in_plain_lines() -> Result<()> {
    let server = TestServer::builder().start()?;
    let mut ana = server.shell("ana")?;
    let (folder, other_folder) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let mut eva = joining(&server, &server.certificate(), folder.path())?;
    let mut keyboard = eva.stdin().context("no keyboard")?;
    keyboard.write_all(b"name eva\nls\n")?;
    wait_for(&eva, "You are ~eva.")?;
    wait_for(&eva, "\r\nls \u{2014} List what a folder contains")?;
    let lengths = eva.stdout().lines().filter(|line| line.starts_with('$')).count();
    assert_eq!(lengths, 2, "{}", eva.stdout());

    let mut listener = joining(&server, &server.certificate(), other_folder.path())?;
    let mut other_keyboard = listener.stdin().context("no keyboard")?;
    other_keyboard.write_all(b"SUBSCRIBE lobby\n")?;
    wait_for(&listener, "subscribe")?;
    keyboard.write_all("say it's me, ñandú\n".as_bytes())?;
    ana.push_where(
        |push| matches!(push, Push::Message { name, text, .. } if name == "~eva" && text == "it's me, ñandú"),
    )?;
    wait_for(&listener, "~eva: it's me, ñandú")?;

    // A line that begins with Q, which `openssl` would take for itself if it weren't quiet.
    keyboard.write_all(b"lss\nlang es\nlss\nQUIT\n")?;
    let said = eva.finished()?.success()?;
    for part in [
        "-UNKNOWN there is no command 'lss'",
        "-UNKNOWN no existe el comando",
        "+OK",
    ] {
        assert!(said.contains(part), "{part:?} in {said}");
    }
    Ok(())
}

#[test]
#[ignore = "needs openssl"]
fn an_impostor_is_refused() -> Result<()> {
    let (server, other) = (TestServer::builder().start()?, TestServer::builder().start()?);
    let folder = tempfile::tempdir()?;
    let mut process = joining(&server, &other.certificate(), folder.path())?;
    let mut keyboard = process.stdin().context("no keyboard")?;
    // It may have ended already.
    let _ = keyboard.write_all(b"ls\n");
    let finished = process.finished()?;
    assert!(!finished.status.success() && finished.stdout.is_empty(), "{finished:?}");
    assert!(
        finished.stderr.contains("certificate verify failed"),
        "{}",
        finished.stderr
    );
    Ok(())
}
