//! Plugins in the server's process that take longer than they may.

use anyhow::{Context as _, Result};
use caracola_testing::{Connection, TestServer};
use caracola_wire::{Push, Value};

use crate::fixture::{Plugin, code};

const FOR_ALL: &str = "roles = [\"guest\"]";

/// A shell whose call of `function` has begun.
fn busy(server: &TestServer, function: &str) -> Result<Connection> {
    let mut shell = server.shell("busy")?;
    let length = function.len();
    shell.send(format!("*2\r\n$3\r\nRUN\r\n${length}\r\n{function}\r\n").as_bytes())?;
    shell.push_where(|push| matches!(push, Push::Out { .. }))?;
    Ok(shell)
}

#[test]
fn who_leaves_early_hides_no_call_that_overstays() -> Result<()> {
    let plugin = Plugin::new()?;
    let server = plugin.serve("none", FOR_ALL)?;
    for _ in 0..3 {
        let mut shell = busy(&server, "t.hang")?;
        shell.send(b"*1\r\n$6\r\nCANCEL\r\n")?;
        assert_eq!(code(&shell.reply()?), "CANCELLED");
    }
    let mut shell = server.shell("ana")?;
    let told = loop {
        // Those that are fine don't make it forgotten.
        if let Value::Error(error) = shell.request(&["RUN", "t.cd"])? {
            break error.to_string();
        }
    };
    assert!(told.contains("overstayed its time too often"), "{told}");
    Ok(())
}
