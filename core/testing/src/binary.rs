//! Where the server's binary is.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use anyhow::{Context as _, Result, bail};

/// The path of a `caracolad` built from the sources as they are now. Cargo is asked, not guessed after, so that no test
/// ever runs a stale binary. Built once per test process.
pub fn caracolad() -> Result<PathBuf> {
    static BUILT: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    BUILT
        .get_or_init(|| build().map_err(|error| format!("{error:#}")))
        .clone()
        .map_err(anyhow::Error::msg)
}

fn build() -> Result<PathBuf> {
    let messages = cargo_build(&["--package", "caracola-core", "--bin", "caracolad"])?;
    let mut executables = messages
        .iter()
        .filter(|message| message["target"]["name"] == "caracolad");
    let path = executables.find_map(|message| message["executable"].as_str());
    Ok(path.context("cargo built no caracolad")?.into())
}

/// Runs `cargo build` in this workspace, and hands out its messages.
pub(crate) fn cargo_build(arguments: &[&str]) -> Result<Vec<serde_json::Value>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .arg("build")
        .args(arguments)
        .args(["--message-format", "json", "--manifest-path"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml"))
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .context("cannot run cargo")?;
    if !output.status.success() {
        bail!("cargo could not build {}: {}", arguments.join(" "), output.status);
    }
    let lines = output.stdout.split(|byte| *byte == b'\n');
    Ok(lines.filter_map(|line| serde_json::from_slice(line).ok()).collect())
}
