//! What takes its time: long commands, cancelling, every kind of error, a catalogue that changes.

use anyhow::Result;
use caracola_wire::{Push, Reply};
use nix::sys::signal::Signal;

use crate::home::{Home, text};
use crate::stand_in::StandIn;

#[test]
fn ctrl_c_cancels_what_runs() -> Result<()> {
    let (server, home) = (StandIn::start()?, Home::new()?);
    let mut terminal = server.terminal(&home, &[])?;
    terminal.expect("lobby> ")?;
    terminal.send_line("slow one")?;
    server.expect("RUN slow one")?;
    terminal.send_control('c')?;
    server.expect("CANCEL 4")?;
    server.send(b"-CANCELLED it was cancelled\r\n+OK\r\n")?;
    terminal.expect("it was cancelled")?;
    terminal.expect("lobby> ")?;
    // The replies stay paired with their requests.
    terminal.send_line("slow two")?;
    server.expect("RUN slow two")?;
    server.send_with(|encoder| Reply::Text("two is done".to_owned()).encode(encoder))?;
    terminal.expect("two is done")?;
    terminal.expect("lobby> ")?;
    Ok(())
}

#[test]
fn a_second_ctrl_c_stops_waiting() -> Result<()> {
    let (server, home) = (StandIn::start()?, Home::new()?);
    let mut terminal = server.terminal(&home, &["-c", "slow"])?;
    server.expect("RUN slow")?;
    // The request may be there before the welcome has been read: then there would be nothing to cancel yet.
    server.send_out(4, 1, b"started\n")?;
    terminal.expect("started")?;
    terminal.send_control('c')?;
    server.expect("CANCEL 4")?;
    terminal.expect("Cancelling")?;
    terminal.send_control('c')?;
    terminal.expect("Stopped waiting")?;
    assert_eq!(terminal.status()?, 130);
    Ok(())
}

#[test]
fn every_error_has_its_exit_status() -> Result<()> {
    let home = Home::new()?;
    for (error, status) in [
        ("ERR odd", 1),
        ("USAGE wrong", 64),
        ("DENIED no", 77),
        ("NOAUTH no", 77),
        ("TIMEOUT late", 124),
        ("UNKNOWN what", 127),
        ("CANCELLED yes", 130),
        ("FAILED exit=2", 1),
        ("BUSY later", 1),
        ("LOST nobody knows", 69),
        ("LATERVERSION news", 1),
    ] {
        let server = StandIn::start()?;
        server.send(b"")?;
        let child = server.piped(&home, &["-c", "slow"])?;
        server.expect("RUN slow")?;
        server.send(format!("-{error}\r\n").as_bytes())?;
        let output = child.wait_with_output()?;
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{error}: {said}");
        let message = error.split_once(' ').map_or("", |(_, message)| message);
        assert!(said.starts_with(message) && output.stdout.is_empty(), "{said}");
    }
    Ok(())
}

#[test]
fn a_new_catalogue_is_learnt_at_an_open_prompt() -> Result<()> {
    let (server, home) = (StandIn::start()?, Home::new()?);
    let mut terminal = server.terminal(&home, &[])?;
    terminal.expect("lobby> ")?;
    terminal.type_keys("nov")?;
    terminal.expect("nov")?;
    // Two at once are fetched in turn.
    for hash in ["new", "newer"] {
        let push = Push::Catalogue { hash: hash.to_owned() };
        server.send_with(|encoder| push.encode(encoder))?;
    }
    server.expect("CATALOGUE IF-NOT 0")?;
    server.expect("CATALOGUE IF-NOT 1")?;
    let notice = Push::Notice {
        kind: "server".to_owned(),
        text: "there are new commands".to_owned(),
    };
    server.send_with(|encoder| notice.encode(encoder))?;
    terminal.expect("there are new commands\r\n")?;
    terminal.type_keys("elty1\t")?;
    terminal.expect("> novelty1 ")?;
    Ok(())
}

#[test]
fn a_line_does_not_wait_for_what_would_have_completed_it() -> Result<()> {
    let (server, home) = (StandIn::start()?, Home::new()?);
    let mut terminal = server.terminal(&home, &[])?;
    terminal.expect("lobby> ")?;
    terminal.type_keys("wipe sd\t")?;
    server.expect("COMPLETE wipe sd")?;
    // Ctrl-U takes the line back.
    terminal.type_keys("\u{15}slow one\r")?;
    server.expect("CANCEL 4")?;
    server.expect("RUN slow one")?;
    server.send(b"*0\r\n:1\r\n")?;
    server.send_with(|encoder| Reply::Text("one is done".to_owned()).encode(encoder))?;
    terminal.expect("one is done")?;
    terminal.expect("lobby> ")?;
    Ok(())
}

#[test]
fn ones_own_name_may_change() -> Result<()> {
    let (server, home) = (StandIn::start()?, Home::new()?);
    let mut terminal = server.terminal(&home, &[])?;
    terminal.expect("lobby> ")?;
    terminal.send_line("slow")?;
    server.expect("RUN slow")?;
    let name = Push::Name { name: "zoe".to_owned() };
    server.send_with(|encoder| name.encode(encoder))?;
    server.send(b"-FAILED no\r\n")?;
    terminal.expect("zoe@standin lobby> ")?;
    Ok(())
}

#[test]
fn a_request_to_end_is_heeded_while_a_command_runs() -> Result<()> {
    let (server, home) = (StandIn::start()?, Home::new()?);
    let mut terminal = server.terminal(&home, &[])?;
    terminal.expect("lobby> ")?;
    terminal.send_line("slow")?;
    server.expect("RUN slow")?;
    terminal.process_mut().signal(Signal::SIGTERM)?;
    assert_eq!(terminal.status()?, 130);
    Ok(())
}
