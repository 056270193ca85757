//! A server with programs that a test wrote, all of which guests may run.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::Result;
use caracola_testing::{Connection, TestServer, framed};
use caracola_wire::Value;
use tempfile::TempDir;

/// A server, and the folder that it serves from.
pub(crate) struct Lab {
    pub(crate) server: TestServer,
    folder: TempDir,
}

/// A server on a folder of its own.
pub(crate) struct Draft(TempDir);

impl Draft {
    pub(crate) fn new() -> Result<Self> {
        Ok(Self(tempfile::Builder::new().prefix("caracola-lab-").tempdir()?))
    }

    pub(crate) fn folder(&self) -> &Path {
        self.0.path()
    }

    /// Writes a program: `exec = ["./NAME"]`.
    pub(crate) fn program(self, name: &str, script: &str) -> Result<Self> {
        write_program(&self.0.path().join(name), script)?;
        Ok(self)
    }

    /// Starts the server with these commands.
    pub(crate) fn serve(self, commands: &str) -> Result<Lab> {
        let server = TestServer::builder()
            .binary(env!("CARGO_BIN_EXE_caracolad"))
            .folder(self.0.path())
            .config(config(commands))
            .argument("--log-level")
            .argument("warn")
            .start()?;
        Ok(Lab { server, folder: self.0 })
    }
}

/// A server with these commands, and no programs of its own.
pub(crate) fn serve(commands: &str) -> Result<Lab> {
    Draft::new()?.serve(commands)
}

/// The settings under which any number of guests of one address may run what the commands say.
pub(crate) fn config(commands: &str) -> String {
    format!(
        "[access]\nguest = true\n[limits]\nsessions = 2000\nsessions_per_address = 2000\nruns_per_second = 1000000\n{commands}"
    )
}

/// Writes a program for `/bin/sh`.
pub(crate) fn write_program(path: &Path, script: &str) -> Result<()> {
    fs::write(path, format!("#!/bin/sh\n{script}\n"))?;
    Ok(fs::set_permissions(path, Permissions::from_mode(0o755))?)
}

impl Lab {
    /// A file of its folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// Asks for a command's run, and gives what came.
pub(crate) fn run(connection: &mut Connection, words: &[&[u8]]) -> Result<Value> {
    let words: Vec<&[u8]> = [&b"RUN"[..]].iter().chain(words).copied().collect();
    connection.send(&framed(&words))?;
    connection.reply()
}
