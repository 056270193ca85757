//! Everything that safe Rust can do wrong in a process of its own: whoever called is told in time, nobody else notices, and
//! the plugin answers again.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use caracola_testing::{Connection, TestServer, error_code, framed};
use caracola_wire::{Push, Reply, Value};

use super::fixture::{BACK, TIMEOUT, is_back, report, serve, while_a_class_works};
use crate::builder;

/// A call that ends in an error of this kind with this in its sentence, and what the log then has in it.
struct Case {
    words: &'static [&'static str],
    code: &'static str,
    sentence: &'static str,
    log: &'static str,
}

const CASES: &[Case] = &[
    Case {
        words: &["h.panic"],
        code: "FAILED",
        sentence: "broke down",
        log: "panic panicked: on purpose, with \\u{1b}[2J in it",
    },
    Case {
        words: &["h.abort"],
        code: "FAILED",
        sentence: "crashed (killed by SIGABRT)",
        log: "killed by SIGABRT",
    },
    Case {
        words: &["h.exit"],
        code: "FAILED",
        sentence: "crashed (it ended with status 0)",
        log: "it ended with status 0",
    },
    Case {
        words: &["h.overflow"],
        code: "FAILED",
        sentence: "crashed (killed by SIG",
        log: "has overflowed its stack",
    },
    Case {
        words: &["h.hang"],
        code: "TIMEOUT",
        sentence: "did not answer in time",
        log: "a call didn't return in time",
    },
    Case {
        words: &["h.nap", "60000"],
        code: "TIMEOUT",
        sentence: "did not answer in time",
        log: "a call didn't return in time",
    },
    Case {
        words: &["h.patient"],
        code: "TIMEOUT",
        sentence: "did not answer in time",
        log: "patient: nobody waits any more",
    },
    Case {
        words: &["h.chunks"],
        code: "TIMEOUT",
        sentence: "did not answer in time",
        log: "the plugin didn't answer in time",
    },
    Case {
        words: &["h.text", "2000000"],
        code: "LIMIT",
        sentence: "larger than the server takes",
        log: "h.text",
    },
    Case {
        // More than the machine has room for in the process: an allocation that fails ends it.
        words: &["h.text", "100000000000"],
        code: "FAILED",
        sentence: "crashed (killed by SIGABRT)",
        log: "memory allocation of 100000000000 bytes failed",
    },
];

#[test]
fn whoever_called_is_told_in_time_and_nobody_else_notices() -> Result<()> {
    let server = serve("process", "")?;
    let mut caller = server.shell("caller")?;
    let mut library = server.connect()?;
    while_a_class_works(&server, || {
        for case in CASES {
            for session in [&mut caller, &mut library] {
                fails(session, case).with_context(|| format!("{:?}", case.words))?;
                is_back(session).with_context(|| format!("after {:?}", case.words))?;
            }
            server.wait_for_log(case.log)?;
        }
        Ok(())
    })?;
    assert!(!server.log().contains('\u{1b}'), "{}", server.log());
    let report = report(&server, "h")?;
    assert_eq!(report["State"], "works");
    let is_told_by_itself = |case: &&Case| case.code == "LIMIT" || case.sentence == "broke down";
    let by_itself = CASES.iter().filter(is_told_by_itself).count();
    // For a shell and for a library.
    assert_eq!(report["Failures"], (2 * (CASES.len() - by_itself)).to_string());
    Ok(())
}

fn fails(session: &mut Connection, case: &Case) -> Result<()> {
    let words: Vec<_> = ["RUN"].iter().chain(case.words).copied().collect();
    let began = Instant::now();
    let reply = session.request(&words)?;
    let took = began.elapsed();
    ensure!(took < TIMEOUT + BACK, "it took {took:?}");
    let Value::Error(error) = &reply else {
        anyhow::bail!("{reply:?}")
    };
    ensure!(
        error.code == case.code && error.message.contains(case.sentence),
        "{error}"
    );
    Ok(())
}

#[test]
fn a_hang_costs_one_call_of_its_plugin() -> Result<()> {
    let server = serve("process", "")?;
    let (mut hangs, mut naps) = (server.shell("hangs")?, server.shell("naps")?);
    while_a_class_works(&server, || {
        hangs.send(&framed(&["RUN", "h.hang"]))?;
        let began = Instant::now();
        // It goes on when the other's time is over, and beyond what is granted to calls that overstay.
        naps.send(&framed(&["RUN", "h.nap", "1000"]))?;
        std::thread::sleep(Duration::from_millis(1300));
        naps.send(&framed(&["RUN", "h.nap", "1500"]))?;
        assert_eq!(error_code(&hangs.reply()?), "TIMEOUT");
        let took = began.elapsed();
        ensure!(took >= TIMEOUT && took < TIMEOUT + BACK, "{took:?}");
        for _ in 0..2 {
            let reply = Reply::decode(&naps.reply()?)?;
            assert_eq!(reply, Reply::Text("awake".into()));
        }
        is_back(&mut hangs)?;
        Ok(())
    })
}

#[test]
fn who_cancels_or_leaves_is_heard_of() -> Result<()> {
    let server = serve("process", "max_running = 1")?;
    let mut caller = server.shell("caller")?;
    while_a_class_works(&server, || {
        let (waits, heard) = ("patient: waits", "patient: nobody waits any more");
        let twice = |line: &'static str| move |log: String| log.matches(line).count() == 2;
        caller.send(&framed(&["RUN", "h.patient"]))?;
        server.wait_for_log(waits)?;
        caller.send(&framed(&["CANCEL"]))?;
        assert_eq!(error_code(&caller.reply()?), "CANCELLED");
        assert_eq!(caller.reply()?, Value::Integer(1));
        // It has the plugin's one place until it has heard.
        is_back(&mut caller)?;
        server.wait_for_log(heard)?;
        let mut leaver = server.shell("leaver")?;
        leaver.send(&framed(&["RUN", "h.patient"]))?;
        leaver.send(b"PING\r\n")?;
        super::fixture::becomes("it waits again", TIMEOUT, || twice(waits)(server.log()))?;
        drop(leaver);
        super::fixture::becomes("it heard of who left", TIMEOUT, || twice(heard)(server.log()))?;
        is_back(&mut caller)?;
        assert_eq!(report(&server, "h")?["Restarts"], "0");
        Ok(())
    })
}

#[test]
fn a_flood_of_output_is_cut() -> Result<()> {
    let server = serve("process", "max_output = \"256KiB\"")?;
    let mut caller = server.shell("caller")?;
    let before = server.resident_memory()?;
    while_a_class_works(&server, || {
        assert_eq!(error_code(&caller.request(&["RUN", "h.chunks"])?), "TIMEOUT");
        let mut bytes = 0;
        for push in caller.pushes_until_now()? {
            if let Push::Out { bytes: piece, .. } = push {
                bytes += piece.len();
            }
        }
        ensure!((200_000..=256 * 1024).contains(&bytes), "{bytes} bytes came");
        is_back(&mut caller)?;
        Ok(())
    })?;
    let grown = server.resident_memory()?.saturating_sub(before);
    assert!(grown < 32 * 1024 * 1024, "{grown} bytes more");
    Ok(())
}

#[test]
fn floods_of_lines_are_cut_and_forge_nothing() -> Result<()> {
    let server = serve("process", "")?;
    let mut caller = server.shell("caller")?;
    let listening = server.stdout();
    while_a_class_works(&server, || {
        assert_eq!(caller.run(&["h.log", "100000"])?, "logged");
        assert_eq!(caller.run(&["h.output"])?, "said");
        server.wait_for_log("the rest of this second is left out")?;
        is_back(&mut caller)?;
        Ok(())
    })?;
    let log = server.log();
    let lines = log
        .lines()
        .filter(|line| line.contains("forged line\\u{1b}[2J"))
        .count();
    // Fifty in each second that it took.
    assert!((1..=500).contains(&lines), "{lines} lines");
    assert!(!log.lines().any(|line| line.starts_with("forged line")), "{log}");
    assert!(!log.contains('\u{1b}'), "{log}");
    assert_eq!(server.stdout(), listening, "only the server writes there");
    Ok(())
}

#[test]
fn what_it_prints_is_told_as_its_own() -> Result<()> {
    let server = serve("process", "")?;
    let listening = server.stdout();
    assert_eq!(server.connect()?.run(&["h.output"])?, "said");
    for said in ["listening 127.0.0.1:1 SHA256:forged", "said on standard error"] {
        server.wait_for_log(said)?;
        let log = server.log();
        let line = log.lines().find(|line| line.contains(said)).context("no line")?;
        assert!(line.contains("plugin=\"h\""), "{line}");
    }
    assert_eq!(server.stdout(), listening, "only the server writes there");
    Ok(())
}

#[test]
fn a_bad_beginning_is_told_and_harms_nothing() -> Result<()> {
    for (start, told) in [
        ("abort", "SIGABRT"),
        ("fail", "I don't feel like it"),
        ("panic", "at the very beginning"),
        ("hang", "didn't start within 10 s"),
    ] {
        // The first start is the admin's to see, underlined.
        let config = super::fixture::config("process", &format!("config = {{ start = \"{start}\" }}"))?;
        if start != "hang" {
            let finished = builder().config(&config).finish()?;
            assert_eq!(finished.status.code(), Some(2), "{finished:?}");
            for part in [told, "commands.toml:6:", "^^^", "fix it, or say optional = true"] {
                assert!(finished.stderr.contains(part), "{part}: {}", finished.stderr);
            }
        }
        // A server that does without it.
        let server = serve("process", "")?;
        let mut caller = server.shell("caller")?;
        while_a_class_works(&server, || {
            let optional = config.replace("[plugins.h]\n", "[plugins.h]\noptional = true\n");
            std::fs::write(server.folder().join("commands.toml"), optional)?;
            // On save.
            server.wait_for_log(told)?;
            // What was loaded before stays active.
            is_back(&mut caller)?;
            Ok(())
        })?;
    }
    Ok(())
}

/// For the tests of whole servers: the plugin's process is another after a crash, and the old one is gone.
pub(crate) fn crash(server: &TestServer, caller: &mut Connection) -> Result<Duration> {
    let before = super::fixture::process(server, "h")?;
    let reply = caller.request(&["RUN", "h.abort"])?;
    ensure!(error_code(&reply) == "FAILED", "{reply:?}");
    let took = is_back(caller)?;
    ensure!(!caracola_testing::is_alive(before), "the old process is still there");
    Ok(took)
}
