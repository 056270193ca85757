//! What Tab offers.

use caracola_sdk::Candidate;

use crate::started::{ANA, Started};

#[test]
fn names_are_offered_in_the_folder_that_is_typed() {
    let started = Started::new();
    started.run(&[
        "mkdir -p notes/old",
        "touch notes/new nine .hidden ./-dash",
        "touch 'a b'",
    ]);
    let offered = |command: &str, param: &str, typed: &str| {
        let request = started.plugin.call(command).person(ANA.person).argument(param, typed);
        request.candidates()
    };
    let same = |command: &str, param: &str, typed: &str, expected: &[&str]| {
        let expected: Vec<Candidate> = expected.iter().map(|value| Candidate::new(*value)).collect();
        assert_eq!(offered(command, param, typed), expected, "{command} {typed}");
    };
    same("cat", "paths", "n", &["nine", "notes/"]);
    same("cat", "paths", "N", &["nine", "notes/"]);
    same("cat", "paths", "", &["./-dash", "a b", "nine", "notes/"]);
    same("cat", "paths", ".h", &[".hidden"]);
    same("cat", "paths", "notes/", &["notes/new", "notes/old/"]);
    same("cat", "paths", "/notes/o", &["/notes/old/"]);
    same("cat", "paths", "~/ni", &["~/nine"]);
    same("cat", "paths", "~", &["~/"]);
    same("cat", "paths", "../../ni", &["../../nine"]);
    same("cd", "folder", "n", &["notes/"]);
    same("cat", "paths", "none/", &[]);
    same("cat", "paths", "nine/", &[]);
    same("cat", "paths", "a\0/", &[]);
    started.run(&["cd notes"]);
    same("cat", "paths", "", &["new", "old/"]);
    let other = started.plugin.call("cat").person("ben").argument("paths", "");
    assert_eq!(other.candidates(), []);
}
