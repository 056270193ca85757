//! What can be survived in the server's own process. What can't, a fault, an abort, an exit or a full stack, is said in
//! `plugins/README.md`.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use caracola_testing::{error_code, framed};
use caracola_wire::{Push, Value};

use super::fixture::{BACK, TIMEOUT, is_back, report, serve, while_a_class_works};
use super::raw;
use crate::builder;

#[test]
fn a_panic_costs_one_call() -> Result<()> {
    let server = serve("none", "")?;
    let mut caller = server.shell("caller")?;
    while_a_class_works(&server, || {
        for _ in 0..5 {
            let reply = caller.request(&["RUN", "h.panic"])?;
            ensure!(error_code(&reply) == "FAILED", "{reply:?}");
            is_back(&mut caller)?;
        }
        server.wait_for_log("panic panicked: on purpose, with \\u{1b}[2J in it")
    })?;
    assert!(!server.log().contains('\u{1b}'), "{}", server.log());
    Ok(())
}

#[test]
fn hangs_hold_their_places_until_the_plugin_is_disabled_and_reloaded() -> Result<()> {
    // Of eight places one guest has three.
    let server = serve("none", "max_running = 8\nqueue = 1")?;
    let mut caller = server.shell("caller")?;
    while_a_class_works(&server, || {
        for _ in 0..3 {
            let began = Instant::now();
            let reply = caller.request(&["RUN", "h.hang"])?;
            ensure!(error_code(&reply) == "TIMEOUT", "{reply:?}");
            ensure!(began.elapsed() < TIMEOUT + BACK);
        }
        for session in [&mut caller, &mut server.connect()?] {
            let said = session.run(&["h.fine"])?;
            ensure!(said.starts_with("FAILED the plugin h is disabled"), "{said}");
        }
        ensure!(report(&server, "h")?["State"] == "disabled");
        server.operator(&["reload"])?.success()?;
        is_back(&mut caller)?;
        ensure!(report(&server, "h")?["State"] == "works");
        Ok(())
    })?;
    // Threads that never come back keep no server from stopping.
    let mut server = server;
    let began = Instant::now();
    server.signal("TERM")?;
    server.wait()?;
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    Ok(())
}

#[test]
fn a_hang_holds_its_place() -> Result<()> {
    let server = serve("none", "max_running = 1\nqueue = 1")?;
    let mut caller = server.shell("caller")?;
    assert_eq!(error_code(&caller.request(&["RUN", "h.nap", "3000"])?), "TIMEOUT");
    // It goes on for another second: one may wait for its place, a second one may not.
    let (mut first, mut second) = (server.shell("first")?, server.shell("second")?);
    for session in [&mut first, &mut second] {
        session.send(&framed(&["RUN", "h.fine"]))?;
    }
    let mut codes = Vec::new();
    for session in [&mut first, &mut second] {
        codes.push(error_code(&session.reply()?).to_owned());
    }
    codes.sort_unstable();
    assert_eq!(codes, ["", "BUSY"]);
    // One that returns isn't held against it for ever.
    assert_eq!(report(&server, "h")?["State"], "works");
    Ok(())
}

#[test]
fn floods_are_bounded() -> Result<()> {
    let server = serve("none", "max_output = \"256KiB\"")?;
    let mut caller = server.shell("caller")?;
    let before = server.resident_memory()?;
    while_a_class_works(&server, || {
        let reply = caller.request(&["RUN", "h.text", "2000000"])?;
        ensure!(error_code(&reply) == "LIMIT", "{reply:?}");
        ensure!(caller.run(&["h.log", "100000"])? == "logged");
        let reply = caller.request(&["RUN", "h.chunks"])?;
        ensure!(error_code(&reply) == "TIMEOUT", "{reply:?}");
        let pushes = caller.pushes_until_now()?.into_iter();
        let bytes: usize = pushes
            .map(|push| match push {
                Push::Out { bytes, .. } => bytes.len(),
                _ => 0,
            })
            .sum();
        ensure!((200_000..=256 * 1024).contains(&bytes), "{bytes} bytes came");
        is_back(&mut caller)?;
        Ok(())
    })?;
    let log = server.log();
    let lines = log
        .lines()
        .filter(|line| line.contains("forged line\\u{1b}[2J"))
        .count();
    assert!((1..=500).contains(&lines), "{lines} lines");
    assert!(!log.contains('\u{1b}'), "{log}");
    let grown = server.resident_memory()?.saturating_sub(before);
    assert!(grown < 64 * 1024 * 1024, "{grown} bytes more");
    Ok(())
}

#[test]
fn who_cancels_is_heard_of() -> Result<()> {
    let server = serve("none", "")?;
    let mut caller = server.shell("caller")?;
    caller.send(&framed(&["RUN", "h.patient"]))?;
    server.wait_for_log("patient: waits")?;
    caller.send(&framed(&["CANCEL"]))?;
    assert_eq!(error_code(&caller.reply()?), "CANCELLED");
    assert_eq!(caller.reply()?, Value::Integer(1));
    server.wait_for_log("patient: nobody waits any more")
}

#[test]
fn bad_replies_are_told_as_such() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let server = raw::serve(folder.path(), "none")?;
    let mut caller = server.shell("caller")?;
    while_a_class_works(&server, || {
        for (words, answer, log) in raw::ANSWERS {
            let said = caller.run(words)?;
            ensure!(said.starts_with(answer), "{words:?}: {said}");
            server.wait_for_log(log)?;
            is_back(&mut caller).with_context(|| format!("after {words:?}"))?;
        }
        Ok(())
    })
}

#[test]
fn nobody_gets_answers_that_another_plugin_forges() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let library = caracola_testing::hostile_c(folder.path(), &[])?;
    let calm = caracola_testing::plugin("caracola-hostile")?;
    // Both in the server's process.
    let config = super::fixture::config_of(&library.to_string_lossy(), "none", "")
        + &format!(
            "[plugins.calm]\npath = \"{}\"\nisolation = \"none\"\nroles = [\"guest\"]\n",
            calm.display()
        );
    let server = builder().config(config).start()?;
    let mut caller = server.shell("caller")?;
    let mut naps = server.shell("naps")?;
    while_a_class_works(&server, || {
        for _ in 0..10 {
            // Its call goes on while others are answered to.
            naps.send(&framed(&["RUN", "calm.nap", "50"]))?;
            ensure!(caller.run(&["h.forged"])? == "tried");
            let reply = caracola_wire::Reply::decode(&naps.reply()?)?;
            ensure!(reply == caracola_wire::Reply::Text("awake".into()), "{reply:?}");
        }
        Ok(())
    })
}
