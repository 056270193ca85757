//! The table: what each character does, wherever it stands.

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory as _};

/// What a character does to the text that it stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CharacterKind {
    /// Acts on a terminal: C0, DEL and C1, but for the line breaks. A tab is one too.
    Control,
    /// Ends a line: LF, VT, FF, CR, NEL, and the separators of lines and paragraphs.
    LineBreak,
    /// Changes the direction of the text around it.
    Bidi,
    /// Takes part in the text without being seen.
    Invisible,
    /// ZWJ and ZWNJ: invisible too, but several scripts and pictures made of pictures can't do without.
    Joiner,
    /// U+FE0E and U+FE0F: choose between the two looks of an emoji, and are nothing anywhere else.
    EmojiStyle,
    /// Never a character of any text, by Unicode's own rule.
    Noncharacter,
    /// Means whatever a font says.
    PrivateUse,
    /// No character yet, as far as this build's tables know. It shows as a box, or as what a newer font has.
    Unassigned,
    /// Goes with the character before it: an accent, a vowel's sign.
    Mark,
    /// A blank of any width.
    Space,
    /// Shows itself.
    Visible,
}

/// What `character` does.
pub fn kind(character: char) -> CharacterKind {
    match character {
        ' ' => CharacterKind::Space,
        '!'..='~' => CharacterKind::Visible,
        '\n'..='\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => CharacterKind::LineBreak,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => CharacterKind::Bidi,
        '\u{200c}' | '\u{200d}' => CharacterKind::Joiner,
        '\u{fe0e}' | '\u{fe0f}' => CharacterKind::EmojiStyle,
        _ if is_noncharacter(character) => CharacterKind::Noncharacter,
        _ if shows_as_nothing(character) => CharacterKind::Invisible,
        _ => by_category(character),
    }
}

fn by_category(character: char) -> CharacterKind {
    match character.general_category() {
        GeneralCategory::Control => CharacterKind::Control,
        GeneralCategory::Format if !is_visible_format(character) => CharacterKind::Invisible,
        GeneralCategory::PrivateUse => CharacterKind::PrivateUse,
        GeneralCategory::Unassigned | GeneralCategory::Surrogate => CharacterKind::Unassigned,
        GeneralCategory::NonspacingMark | GeneralCategory::SpacingMark | GeneralCategory::EnclosingMark => {
            CharacterKind::Mark
        }
        GeneralCategory::SpaceSeparator => CharacterKind::Space,
        _ => CharacterKind::Visible,
    }
}

/// What Unicode calls `Default_Ignorable_Code_Point` and isn't of the category `Cf` (no crate of a reasonable size has that
/// property), and what is blank in every font all the same: the braille pattern without dots, the null notehead, and signs that
/// only fill a place or choose how their neighbours look, of Brahmi, Egyptian, Khitan and Duployan. The signs that stack letters
/// in Khmer, Burmese and others are blank too, but these scripts can't be written without them: they are marks.
fn shows_as_nothing(character: char) -> bool {
    matches!(character,
        '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{2065}' | '\u{2800}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0d}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1107f}' | '\u{13440}'..='\u{13442}'
        | '\u{16fe4}' | '\u{1bc9d}' | '\u{1d159}' | '\u{e0000}'..='\u{e0fff}')
}

/// Of the category `Cf`, and seen all the same: signs around Arabic, Syriac and Kaithi numbers (`Prepended_Concatenation_Mark`).
fn is_visible_format(character: char) -> bool {
    matches!(
        character,
        '\u{600}'..='\u{605}' | '\u{6dd}' | '\u{70f}' | '\u{890}' | '\u{891}' | '\u{8e2}' | '\u{110bd}' | '\u{110cd}'
    )
}

fn is_noncharacter(character: char) -> bool {
    let number = u32::from(character);
    number & 0xfffe == 0xfffe || matches!(character, '\u{fdd0}'..='\u{fdef}')
}

/// Whether a character by itself acts on a terminal, turns text round, or is there without being seen. Joiners are among
/// them, since it takes their neighbours to justify them: see [`is_clean`](super::is_clean).
pub fn is_hidden(character: char) -> bool {
    matches!(
        kind(character),
        CharacterKind::Control
            | CharacterKind::LineBreak
            | CharacterKind::Bidi
            | CharacterKind::Invisible
            | CharacterKind::Joiner
            | CharacterKind::Noncharacter
    )
}

/// Whether a character stands above, below or around the one before it and takes no room of its own.
pub fn is_nonspacing_mark(character: char) -> bool {
    !character.is_ascii()
        && matches!(
            character.general_category(),
            GeneralCategory::NonspacingMark | GeneralCategory::EnclosingMark
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_seen_is_known() {
        for (kind_of, characters) in [
            (CharacterKind::Control, "\0\u{1}\t\u{1b}\u{7f}\u{80}\u{9b}\u{9f}"),
            (CharacterKind::LineBreak, "\n\u{b}\u{c}\r\u{85}\u{2028}\u{2029}"),
            (
                CharacterKind::Bidi,
                "\u{61c}\u{200e}\u{200f}\u{202a}\u{202e}\u{2066}\u{2069}",
            ),
            (
                CharacterKind::Invisible,
                "\u{ad}\u{34f}\u{115f}\u{1160}\u{17b4}\u{180e}\u{200b}\u{2060}\u{2064}\u{2065}\u{206a}\u{2800}\u{3164}\
                 \u{fe00}\u{feff}\u{ffa0}\u{fff0}\u{fff9}\u{1107f}\u{13430}\u{13440}\u{13441}\u{13442}\u{16fe4}\u{1bc9d}\u{1bca0}\u{1d159}\u{1d173}\u{e0001}\u{e0041}\u{e007f}\u{e0100}\u{e01ef}",
            ),
            (CharacterKind::Joiner, "\u{200c}\u{200d}"),
            (CharacterKind::EmojiStyle, "\u{fe0e}\u{fe0f}"),
            (CharacterKind::Noncharacter, "\u{fdd0}\u{ffff}\u{1fffe}\u{10ffff}"),
            (CharacterKind::PrivateUse, "\u{e000}\u{f0000}"),
            (CharacterKind::Unassigned, "\u{378}\u{1fbff}"),
            (CharacterKind::Mark, "\u{301}\u{93f}\u{94d}\u{17d2}\u{20e3}"),
            (CharacterKind::Space, " \u{a0}\u{2003}\u{3000}"),
            (CharacterKind::Visible, "a~é日👍©\u{600}\u{6dd}\u{fffd}\u{1f3fb}"),
        ] {
            for character in characters.chars() {
                assert_eq!(kind(character), kind_of, "U+{:04X}", u32::from(character));
            }
        }
    }

    /// By `Default_Ignorable_Code_Point` of Unicode 16's `DerivedCoreProperties.txt`.
    #[test]
    fn what_unicode_has_fonts_ignore_is_never_visible() {
        let ignorable = [
            ('\u{ad}', '\u{ad}'),
            ('\u{34f}', '\u{34f}'),
            ('\u{61c}', '\u{61c}'),
            ('\u{115f}', '\u{1160}'),
            ('\u{17b4}', '\u{17b5}'),
            ('\u{180b}', '\u{180f}'),
            ('\u{200b}', '\u{200f}'),
            ('\u{202a}', '\u{202e}'),
            ('\u{2060}', '\u{206f}'),
            ('\u{3164}', '\u{3164}'),
            ('\u{fe00}', '\u{fe0f}'),
            ('\u{feff}', '\u{feff}'),
            ('\u{ffa0}', '\u{ffa0}'),
            ('\u{fff0}', '\u{fff8}'),
            ('\u{1bca0}', '\u{1bca3}'),
            ('\u{1d173}', '\u{1d17a}'),
            ('\u{e0000}', '\u{e0fff}'),
        ];
        for character in ignorable.into_iter().flat_map(|(first, last)| first..=last) {
            let hidden = is_hidden(character) || kind(character) == CharacterKind::EmojiStyle;
            assert!(hidden, "U+{:04X}", u32::from(character));
        }
    }

    #[test]
    fn nothing_of_the_category_format_passes_for_visible_by_mistake() {
        let shown: String = ('\0'..=char::MAX)
            .filter(|&character| character.general_category() == GeneralCategory::Format && !is_hidden(character))
            .collect();
        assert_eq!(
            shown,
            "\u{600}\u{601}\u{602}\u{603}\u{604}\u{605}\u{6dd}\u{70f}\u{890}\u{891}\u{8e2}\u{110bd}\u{110cd}"
        );
    }
}
