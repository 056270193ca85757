//! The recipes for script authors, each run by the program that it is for.

use std::ffi::OsString;
use std::os::unix::fs::symlink;
use std::{env, fs};

use anyhow::{Context as _, Result};
use caracola_testing::{Finished, Process, TestServer};
use caracola_wire::Push;
use tempfile::TempDir;

use crate::book::{Document, README, SCRIPTS};
use crate::shell;

/// A recipe, and what runs it.
struct Recipe {
    page: Document,
    block: &'static str,
    file: &'static str,
    program: OsString,
    folder: TempDir,
}

impl Recipe {
    fn new(page: Document, block: &'static str, file: &'static str, program: impl Into<OsString>) -> Result<Self> {
        Ok(Self {
            page,
            block,
            file,
            program: program.into(),
            folder: tempfile::tempdir()?,
        })
    }

    fn sh() -> Result<Self> {
        Self::new(README, "recipe-sh", "ask.sh", "sh")
    }

    /// `$PYTHON` is a Python that has redis-py; else `python3` must have it.
    fn python() -> Result<Self> {
        let python = env::var_os("PYTHON").unwrap_or_else(|| "python3".into());
        Self::new(SCRIPTS, "recipe-python", "ask.py", python)
    }

    /// `$NODE_MODULES` is the folder that `npm install redis` made. A module looks for others in a folder beside itself.
    fn node() -> Result<Self> {
        let recipe = Self::new(SCRIPTS, "recipe-node", "ask.mjs", "node")?;
        let modules =
            env::var_os("NODE_MODULES").context("$NODE_MODULES must be a node_modules folder with redis in it")?;
        symlink(fs::canonicalize(modules)?, recipe.folder.path().join("node_modules"))?;
        Ok(recipe)
    }

    /// Saves the certificate of `known` as the pages say, and runs the recipe against `server`.
    fn run(&self, server: &TestServer, known: &TestServer) -> Result<Finished> {
        let folder = self.folder.path();
        let mut save = shell("caracolad cert > caracola.pem", folder)?;
        Process::finish(save.env("STATE_DIRECTORY", known.state()))?.success()?;
        fs::write(folder.join(self.file), self.page.block(self.block)?)?;
        let mut command = shell("exec \"$PROGRAM\" \"$FILE\"", folder)?;
        command.env("PROGRAM", &self.program).env("FILE", self.file);
        command.env("CARACOLA_HOST", "localhost");
        command.env("CARACOLA_PORT", server.address().port().to_string());
        command.env("CARACOLA_CA", folder.join("caracola.pem"));
        Process::finish(&mut command)
    }

    /// It says all these, and people hear `message`.
    fn works(&self, parts: &[&str], message: &str) -> Result<()> {
        let server = TestServer::builder().start()?;
        let mut ana = server.shell("ana")?;
        let said = self.run(&server, &server)?.success()?;
        for part in parts {
            assert!(said.contains(part), "{part:?} in {said}");
        }
        ana.push_where(|push| matches!(push, Push::Message { text, .. } if text == message))?;
        Ok(())
    }

    /// It fails, and tells a server with another certificate nothing.
    fn refuses_an_impostor(&self) -> Result<()> {
        let (server, known) = (TestServer::builder().start()?, TestServer::builder().start()?);
        let finished = self.run(&server, &known)?;
        assert!(!finished.stdout.contains("HTTPS"), "{finished:?}");
        let said = [&*finished.stdout, &*finished.stderr].concat().to_lowercase();
        assert!(said.contains("certificate"), "{finished:?}");
        assert!(!server.log().contains(" ran "), "{}", server.log());
        // The recipe for sh goes on after an error, like any shell.
        assert!(self.program == "sh" || !finished.status.success(), "{finished:?}");
        Ok(())
    }
}

#[test]
#[ignore = "needs redis-cli"]
fn sh_works() -> Result<()> {
    Recipe::sh()?.works(
        &["List what a folder contains", "HTTPS", "lss failed, as it should"],
        "hello from a shell script",
    )
}

#[test]
#[ignore = "needs redis-cli"]
fn sh_refuses_an_impostor() -> Result<()> {
    Recipe::sh()?.refuses_an_impostor()
}

#[test]
#[ignore = "needs redis-py"]
fn python_works() -> Result<()> {
    Recipe::python()?.works(
        &[
            "HTTPS",
            "refused: UNKNOWN there is no command 'lss'",
            ": hello from Python\n",
        ],
        "hello from Python",
    )
}

#[test]
#[ignore = "needs redis-py"]
fn python_refuses_an_impostor() -> Result<()> {
    Recipe::python()?.refuses_an_impostor()
}

#[test]
#[ignore = "needs node and its redis package"]
fn node_works() -> Result<()> {
    Recipe::node()?.works(
        &[
            "HTTPS",
            "refused: UNKNOWN there is no command 'lss'",
            ": hello from Node\n",
        ],
        "hello from Node",
    )
}

#[test]
#[ignore = "needs node and its redis package"]
fn node_refuses_an_impostor() -> Result<()> {
    Recipe::node()?.refuses_an_impostor()
}
