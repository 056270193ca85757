//! The project's own files: what is at the top, how long a file is, what uses what, what is said, and what comes from others. These tests
//! need no server.

mod circles;
mod floors;
mod packages;
mod sentences;
mod source;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use anyhow::Result;

use source::rust_files;

/// What a newcomer sees first is what the design says, and nothing else.
const TOP: &[&str] = &[
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "client",
    "commands.toml",
    "core",
    "plugins",
];

/// What cargo writes there; `.gitignore` names it.
const BUILT: &str = "target";

/// The top of the tree.
fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

#[test]
fn the_top_of_the_tree_holds_what_the_design_says() -> Result<()> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(root())? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if !name.starts_with('.') && name != BUILT {
            found.insert(name);
        }
    }
    let wanted: BTreeSet<_> = TOP.iter().map(|&name| name.to_owned()).collect();
    assert_eq!(found, wanted);
    Ok(())
}

#[test]
fn no_file_is_so_long_that_it_holds_two_ideas() -> Result<()> {
    /// Far over the 300 lines that we aim for: whoever gets here has to cut.
    const MOST: usize = 600;
    let mut seen = 0;
    for folder in ["client", "core", "plugins"] {
        for path in rust_files(&root().join(folder))? {
            let lines = fs::read_to_string(&path)?.lines().count();
            assert!(lines <= MOST, "{} has {lines} lines", path.display());
            seen += 1;
        }
    }
    assert!(seen > 100, "{seen} files were looked at");
    Ok(())
}
