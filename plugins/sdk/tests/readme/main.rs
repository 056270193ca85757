//! What `plugins/README.md` tells authors to type is typed here.
#![forbid(unsafe_code)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use caracola_sdk::testing::Harness;
use caracola_testing::c_plugin;
use tempfile::TempDir;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The README's block after the mark of this name.
fn block(name: &str) -> Result<String> {
    let readme = fs::read_to_string(repository().join("plugins/README.md"))?;
    let mark = format!("<!-- test: {name} -->\n```");
    let (_, rest) = readme.split_once(&mark).with_context(|| format!("no block {name}"))?;
    let (_, rest) = rest.split_once('\n').context("no line after it")?;
    let (block, _) = rest.split_once("```\n").context("no end of it")?;
    Ok(block.to_owned())
}

#[test]
fn the_rust_plugin_is_the_one_that_is_here() -> Result<()> {
    for file in ["src/lib.rs", "src/commands.toml"] {
        assert_eq!(
            block(file)?,
            fs::read_to_string(repository().join("plugins/hello").join(file))?,
            "{file}"
        );
    }
    Ok(())
}

#[test]
fn the_rust_plugin_can_be_made_from_nothing() -> Result<()> {
    let folder = TempDir::new()?;
    fs::create_dir(folder.path().join("src"))?;
    fs::create_dir(folder.path().join("tests"))?;
    for file in ["src/lib.rs", "src/commands.toml", "tests/hello.rs"] {
        fs::write(folder.path().join(file), block(file)?)?;
    }
    let here = repository().canonicalize()?;
    let here = here.to_str().context("this folder's name isn't UTF-8")?;
    fs::write(
        folder.path().join("Cargo.toml"),
        block("Cargo.toml")?.replace("../caracola", here),
    )?;
    // What was downloaded for this workspace is enough, and what was built is used again.
    fs::copy(repository().join("Cargo.lock"), folder.path().join("Cargo.lock"))?;
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["test", "--offline", "--test", "hello", "--target-dir"])
        .arg(target())
        .current_dir(&folder)
        .stdin(Stdio::null())
        .output()
        .context("cannot run cargo")?;
    let (said, errors) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    ensure!(output.status.success(), "{said}{errors}");
    for test in ["it_greets", "every_sentence_is_in_every_language"] {
        assert!(said.contains(&format!("test {test} ... ok")), "{said}");
    }
    Ok(())
}

/// The workspace's folder of builds: this program is in `target/debug/deps`, or in that of another profile.
fn target() -> PathBuf {
    let program = std::env::current_exe().unwrap_or_default();
    let target = program.ancestors().nth(3).map(Path::to_owned);
    target.unwrap_or_else(|| repository().join("target"))
}

#[test]
fn the_c_plugin_can_be_made_from_nothing() -> Result<()> {
    let folder = TempDir::new()?;
    let source = folder.path().join("hello.c");
    fs::write(&source, block("hello.c")?)?;
    let hello = Harness::load(c_plugin(&source, folder.path())?, "{}")?;
    let greet = hello.call("greet").argument("name", "ana");
    assert_eq!(greet.answer().text(), "Hello, ana!");
    assert_eq!(
        hello
            .call("greet")
            .argument("name", "ana")
            .language("es")
            .answer()
            .text(),
        "¡Hola, ana!"
    );
    Ok(())
}
