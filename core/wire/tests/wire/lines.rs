//! What holds for every line that can be typed: the checks of the fuzzer, with lines that are made for it, and what takes a
//! splitter that we did not write.

use caracola_wire::ParamEntry;
use caracola_wire::line::{Word, quoted, words};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::checks::{self, texts};

/// Lines of what means something in one: blanks, quotes, backslashes, dashes, a shell's signs, characters of several bytes.
fn line() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[ \t]{1,3}",
        "['\"\\\\]",
        "-{1,2}[abx]{0,3}",
        "[a-c=ñ日]{1,4}",
        "[|;&$`<>#*~\u{a0}]",
    ];
    vec(piece, 0..16).prop_map(|pieces| pieces.concat())
}

/// `cmd [-a] [-b] [--x X] FIRST`, and what else it takes.
fn params(last: &ParamEntry) -> Vec<ParamEntry> {
    let flag = |flag: &str, kind: &str| ParamEntry {
        kind: kind.into(),
        flag: Some(flag.into()),
        ..ParamEntry::default()
    };
    let flags = [flag("-a", "boolean"), flag("-b", "boolean"), flag("--x", "string")];
    flags.into_iter().chain([ParamEntry::default(), last.clone()]).collect()
}

proptest! {
    #[test]
    fn spans_cover_the_words_and_nothing_else(line in line()) {
        checks::spans(&line);
    }

    #[test]
    fn a_line_is_split_as_a_posix_shell_splits_it(line in line()) {
        // Comments are none of ours, and neither is a line that goes on.
        prop_assume!(!line.contains('#') && !line.ends_with('\\'));
        match shell_words::split(&line) {
            Ok(expected) => prop_assert_eq!(texts(words(&line)), expected),
            Err(_) => prop_assert!(words(&line).last().is_some_and(|word| word.open.is_some())),
        }
    }

    #[test]
    fn quoted_words_are_the_same_words_again(expected in vec("[ -~ñ\t\u{7}]{0,8}", 0..6)) {
        let line: Vec<_> = expected.iter().map(|word| quoted(word)).collect();
        let read: Result<Vec<_>, _> = words(&line.join(" ")).into_iter().map(Word::checked).collect();
        prop_assert_eq!(read, Ok(expected));
    }

    #[test]
    fn words_are_the_same_when_they_are_typed_again(line in line()) {
        checks::joined_again(&line);
    }

    #[test]
    fn the_last_word_to_the_cursor_ends_there(line in line(), rest in any::<bool>()) {
        let last = ParamEntry { rest, list: !rest, ..ParamEntry::default() };
        checks::typed(&line, &params(&last));
    }

    #[test]
    fn what_is_sent_has_the_roles_that_was_typed(line in line(), rest in any::<bool>(), allow_dash in any::<bool>()) {
        let last = ParamEntry { rest, list: !rest, allow_dash, ..ParamEntry::default() };
        let params = params(&last);
        checks::roles(&line, &params);
        checks::sent(&line, &params);
    }
}
