//! Which files of a package name which others.
//!
//! Read are tokens, so what stands in comments and strings is nobody's; what only tests use (`#[cfg(test)]`) is left out.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow};
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// A module's path below its package, such as `["catalogue", "file"]`; the root's is empty.
pub(crate) type Module = Vec<String>;

/// What uses what: each file, or each module, with all the others that it names.
pub(crate) type Uses = BTreeMap<Module, BTreeSet<Module>>;

/// The files of a package's `src`, each with those that it names. A parent and its child, at any depth, are one house: what
/// they are to each other is left out.
pub(crate) fn files(src: &Path) -> Result<Uses> {
    let mut named = BTreeMap::new();
    for path in rust_files(src)? {
        let module = module_of(path.strip_prefix(src)?);
        if module.iter().any(|name| name == "tests") {
            continue;
        }
        let text = fs::read_to_string(&path)?;
        let tokens = text.parse::<TokenStream>();
        let tokens = tokens.map_err(|error| anyhow!("{}: {error}", path.display()))?;
        // The library's root and the program's are one module here.
        let paths: &mut Vec<_> = named.entry(module).or_default();
        collect(&Vec::from_iter(tokens), &[], paths);
    }
    let found = named.iter().map(|(module, paths)| {
        let targets = paths.iter().filter_map(|path| path.file(module, &named));
        let others = targets.filter(|target| !are_one_house(module, target));
        (module.clone(), others.collect())
    });
    Ok(found.collect())
}

/// The same between the modules that stand side by side in `parent`, each with all that is below it.
pub(crate) fn modules(files: &Uses, parent: &[String]) -> Uses {
    let child = |file: &Module| {
        let is_below = file.len() > parent.len() && file.starts_with(parent);
        is_below.then(|| file[..=parent.len()].to_vec())
    };
    let mut uses = Uses::new();
    for (file, targets) in files {
        let Some(module) = child(file) else { continue };
        let others = targets.iter().filter_map(child).filter(|target| *target != module);
        let others: Vec<_> = others.collect();
        uses.entry(module).or_default().extend(others);
    }
    uses
}

/// Every `.rs` file in a folder and in those below it.
pub(crate) fn rust_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).with_context(|| folder.display().to_string())?;
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() && !path.ends_with(super::BUILT) {
                folders.push(path);
            } else if path.extension() == Some(OsStr::new("rs")) {
                found.push(path);
            }
        }
    }
    Ok(found)
}

fn module_of(file: &Path) -> Module {
    let file = file.with_extension("");
    let mut names: Vec<_> = file.iter().map(|name| name.to_string_lossy().into_owned()).collect();
    if names
        .last()
        .is_some_and(|name| matches!(name.as_str(), "lib" | "main" | "mod"))
    {
        names.pop();
    }
    names
}

fn are_one_house(one: &[String], other: &[String]) -> bool {
    one.starts_with(other) || other.starts_with(one)
}

/// A path as it is written, and where.
#[derive(Clone)]
struct Written {
    /// The modules in braces, within the file, around it.
    inside: Vec<String>,
    names: Vec<String>,
}

impl Written {
    fn new(inside: &[String]) -> Self {
        Self {
            inside: inside.to_vec(),
            names: Vec::new(),
        }
    }

    /// The file of `module`'s package that it leads to, if it stays within the package.
    fn file<T>(&self, module: &Module, files: &BTreeMap<Module, T>) -> Option<Module> {
        let mut at = [module.as_slice(), &self.inside].concat();
        let mut rest = self.names.as_slice();
        match rest.first().map(String::as_str) {
            Some("crate") => {
                at.clear();
                rest = &rest[1..];
            }
            Some("self") => rest = &rest[1..],
            Some("super") => {
                while let [first, others @ ..] = rest
                    && first == "super"
                {
                    at.pop();
                    rest = others;
                }
            }
            // Another package's, or a child's.
            Some(first) if !files.contains_key(&[at.as_slice(), &[first.to_owned()]].concat()) => return None,
            _ => {}
        }
        at.extend_from_slice(rest);
        // The last names are those of things in the file.
        while !files.contains_key(&at) {
            at.pop()?;
        }
        Some(at)
    }
}

/// Adds the paths of `use` lines, and those that begin with `crate`, `self` or `super` anywhere else.
fn collect(tokens: &[TokenTree], inside: &[String], paths: &mut Vec<Written>) {
    let mut rest = tokens;
    while let [token, after @ ..] = rest {
        rest = match (token, after) {
            (TokenTree::Punct(sign), [TokenTree::Group(attribute), after @ ..]) if sign.as_char() == '#' => {
                if is_for_tests(attribute) {
                    behind_item(after)
                } else {
                    after
                }
            }
            (TokenTree::Ident(word), _) if word == "use" => {
                let end = after
                    .iter()
                    .position(|token| is_sign(token, ';'))
                    .unwrap_or(after.len());
                use_trees(&after[..end], &Written::new(inside), paths);
                &after[end..]
            }
            (TokenTree::Ident(word), _) if word == "crate" || word == "self" || word == "super" => {
                let (written, after) = path(rest, inside);
                // One word is a receiver, or how far something is public.
                if written.names.len() > 1 {
                    paths.push(written);
                }
                after
            }
            (TokenTree::Ident(word), [TokenTree::Ident(name), TokenTree::Group(body), after @ ..]) if word == "mod" => {
                let inside = [inside, &[name.to_string()]].concat();
                collect(&Vec::from_iter(body.stream()), &inside, paths);
                after
            }
            (TokenTree::Group(group), _) => {
                collect(&Vec::from_iter(group.stream()), inside, paths);
                after
            }
            _ => after,
        };
    }
}

/// Tokens without the items that only tests use, where those stand side by side with the rest.
pub(crate) fn without_tests(tokens: TokenStream) -> Vec<TokenTree> {
    let tokens = Vec::from_iter(tokens);
    let mut kept = Vec::new();
    let mut rest = tokens.as_slice();
    while let [token, after @ ..] = rest {
        rest = match after {
            [TokenTree::Group(attribute), after @ ..] if is_sign(token, '#') && is_for_tests(attribute) => {
                behind_item(after)
            }
            _ => {
                kept.push(token.clone());
                after
            }
        };
    }
    kept
}

/// Whether an attribute's brackets hold `cfg(test)`.
fn is_for_tests(attribute: &Group) -> bool {
    attribute.stream().to_string().replace(' ', "") == "cfg(test)"
}

/// What follows an item: its braces, or its semicolon.
fn behind_item(tokens: &[TokenTree]) -> &[TokenTree] {
    let is_end = |token: &TokenTree| match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        token => is_sign(token, ';'),
    };
    let end = tokens.iter().position(is_end);
    end.map_or(&[], |end| &tokens[end + 1..])
}

/// A path at the beginning of the tokens, and what follows it.
fn path<'t>(tokens: &'t [TokenTree], inside: &[String]) -> (Written, &'t [TokenTree]) {
    let mut written = Written::new(inside);
    let mut rest = tokens;
    while let [TokenTree::Ident(name), after @ ..] = rest {
        written.names.push(name.to_string());
        rest = match after {
            [first, second, after @ ..] if is_sign(first, ':') && is_sign(second, ':') => after,
            _ => return (written, after),
        };
    }
    (written, rest)
}

/// Adds the paths of a `use` line's trees, which commas divide; all begin with `before`.
fn use_trees(tokens: &[TokenTree], before: &Written, paths: &mut Vec<Written>) {
    for tree in tokens.split(|token| is_sign(token, ',')) {
        let mut written = before.clone();
        let mut braces = None;
        for token in tree {
            match token {
                TokenTree::Ident(word) if word == "as" => break,
                TokenTree::Ident(name) => written.names.push(name.to_string()),
                TokenTree::Group(group) => braces = Some(Vec::from_iter(group.stream())),
                _ => {}
            }
        }
        match braces {
            Some(trees) => use_trees(&trees, &written, paths),
            None => paths.push(written),
        }
    }
}

/// Whether a token is this sign.
pub(crate) fn is_sign(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The paths that a text names.
    fn named(text: &str) -> Vec<String> {
        let mut paths = Vec::new();
        let tokens: TokenStream = text.parse().expect("tokens");
        collect(&Vec::from_iter(tokens), &[], &mut paths);
        let join = |path: &Written| [path.inside.as_slice(), &path.names].concat().join("::");
        paths.iter().map(join).collect()
    }

    #[test]
    fn paths_are_found_wherever_they_stand() {
        let text =
            "use crate::a::{self as other, b::C, d::{E, F}, *}; fn f(self, x: super::g::H) { crate::i::j!(self.k); }";
        let wanted = [
            "crate::a::self",
            "crate::a::b::C",
            "crate::a::d::E",
            "crate::a::d::F",
            "crate::a",
            "super::g::H",
            "crate::i::j",
        ];
        assert_eq!(named(text), wanted);
        assert_eq!(
            named("mod m { use super::n; } pub(crate) use o::p;"),
            ["m::super::n", "o::p"]
        );
    }

    #[test]
    fn comments_strings_and_tests_are_no_uses() {
        assert!(named("// crate::a::B\n/* use c; */ const D: &str = \"crate::e\";").is_empty());
        let tests = "#[cfg(test)] mod tests { use super::a; } #[cfg(test)] use crate::b; use crate::c;";
        assert_eq!(named(tests), ["crate::c"]);
    }
}
