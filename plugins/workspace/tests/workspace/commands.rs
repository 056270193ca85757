//! What each command does.

mod changes;
mod navigation;
mod search;
mod text;

use crate::started::{ANA, Started, Who};

#[test]
fn all_errors_speak_both_languages() {
    let started = Started::new();
    started.run(&["mkdir d", "touch f"]);
    for line in [
        "cat none",
        "cat d",
        "cd f",
        "rm d",
        "mkdir d",
        "rm -r /",
        "cp f",
        "cp f f",
        "grep x",
        "ls -z",
        "cat 'a\u{7}'",
    ] {
        let english = started.error(line).1;
        let spanish = started.answer_to(Who { language: "es", ..ANA }, line);
        let spanish = spanish.error().message();
        assert_ne!(english, spanish, "{line}");
        assert!(!english.contains('\u{7}') && !spanish.contains('\u{7}'), "{line}");
    }
}
