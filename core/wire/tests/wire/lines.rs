//! What holds for every line that can be typed.

use caracola_wire::ParamEntry;
use caracola_wire::line::{Parser, Role, Word, arguments_of, quoted, words, words_to_cursor};
use proptest::collection::vec;
use proptest::prelude::*;

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

fn texts(words: Vec<Word>) -> Vec<String> {
    words.into_iter().map(|word| word.text).collect()
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
        let mut from = 0;
        for word in words(&line) {
            prop_assert!(line[from..word.start].chars().all(|gap| gap == ' ' || gap == '\t'));
            prop_assert!(word.start < word.end && word.end <= line.len());
            prop_assert_eq!(word.open.is_some() && word.end < line.len(), false);
            let alone = words(&line[word.start..word.end]);
            prop_assert_eq!(alone.len(), 1);
            prop_assert_eq!(&alone[0].text, &word.text);
            from = word.end;
        }
        prop_assert!(line[from..].chars().all(|gap| gap == ' ' || gap == '\t'));
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
    fn the_last_word_to_the_cursor_ends_there(line in line()) {
        let to_cursor = words_to_cursor(&line);
        prop_assert_eq!(to_cursor.last().map(|word| word.end), Some(line.len()));
        let whole = words(&line);
        prop_assert!(to_cursor[..whole.len()] == whole[..]);
    }

    #[test]
    fn what_is_sent_has_the_roles_that_was_typed(line in line(), rest in any::<bool>(), allow_dash in any::<bool>()) {
        let last = ParamEntry { rest, list: !rest, allow_dash, ..ParamEntry::default() };
        let params = params(&last);
        let Ok(sent) = arguments_of(&line, 0, &params) else {
            return Ok(());
        };
        let typed = words(&line);
        let (mut of_typed, mut of_sent) = (Parser::new(&params), Parser::new(&params));
        for (number, word) in sent.iter().enumerate() {
            let (role, typed) = (of_sent.take(word), &typed[number]);
            let role_typed = of_typed.take(&typed.text);
            // The rest is sent as it was typed, its quotes and all that follows included: whether that begins with a dash of a
            // flag's is not what its first word alone says.
            let is_begun_by_dash = rest && number + 1 == sent.len() && typed.text.starts_with('-');
            prop_assert!(role == role_typed || is_begun_by_dash, "{role:?} {role_typed:?}");
            if matches!(role, Role::Rest(_)) {
                prop_assert_eq!(number + 1, sent.len());
                return Ok(());
            }
        }
        if !rest {
            prop_assert_eq!(sent, texts(typed));
        }
    }
}
