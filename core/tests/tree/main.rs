//! The top of the tree is what a newcomer sees first: it holds what the design says and nothing else.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Result;

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

#[test]
fn the_top_of_the_tree_holds_what_the_design_says() -> Result<()> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(&top)? {
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
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut folders = vec![root.join("core"), root.join("client"), root.join("plugins")];
    let mut seen = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() && !path.ends_with(BUILT) {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let lines = fs::read_to_string(&path)?.lines().count();
                assert!(lines <= MOST, "{} has {lines} lines", path.display());
                seen += 1;
            }
        }
    }
    assert!(seen > 100, "{seen} files were looked at");
    Ok(())
}

#[test]
fn packages_depend_one_way_only() -> Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--no-deps", "--format-version", "1", "--manifest-path"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .output()?;
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let mut edges = BTreeSet::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let name = dependency["name"].as_str().unwrap_or_default();
            // Tests may use anything.
            if dependency["kind"].is_null() && name.starts_with("caracola") {
                edges.insert(format!("{} -> {name}", package["name"].as_str().unwrap_or_default()));
            }
        }
    }
    let allowed = [
        "caracola -> caracola-wire",
        "caracola-core -> caracola-abi",
        "caracola-core -> caracola-manual",
        "caracola-core -> caracola-wire",
        "caracola-hello -> caracola-sdk",
        "caracola-hostile -> caracola-sdk",
        "caracola-sdk -> caracola-abi",
        "caracola-system -> caracola-sdk",
        "caracola-testing -> caracola-wire",
        "caracola-workspace -> caracola-sdk",
        "caracola-workspace -> caracola-wire",
    ];
    let edges: Vec<_> = edges.iter().map(String::as_str).collect();
    assert_eq!(edges, allowed);
    Ok(())
}
