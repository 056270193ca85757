//! Measuring and folding text that has already been made harmless; colour sequences take no room.

use std::borrow::Cow;

use textwrap::core::{Word, display_width};
use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};

/// Columns that `text` takes on one line.
pub(crate) fn width(text: &str) -> usize {
    display_width(text)
}

/// `text` cut to `columns`, ending in `…` when something was cut.
pub(crate) fn truncate(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    if columns == 0 {
        return String::new();
    }
    let whole = Word::from(text);
    // A part has one character at least, even where that is too wide.
    let first = whole
        .break_apart(columns - 1)
        .next()
        .filter(|part| part.width < columns);
    format!("{}…", first.map_or("", |part| part.word))
}

/// `text` padded with blanks to `columns`.
pub(crate) fn pad(text: &str, columns: usize) -> String {
    let missing = columns.saturating_sub(width(text));
    let mut out = text.to_owned();
    // Not by `{:missing$}`, which panics from 65,536 on.
    out.extend(std::iter::repeat_n(' ', missing));
    out
}

/// Each line of `text` folded at blanks to `columns`; the parts of a line keep its indentation. Words that are too long are cut.
pub(crate) fn fold(text: &str, columns: usize) -> Vec<String> {
    text.lines().flat_map(|line| fold_line(line, columns.max(1))).collect()
}

/// As [`fold`], every line painted and with its line end.
pub(crate) fn painted(text: &str, columns: usize, paint: impl Fn(&str) -> String) -> String {
    let mut out = String::new();
    for line in fold(text, columns) {
        out.push_str(&paint(&line));
        out.push('\n');
    }
    out
}

/// As [`fold`], every line after `indent` blanks, joined by newlines with one at the end.
pub(crate) fn indented(text: &str, indent: usize, columns: usize) -> String {
    let mut out = String::new();
    for line in fold(text, columns.saturating_sub(indent)) {
        out.extend(std::iter::repeat_n(' ', indent));
        out.push_str(&line);
        out.push('\n');
    }
    out
}

fn fold_line(line: &str, columns: usize) -> Vec<String> {
    if width(line) <= columns {
        return vec![line.to_owned()];
    }
    let text = line.trim_start_matches(' ');
    let indent = " ".repeat((line.len() - text.len()).min(columns / 2));
    let options = Options::new(columns)
        .initial_indent(&indent)
        .subsequent_indent(&indent)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(WrapAlgorithm::FirstFit);
    let lines = textwrap::wrap(text, options);
    lines.into_iter().map(Cow::into_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_at_blanks_and_keeps_the_indentation() {
        assert_eq!(fold("one two three", 7), ["one two", "three"]);
        assert_eq!(fold("  one two three", 9), ["  one two", "  three"]);
        assert_eq!(fold("a\n\nb", 5), ["a", "", "b"]);
    }

    #[test]
    fn cuts_words_that_are_too_long() {
        assert_eq!(fold("abcdefgh ij", 3), ["abc", "def", "gh", "ij"]);
        assert_eq!(fold("x", 0), ["x"]);
    }

    #[test]
    fn measures_what_is_seen() {
        assert_eq!(width("\x1b[1;31mred\x1b[0m"), 3);
        assert_eq!(width("日本"), 4);
        assert_eq!(fold("日本語", 4), ["日本", "語"]);
        assert_eq!(fold("\x1b[31mab cd\x1b[0m", 2), ["\x1b[31mab", "cd\x1b[0m"]);
    }

    #[test]
    fn truncates_and_pads() {
        assert_eq!(truncate("abcdef", 4), "abc…");
        assert_eq!(truncate("日本語", 4), "日…");
        assert_eq!(truncate("abc", 0), "");
        assert_eq!(pad("日", 4), "日  ");
    }
}
