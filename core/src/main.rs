//! `caracolad`, the Caracola server: arguments, and what they ask for.

use std::process::ExitCode;

use caracola_core::cli::{self, Arguments};
use tikv_jemallocator::Jemalloc;
use zeroizing_alloc::ZeroAlloc;

/// Wipes what is freed, so that a copy of a secret that nobody thought of doesn't stay behind; and gives memory back to the
/// system some seconds after it was freed, where glibc's allocator would keep most of it. OpenSSL and plugins have the same
/// allocator, by the names of C, and wipe for themselves.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<Jemalloc> = ZeroAlloc(Jemalloc);

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
