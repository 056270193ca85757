//! Text with what is unfit in it written out: nothing is lost, and nothing acts.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::place::Place;

/// A colour sequence longer than this many bytes is not a colour.
const MAX_COLOR_SEQUENCE: usize = 32;
/// What ends all colours.
const PLAIN: &str = "\x1b[0m";

/// What becomes of line breaks and tabs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Breaks {
    /// They are written out like everything else that acts.
    Shown,
    /// LF and CR LF pass as LF, and tabs as four blanks.
    Kept,
}

/// What becomes of a colour sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colors {
    /// It is written out like everything else that acts.
    Shown,
    /// It is left out.
    Dropped,
    /// It passes, and colours end with the text.
    Kept,
}

/// `text` with everything that could move a cursor, set a title or hide text made visible: `^[`, `<U+202E>`. Showing twice is
/// showing once.
pub fn shown(text: &str, breaks: Breaks, colors: Colors) -> Cow<'_, str> {
    let newlines = breaks == Breaks::Kept;
    if text
        .bytes()
        .all(|byte| (b' '..=b'~').contains(&byte) || (newlines && byte == b'\n'))
    {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut is_colored = false;
    let mut place = Place::default();
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        if colors != Colors::Shown
            && let Some(length) = color_sequence(rest)
        {
            if colors == Colors::Kept {
                is_colored = &rest[..length] != PLAIN;
                out.push_str(&rest[..length]);
                place.replaced();
            }
            rest = &rest[length..];
            continue;
        }
        let after = &rest[character.len_utf8()..];
        match character {
            '\n' if newlines => {
                out.push('\n');
                place.separated();
            }
            '\r' if newlines && after.starts_with('\n') => {}
            '\t' if newlines => {
                out.push_str("    ");
                place.separated();
            }
            _ if place.admits(character, after.chars().next()) => out.push(character),
            _ => {
                write_out(&mut out, character);
                place.replaced();
            }
        }
        rest = after;
    }
    if is_colored {
        out.push_str(PLAIN);
    }
    Cow::Owned(out)
}

/// Length of the colour sequence that `text` begins with: `ESC [ numbers m` whose every number is a colour or a weight. Conceal
/// (8) and blink (5, 6) are none: the first hides text.
pub fn color_sequence(text: &str) -> Option<usize> {
    let body = text.strip_prefix("\x1b[")?;
    let end = body
        .bytes()
        .take(MAX_COLOR_SEQUENCE)
        .position(|byte| !byte.is_ascii_digit() && byte != b';' && byte != b':')?;
    if body.as_bytes()[end] != b'm' {
        return None;
    }
    let mut numbers = body[..end].split([';', ':']).map(|number| {
        if number.is_empty() {
            Ok(0)
        } else {
            number.parse::<u16>()
        }
    });
    while let Some(number) = numbers.next() {
        match number.ok()? {
            0..=4 | 7 | 22..=24 | 27 | 30..=37 | 39..=47 | 49 | 90..=97 | 100..=107 => {}
            // An extended colour: 38;5;N or 38;2;R;G;B.
            38 | 48 => {
                let parts = match numbers.next()?.ok()? {
                    5 => 1,
                    2 => 3,
                    _ => return None,
                };
                for _ in 0..parts {
                    numbers.next()?.ok().filter(|part| *part <= 255)?;
                }
            }
            _ => return None,
        }
    }
    Some("\x1b[".len() + end + 1)
}

fn write_out(out: &mut String, character: char) {
    // Writing to a String cannot fail.
    let _ = match character {
        '\0'..='\x1f' => write!(out, "^{}", char::from(character as u8 + b'@')),
        '\x7f' => write!(out, "^?"),
        _ => write!(out, "<U+{:04X}>", u32::from(character)),
    };
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{CharacterKind, is_hidden, kind};
    use super::*;

    proptest! {
        #[test]
        fn nothing_but_colours_and_line_ends_acts(text in "(\\PC|\\pC|\u{1b}\\[[0-9;]{0,9}[mJ]|👨|\u{200d}|\n){0,24}") {
            for breaks in [Breaks::Shown, Breaks::Kept] {
                for colors in [Colors::Shown, Colors::Dropped, Colors::Kept] {
                    let once = shown(&text, breaks, colors).into_owned();
                    prop_assert_eq!(&shown(&once, breaks, colors), &once);
                    let mut rest = once.as_str();
                    while let Some(character) = rest.chars().next() {
                        let color = color_sequence(rest).filter(|_| colors == Colors::Kept);
                        let fit = color.is_some()
                            || !is_hidden(character)
                            || kind(character) == CharacterKind::Joiner
                            || (character == '\n' && breaks == Breaks::Kept);
                        prop_assert!(fit, "{:?} became {:?}", text, once);
                        rest = &rest[color.unwrap_or(character.len_utf8())..];
                    }
                }
            }
        }
    }
}
