//! The floors of `core`, as the doc of its root lists them: a module uses only what is on floors below its own.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use anyhow::{Context as _, Result, ensure};

use crate::packages::{Package, all};
use crate::source::{files, modules};

#[test]
fn modules_use_only_what_is_on_floors_below() -> Result<()> {
    let packages = all()?;
    let core = packages.iter().find(|package| package.name == "caracola-core");
    let Package { src, .. } = core.context("no core")?;
    let floors = floors(&fs::read_to_string(src.join("lib.rs"))?)?;

    let uses = modules(&files(src)?, &[]);
    let listed: BTreeSet<_> = floors.keys().collect();
    let there: BTreeSet<_> = uses.keys().map(|module| &module[0]).collect();
    assert_eq!(listed, there, "the list of floors, and the modules that there are");

    let mut found = Vec::new();
    for (module, targets) in &uses {
        for target in targets {
            if floors[&target[0]] <= floors[&module[0]] {
                found.push(format!("{} -> {}", module[0], target[0]));
            }
        }
    }
    assert!(found.is_empty(), "they use what is not below them: {found:?}");
    Ok(())
}

/// The floor of each module, counted from the top: the list in the doc of the crate under `# Floors`.
fn floors(root: &str) -> Result<BTreeMap<String, usize>> {
    let (_, list) = root.split_once("//! # Floors\n").context("no list of floors")?;
    let mut found = BTreeMap::new();
    let mut floor = 0;
    for line in list.lines().map_while(|line| line.strip_prefix("//! ")) {
        floor += usize::from(line.starts_with("- "));
        // Before the first is what the list is about.
        let names = line.split('`').skip(1).step_by(2).filter(|_| floor > 0);
        for name in names {
            ensure!(
                found.insert(name.to_owned(), floor).is_none(),
                "{name} is on two floors"
            );
        }
    }
    Ok(found)
}
