//! What a program may cost: its own output, time and place, and nothing of anybody else's.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use caracola_testing::{Mark, error_code, framed};
use caracola_wire::{Push, Value};

use super::lab::{run, serve};

/// How much the server may grow by what the bounds allow: some megabytes of output, and what allocators keep.
const GROWTH: u64 = 48 * 1024 * 1024;
/// A PING that takes longer than this isn't quick, even on a busy machine.
const QUICK: Duration = Duration::from_secs(2);

#[test]
fn endless_output_costs_what_is_kept_and_slows_nobody() -> Result<()> {
    const RUNNING: usize = 8;
    let mark = Mark::new();
    // The second kind doesn't listen to SIGPIPE, and goes on writing until it is ended.
    let lab = serve(&format!(
        r#"
        [commands.yes]
        summary = "Writes for ever"
        roles = ["guest"]
        exec = ["yes"]
        {mark}
        max_output = "256KiB"
        max_running = 8
        [commands.deaf]
        summary = "Writes for ever, whether or not somebody reads"
        roles = ["guest"]
        exec = ["sh", "-c", "trap '' PIPE; while :; do echo y; echo y >&2; done 2>/dev/null"]
        {mark}
        max_output = "256KiB"
        timeout = "1s"
        max_running = 8
        "#,
        mark = mark.toml()
    ))?;
    let mut other = lab.server.connect()?;
    other.request(&["PING"])?;
    let before = lab.server.resident_memory()?;
    let mut slowest = Duration::ZERO;
    thread::scope(|scope| -> Result<()> {
        let mut running = Vec::new();
        for number in 0..RUNNING {
            let lab = &lab;
            running.push(scope.spawn(move || -> Result<()> {
                let mut client = lab.server.connect()?;
                if number % 2 == 0 {
                    for _ in 0..5 {
                        let reply = run(&mut client, &[b"yes"])?;
                        ensure!(
                            reply.as_bytes().is_some_and(|text| text.len() == 256 * 1024),
                            "{:?}",
                            error_code(&reply)
                        );
                    }
                } else {
                    let reply = run(&mut client, &[b"deaf"])?;
                    ensure!(error_code(&reply) == "TIMEOUT", "{reply:?}");
                }
                Ok(())
            }));
        }
        while !running.iter().all(thread::ScopedJoinHandle::is_finished) {
            let began = Instant::now();
            other.request(&["PING"])?;
            slowest = slowest.max(began.elapsed());
        }
        for client in running {
            client.join().expect("no client panics")?;
        }
        Ok(())
    })?;
    ensure!(slowest < QUICK, "somebody else's PING took {slowest:?}");
    let after = lab.server.resident_memory()?;
    ensure!(after < before + GROWTH, "the server grew by {} bytes", after - before);
    mark.none_left()
}

/// A shell that doesn't read what its program writes holds up that program, and nothing else.
#[test]
fn a_shell_that_does_not_read_costs_its_outbox() -> Result<()> {
    let mark = Mark::new();
    let lab = serve(&format!(
        r#"
        [commands.yes]
        summary = "Writes much"
        roles = ["guest"]
        exec = ["yes"]
        {mark}
        max_output = "4MiB"
        "#,
        mark = mark.toml()
    ))?;
    let mut other = lab.server.connect()?;
    other.request(&["PING"])?;
    let before = lab.server.resident_memory()?;
    let mut deaf = Vec::new();
    for number in 0..4 {
        let mut shell = lab.server.shell(&format!("deaf-{number}"))?;
        shell.send(&framed(&["RUN", "yes"]))?;
        shell.push_where(|push| matches!(push, Push::Out { .. }))?;
        deaf.push(shell);
    }
    // Their programs end at the limit, whether or not anybody reads.
    mark.all_gone(Duration::from_secs(20))?;
    let began = Instant::now();
    other.request(&["PING"])?;
    ensure!(began.elapsed() < QUICK, "a PING took {:?}", began.elapsed());
    let after = lab.server.resident_memory()?;
    ensure!(after < before + GROWTH, "the server grew by {} bytes", after - before);
    // And they get it all when they do read.
    for shell in &mut deaf {
        assert_eq!(error_code(&shell.reply()?), "");
    }
    Ok(())
}

#[test]
fn a_program_that_never_reads_its_input_runs_out_of_time() -> Result<()> {
    let mark = Mark::new();
    let lab = serve(&format!(
        r#"
        [commands.deaf]
        summary = "Reads nothing"
        roles = ["guest"]
        exec = ["sleep", "1000"]
        params = [{{ name = "text" }}]
        stdin = "{{text}}{{text}}{{text}}{{text}}"
        {mark}
        timeout = "300ms"
        "#,
        mark = mark.toml()
    ))?;
    let text = vec![b'x'; 16 * 1024];
    let mut client = lab.server.connect()?;
    let began = Instant::now();
    let reply = run(&mut client, &[b"deaf", &text])?;
    assert_eq!(error_code(&reply), "TIMEOUT", "{reply:?}");
    assert!(began.elapsed() >= Duration::from_millis(300));
    mark.none_left()?;
    assert_eq!(client.request(&["PING"])?.as_str(), Some("PONG"));
    Ok(())
}

#[test]
fn a_stubborn_tree_is_gone_when_the_timeout_is_told() -> Result<()> {
    let mark = Mark::new();
    let lab = serve(&format!(
        r#"
        [commands.stubborn]
        summary = "Doesn't want to end"
        roles = ["guest"]
        exec = ["sh", "-c", "trap '' TERM; (setsid sleep 1000 &); sleep 1000"]
        {mark}
        timeout = "200ms"
        "#,
        mark = mark.toml()
    ))?;
    let reply = run(&mut lab.server.connect()?, &[b"stubborn"])?;
    assert_eq!(error_code(&reply), "TIMEOUT", "{reply:?}");
    mark.none_left()
}

#[test]
fn who_comes_when_all_places_are_taken_is_told() -> Result<()> {
    let lab = serve(
        r#"
        [commands.wait]
        summary = "Waits to be told to go on"
        roles = ["guest"]
        exec = ["sh", "-c", "until [ -e go ]; do sleep 0.02; done; echo done"]
        cwd = "."
        # Guests together have two of three.
        max_running = 3
        queue = 1
        "#,
    )?;
    let (sender, replies) = std::sync::mpsc::channel();
    thread::scope(|scope| -> Result<()> {
        for _ in 0..6 {
            let mut client = lab.server.connect()?;
            let sender = sender.clone();
            scope.spawn(move || {
                // The receiver outlives all of them, unless the test failed already.
                let _ = sender.send(run(&mut client, &[b"wait"]));
            });
        }
        let next = || -> Result<Value> { replies.recv_timeout(caracola_testing::TEST_TIMEOUT)? };
        let turned_away = || -> Result<()> {
            for _ in 0..3 {
                let reply = next()?;
                ensure!(error_code(&reply) == "BUSY", "{reply:?}");
            }
            Ok(())
        };
        let outcome = turned_away();
        fs::write(lab.path("go"), "")?;
        outcome?;
        for _ in 0..3 {
            let reply = next()?;
            if reply.as_str() != Some("done\n") {
                bail!("{reply:?}");
            }
        }
        Ok(())
    })
}

/// Who waits in the queue and hangs up, or cancels, leaves it.
#[test]
fn a_place_in_the_queue_is_given_back() -> Result<()> {
    let lab = serve(
        r#"
        [commands.wait]
        summary = "Waits to be told to go on"
        roles = ["guest"]
        exec = ["sh", "-c", "echo ready; until [ -e go ]; do sleep 0.02; done"]
        cwd = "."
        max_running = 1
        queue = 1
        "#,
    )?;
    let mut first = lab.server.shell("ana")?;
    first.send(&framed(&["RUN", "wait"]))?;
    first.push_where(|push| matches!(push, Push::Out { .. }))?;
    for number in 0..20 {
        // If one of these were still in the queue, the next would be told BUSY instead.
        let mut waiting = lab.server.shell(&format!("ben-{number}"))?;
        waiting.send(&[framed(&["RUN", "wait"]), framed(&["CANCEL"])].concat())?;
        let reply = waiting.reply()?;
        assert_eq!(error_code(&reply), "CANCELLED", "{reply:?}");
        waiting.reply()?;
    }
    let mut last = lab.server.shell("eva")?;
    last.send(&framed(&["RUN", "wait"]))?;
    fs::write(lab.path("go"), "")?;
    assert_eq!(error_code(&first.reply()?), "");
    assert_eq!(error_code(&last.reply()?), "");
    Ok(())
}
