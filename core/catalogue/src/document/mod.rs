//! A document in TOML, read with the places of its values: tables and their keys, values of every form, and all that is wrong
//! with them, told at once.

mod keys;
mod section;
mod text;
mod units;
mod whole;

pub(crate) use keys::{COUNT, Form, Keys, WORDS, key, required};
pub(crate) use section::Located;
pub use section::{Section, Value};
pub(crate) use units::{DURATION_FORM, SIZE_FORM, duration, size};
pub use whole::read;
pub(crate) use whole::read_into;
