//! A typed line is split into words as a POSIX shell splits, and never expanded.

use std::borrow::Cow;

use thiserror::Error;

/// Why a line can't be sent.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LineError {
    /// A quote that is never closed.
    #[error("missing closing quote")]
    Quote(char),
    /// Something that means much to a shell and nothing here.
    #[error("`{0}` means nothing here")]
    Operator(String),
}

/// One word of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Without its quotes and backslashes.
    pub text: String,
    /// Where it begins in the line, in bytes.
    pub start: usize,
    /// Where it ends in the line, in bytes; for a word whose quote is open this is the end of the line.
    pub end: usize,
    /// The quote that is still open at the end of the line.
    pub open: Option<char>,
    /// The first thing in it that a shell would act upon.
    operator: Option<String>,
}

impl AsRef<str> for Word {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl Word {
    /// Its text, if it may be sent.
    pub fn checked(self) -> Result<String, LineError> {
        if let Some(operator) = self.operator {
            return Err(LineError::Operator(operator));
        }
        match self.open {
            Some(quote) => Err(LineError::Quote(quote)),
            None => Ok(self.text),
        }
    }
}

/// Splits all of `line`; the last word may have its quote open, as it has while it is being typed.
pub fn words(line: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut from = 0;
    while let Some(word) = next_word(line, from) {
        from = word.end;
        words.push(word);
    }
    words
}

/// Splits what was typed up to the cursor. The last word, of which there is always one, is the one at the cursor; it is empty
/// where a new one would begin.
pub fn words_to_cursor(typed: &str) -> Vec<Word> {
    let mut words = words(typed);
    if words.last().is_none_or(|word| word.end < typed.len()) {
        words.push(Word {
            text: String::new(),
            start: typed.len(),
            end: typed.len(),
            open: None,
            operator: None,
        });
    }
    words
}

/// A word as it can be typed: between quotes if it would not be one word, and the same word, without them.
pub fn quoted(word: &str) -> Cow<'_, str> {
    let needs_quotes = |character: char| " '\"\\|;&$`<>".contains(character) || character.is_control();
    if !word.is_empty() && !word.contains(needs_quotes) {
        return Cow::Borrowed(word);
    }
    Cow::Owned(format!("'{}'", word.replace('\'', "'\\''")))
}

fn next_word(line: &str, from: usize) -> Option<Word> {
    let start = from + line[from..].find(|character: char| !is_blank(character))?;
    let mut word = Word {
        text: String::new(),
        start,
        end: line.len(),
        open: None,
        operator: None,
    };
    let mut characters = line[start..].char_indices().peekable();
    while let Some((offset, character)) = characters.next() {
        let rest = &line[start + offset..];
        match (word.open, character) {
            (None, blank) if is_blank(blank) => {
                word.end = start + offset;
                break;
            }
            (None, '\'' | '"') => {
                word.open = Some(character);
                continue;
            }
            (Some(quote), _) if quote == character => {
                word.open = None;
                continue;
            }
            (None, '\\') => match characters.next() {
                Some((_, escaped)) => word.text.push(escaped),
                None => word.text.push('\\'),
            },
            (Some('"'), '\\') => match characters.peek().copied() {
                Some((_, escaped)) if "\\\"$`".contains(escaped) => {
                    characters.next();
                    word.text.push(escaped);
                }
                _ => word.text.push('\\'),
            },
            _ => word.text.push(character),
        }
        // What came by an escape isn't seen here: `rest` begins with the backslash then.
        if word.operator.is_none() && word.open != Some('\'') {
            word.operator = operator(rest, word.open.is_some()).map(str::to_owned);
        }
    }
    Some(word)
}

fn is_blank(character: char) -> bool {
    character == ' ' || character == '\t'
}

/// The shell's sign that `text` begins with; between double quotes a shell still expands `$` and backquotes.
fn operator(text: &str, quoted: bool) -> Option<&str> {
    let mut characters = text.chars();
    let first = characters.next()?;
    let second = characters.next();
    let starts_name = |character: char| character.is_ascii_alphabetic() || "_({?".contains(character);
    match (first, second) {
        ('$', Some(next)) if starts_name(next) => Some(&text[..2]),
        ('`', _) => Some("`"),
        _ if quoted => None,
        ('|', Some('|')) | ('&', Some('&')) | ('>', Some('>')) | ('<', Some('<')) => Some(&text[..2]),
        ('|' | ';' | '>' | '<', _) => Some(&text[..1]),
        // An address such as http://host/?a=1&b=2 is not an attempt at a job in the background.
        ('&', None | Some(' ' | '\t')) => Some("&"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(line: &str) -> Result<Vec<String>, LineError> {
        words(line).into_iter().map(Word::checked).collect()
    }

    fn split(line: &str) -> Vec<String> {
        words(line).into_iter().map(|word| word.text).collect()
    }

    #[test]
    fn splits_like_a_posix_shell() {
        for (line, expected) in [
            ("", vec![]),
            ("  \t ", vec![]),
            ("ls -l", vec!["ls", "-l"]),
            ("  ls\t -l  ", vec!["ls", "-l"]),
            ("a 'b  c' d", vec!["a", "b  c", "d"]),
            ("a \"b 'c' \\\"d\\\" \\e\"", vec!["a", "b 'c' \"d\" \\e"]),
            ("a'b'\"c\"d", vec!["abcd"]),
            ("a\\ b c\\\\", vec!["a b", "c\\"]),
            ("'' \"\"", vec!["", ""]),
            ("*.txt ~ {a,b} #no", vec!["*.txt", "~", "{a,b}", "#no"]),
            ("ünï 日本", vec!["ünï", "日本"]),
        ] {
            assert_eq!(split(line), expected, "{line}");
        }
    }

    #[test]
    fn says_where_words_are_and_what_is_open() {
        let words = words("ls  'a b");
        assert_eq!((words[1].start, words[1].end, words[1].open), (4, 8, Some('\'')));
        assert_eq!(checked("ls 'a"), Err(LineError::Quote('\'')));
    }

    #[test]
    fn a_shells_signs_are_refused_unless_quoted() {
        let operator = |sign: &str| Err(LineError::Operator(sign.to_owned()));
        for (line, sign) in [
            ("ls | wc", "|"),
            ("ls || true", "||"),
            ("ls; pwd", ";"),
            ("ls && pwd", "&&"),
            ("ls &", "&"),
            ("ls $HOME", "$H"),
            ("ls \"$(pwd)\"", "$("),
            ("ls ${X}", "${"),
            ("ls `pwd`", "`"),
            ("ls > file", ">"),
            ("ls 2>>file", ">>"),
            ("wc < file", "<"),
        ] {
            assert_eq!(checked(line), operator(sign), "{line}");
        }
        for line in [
            "ls '|' \";\" '$HOME' \\; \\$HOME \\&",
            "ls http://host/?a=1&b=2",
            "ls costs 5$ $5",
            "ls \"a > b & c\"",
        ] {
            assert!(checked(line).is_ok(), "{line}");
        }
    }

    #[test]
    fn the_word_at_the_cursor_comes_last() {
        let at_cursor = |typed| {
            let words = words_to_cursor(typed);
            let last = words.last().expect("there is always one");
            (words.len(), last.text.clone(), last.start)
        };
        for (typed, expected) in [
            ("", (1, "", 0)),
            ("ls", (1, "ls", 0)),
            ("ls ", (2, "", 3)),
            ("ls 'a ", (2, "a ", 3)),
            ("ls a\\ ", (2, "a ", 3)),
        ] {
            let (count, text, start) = at_cursor(typed);
            assert_eq!((count, text.as_str(), start), expected, "{typed}");
        }
    }

    #[test]
    fn what_needs_quotes_gets_them() {
        assert_eq!(quoted("plain"), "plain");
        assert_eq!(quoted("mkdir-ünï#~*"), "mkdir-ünï#~*");
        assert_eq!(quoted("two words"), "'two words'");
        assert_eq!(quoted("it's"), "'it'\\''s'");
        assert_eq!(quoted("a|b"), "'a|b'");
        assert_eq!(quoted("a\\b"), "'a\\b'");
        assert_eq!(quoted("$X"), "'$X'");
        assert_eq!(quoted("a\tb"), "'a\tb'");
        assert_eq!(quoted("a\u{1b}"), "'a\u{1b}'");
        assert_eq!(quoted(""), "''");
    }
}
