//! Texts for people: the languages that a catalogue has, and which texts of a file lack one.

mod languages;
mod translations;

pub use languages::LanguageId;
pub(crate) use languages::{Languages, MOST_LANGUAGES};
pub(crate) use translations::Translations;
