//! What programs write: shown as it comes, harmless, and apart where it should be.

use std::io::Read as _;

use anyhow::{Context as _, Result};
use caracola_wire::{Exit, Push, Reply};

use crate::home::{Home, text};
use crate::stand_in::StandIn;

fn exit(server: &StandIn, exit: Exit) -> Result<()> {
    server.send_with(|encoder| Reply::Exit(exit).encode(encoder))
}

fn status(status: i64) -> Exit {
    Exit {
        status: Some(status),
        ..Exit::default()
    }
}

#[test]
fn output_is_shown_as_it_comes_and_harmless() -> Result<()> {
    let (server, home) = (StandIn::start()?, Home::new()?);
    let mut terminal = server.terminal(&home, &["-c", "slow"])?;
    server.expect("RUN slow")?;
    server.send_out(4, 1, "first se\u{f1}al\r\n".as_bytes())?;
    terminal.expect("first se\u{f1}al")?;
    // Half a letter, then its other half.
    server.send_out(4, 1, b"caf\xc3")?;
    server.send_out(4, 1, b"\xa9 \x1b[2J\x1b]0;title\x07 end")?;
    terminal.expect("caf\u{e9} ^[[2J^[]0;title^G end")?;
    exit(&server, status(3))?;
    // The line that the program left open is ended first.
    terminal.expect("\r\n(exit status 3)\r\n")?;
    assert_eq!(terminal.status()?, 1);
    Ok(())
}

#[test]
fn the_outputs_of_a_program_stay_apart_and_as_they_are_in_pipes() -> Result<()> {
    let (server, home) = (StandIn::start()?, Home::new()?);
    let mut child = server.piped(&home, &["-c", "slow"])?;
    server.expect("RUN slow")?;
    server.send_out(4, 1, b"one\ttwo\r\n\xff")?;
    let mut stdout = child.stdout.take().context("no standard output")?;
    let mut first = [0; 10];
    stdout.read_exact(&mut first)?;
    assert_eq!(&first, b"one\ttwo\r\n\xff", "it comes before the program has ended");
    server.send_out(4, 2, b"careful\n")?;
    server.send_out(4, 1, b"no line end")?;
    exit(&server, status(0))?;
    let mut rest = String::new();
    stdout.read_to_string(&mut rest)?;
    let output = child.wait_with_output()?;
    assert_eq!(
        (rest.as_str(), text(&output.stderr).as_str()),
        ("no line end", "careful\n")
    );
    assert_eq!(output.status.code(), Some(0));
    Ok(())
}

#[test]
fn how_it_ended_is_not_mixed_with_what_it_said() -> Result<()> {
    let (server, home) = (StandIn::start()?, Home::new()?);
    let child = server.piped(&home, &["-c", "slow"])?;
    server.expect("RUN slow")?;
    server.send_out(4, 1, b"data")?;
    let killed = Exit {
        signal: Some("SIGKILL".to_owned()),
        truncated: true,
        ..Exit::default()
    };
    exit(&server, killed)?;
    let output = child.wait_with_output()?;
    assert_eq!(text(&output.stdout), "data");
    assert_eq!(text(&output.stderr), "(ended by SIGKILL; the output was cut short)\n");
    assert_eq!(output.status.code(), Some(1));
    Ok(())
}

#[test]
fn a_prompt_never_overwrites_the_last_line() -> Result<()> {
    let (server, home) = (StandIn::start()?, Home::new()?);
    let mut terminal = server.terminal(&home, &[])?;
    terminal.expect("lobby> ")?;
    terminal.send_line("slow")?;
    server.expect("RUN slow")?;
    server.send_out(4, 1, b"50%")?;
    let notice = Push::Notice {
        kind: "join".to_owned(),
        text: "~ben joined".to_owned(),
    };
    terminal.expect("50%")?;
    server.send_with(|encoder| notice.encode(encoder))?;
    server.send_out(4, 2, b"no line end")?;
    let slow = Exit { ms: 4200, ..status(0) };
    exit(&server, slow)?;
    terminal.expect("\r\n~ben joined\r\nno line end\r\n(4.2 s)\r\n")?;
    terminal.expect("lobby> ")?;

    terminal.send_line("slow")?;
    server.expect("RUN slow")?;
    server.send_out(5, 1, b"bare")?;
    exit(&server, status(0))?;
    terminal.expect("bare\r\n")?;
    terminal.expect("lobby> ")?;
    Ok(())
}

#[test]
fn what_nobody_waits_for_any_more_is_not_shown() -> Result<()> {
    let (server, home) = (StandIn::start()?, Home::new()?);
    let mut terminal = server.terminal(&home, &[])?;
    terminal.expect("lobby> ")?;
    terminal.send_line("slow")?;
    server.expect("RUN slow")?;
    terminal.send_control('c')?;
    server.expect("CANCEL 4")?;
    terminal.expect("Cancelling")?;
    terminal.send_control('c')?;
    terminal.expect("Stopped waiting")?;
    terminal.expect("lobby> ")?;
    terminal.send_line("slow again")?;
    server.expect("RUN slow again")?;
    server.send_out(4, 1, b"stale\n")?;
    server.send(b"-CANCELLED it was cancelled\r\n+OK\r\n")?;
    server.send_out(6, 1, b"fresh\n")?;
    let before = terminal.expect("fresh")?;
    assert!(
        !before.contains("stale") && !before.contains("it was cancelled"),
        "{before}"
    );
    exit(&server, status(0))?;
    terminal.expect("lobby> ")?;
    Ok(())
}

#[test]
fn as_json_each_piece_is_a_line() -> Result<()> {
    let (server, home) = (StandIn::start()?, Home::new()?);
    let child = server.piped(&home, &["-c", ":json slow"])?;
    server.expect("RUN slow")?;
    server.send_out(4, 2, b"a\n\xc3")?;
    server.send_out(4, 2, b"\xa9")?;
    exit(&server, status(1))?;
    let output = child.wait_with_output()?;
    let lines = text(&output.stdout);
    let lines: Vec<&str> = lines.lines().collect();
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert_eq!(lines[0], r#"{"kind":"out","stream":2,"text":"a\n"}"#);
    assert_eq!(lines[1], "{\"kind\":\"out\",\"stream\":2,\"text\":\"\u{e9}\"}");
    assert!(lines[2].starts_with(r#"{"kind":"exit","status":1"#), "{lines:?}");
    assert_eq!(output.status.code(), Some(1));
    Ok(())
}

#[test]
fn a_cell_wider_than_any_terminal_is_written_to_a_pipe() -> Result<()> {
    let (server, home) = (StandIn::start()?, Home::new()?);
    let child = server.piped(&home, &["-c", "slow"])?;
    server.expect("RUN slow")?;
    let cell = "x".repeat(70_000);
    server.send_with(|encoder| {
        let table = caracola_wire::Table {
            columns: vec!["name".to_owned(), "about".to_owned()],
            rows: vec![
                vec![cell.clone(), "huge".to_owned()],
                vec!["a".to_owned(), "small".to_owned()],
            ],
            note: None,
        };
        caracola_wire::Reply::Table(table).encode(encoder);
    })?;
    let output = child.wait_with_output()?;
    assert_eq!(output.status.code(), Some(0), "{}", crate::home::text(&output.stderr));
    let shown = crate::home::text(&output.stdout);
    assert!(
        shown.contains(&format!("{cell}  huge\n")) && shown.len() < 80_000,
        "{}",
        shown.len()
    );
    Ok(())
}
