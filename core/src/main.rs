//! `caracolad`, the Caracola server: arguments, and what they ask for.

use std::alloc::System;
use std::process::ExitCode;

use caracola_core::cli::{self, Arguments};
use zeroizing_alloc::ZeroAlloc;

/// Wipes what is freed, so that a copy of a secret that nobody thought of doesn't stay behind.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    match cli::run(Arguments::of_this_program()) {
        Ok(code) => code,
        Err(error) => {
            // Each level of the error prints only itself.
            let mut sentence = error.to_string();
            for cause in error.chain().skip(1) {
                sentence.push_str(": ");
                sentence.push_str(&cause.to_string());
            }
            cli::complain(&sentence);
            ExitCode::FAILURE
        }
    }
}
