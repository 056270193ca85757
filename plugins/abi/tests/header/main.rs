//! `caracola.h` is what the crate says: made from it, of the same layout, and good C and C++.

mod compile;
mod generate;
mod layout;
