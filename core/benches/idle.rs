//! What an idle session costs: the server's resident memory for two thousand of them, over what it has without.
//! `cargo bench --bench idle`; `$SESSIONS` says how many.
#![allow(clippy::print_stdout, reason = "it prints what it measured")]

use anyhow::Result;
use caracola_testing::TestServer;

fn main() -> Result<()> {
    let sessions = std::env::var("SESSIONS")
        .ok()
        .and_then(|sessions| sessions.parse().ok());
    let sessions: u64 = sessions.unwrap_or(2000);
    let server = TestServer::builder()
        .binary(env!("CARGO_BIN_EXE_caracolad"))
        .more_config("[limits]\nsessions = 100000\nsessions_per_address = 100000\n")
        .argument("--log-level")
        .argument("warn")
        .start()?;
    server.connect()?.request(&["PING"])?;
    let before = server.resident_memory()?;
    let mut here = Vec::new();
    for _ in 0..sessions {
        let mut session = server.connect()?;
        session.request(&["PING"])?;
        here.push(session);
    }
    let after = server.resident_memory()?;
    println!(
        "{sessions} idle sessions: {} KiB before, {} KiB after, {} bytes each",
        before / 1024,
        after / 1024,
        after.saturating_sub(before) / sessions.max(1)
    );
    Ok(())
}
