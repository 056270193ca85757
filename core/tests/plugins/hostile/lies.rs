//! Libraries that are none, or lie about themselves: a sentence, at the line that names them, and never a crash.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use caracola_testing::{Process, hostile_c, plain_command};

use super::fixture::config_of;
use crate::builder;

/// What a lie is answered with.
const LIES: &[(&str, &str)] = &[
    ("LIE_VERSION", "was made for version 99 of the plugin ABI"),
    ("LIE_SHORT", "its descriptor has 12 bytes"),
    ("LIE_NAME", "its name is not text"),
    ("LIE_TEXT", "its version is not text"),
    (
        "LIE_DEFINITIONS",
        "says something about its functions that makes no sense",
    ),
    ("LIE_NEWER", "needs a newer server"),
    ("LIE_START", "didn't start (status 42)"),
    ("LIE_CALL", "it has no function `call`"),
    ("LIE_ENTRY", "it exports no `caracola_plugin`"),
    ("LIE_NULL", "it has no descriptor"),
];

#[test]
fn a_lie_is_answered_with_a_sentence() -> Result<()> {
    let folder = tempfile::tempdir()?;
    for (lie, sentence) in LIES {
        let library = hostile_c(folder.path(), &[lie])?;
        for isolation in ["process", "none"] {
            is_refused(&library, isolation, sentence).with_context(|| format!("{lie} {isolation}"))?;
        }
    }
    // That can't be survived in the server's own process.
    let library = hostile_c(folder.path(), &["LIE_CONSTRUCTOR"])?;
    is_refused(&library, "process", "killed by SIGABRT")
}

#[test]
fn a_longer_descriptor_is_a_newer_plugins() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let library = hostile_c(folder.path(), &["LIE_LONG"])?;
    for isolation in ["process", "none"] {
        let server = builder()
            .config(config_of(&library.to_string_lossy(), isolation, ""))
            .start()?;
        assert_eq!(server.shell("ana")?.run(&["h.fine"])?, "fine");
    }
    Ok(())
}

#[test]
fn what_is_no_library_is_told() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let good = hostile_c(folder.path(), &[])?;
    let bytes = fs::read(&good)?;
    let write = |name: &str, bytes: &[u8]| -> Result<PathBuf> {
        let path = folder.path().join(name);
        fs::write(&path, bytes)?;
        Ok(path)
    };
    let mut foreign = bytes.clone();
    // The field of the ELF header that names the machine.
    foreign[18..20].copy_from_slice(&[0xff, 0xff]);
    for (path, sentence) in [
        (
            write("empty.so", b"")?,
            "is not a library that this machine can load: file too short",
        ),
        (write("text.so", &b"#!/bin/sh\n".repeat(100))?, "invalid ELF header"),
        (write("half.so", &bytes[..bytes.len() / 2])?, "the file is cut short"),
        (write("last.so", &bytes[..bytes.len() - 1])?, "the file is cut short"),
        (write("header.so", &bytes[..64])?, "the file is cut short"),
        (
            write("foreign.so", &foreign)?,
            "is not a library that this machine can load",
        ),
        (folder.path().to_owned(), "cannot be read"),
        (folder.path().join("absent.so"), "cannot be read"),
    ] {
        for isolation in ["process", "none"] {
            is_refused(&path, isolation, sentence).with_context(|| format!("{} {isolation}", path.display()))?;
        }
    }
    Ok(())
}

#[test]
fn a_file_that_others_may_write_is_refused() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let library = hostile_c(folder.path(), &[])?;
    for mode in [0o664, 0o646] {
        fs::set_permissions(&library, fs::Permissions::from_mode(mode))?;
        for isolation in ["process", "none"] {
            is_refused(&library, isolation, "cannot be read").with_context(|| format!("{mode:o}"))?;
        }
    }
    if rustix::process::geteuid().is_root() {
        println!("not tested here: root may read every file");
        return Ok(());
    }
    fs::set_permissions(&library, fs::Permissions::from_mode(0o200))?;
    is_refused(&library, "process", "cannot be read")
}

/// An error at the line that names it; a warning if it is optional, and a server without it.
fn is_refused(library: &Path, isolation: &str, sentence: &str) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("commands.toml");
    let config = config_of(&library.to_string_lossy(), isolation, "");
    fs::write(&file, &config)?;
    let mut command = plain_command(env!("CARGO_BIN_EXE_caracolad").as_ref());
    let told = Process::finish(command.arg("check").arg(&file))?;
    ensure!(told.status.code() == Some(2), "{told:?}");
    for part in ["error: the plugin `h`", sentence, "commands.toml:6:8", "^^^"] {
        ensure!(told.stdout.contains(part), "{part}: {}", told.stdout);
    }
    let optional = config.replace("[plugins.h]\n", "[plugins.h]\noptional = true\n");
    fs::write(&file, &optional)?;
    let mut command = plain_command(env!("CARGO_BIN_EXE_caracolad").as_ref());
    let told = Process::finish(command.arg("check").arg(&file))?;
    ensure!(told.status.success(), "{told:?}");
    for part in ["warning: the plugin `h`", sentence, "its functions are missing"] {
        ensure!(told.stdout.contains(part), "{part}: {}", told.stdout);
    }
    Ok(())
}
