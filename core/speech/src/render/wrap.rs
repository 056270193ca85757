//! Breaks text into lines.

use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};
use unicode_width::UnicodeWidthStr;

/// Text in lines of at most `width` columns. A line that is too long is broken between words; what follows is indented
/// like it. Blanks within lines stay, since they may align things; blanks at the ends of lines go.
pub(super) fn text(text: &str, width: usize) -> String {
    let mut lines = Vec::new();
    for line in text.trim_end().lines() {
        let indent = line.len() - line.trim_start_matches(' ').len();
        // What follows is never indented so far that a line is mostly blanks: each of a million words would have them before it.
        let lead = &line[..indent];
        indented(&mut lines, line.trim(), lead, indent.min(width / 2), width);
    }
    lines.join("\n")
}

/// Adds `paragraph`, one line of text, to `lines`: first after `lead`, then after `indent` columns of blanks.
pub fn indented(lines: &mut Vec<String>, paragraph: &str, lead: &str, indent: usize, width: usize) {
    let paragraph = paragraph.trim_start_matches(' ');
    if paragraph.is_empty() {
        // Without a word, textwrap would leave out the lead too.
        lines.push(lead.trim_end().to_owned());
        return;
    }
    let blanks = " ".repeat(indent);
    let options = Options::new(width)
        .initial_indent(lead)
        .subsequent_indent(&blanks)
        .break_words(false)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(WrapAlgorithm::FirstFit);
    let wrapped = textwrap::wrap(paragraph, options);
    lines.extend(wrapped.iter().map(|line| line.trim_end().to_owned()));
}

/// Adds `label` to `lines` and `paragraph` beside it, from column `column` on; under it where that leaves too little room.
pub fn beside(lines: &mut Vec<String>, label: &str, paragraph: &str, column: usize, width: usize) {
    /// Columns in which a sentence can still be read.
    const READABLE: usize = 30;
    const INDENT: usize = 4;
    let used = label.width();
    if used < column && column + READABLE <= width {
        let lead = format!("{label}{}", " ".repeat(column - used));
        indented(lines, paragraph, &lead, column, width);
    } else {
        lines.push(label.to_owned());
        indented(lines, paragraph, &" ".repeat(INDENT), INDENT, width);
    }
}

/// As much of a text as fits into `width` columns, with `…` where something was left out.
pub fn shortened(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut kept = String::new();
    for character in text.chars() {
        kept.push(character);
        // Measured as a whole: the width of some characters depends on the one after them.
        if kept.width() >= width {
            kept.pop();
            break;
        }
    }
    kept.truncate(kept.trim_end().len());
    kept.push('…');
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_broken_between_words() {
        assert_eq!(text("one two three", 7), "one two\nthree");
        assert_eq!(text("one two three", 80), "one two three");
        assert_eq!(text("  one two three\n\nfour", 8), "  one\n  two\n  three\n\nfour");
        assert_eq!(
            text("a https://example.org/long b", 10),
            "a\nhttps://example.org/long\nb"
        );
        assert_eq!(text("a   b\n", 80), "a   b");
        assert_eq!(text("", 80), "");
    }

    #[test]
    fn blanks_before_a_line_are_not_multiplied() {
        let hostile = format!("{}{}", " ".repeat(30_000), "a ".repeat(15_000));
        let wrapped = text(&hostile, 80);
        assert!(wrapped.len() < 3 * hostile.len(), "{}", wrapped.len());
        assert_eq!(wrapped.split_whitespace().count(), 15_000);
    }

    #[test]
    fn wide_characters_take_two_columns() {
        assert_eq!(text("日本 日本 日本", 9), "日本 日本\n日本");
        assert_eq!(shortened("日本日本", 5), "日本…");
        assert_eq!(shortened("e\u{301}a", 2), "e\u{301}a");
        assert_eq!(shortened("one two", 5), "one…");
        assert_eq!(shortened("one", 3), "one");
    }

    proptest::proptest! {
        #[test]
        fn no_word_is_lost_and_no_line_too_long(words in proptest::collection::vec("[a-zñ日]{1,6}", 0..20), width in 12usize..40) {
            let wrapped = text(&words.join(" "), width);
            assert_eq!(wrapped.split_whitespace().collect::<Vec<_>>(), words);
            assert!(wrapped.lines().all(|line| line.width() <= width), "{wrapped}");
        }

        #[test]
        fn shortened_text_fits(text in ".{0,40}", width in 1usize..30) {
            assert!(shortened(&text, width).width() <= width);
        }
    }
}
