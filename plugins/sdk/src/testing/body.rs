//! What a plugin may answer.

use crate::{Card, Error, Table};

/// An answer of any kind.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "they are the functions of `caracola_abi::Host`")]
pub enum Body {
    Text(String),
    Card(Card),
    Table(Table),
    Image { png: Vec<u8>, alt: String },
    Error(Error),
}
