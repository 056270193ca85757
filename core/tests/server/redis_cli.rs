//! A client that we did not write: Debian's redis-cli. These tests need it, so `cargo test` alone leaves them out:
//! `cargo test -- --ignored`, which `.ci/run` calls.

use std::process::{Command, Stdio};

use anyhow::{Context as _, Result};
use caracola_testing::{Finished, Process, TEST_TIMEOUT, TestServer};
use caracola_wire::Push;
use rexpect::session::PtySession;

use crate::server;

/// A tool of Redis that is to connect to the server and verify it.
fn tool(name: &str, server: &TestServer, arguments: &[&str]) -> Command {
    let mut command = Command::new(name);
    command.arg("--tls").arg("--cacert").arg(server.certificate());
    command.args(["-h", "localhost", "-p", &server.address().port().to_string()]);
    command.args(arguments).stdin(Stdio::null());
    command
        .env_remove("REDISCLI_AUTH")
        .env("REDISCLI_HISTFILE", "/dev/null");
    command.env("REDISCLI_RCFILE", "/dev/null");
    command
}

fn cli(server: &TestServer, arguments: &[&str]) -> Result<Finished> {
    Process::finish(&mut tool("redis-cli", server, arguments))
}

#[test]
#[ignore = "needs redis-cli"]
fn a_card_comes_as_text_plain_in_resp3_and_in_json() -> Result<()> {
    let server = server()?;
    let card = cli(&server, &["RUN", "ls"])?.success()?;
    assert!(card.starts_with("ls") && card.contains("\n    ls -l"), "{card}");
    assert_eq!(cli(&server, &["ls"])?.success()?, card);
    assert_eq!(cli(&server, &["-3", "ls"])?.success()?, card);
    let json = cli(&server, &["--json", "RUN", "ls"])?.success()?;
    let json: String = serde_json::from_str(&json)?;
    assert_eq!(json.trim_end(), card.trim_end());
    let port = cli(&server, &["-3", "--json", "RUN", "port", "443"])?.success()?;
    assert!(port.starts_with('"') && port.contains("HTTPS"), "{port}");
    Ok(())
}

#[test]
#[ignore = "needs redis-cli"]
fn an_error_is_an_exit_status_for_who_asks() -> Result<()> {
    let server = server()?;
    for arguments in [
        &["-e", "RUN", "lss"][..],
        &["-e", "-3", "lss"],
        &["-e", "--json", "RUN", "lss"],
    ] {
        let failed = cli(&server, arguments)?;
        assert_eq!(failed.status.code(), Some(1), "{failed:?}");
        let said = failed.stdout + &failed.stderr;
        assert!(said.contains("UNKNOWN") && said.contains("did you mean 'ls'"), "{said}");
    }
    let usage = cli(&server, &["-e", "RUN", "port"])?;
    assert_eq!(usage.status.code(), Some(1));
    assert!(cli(&server, &["-e", "RUN", "ls"])?.status.success());
    Ok(())
}

#[test]
#[ignore = "needs redis-cli"]
fn what_redis_cli_takes_apart_is_as_it_expects() -> Result<()> {
    let server = server()?;
    // Each of these ends redis-cli with a failed assertion if a type is wrong.
    for arguments in [
        &["COMMAND", "DOCS"][..],
        &["-3", "COMMAND", "DOCS"],
        &["COMMAND"],
        &["-3", "COMMAND", "INFO", "ls"],
        &["-3", "--json", "COMMAND", "DOCS", "ls"],
        &["--json", "HELLO", "3"],
        &["-3", "CLIENT", "LIST"],
        &["CONFIG", "GET", "*"],
        &["--raw", "INFO"],
        &["--csv", "COMMAND", "LIST"],
    ] {
        let said = cli(&server, arguments)?.success()?;
        assert!(!said.is_empty() && !said.contains("ERR "), "{arguments:?}: {said}");
    }
    let docs = cli(&server, &["-3", "--json", "COMMAND", "DOCS", "ls"])?.success()?;
    let docs: serde_json::Value = serde_json::from_str(&docs)?;
    assert_eq!(docs["ls"]["summary"], "List what a folder contains");
    Ok(())
}

#[test]
#[ignore = "needs redis-cli"]
fn lines_on_its_input_run_one_by_one() -> Result<()> {
    let server = server()?;
    let mut command = tool("redis-cli", &server, &[]);
    let mut process = Process::start(command.stdin(Stdio::piped()))?;
    let mut stdin = process.stdin().context("no input")?;
    std::io::Write::write_all(
        &mut stdin,
        b"RUN port 443\nRUN mkdir demo\nPUBLISH lobby \"from a script\"\nlss\n",
    )?;
    drop(stdin);
    let said = process.finished()?.stdout;
    for part in ["HTTPS", "Nothing was run.", "UNKNOWN"] {
        assert!(said.contains(part), "{part:?} in {said}");
    }
    Ok(())
}

/// Types a line. On a terminal in raw mode the Enter key is a carriage return.
fn enter(terminal: &mut PtySession, line: &str) -> Result<()> {
    terminal.send(&format!("{line}\r"))?;
    Ok(terminal.flush()?)
}

/// Its prompt on a terminal: help from `COMMAND DOCS`, completion, and errors.
#[test]
#[ignore = "needs redis-cli"]
fn its_own_help_knows_our_commands() -> Result<()> {
    let server = server()?;
    for protocol in ["-2", "-3"] {
        let cli = tool("redis-cli", &server, &[protocol]);
        // A fresh pseudo-terminal has no size, and then redis-cli asks the terminal, which nobody here plays.
        let mut command = Command::new("sh");
        command
            .args(["-c", "stty rows 40 cols 100 && exec \"$0\" \"$@\""])
            .arg(cli.get_program());
        command
            .args(cli.get_args())
            .env("TERM", "xterm")
            .env("REDISCLI_HISTFILE", "/dev/null");
        let patience = u64::try_from(TEST_TIMEOUT.as_millis()).ok();
        let mut terminal = rexpect::session::spawn_command(command, patience)?;
        let prompt = format!("localhost:{}> ", server.address().port());
        terminal.exp_string(&prompt)?;
        enter(&mut terminal, "help ls")?;
        // Its labels are colored, so they and what they label are looked for one by one.
        for part in ["summary:", "List what a folder contains", "group:", "files"] {
            terminal.exp_string(part)?;
        }
        enter(&mut terminal, "help subscribe")?;
        terminal.exp_string("Listen to rooms")?;
        enter(&mut terminal, "help @network")?;
        terminal.exp_string("Look up what a TCP or UDP port is for")?;
        // Tab completes the names that it learnt.
        terminal.send("mkd\t")?;
        terminal.flush()?;
        terminal.exp_regex("(?i)mkdir")?;
        enter(&mut terminal, " demo")?;
        terminal.exp_string("Nothing was run.")?;
        enter(&mut terminal, "lss")?;
        terminal.exp_string("(error) UNKNOWN")?;
        enter(&mut terminal, "quit")?;
        terminal.exp_eof()?;
    }
    Ok(())
}

#[test]
#[ignore = "needs redis-cli"]
fn it_listens_to_a_room_and_speaks_there() -> Result<()> {
    let server = server()?;
    let mut ana = server.shell("ana")?;
    for protocol in ["-2", "-3"] {
        let listener = Process::start(&mut tool("redis-cli", &server, &[protocol, "SUBSCRIBE", "lobby"]))?;
        let confirmed = |written: &str| written.contains("subscribe\nlobby\n1\n").then_some(());
        listener.wait_for_stdout("the confirmation", confirmed)?;
        ana.request(&["RUN", "say", "hola, ñandú"])?;
        let heard = |written: &str| written.contains("message\nlobby\n~ana: hola, ñandú\n").then_some(());
        listener.wait_for_stdout("the message", heard)?;
    }
    let heard = cli(&server, &["PUBLISH", "lobby", "from redis-cli"])?.success()?;
    assert!(heard.trim().parse::<u32>()? >= 1, "{heard}");
    ana.push_where(|push| matches!(push, Push::Message { text, .. } if text == "from redis-cli"))?;
    Ok(())
}

#[test]
#[ignore = "needs redis-benchmark"]
fn the_load_generator_of_redis_measures_it() -> Result<()> {
    let server = server()?;
    for request in [&["PING"][..], &["RUN", "ls"]] {
        let mut arguments = vec!["-n", "2000", "-c", "20", "-P", "4", "-q"];
        arguments.extend(request);
        let said = Process::finish(&mut tool("redis-benchmark", &server, &arguments))?.success()?;
        assert!(said.contains("requests per second"), "{said}");
        assert!(!said.contains("rror"), "{said}");
    }
    Ok(())
}

#[test]
#[ignore = "needs redis-cli"]
fn a_certificate_that_it_does_not_know_is_refused() -> Result<()> {
    let (server, other) = (server()?, server()?);
    let mut command = Command::new("redis-cli");
    command.arg("--tls").arg("--cacert").arg(other.certificate());
    command.args(["-p", &server.address().port().to_string(), "PING"]);
    let finished = Process::finish(&mut command)?;
    assert!(!finished.stdout.contains("PONG"), "{finished:?}");
    assert!(finished.stderr.contains("certificate verify failed"), "{finished:?}");
    Ok(())
}
