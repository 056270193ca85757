//! Measuring and folding text that has already been made harmless; colour sequences take no room.

use unicode_width::UnicodeWidthChar as _;

/// Columns that `text` takes on one line.
pub(crate) fn width(text: &str) -> usize {
    pieces(text).map(|piece| piece.width).sum()
}

/// `text` cut to `columns`, ending in `…` when something was cut.
pub(crate) fn truncate(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 0;
    for piece in pieces(text) {
        if used + piece.width + 1 > columns {
            break;
        }
        used += piece.width;
        out.push_str(piece.text);
    }
    if columns > 0 {
        out.push('…');
    }
    out
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
    let indent = (line.len() - text.len()).min(columns / 2);
    let mut lines = Vec::new();
    let mut current = " ".repeat(indent);
    let mut used = indent;
    for word in text.split(' ') {
        let size = width(word);
        if used > indent && used + 1 + size > columns {
            lines.push(std::mem::replace(&mut current, " ".repeat(indent)));
            used = indent;
        } else if used > indent {
            current.push(' ');
            used += 1;
        }
        for piece in pieces(word) {
            if used + piece.width > columns {
                lines.push(std::mem::replace(&mut current, " ".repeat(indent)));
                used = indent;
            }
            current.push_str(piece.text);
            used += piece.width;
        }
    }
    lines.push(current);
    lines
}

struct Piece<'a> {
    text: &'a str,
    width: usize,
}

/// The characters of a text with their widths; a colour sequence is one piece without width.
fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let character = rest.chars().next()?;
        let length = match rest.strip_prefix("\x1b[").and_then(|body| body.find('m')) {
            Some(end) => "\x1b[".len() + end + 1,
            None => character.len_utf8(),
        };
        let width = if character == '\x1b' {
            0
        } else {
            character.width().unwrap_or(0)
        };
        let (piece, after) = rest.split_at(length);
        rest = after;
        Some(Piece { text: piece, width })
    })
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
