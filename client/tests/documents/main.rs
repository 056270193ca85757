//! The documents are true: what they tell people to type is run as it stands there.
//!
//! Blocks to be run are marked by a comment, `<!-- test: NAME -->`. Those that need programs which we did not write
//! are ignored by plain `cargo test`; `cargo test -- --ignored` runs them.
#![allow(clippy::expect_used, reason = "what a test may do, its helpers may")]

mod book;
mod commands;
mod demonstration;
mod first_command;
mod joining;
mod play;
mod practice;
mod program;
mod recipes;
mod students;

// The client's own tests use the rest of it.
#[allow(dead_code)]
#[path = "../client/home.rs"]
mod home;

use std::env;
use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result};
use caracola_testing::caracolad;

/// A `PATH` that begins with the folders of both programs.
fn path() -> Result<OsString> {
    let server = caracolad()?;
    let programs = [server.as_path(), Path::new(env!("CARGO_BIN_EXE_caracola"))];
    let mut folders = Vec::new();
    for program in programs {
        folders.push(program.parent().context("a program is in no folder")?.to_owned());
    }
    folders.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
    Ok(env::join_paths(folders)?)
}

/// A shell that runs a script at a place of its own, where `caracola` and `caracolad` are found by name.
fn shell(script: &str, folder: &Path) -> Result<Command> {
    let mut command = Command::new("sh");
    command
        .args(["-e", "-c", script])
        .current_dir(folder)
        .stdin(Stdio::null());
    command
        .env_clear()
        .env("PATH", path()?)
        .env("HOME", folder)
        .env("LANG", "C.UTF-8")
        // The readers of these pages aren't root, whoever runs the tests.
        .env("CARACOLA_RELOAD", "save");
    Ok(command)
}
