//! Text that people wrote, and what of it may reach a terminal: the one table of unfit characters, for server, client and
//! plugins.
//!
//! - [`kind`] says what a single character does: shows itself, acts on the terminal, turns the text around it, or hides.
//! - [`clean`] and [`lines`] take out what is unfit, for what people say to each other: everybody gets the clean text,
//!   whatever they listen with.
//! - [`shown`] writes out what is unfit (`^[`, `<U+202E>`), for what must not lose a character: program output, replies.
//! - [`make_harmless`] does that to replies that are encoded already, for a session whose requests are typed.
//!
//! A joiner is fit where a script or a picture needs it, so whether a character is fit depends on its neighbours:
//! [`is_clean`] judges a whole text, [`is_hidden`] a character by itself, and more strictly.

mod character;
mod clean;
mod harmless;
mod place;
mod shown;

pub use character::{CharacterKind, is_hidden, is_nonspacing_mark, kind};
pub use clean::{clean, is_clean, lines};
pub use harmless::make_harmless;
pub use place::MOST_MARKS;
pub use shown::{Breaks, Colors, color_sequence, shown};
