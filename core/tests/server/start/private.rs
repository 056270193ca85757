//! `--private`: a server that ends with whoever started it, and leaves nothing.

use std::fs;
use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Context as _, Result};
use caracola_testing::{Connection, Process};
use caracola_wire::Push;

use super::{assert_refused, caracolad};

struct Private {
    process: Process,
    temporary: tempfile::TempDir,
}

impl Private {
    fn start() -> Result<Self> {
        let temporary = tempfile::tempdir()?;
        let mut command = caracolad();
        command.args(["serve", "--private", "--listen", "127.0.0.1:0"]);
        command.env("TMPDIR", temporary.path()).stdin(Stdio::piped());
        command.current_dir(temporary.path());
        let process = Process::start(&mut command)?;
        process.wait_for_stderr(" ready ")?;
        Ok(Self { process, temporary })
    }

    fn folders(&self) -> Result<Vec<PathBuf>> {
        let entries = fs::read_dir(self.temporary.path())?;
        entries.map(|entry| Ok(entry?.path())).collect()
    }

    fn shell(&self) -> Result<Connection> {
        let line = self.process.first_line()?;
        let address = line.split(' ').nth(1).context("no address")?.parse()?;
        let folders = self.folders()?;
        let folder = folders.first().context("no folder")?;
        let mut shell = Connection::open(address, &folder.join("tls/cert.pem"))?;
        shell.be_shell("ana", "en")?;
        Ok(shell)
    }
}

#[test]
fn it_ends_when_its_input_does_and_its_folder_goes_with_it() -> Result<()> {
    let mut server = Private::start()?;
    assert_eq!(server.folders()?.len(), 1);
    let mut ana = server.shell()?;
    drop(server.process.stdin());
    let bye = ana.push_where(|push| matches!(push, Push::Bye { .. }))?;
    assert!(matches!(bye, Push::Bye { reason } if reason == "the server is stopping"));
    assert_eq!(server.process.wait()?.code(), Some(0));
    assert_eq!(server.folders()?, Vec::<PathBuf>::new());
    Ok(())
}

#[test]
fn what_comes_in_is_not_read_as_anything() -> Result<()> {
    use std::io::Write as _;
    let mut server = Private::start()?;
    let mut stdin = server.process.stdin().context("no input")?;
    stdin.write_all(b"stop\nquit\n")?;
    stdin.flush()?;
    server.shell()?.request(&["PING"])?;
    drop(stdin);
    assert_eq!(server.process.wait()?.code(), Some(0));
    Ok(())
}

#[test]
fn a_signal_removes_its_folder_too() -> Result<()> {
    for signal in ["TERM", "INT"] {
        let mut server = Private::start()?;
        server.process.signal(signal)?;
        assert_eq!(server.process.wait()?.code(), Some(0));
        assert_eq!(server.folders()?, Vec::<PathBuf>::new(), "{signal}");
    }
    Ok(())
}

#[test]
fn it_keeps_nothing_so_it_takes_no_folder() -> Result<()> {
    let finished = Process::finish(caracolad().args(["--private", "--state-dir", "x"]))?;
    assert_refused(&finished, 2, &["--private", "--state-dir"]);
    Ok(())
}
