//! Text without what is unfit in it, for what people say to each other and what they are called.

use std::borrow::Cow;

use super::character::{CharacterKind, kind};
use super::place::Place;
use super::shown::color_sequence;

/// One line of `text`, without anything that acts on a terminal, turns text round or can't be seen: such characters are
/// taken out, and so are whole colour sequences. Line breaks and tabs become blanks. Joiners stay inside an emoji and between
/// letters that need them.
///
/// Cleaning twice is cleaning once.
pub fn clean(text: &str) -> Cow<'_, str> {
    if is_plain(text) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut place = Place::default();
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        if let Some(length) = color_sequence(rest) {
            rest = &rest[length..];
            continue;
        }
        rest = &rest[character.len_utf8()..];
        let character = match kind(character) {
            CharacterKind::LineBreak => ' ',
            _ if character == '\t' => ' ',
            _ => character,
        };
        if place.admits(character, rest.chars().next()) {
            out.push(character);
        }
    }
    Cow::Owned(out)
}

/// Whether [`clean`] leaves `text` as it is.
pub fn is_clean(text: &str) -> bool {
    if is_plain(text) {
        return true;
    }
    let mut place = Place::default();
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        if !place.admits(character, rest.clone().next()) {
            return false;
        }
    }
    true
}

/// The lines of `text`, each as [`clean`] leaves it, without those that nothing can be seen of.
pub fn lines(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|character| kind(character) == CharacterKind::LineBreak)
        .map(clean)
        .filter(|line| line.chars().any(|character| kind(character) != CharacterKind::Space))
        .map(Cow::into_owned)
}

fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::is_hidden;
    use super::*;

    #[test]
    fn what_people_write_stays() {
        for text in [
            "¡Hola, señora!",
            "日本語",
            "👨‍👩‍👧 👩🏽‍🚀 🏳️‍🌈 ❤️ ☎︎ 3️⃣ 👍🏽",
            "می‌خواهم",
            "क्‍ष क्‌ष",
            "ශ්‍රී ලංකාව",
            "അവന്‍ വന്നു",
            "e\u{301}",
            "שָׁלוֹם",
        ] {
            assert_eq!(clean(text), text);
            assert!(is_clean(text), "{text}");
        }
    }

    #[test]
    fn what_is_unfit_goes() {
        for (text, left) in [
            ("\u{1b}]2;PWNED\u{7}\u{1b}[2J", "]2;PWNED[2J"),
            ("\u{1b}[1;31mred\u{1b}[0m", "red"),
            ("\u{9b}2Ja\u{9d}0;x\u{9c}", "2Ja0;x"),
            ("a\u{202e}b\u{2066}c\u{200e}", "abc"),
            ("a\u{200d}b \u{200d}", "ab "),
            ("👨\u{200d}x 👨\u{200d}", "👨x 👨"),
            ("👨\u{200c}👩", "👨👩"),
            ("ب\u{200d}\u{200d}ب", "ب\u{200d}ب"),
            ("5\u{fe0f}x a\u{fe0f}", "5x a"),
            ("a\u{fe00}\u{e0061}\u{3164}\u{2800}\u{ad}b", "ab"),
            ("a\nb\tc\r", "a b c "),
            ("\u{1b}\u{1b}[31m[31mx", "[31mx"),
        ] {
            assert_eq!(clean(text), left, "{text:?}");
            assert!(!is_clean(text), "{text:?}");
        }
        let pile = format!("a{}", "\u{301}".repeat(40));
        assert_eq!(clean(&pile), format!("a{}", "\u{301}".repeat(6)));
    }

    #[test]
    fn lines_are_those_that_can_be_seen() {
        let text = "one\r\ntwo\u{2028}\u{202e}\u{85} \t\u{3000}\u{b}three\u{c}\u{1b}\n";
        assert_eq!(lines(text).collect::<Vec<_>>(), ["one", "two", "three"]);
        assert_eq!(lines("\u{3164}\u{200b}\u{2800}\n \r").count(), 0);
    }

    /// Text that is mostly trouble, and what trouble is made of.
    fn any_text() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            any::<char>().prop_map(String::from),
            proptest::sample::select(vec![
                "\u{1b}",
                "\u{1b}[31m",
                "[31m",
                "\u{200d}",
                "\u{200c}",
                "\u{fe0f}",
                "\u{20e3}",
                "1",
                "👨",
                "🏽",
                "ب",
                "\u{64e}",
                "क",
                "\u{94d}",
                "\u{93f}",
                "\u{301}",
                "\u{202e}",
                "\u{e0061}",
                "\n",
                "\t",
                "a",
                " "
            ])
            .prop_map(str::to_owned),
        ];
        proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn nothing_unfit_is_left_and_cleaning_twice_is_cleaning_once(text in any_text()) {
            let cleaned = clean(&text).into_owned();
            let left = |character: char| is_hidden(character) && kind(character) != CharacterKind::Joiner;
            prop_assert!(!cleaned.contains(left), "{:?} became {:?}", text, cleaned);
            prop_assert!(is_clean(&cleaned), "{:?} became {:?}", text, cleaned);
            prop_assert_eq!(&clean(&cleaned), &cleaned);
            prop_assert_eq!(is_clean(&text), cleaned == text);
            for line in lines(&text) {
                prop_assert!(is_clean(&line) && !line.trim().is_empty());
            }
        }

        #[test]
        fn a_joiner_stays_only_between_what_it_joins(before in any::<char>(), after in any::<char>()) {
            prop_assume!(before.is_ascii() || after.is_ascii());
            let text = format!("{before}\u{200d}\u{200c}{after}");
            let joiners = ['\u{200c}', '\u{200d}'];
            prop_assert!(!clean(&text).contains(joiners));
        }
    }
}
