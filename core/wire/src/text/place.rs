//! Whether a character is fit where it stands: joiners, looks of emoji and piles of marks depend on their neighbours.

use unicode_normalization::char::canonical_combining_class;
use unicode_properties::UnicodeEmoji as _;
use unicode_script::{Script, UnicodeScript as _};

use super::character::{CharacterKind, is_nonspacing_mark, kind};

/// More marks than this on one letter pile up over the lines around it. Real writing has at most five.
pub const MOST_MARKS: usize = 6;

/// Follows a text from its beginning, and judges each character by what stands before and after it.
#[derive(Debug, Default)]
pub(super) struct Place {
    /// The last character that stayed.
    previous: Option<char>,
    /// The last that stayed and is not a mark: what joiners join.
    base: Option<char>,
    /// Marks since then.
    marks: usize,
}

impl Place {
    /// Whether `character` may stay, with `next` after it. The caller keeps it then, or says what became of it by
    /// [`Place::replaced`].
    pub(super) fn admits(&mut self, character: char, next: Option<char>) -> bool {
        let is_mark = is_nonspacing_mark(character);
        let fit = match kind(character) {
            CharacterKind::Control
            | CharacterKind::LineBreak
            | CharacterKind::Bidi
            | CharacterKind::Invisible
            | CharacterKind::Noncharacter => false,
            CharacterKind::Joiner => self.joins(character, next),
            CharacterKind::EmojiStyle => self.chooses_a_look(next),
            CharacterKind::Mark => !is_mark || self.marks < MOST_MARKS,
            CharacterKind::PrivateUse | CharacterKind::Unassigned | CharacterKind::Space | CharacterKind::Visible => {
                true
            }
        };
        if fit {
            self.kept(character, is_mark);
        }
        fit
    }

    /// The last character was replaced by something that joins nothing. Marks that come now still count as the last letter's:
    /// a pile doesn't become two by what is written out in between.
    pub(super) fn replaced(&mut self) {
        self.previous = None;
        self.base = None;
    }

    /// A blank or a line break was written.
    pub(super) fn separated(&mut self) {
        *self = Self::default();
    }

    fn kept(&mut self, character: char, is_mark: bool) {
        self.previous = Some(character);
        match kind(character) {
            CharacterKind::Joiner | CharacterKind::EmojiStyle => {}
            CharacterKind::Mark => self.marks += usize::from(is_mark),
            _ => {
                self.base = Some(character);
                self.marks = 0;
            }
        }
    }

    /// Between two pictures ZWJ makes one of them. Between letters of a script that needs it a joiner says whether they
    /// touch, and behind a virama how it looks, whatever comes then.
    fn joins(&self, joiner: char, next: Option<char>) -> bool {
        let Some(previous) = self.previous else { return false };
        let is_between_pictures = joiner == '\u{200d}'
            && (is_picture(previous) || (kind(previous) == CharacterKind::EmojiStyle))
            && next.is_some_and(is_picture);
        let Some(base) = self.base else { return false };
        if is_between_pictures {
            return true;
        }
        if !base.is_alphabetic() || !joins_letters(base.script()) || kind(previous) == CharacterKind::Joiner {
            return false;
        }
        let is_letter = |next: char| next.is_alphabetic() && kind(next) == CharacterKind::Visible;
        canonical_combining_class(previous) == VIRAMA
            || next.is_some_and(|next| is_letter(next) && next.script() == base.script())
    }

    /// Behind an emoji, and between a key of a telephone and the frame that makes a keycap of it.
    fn chooses_a_look(&self, next: Option<char>) -> bool {
        match self.previous {
            Some('0'..='9' | '#' | '*') => next == Some('\u{20e3}'),
            Some(previous) => is_picture(previous),
            None => false,
        }
    }
}

/// The canonical combining class of viramas.
const VIRAMA: u8 = 9;

/// An emoji that is a picture also by itself: digits, `#` and `*` are emoji only by name.
fn is_picture(character: char) -> bool {
    !character.is_ascii() && character.is_emoji_char()
}

/// Scripts in use today in which joiners change what is read: those of UAX #31, section 2.3.
fn joins_letters(script: Script) -> bool {
    matches!(
        script,
        Script::Adlam
            | Script::Arabic
            | Script::Bengali
            | Script::Devanagari
            | Script::Gujarati
            | Script::Gurmukhi
            | Script::Kannada
            | Script::Khmer
            | Script::Malayalam
            | Script::Mongolian
            | Script::Myanmar
            | Script::Nko
            | Script::Oriya
            | Script::Sinhala
            | Script::Syriac
            | Script::Tamil
            | Script::Telugu
    )
}
