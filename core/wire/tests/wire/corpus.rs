//! What the fuzzers start from and what they found, replayed through the checks that they run.

use std::fs;
use std::path::Path;

use crate::checks;

#[track_caller]
fn replay(target: &str, check: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../fuzz/corpus")
        .join(target);
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
