//! Whatever is typed, in whatever order: what is outside stays as it is, and nobody has more than they may.

use std::os::unix::fs::symlink;

use caracola_sdk::testing::Body;
use proptest::prelude::*;

use crate::quota::used;
use crate::started::{ANA, Started, Who};

/// A path of few names, so that they meet, and of what is hostile.
fn path() -> impl Strategy<Value = String> {
    let name = prop_oneof![
        8 => "[abc]",
        2 => Just("..".to_owned()),
        1 => Just("link".to_owned()),
        1 => Just("*".to_owned()),
        1 => Just("~".to_owned()),
        1 => "\\PC{0,3}",
        1 => any::<char>().prop_map(String::from),
    ];
    (any::<bool>(), prop::collection::vec(name, 1..4)).prop_map(|(absolute, names)| {
        let slash = if absolute { "/" } else { "" };
        format!("{slash}{}", names.join("/"))
    })
}

/// A line with one or two paths.
fn line() -> impl Strategy<Value = Vec<String>> {
    let command = prop::sample::select(vec![
        "append", "cat", "cd", "cp", "cp -r", "cp -n", "find", "grep -r", "ls", "ls -l", "mkdir", "mkdir -p", "mv",
        "mv -n", "rm", "rm -r", "rm -rf", "touch", "tree", "write",
    ]);
    let text = prop_oneof!["[a-z ]{0,20}", (0..20_000_usize).prop_map(|length| "x".repeat(length))];
    (command, path(), path(), text).prop_map(|(command, one, other, text)| {
        let mut words: Vec<String> = command.split(' ').map(str::to_owned).collect();
        let more = match &*words[0] {
            "append" | "write" => vec![one, text],
            "cp" | "mv" | "grep" | "rm" | "touch" | "mkdir" => vec![one, other],
            _ => vec![one],
        };
        words.extend(more);
        words
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_leaves_and_nobody_has_too_much(lines in prop::collection::vec((0..2_u64, line()), 1..40)) {
        let started = Started::with(r#"{ "quota": "64KiB", "files": 12 }"#);
        started.run(&["touch c"]);
        symlink(started.outside(), started.ana().join("link")).unwrap();
        for (session, words) in lines {
            let answer = started.request(Who { session, ..ANA }, &words).answer();
            if let Some(Body::Error(error)) = answer.body() {
                prop_assert!(!error.message().contains(|letter: char| letter.is_control()), "{:?}", words);
                prop_assert!(!error.message().contains("root/users"), "{:?}: {}", words, error);
            }
            let (entries, bytes) = used(&started.ana());
            prop_assert!(entries <= 12 && bytes <= 64 << 10, "{:?}: {} {}", words, entries, bytes);
            started.assert_outside_is_untouched();
        }
        let (entries, bytes) = used(&started.ana());
        let quota = started.text("quota");
        let expected = format!("{entries} of 12 files and folders, {} KiB of 64 KiB", bytes / 1024);
        prop_assert!(quota.starts_with(&expected) || bytes == 0, "{} / {}", quota, expected);
    }
}
