//! Languages, and text for people.

#![forbid(unsafe_code)]

pub mod amount;
pub mod excerpt;
mod language;
pub mod render;
pub mod sentences;

pub use language::{Language, LanguageError, Speech, Text};
