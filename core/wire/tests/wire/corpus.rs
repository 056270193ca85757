//! What the fuzzers start from and what they found, replayed through the checks that they run.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use caracola_wire::line::corpus::{LINES, TYPED};

use crate::checks;

/// The folder of a fuzzer's corpus.
fn folder(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../fuzz/corpus")
        .join(target)
}

#[track_caller]
fn replay(target: &str, check: fn(&[u8])) {
    let folder = folder(target);
    let mut files: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(files.len() >= 10, "{} has {} files", folder.display(), files.len());
    for file in files {
        let bytes = fs::read(&file).unwrap();
        let outcome = std::panic::catch_unwind(|| check(&bytes));
        assert!(outcome.is_ok(), "{} fails the check above", file.display());
    }
}

#[test]
fn requests() {
    replay("request", checks::request);
}

#[test]
fn values() {
    replay("value", checks::value);
}

#[test]
fn messages() {
    replay("message", checks::message);
}

#[test]
fn lines() {
    replay("line", checks::line);
}

/// The fuzzer of lines begins with those of the corpus that all readers of lines are held to: one file for each command.
#[test]
fn the_fuzzer_of_lines_begins_with_their_corpus() {
    let lines = LINES.iter().map(|line| (line.params, line.typed));
    let typed = TYPED.iter().map(|line| (line.params, line.typed));
    let mut seeds: BTreeMap<&str, String> = BTreeMap::new();
    for (params, line) in lines.chain(typed) {
        let seed = seeds.entry(params).or_insert_with(|| params.to_owned());
        seed.push('\n');
        seed.push_str(line);
    }
    for (params, seed) in seeds {
        let file = folder("line").join(format!("{}.frame", file_name(params)));
        let stored = fs::read_to_string(&file).unwrap_or_default();
        assert_eq!(stored, seed, "what {} should be, to the right", file.display());
    }
}

/// `folder --depth -a! text...^` as a file may be called: `folder-depth-a_switch-text_rest_dash`.
fn file_name(params: &str) -> String {
    let marks = [
        ("...", "_rest"),
        ("*", "_list"),
        ("!", "_switch"),
        ("^", "_dash"),
        ("$", "_secret"),
    ];
    let words = params.split_whitespace().map(|param| param.trim_start_matches('-'));
    let name = words.collect::<Vec<_>>().join("-");
    let name = marks.iter().fold(name, |name, (mark, word)| name.replace(mark, word));
    if name.is_empty() { "nothing".to_owned() } else { name }
}
