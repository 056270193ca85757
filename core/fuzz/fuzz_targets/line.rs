//! Lines as a person types them, for a command with some params.
//!
//! `cargo fuzz run line -- -max_len=2048` in `core/fuzz`. A finding becomes a file of `corpus/line`, named for what it shows and
//! ending in `.frame`: `cargo test` replays it from then on.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../wire/tests/wire/checks/mod.rs"]
mod checks;

fuzz_target!(|bytes: &[u8]| checks::line(bytes));
