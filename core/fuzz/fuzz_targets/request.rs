//! Bytes as a server receives them: requests, framed and typed.
//!
//! `cargo fuzz run request -- -max_len=2048` in `core/fuzz`. A finding becomes a file of `corpus/request`, named for what it shows
//! and ending in `.frame`: `cargo test` replays it from then on.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../wire/tests/wire/checks/mod.rs"]
mod checks;

fuzz_target!(|bytes: &[u8]| checks::request(bytes));
