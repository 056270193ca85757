//! What an adversary tried, against the real binary: one module for each kind of attack, in its bounded form. The long
//! forms are in `core/benches`.
#![allow(clippy::print_stderr, reason = "what a test may do, its helpers may")]

mod descriptors;
mod door;
mod fence;
mod half_written;
mod hostile;
mod households;
mod logins;
mod machine_errors;
mod memory_bounds;
mod never_readers;
mod new_code;
mod one_line;
mod passwords;
mod quotas;
mod removed;
mod runs;
mod sent_ahead;
mod server_user;
mod silence;
mod spawner;
mod unfit_text;

use caracola_testing::{Builder, TestServer};

fn builder() -> Builder {
    TestServer::builder().binary(env!("CARGO_BIN_EXE_caracolad"))
}
