//! Plugins made for a test, and servers that load them.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context as _, Result, ensure};
use caracola_testing::TestServer;
use caracola_wire::Value;
use tempfile::TempDir;

use crate::builder;

/// Where plugins can be.
pub(crate) const ISOLATIONS: &[&str] = &["none", "process"];

/// A folder with a plugin in it.
pub(crate) struct Plugin {
    folder: TempDir,
}

impl Plugin {
    /// The tester, of version 1.
    pub(crate) fn new() -> Result<Self> {
        let plugin = Self {
            folder: tempfile::tempdir()?,
        };
        plugin.build("1", &[])?;
        Ok(plugin)
    }

    /// Puts another version in its place, in one step as package managers do.
    pub(crate) fn build(&self, version: &str, flags: &[&str]) -> Result<()> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let new = self.folder.path().join(format!("new{number}"));
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let output = Command::new("cc")
            .args(["-std=gnu11", "-Wall", "-Wextra", "-Werror", "-O1", "-shared", "-fPIC"])
            .arg(format!("-DVERSION=\"{version}\""))
            .args(flags)
            .arg("-I")
            .arg(here.join("../plugins/abi"))
            .arg("-o")
            .arg(&new)
            .arg(here.join("tests/plugins/tester.c"))
            .output()
            .context("cc")?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        std::fs::rename(new, self.path())?;
        Ok(())
    }

    /// Its library.
    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("libtester.so")
    }

    /// A file that names it `t`, with `more` lines in its table, and lets guests in.
    pub(crate) fn config(&self, isolation: &str, more: &str) -> String {
        format!(
            "[access]\nguest = true\n[plugins.t]\npath = \"{}\"\nisolation = \"{isolation}\"\n{more}\n",
            self.path().display()
        )
    }

    /// A server with that file.
    pub(crate) fn serve(&self, isolation: &str, more: &str) -> Result<TestServer> {
        builder().config(self.config(isolation, more)).start()
    }
}

/// Whether an error has this code.
pub(crate) fn code(value: &Value) -> &str {
    caracola_testing::error_code(value)
}
