//! No circle between modules, nor between files: what can only be read together is one thing, and should be one.

use std::collections::BTreeSet;

use anyhow::Result;

use crate::packages::{Package, all};
use crate::source::{Module, Uses, files, modules};

#[test]
fn there_is_no_circle() -> Result<()> {
    let mut found = BTreeSet::new();
    for Package { name, src, .. } in all()? {
        let files = files(&src)?;
        for circle in circles_of(&files) {
            found.insert((name.clone(), circle));
        }
    }
    assert!(found.is_empty(), "circles: {found:#?}");
    Ok(())
}

/// The names of those in each circle between files, or between modules that stand side by side.
fn circles_of(files: &Uses) -> BTreeSet<BTreeSet<String>> {
    let above = |file: &Module| {
        (0..file.len())
            .map(|length| file[..length].to_vec())
            .collect::<Vec<_>>()
    };
    let parents: BTreeSet<_> = files.keys().flat_map(above).collect();
    let beside = parents.into_iter().flat_map(|parent| circles(&modules(files, &parent)));
    let all = circles(files).into_iter().chain(beside);
    all.map(|circle| circle.iter().map(|module| module.join("::")).collect())
        .collect()
}

/// The circles of a graph: those who can reach each other.
fn circles(uses: &Uses) -> BTreeSet<BTreeSet<Module>> {
    let reached: Uses = uses.keys().map(|from| (from.clone(), reach(uses, from))).collect();
    let mut circles = BTreeSet::new();
    for (from, all) in &reached {
        let back = all.iter().filter(|&to| reached[to].contains(from));
        let circle: BTreeSet<_> = back.cloned().collect();
        if circle.len() > 1 {
            circles.insert(circle);
        }
    }
    circles
}

/// All that `from` uses, and what that uses, and so on.
fn reach(uses: &Uses, from: &Module) -> BTreeSet<Module> {
    let mut reached = BTreeSet::new();
    let mut next = vec![from];
    while let Some(module) = next.pop() {
        for target in &uses[module] {
            if reached.insert(target.clone()) {
                next.push(target);
            }
        }
    }
    reached
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uses(lines: &[(&str, &[&str])]) -> Uses {
        let module = |name: &str| name.split("::").map(str::to_owned).collect::<Module>();
        let line = |(from, to): &(&str, &[&str])| (module(from), to.iter().map(|name| module(name)).collect());
        lines.iter().map(line).collect()
    }

    #[test]
    fn a_circle_is_found_whether_of_files_or_of_modules() {
        let straight = uses(&[("a", &["b", "c"]), ("b", &["c"]), ("c", &[])]);
        assert_eq!(circles_of(&straight), BTreeSet::new());
        let round = uses(&[("a", &["b"]), ("b", &["c"]), ("c", &["a"]), ("d", &["a"])]);
        assert_eq!(circles_of(&round), [["a", "b", "c"].map(str::to_owned).into()].into());
        // No two files use each other, and the modules that hold them do.
        let modules = uses(&[("a::x", &["b::x"]), ("a::y", &[]), ("b::x", &[]), ("b::y", &["a::y"])]);
        assert_eq!(circles_of(&modules), [["a", "b"].map(str::to_owned).into()].into());
    }
}
