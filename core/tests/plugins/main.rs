//! Plugins from outside, loaded by the real binary: a library in C that does as it should, and in `hostile` one that doesn't.
#![allow(clippy::print_stdout, reason = "what a test may do, its helpers may")]

mod calls;
mod files;
mod fixture;
mod hostile;
mod judged;
mod overstays;
mod reload;
mod shares;
mod stops;

use caracola_testing::{Builder, TestServer};

fn builder() -> Builder {
    TestServer::builder().binary(env!("CARGO_BIN_EXE_caracolad"))
}
