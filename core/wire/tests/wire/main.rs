//! The wire from outside: byte by byte, rule by rule, by properties, and against a codec that we did not write.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "what a test may do, its helpers may"
)]

mod checks;
mod corpus;
mod golden;
mod limits;
mod lines;
mod oracle;
mod properties;
mod requests;
