//! How a server starts, what it says then, and what it says when it can't.

mod arguments;
mod broken;
mod certificate;
mod init;
mod listening;
mod log;
mod private;
mod state;

use std::path::Path;
use std::process::Command;

use caracola_testing::{Finished, plain_command};

use crate::builder;

fn binary() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_caracolad"))
}

/// A command of the binary, with all that could change what it does taken out of the environment.
fn caracolad() -> Command {
    plain_command(binary())
}

/// It ended with `status`, said nothing to machines, and told a person why: with all of `parts`, and no trace of the
/// program's inside.
fn assert_refused(finished: &Finished, status: i32, parts: &[&str]) {
    let Finished { stdout, stderr, .. } = finished;
    assert_eq!(finished.status.code(), Some(status), "{stderr}");
    assert_eq!(stdout, "");
    for part in parts {
        assert!(stderr.contains(part), "{part:?} in {stderr}");
    }
    for inside in ["panicked", "backtrace", "src/", "Error {", "Os {", "\u{1b}"] {
        assert!(!stderr.contains(inside), "{inside:?} in {stderr}");
    }
}
