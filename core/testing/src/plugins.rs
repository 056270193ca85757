//! Plugins built from this repository.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context as _, Result, bail, ensure};

use crate::binary::cargo_build;

/// The path of the shared library of a package of this workspace, such as `caracola-hello`, built from the sources as they
/// are now. Built once per test process.
pub fn plugin(package: &str) -> Result<PathBuf> {
    static BUILT: Mutex<Option<HashMap<String, PathBuf>>> = Mutex::new(None);
    // Held while building, so that two tests don't build the same; cargo would make them wait anyway.
    let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
    let built = built.get_or_insert_default();
    if let Some(path) = built.get(package) {
        return Ok(path.clone());
    }
    let messages = cargo_build(&["--package", package, "--lib"])?;
    let libraries = messages.iter().filter(|message| {
        let kinds = message["target"]["kind"].as_array();
        kinds.is_some_and(|kinds| kinds.iter().any(|kind| kind == "cdylib"))
    });
    // Dependencies come first, the package itself last.
    let files = libraries
        .filter_map(|message| message["filenames"].as_array())
        .next_back();
    let mut files = files.into_iter().flatten().filter_map(|file| file.as_str());
    let library = files.find(|file| file.ends_with(std::env::consts::DLL_SUFFIX));
    let path = PathBuf::from(library.with_context(|| format!("cargo built no shared library of {package}"))?);
    built.insert(package.to_owned(), path.clone());
    Ok(path)
}

/// The plugin in C, `plugins/hello-c`, built into a folder by `cc`.
pub fn hello_c(folder: &Path) -> Result<PathBuf> {
    let plugins = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins");
    c_plugin(&plugins.join("hello-c/hello.c"), folder)
}

/// A plugin in one file of C, built into a folder by `cc`, with all warnings as errors.
pub fn c_plugin(source: &Path, folder: &Path) -> Result<PathBuf> {
    let name = source
        .file_stem()
        .with_context(|| format!("{} is not a file", source.display()))?;
    c_plugin_with(source, folder, &name.to_string_lossy(), &[])
}

/// The plugin in C that breaks the rules, `plugins/hostile/raw.c`, built into a folder with its lies chosen: `LIE_VERSION`
/// and others. Its file is named by them.
pub fn hostile_c(folder: &Path, lies: &[&str]) -> Result<PathBuf> {
    let plugins = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins");
    let name = ["raw"].iter().chain(lies).copied().collect::<Vec<_>>().join("-");
    c_plugin_with(&plugins.join("hostile/raw.c"), folder, &name, lies)
}

/// The same as [`c_plugin`], called `name` and with some macros defined: `VERSION="2"`, or a word alone.
pub fn c_plugin_with(source: &Path, folder: &Path, name: &str, macros: &[&str]) -> Result<PathBuf> {
    let library = folder.join(name).with_extension(std::env::consts::DLL_EXTENSION);
    let output = Command::new("cc")
        .args([
            "-std=c11",
            "-Wall",
            "-Wextra",
            "-pedantic",
            "-Werror",
            "-O2",
            "-shared",
            "-fPIC",
            "-I",
        ])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../../plugins/abi"))
        .args(macros.iter().map(|defined| format!("-D{defined}")))
        .arg("-o")
        .args([&library, source])
        .stdin(Stdio::null())
        .output()
        .context("cannot run cc, a C compiler")?;
    ensure!(
        output.status.success(),
        "cc could not build {}: {}",
        source.display(),
        String::from_utf8_lossy(&output.stderr)
    );
    if !library.is_file() {
        bail!("cc made no {}", library.display());
    }
    Ok(library)
}
