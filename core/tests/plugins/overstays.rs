//! Plugins in the server's process that take longer than they may.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use caracola_testing::{Connection, TestServer};
use caracola_wire::{Push, Value};

use crate::fixture::{Plugin, code};

pub(crate) const FOR_ALL: &str = "roles = [\"guest\"]";

/// A shell whose call of `function` has begun.
pub(crate) fn busy(server: &TestServer, function: &str) -> Result<Connection> {
    let mut shell = server.shell("busy")?;
    let length = function.len();
    shell.send(format!("*2\r\n$3\r\nRUN\r\n${length}\r\n{function}\r\n").as_bytes())?;
    shell.push_where(|push| matches!(push, Push::Out { .. }))?;
    Ok(shell)
}

#[test]
fn who_leaves_early_hides_no_call_that_overstays() -> Result<()> {
    let plugin = Plugin::new()?;
    // As many places as one guest needs beside three calls that hang.
    let server = plugin.serve("none", &format!("{FOR_ALL}\nmax_running = 12"))?;
    for _ in 0..3 {
        let mut shell = busy(&server, "t.hang")?;
        shell.send(b"*1\r\n$6\r\nCANCEL\r\n")?;
        assert_eq!(code(&shell.reply()?), "CANCELLED");
    }
    let mut shell = server.shell("ana")?;
    let began = Instant::now();
    let told = loop {
        ensure!(began.elapsed() < Duration::from_secs(10), "nothing was counted");
        // Those that are fine don't make it forgotten.
        if let Value::Error(error) = shell.request(&["RUN", "t.cd"])? {
            break error.to_string();
        }
    };
    assert!(told.contains("exceeded its time limit too often"), "{told}");
    Ok(())
}

#[test]
fn a_short_call_that_waits_for_a_long_one_stalls_nobody() -> Result<()> {
    let plugin = Plugin::new()?;
    plugin.build("1", &["-DFLAGS=CARACOLA_FLAG_SERIAL"])?;
    let server = plugin.serve("none", FOR_ALL)?;
    let mut busy = busy(&server, "t.wait")?;
    // As many as the server has threads, and more.
    let threads = std::thread::available_parallelism()?.get();
    let mut shells = Vec::new();
    for number in 0..2 * threads {
        let mut shell = server.shell(&format!("shell{number}"))?;
        shell.send(b"*3\r\n$3\r\nRUN\r\n$7\r\nt.greet\r\n$3\r\nana\r\n")?;
        shells.push(shell);
    }
    let mut other = server.connect().context("nobody answers")?;
    assert_eq!(other.request(&["PING"])?, Value::Simple("PONG".into()));
    busy.send(b"*1\r\n$6\r\nCANCEL\r\n")?;
    assert_eq!(code(&busy.reply()?), "CANCELLED");
    for mut shell in shells {
        let reply = shell.reply()?;
        let text = reply.map_value("text").and_then(Value::as_str);
        assert_eq!(text, Some("Hello ana from 1"), "{reply:?}");
    }
    Ok(())
}
