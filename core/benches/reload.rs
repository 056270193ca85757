//! A bounded soak test: a reload every 100 ms under load, the file alternating between two versions. No request fails,
//! and no reply is half of one version and half of the other. `cargo bench --bench reload -- 60`; the number is that of
//! the seconds.
#![allow(clippy::print_stdout, reason = "it prints what it measured")]

#[expect(dead_code, reason = "what only tests use")]
#[path = "../tests/programs/exec/lab.rs"]
mod lab;
#[path = "../tests/programs/exec/versions.rs"]
mod versions;

use std::time::Duration;

use anyhow::Result;

fn main() -> Result<()> {
    let seconds = std::env::args()
        .find_map(|argument| argument.parse().ok())
        .unwrap_or(60);
    let lab = lab::serve(&versions::commands(0))?;
    let before = lab.server.resident_memory()?;
    let path = lab.path("commands.toml");
    let counts = versions::alternate(&lab.server, &path, lab::config, Duration::from_secs(seconds))?;
    println!(
        "{seconds} s: {counts:?}; resident memory {} KiB before, {} KiB after",
        before / 1024,
        lab.server.resident_memory()? / 1024
    );
    Ok(())
}
