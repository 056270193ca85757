//! The one gate for text that others wrote: what could move a cursor, set a title or hide text is made visible.
//!
//! **Invariant:** nothing that came from the server reaches a terminal except through [`line()`], [`text()`] or
//! [`colored()`].

use std::borrow::Cow;

use caracola_wire::text::{Breaks, Colors, color_sequence, shown};

pub(crate) use caracola_wire::text::is_hidden;

/// More bytes than this of colours upon colours are forgotten.
const MAX_STYLE: usize = 128;

/// For names, messages and everything else that stays on one line: not even a newline passes.
pub(crate) fn line(text: &str) -> Cow<'_, str> {
    shown(text, Breaks::Shown, Colors::Shown)
}

/// For prose of several lines: newlines pass, and tabs as blanks.
pub(crate) fn text(text: &str) -> Cow<'_, str> {
    shown(text, Breaks::Kept, Colors::Shown)
}

/// As [`text`], and colours pass too if `keep`; they end with the text. Otherwise they are left out.
pub(crate) fn colored(text: &str, keep: bool) -> Cow<'_, str> {
    shown(text, Breaks::Kept, if keep { Colors::Kept } else { Colors::Dropped })
}

/// The colours that `text` leaves on, as the sequences that put them on.
pub(crate) fn style_at_end(text: &str) -> String {
    let mut style = String::new();
    for (place, _) in text.match_indices('\x1b') {
        let Some(length) = color_sequence(&text[place..]) else {
            continue;
        };
        let sequence = &text[place..place + length];
        let body = &sequence["\x1b[".len()..length - 1];
        // The 0 of `38;5;0` is a colour's number. Such a sequence is kept, and does what it does when it is said again.
        let is_extended = body.contains("38") || body.contains("48");
        let ends_plain = body.is_empty() || (!is_extended && body.rsplit([';', ':']).next() == Some("0"));
        if ends_plain || style.len() + length > MAX_STYLE {
            style.clear();
        }
        if !ends_plain {
            style.push_str(sequence);
        }
    }
    style
}

#[cfg(test)]
mod tests {
    use caracola_wire::text::MOST_MARKS;

    use super::*;

    #[test]
    fn plain_text_passes_untouched() {
        for harmless in ["ls -l", "¡Hola, señora!", "日本語", "naïve", "👩‍🚀 ❤️ 👍🏽", "e\u{301}"]
        {
            assert_eq!(line(harmless), harmless);
            assert_eq!(colored(harmless, true), harmless);
        }
        assert!(matches!(line("ls"), Cow::Borrowed(_)));
    }

    #[test]
    fn nothing_moves_the_cursor_or_sets_a_title() {
        for hostile in [
            "\x1b[2J",
            "\x1b[1A\x1b[2Kls: ok",
            "\x1b]0;owned\x07",
            "\x1b]8;;http://evil\x1b\\click\x1b]8;;\x1b\\",
            "\x1bP+q544e\x1b\\",
            "\u{9b}2J",
            "\u{9d}0;owned\u{9c}",
            "\rroot# ",
            "back\x08\x08\x08",
            "\x1bc",
            "\x0e\x0f",
            "\x1b[?1049h",
            "\x1b[6n",
            "\x7f",
            "\0",
        ] {
            for cleaned in [line(hostile), text(hostile), colored(hostile, true)] {
                assert!(!cleaned.chars().any(char::is_control), "{hostile:?} became {cleaned:?}");
            }
        }
        assert_eq!(line("\x1b[2J"), "^[[2J");
        assert_eq!(line("a\r\nb"), "a^M^Jb");
    }

    #[test]
    fn nothing_hides_or_turns_round() {
        for hidden in [
            '\u{202e}',
            '\u{2066}',
            '\u{2069}',
            '\u{200e}',
            '\u{61c}',
            '\u{200b}',
            '\u{200c}',
            '\u{200d}',
            '\u{2060}',
            '\u{feff}',
            '\u{ad}',
            '\u{e0041}',
            '\u{e007f}',
            '\u{e0100}',
            '\u{2028}',
            '\u{3164}',
            '\u{2800}',
        ] {
            let hostile = format!("a{hidden}b");
            assert_eq!(line(&hostile), format!("a<U+{:04X}>b", u32::from(hidden)));
        }
    }

    #[test]
    fn colour_passes_where_it_may_and_ends_with_the_text() {
        assert_eq!(colored("\x1b[1;31mred", true), "\x1b[1;31mred\x1b[0m");
        assert_eq!(colored("\x1b[38;5;208mx\x1b[m", true), "\x1b[38;5;208mx\x1b[m\x1b[0m");
        assert_eq!(colored("\x1b[38;2;1;2;3mx", true), "\x1b[38;2;1;2;3mx\x1b[0m");
        assert_eq!(line("\x1b[31mred"), "^[[31mred");
        assert_eq!(colored("\x1b[31mred\x1b[0m\x1b[2J", false), "red^[[2J");
    }

    #[test]
    fn colours_that_are_left_on_are_known() {
        assert_eq!(style_at_end("a\x1b[31mb\x1b[1mc"), "\x1b[31m\x1b[1m");
        assert_eq!(style_at_end("\x1b[31ma\x1b[mb"), "");
        assert_eq!(style_at_end("\x1b[31ma\x1b[1;0mb\x1b[4mc"), "\x1b[4m");
        assert_eq!(style_at_end("\x1b[38;5;0ma"), "\x1b[38;5;0m");
        assert_eq!(style_at_end("\x1b[8mhidden\x1b[2J"), "");
        assert!(style_at_end(&"\x1b[31m".repeat(1000)).len() <= MAX_STYLE);
    }

    #[test]
    fn what_only_looks_like_colour_does_not() {
        for hostile in [
            "\x1b[8mhidden",
            "\x1b[31;8mhidden",
            "\x1b[5mblink",
            "\x1b[38;5m",
            "\x1b[38;5;256m",
            "\x1b[38;9;1m",
            "\x1b[31;2J",
            "\x1b[31",
            "\x1b[999999999999999999999m",
            "\x1b[1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1m",
        ] {
            assert!(!colored(hostile, true).contains('\x1b'), "{hostile:?}");
        }
    }

    #[test]
    fn lines_and_tabs_of_prose_stay() {
        assert_eq!(text("a\tb\r\nc\n"), "a    b\nc\n");
        assert_eq!(line("a\tb"), "a^Ib");
    }

    #[test]
    fn marks_do_not_pile_up() {
        let pile = format!("a{}", "\u{301}".repeat(40));
        assert!(line(&pile).matches('\u{301}').count() == MOST_MARKS);
    }
}
