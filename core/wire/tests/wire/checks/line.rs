//! The grammar of lines.

use caracola_wire::ParamEntry;
use caracola_wire::line::{
    Expected, Parameter, Parser, Role, Word, arguments_of, corpus, flags_among, quoted, takes_secret, tells_secret,
    words, words_to_cursor,
};

/// Whatever the text is: nothing panics, and what holds for one line holds for each. Its first line is the params of a command
/// as the corpus of lines writes them, `folder --depth -a!`; the others are typed.
pub(crate) fn line(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let mut lines = text.split('\n');
    let params = corpus::params(lines.next().unwrap_or_default());
    for line in lines {
        spans(line);
        joined_again(line);
        roles(line, &params);
        sent(line, &params);
        // Splitting again for every place in a long line would take quadratic time.
        let step = line.chars().count() / 32 + 1;
        for (cursor, _) in line.char_indices().step_by(step) {
            typed(&line[..cursor], &params);
        }
        typed(line, &params);
    }
}

/// Words and the blanks between them are all of a line, and each word is itself where it stands.
pub(crate) fn spans(line: &str) {
    let is_blank = |gap: &str| gap.chars().all(|gap| gap == ' ' || gap == '\t');
    let mut from = 0;
    for word in words(line) {
        assert!(is_blank(&line[from..word.start]));
        assert!(word.start < word.end && word.end <= line.len());
        assert!(word.open.is_none() || word.end == line.len());
        let alone = words(&line[word.start..word.end]);
        assert_eq!(alone.len(), 1);
        assert_eq!(alone[0].text, word.text);
        from = word.end;
    }
    assert!(is_blank(&line[from..]));
}

/// The words of a line, typed again with the quotes that they need, are the same words.
pub(crate) fn joined_again(line: &str) {
    let texts = texts(words(line));
    let again: Vec<_> = texts.iter().map(|word| quoted(word)).collect();
    let read: Result<Vec<_>, _> = words(&again.join(" ")).into_iter().map(Word::checked).collect();
    assert_eq!(read, Ok(texts));
}

/// Each word has one role, which names params that there are, and what it says fits what came before it.
pub(crate) fn roles(line: &str, params: &[ParamEntry]) {
    let words = texts(words(line));
    let mut parser = Parser::new(params);
    for word in &words {
        let (awaited, was_rest) = (parser.awaited(), parser.in_rest());
        let role = parser.take(word);
        assert_eq!(matches!(role, Role::FlagValue(_)), awaited.is_some(), "{role:?}");
        assert!(!was_rest || matches!(role, Role::Rest(_)), "{role:?}");
        match role {
            Role::Value(param) => assert!(params[param].flag().is_none()),
            Role::Rest(param) => assert!(params[param].is_rest() && parser.in_rest()),
            Role::FlagValue(param) => assert_eq!(awaited, Some(param)),
            Role::Flag(param) => {
                assert_eq!(params[param].flag(), Some(word.as_str()));
                assert_eq!(parser.awaited(), Some(param));
            }
            Role::FlagWithValue { param, value } => {
                let flag = params[param].flag().expect("it has one");
                assert_eq!(*word, format!("{flag}={value}"));
            }
            Role::Switch(param) => assert!(params[param].is_switch()),
            Role::SwitchWithValue(param) => assert!(params[param].is_switch() && word.contains('=')),
            Role::Switches(letters) => {
                let switches: Vec<usize> = parser.switches(letters).collect();
                assert_eq!(switches.len(), letters.chars().count());
                assert!(switches.into_iter().all(|param| params[param].is_switch()));
            }
            Role::FlagsEnd => assert!(word == "--" && !parser.takes_flags()),
            Role::UnknownFlag => assert!(word.starts_with('-')),
            Role::TooMany => assert_eq!(parser.next_position(), None),
        }
    }
    let flags = flags_among(&words, params);
    assert_eq!(flags.len(), params.len());
    let mut typed = flags.iter().zip(params);
    assert!(typed.all(|(typed, param)| !typed || param.flag().is_some()));
    assert!(!tells_secret(&words, params) || takes_secret(params));
}

/// What is sent of a line has the roles that it had as it was typed, and is the words of the line up to where its rest begins.
pub(crate) fn sent(line: &str, params: &[ParamEntry]) {
    let Ok(sent) = arguments_of(line, 0, params) else {
        return;
    };
    let typed = words(line);
    let (mut of_typed, mut of_sent) = (Parser::new(params), Parser::new(params));
    for (number, word) in sent.iter().enumerate() {
        let is_rest_next = of_typed.awaited().is_none()
            && of_typed
                .next_position()
                .is_some_and(|position| params[position].is_rest());
        let (role, typed) = (of_sent.take(word), &typed[number]);
        let role_typed = of_typed.take(&typed.text);
        // The rest is sent as it was typed, its quotes and all that follows included: whether that begins with a dash of a
        // flag's is not what its first word alone says.
        let is_begun_by_dash = is_rest_next && number + 1 == sent.len() && typed.text.starts_with('-');
        assert!(role == role_typed || is_begun_by_dash, "{role:?} {role_typed:?}");
        if matches!(role, Role::Rest(_)) {
            assert_eq!(number + 1, sent.len());
            return;
        }
    }
    if !params.iter().any(Parameter::is_rest) {
        assert_eq!(sent, texts(typed));
    }
}

/// The word at the cursor is the last, and what could stand there begins as it does.
pub(crate) fn typed(line: &str, params: &[ParamEntry]) {
    let to_cursor = words_to_cursor(line);
    let last = to_cursor.last().expect("there is always one");
    assert_eq!(last.end, line.len());
    let whole = words(line);
    assert!(to_cursor[..whole.len()] == whole[..]);
    assert!(to_cursor.len() - whole.len() <= 1);

    let mut parser = Parser::new(params);
    for word in &to_cursor[..to_cursor.len() - 1] {
        parser.take(&word.text);
    }
    match parser.expected(&last.text) {
        Expected::Value {
            position,
            prefix,
            begun,
        } => {
            assert!(position < params.len());
            assert_eq!(format!("{prefix}{begun}"), last.text);
        }
        Expected::Flag { begun } => assert_eq!(begun, last.text),
        Expected::Nothing => {}
    }
}

pub(crate) fn texts(words: Vec<Word>) -> Vec<String> {
    words.into_iter().map(|word| word.text).collect()
}
