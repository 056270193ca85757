//! `caracola.h` is what the crate says: made from it, of the same layout, and good C and C++.
#![allow(clippy::expect_used, reason = "what a test may do, its helpers may")]

mod compile;
mod generate;
mod layout;
