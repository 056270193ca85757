//! The packages of the workspace, what they use of each other, and all that is built with them: where it comes from, and under
//! which licences.

use std::collections::BTreeSet;
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::root;

/// Where all that others wrote comes from.
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Licences under which everybody may pass Caracola on, in source and as a program, under its own.
const LICENCES: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// What has another licence, and why that is no trouble.
const EXCEPTIONS: &[(&str, &str)] = &[
    // Its changes would have to be published. It makes `caracola.h` in a test, and is in no program of ours.
    ("cbindgen", "MPL-2.0"),
];

/// A package of the workspace.
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) src: PathBuf,
}

/// All of them.
pub(crate) fn all() -> Result<Vec<Package>> {
    let metadata = metadata(&["--no-deps"])?;
    let packages = packages(&metadata).map(|package| {
        let manifest = package["manifest_path"].as_str().context("no manifest")?;
        Ok(Package {
            name: text(&package["name"]).to_owned(),
            src: Path::new(manifest).with_file_name("src"),
        })
    });
    packages.collect()
}

#[test]
fn packages_depend_one_way_only() -> Result<()> {
    let metadata = metadata(&["--no-deps"])?;
    let mut edges = BTreeSet::new();
    for package in packages(&metadata) {
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let name = text(&dependency["name"]);
            // Tests may use anything.
            if dependency["kind"].is_null() && name.starts_with("caracola") {
                edges.insert(format!("{} -> {name}", text(&package["name"])));
            }
        }
    }
    let allowed = [
        "caracola -> caracola-speech",
        "caracola -> caracola-wire",
        "caracola-catalogue -> caracola-plugin-host",
        "caracola-catalogue -> caracola-spawner",
        "caracola-catalogue -> caracola-speech",
        "caracola-catalogue -> caracola-wire",
        "caracola-core -> caracola-catalogue",
        "caracola-core -> caracola-import",
        "caracola-core -> caracola-manual",
        "caracola-core -> caracola-plugin-host",
        "caracola-core -> caracola-quota",
        "caracola-core -> caracola-spawner",
        "caracola-core -> caracola-speech",
        "caracola-core -> caracola-wire",
        "caracola-hello -> caracola-sdk",
        "caracola-hostile -> caracola-sdk",
        "caracola-import -> caracola-catalogue",
        "caracola-import -> caracola-speech",
        "caracola-import -> caracola-wire",
        "caracola-plugin-host -> caracola-abi",
        "caracola-plugin-host -> caracola-quota",
        "caracola-plugin-host -> caracola-spawner",
        "caracola-plugin-host -> caracola-speech",
        "caracola-plugin-host -> caracola-wire",
        "caracola-sdk -> caracola-abi",
        "caracola-sdk -> caracola-plugin-host",
        "caracola-sdk -> caracola-wire",
        "caracola-spawner -> caracola-quota",
        "caracola-speech -> caracola-wire",
        "caracola-system -> caracola-sdk",
        "caracola-testing -> caracola-wire",
        "caracola-workspace -> caracola-sdk",
        "caracola-workspace -> caracola-wire",
    ];
    let edges: Vec<_> = edges.iter().map(String::as_str).collect();
    assert_eq!(edges, allowed);
    Ok(())
}

#[test]
fn everything_may_be_passed_on() -> Result<()> {
    // What is built here: cargo has the rest only where somebody has asked for it, and asks nobody now.
    let metadata = metadata(&["--offline", "--locked", "--filter-platform", &host()?])?;
    let mut seen = 0;
    for package in packages(&metadata) {
        let (name, licence) = (text(&package["name"]), text(&package["license"]));
        let is_excepted = EXCEPTIONS.contains(&(name, licence));
        assert!(is_excepted || is_allowed(licence), "{name} is under {licence:?}");
        seen += 1;
    }
    assert!(seen > 100, "{seen} packages were looked at");
    Ok(())
}

#[test]
fn everything_comes_from_the_registry() -> Result<()> {
    for lock in ["Cargo.lock", "core/fuzz/Cargo.lock"] {
        let text = std::fs::read_to_string(root().join(lock))?;
        let lock: toml::Table = text.parse()?;
        let packages = lock["package"].as_array().context("no packages")?;
        for package in packages {
            let name = package["name"].as_str().context("no name")?;
            match package.get("source") {
                None => ensure!(name.starts_with("caracola"), "{name} is in no registry"),
                Some(source) => ensure!(source.as_str() == Some(REGISTRY), "{name} is from {source}"),
            }
        }
    }
    Ok(())
}

fn metadata(arguments: &[&str]) -> Result<Value> {
    let mut command = cargo();
    command.args(["metadata", "--format-version", "1"]).args(arguments);
    let output = command.output().context("cargo metadata")?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(serde_json::from_slice(&output.stdout)?)
}

fn cargo() -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root());
    cargo
}

/// The platform that is built for.
fn host() -> Result<String> {
    let output = cargo().arg("-vV").output().context("cargo -vV")?;
    let version = String::from_utf8(output.stdout)?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("cargo doesn't say for which platform it is")?.to_owned())
}

fn packages(metadata: &Value) -> impl Iterator<Item = &Value> {
    metadata["packages"].as_array().into_iter().flatten()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Whether a licence, as SPDX writes it, leaves a choice that we may take: all parts of an `AND`, one of an `OR`.
fn is_allowed(licence: &str) -> bool {
    // Some still write a slash for it.
    let licence = licence.replace('/', " OR ");
    divided(&licence, " OR ").into_iter().any(|choice| {
        divided(choice, " AND ").into_iter().all(|part| {
            let part = part.trim();
            match part.strip_prefix('(').and_then(|part| part.strip_suffix(')')) {
                Some(inside) => is_allowed(inside),
                None => LICENCES.contains(&part),
            }
        })
    })
}

/// The parts between the words `by` that stand in no parentheses.
fn divided<'l>(licence: &'l str, by: &str) -> Vec<&'l str> {
    let mut parts = Vec::new();
    let mut begin = 0;
    for (at, _) in licence.match_indices(by) {
        let before = &licence[..at];
        if before.matches('(').count() == before.matches(')').count() {
            parts.push(&licence[begin..at]);
            begin = at + by.len();
        }
    }
    parts.push(&licence[begin..]);
    parts
}

#[test]
fn a_licence_is_allowed_if_we_may_take_it() {
    for allowed in [
        "MIT",
        "MIT/Apache-2.0",
        "GPL-3.0 OR MIT",
        "(MIT OR GPL-3.0) AND Unicode-3.0",
        "Apache-2.0 WITH LLVM-exception",
    ] {
        assert!(is_allowed(allowed), "{allowed}");
    }
    for refused in [
        "",
        "GPL-3.0",
        "MIT AND GPL-3.0",
        "(MIT OR Zlib) AND GPL-3.0",
        "(MIT AND GPL-3.0) OR GPL-2.0",
    ] {
        assert!(!is_allowed(refused), "{refused}");
    }
}
