//! Commands that ask before they are run, and values that nobody may see.

use std::fs;

use anyhow::Result;

use crate::home::{Home, text};
use crate::stand_in::StandIn;

#[test]
fn a_command_that_asks_first_runs_after_a_yes() -> Result<()> {
    let (server, home) = (StandIn::start()?, Home::new()?);
    let mut terminal = server.terminal(&home, &[])?;
    terminal.expect("lobby> ")?;
    for answer in ["", "n", "yes please"] {
        terminal.send_line("wipe sda")?;
        terminal.expect("Really wipe it? [y/N] ")?;
        terminal.send_line(answer)?;
        terminal.expect("Nothing was run.")?;
        terminal.expect("lobby> ")?;
    }
    terminal.send_line("wipe sda")?;
    terminal.expect("[y/N] ")?;
    terminal.send_control('c')?;
    terminal.expect("Nothing was run.")?;
    terminal.expect("lobby> ")?;
    assert!(server.is_quiet());

    terminal.send_line("wipe sda")?;
    terminal.expect("[y/N] ")?;
    terminal.send_line("y")?;
    server.expect("RUN wipe sda")?;
    server.send(b"$4\r\ndone\r\n")?;
    terminal.expect("done")?;
    terminal.expect("lobby> ")?;
    Ok(())
}

#[test]
fn what_others_say_waits_for_the_answer() -> Result<()> {
    let (server, home) = (StandIn::start()?, Home::new()?);
    let mut terminal = server.terminal(&home, &[])?;
    terminal.expect("lobby> ")?;
    terminal.send_line("wipe sda")?;
    terminal.expect("[y/N] ")?;
    server.send_with(|encoder| {
        let notice = caracola_wire::Push::Notice {
            kind: "join".to_owned(),
            text: "~ben joined".to_owned(),
        };
        notice.encode(encoder);
    })?;
    terminal.send_line("no")?;
    let before = terminal.expect("~ben joined\r\n")?;
    assert!(before.contains("no\r\n"), "{before:?}");
    terminal.expect("lobby> ")?;
    Ok(())
}

#[test]
fn a_script_says_yes_beforehand() -> Result<()> {
    let home = Home::new()?;
    let server = StandIn::start()?;
    let output = server.piped(&home, &["-c", "wipe sda"])?.wait_with_output()?;
    assert_eq!(output.status.code(), Some(64));
    let said = text(&output.stderr);
    assert!(said.contains("Really wipe it?") && said.contains("--yes"), "{said}");
    assert!(server.is_quiet() && output.stdout.is_empty());

    let server = StandIn::start()?;
    let child = server.piped(&home, &["--yes", "-c", "wipe sda"])?;
    server.expect("RUN wipe sda")?;
    server.send(b"$4\r\ndone\r\n")?;
    let output = child.wait_with_output()?;
    assert_eq!(
        (output.status.code(), text(&output.stdout).as_str()),
        (Some(0), "done\n")
    );
    Ok(())
}

#[test]
fn a_secret_that_is_left_out_is_asked_for_unseen() -> Result<()> {
    let (server, home) = (StandIn::start()?, Home::new()?);
    let mut terminal = server.terminal(&home, &[])?;
    terminal.expect("lobby> ")?;
    terminal.send_line("unlock cellar")?;
    terminal.expect("PIN (unseen): ")?;
    terminal.send_line("two words")?;
    server.expect("RUN unlock cellar two words")?;
    server.send(b"$4\r\nopen\r\n")?;
    let shown = terminal.expect("open\r\n")?;
    assert!(!shown.contains("words"), "{shown:?}");
    terminal.expect("lobby> ")?;
    terminal.send_line("unlock cellar")?;
    terminal.expect("PIN (unseen): ")?;
    terminal.send_control('c')?;
    terminal.expect("Nothing was run.")?;
    terminal.expect("lobby> ")?;
    // Typed into the line it works, but isn't remembered.
    terminal.send_line("unlock cellar hunter2")?;
    server.expect("RUN unlock cellar hunter2")?;
    server.send(b"$4\r\nopen\r\n")?;
    terminal.expect("open\r\n")?;
    terminal.expect("lobby> ")?;
    terminal.type_keys("\x1b[A")?;
    terminal.expect("> unlock cellar")?;
    terminal.send_control('c')?;
    terminal.expect("lobby> ")?;
    terminal.send_control('d')?;
    assert_eq!(terminal.status()?, 0);
    let history = fs::read_to_string(home.history())?;
    assert!(
        history.contains("unlock cellar") && !history.contains("hunter2"),
        "{history}"
    );
    Ok(())
}

#[test]
fn without_a_person_the_server_says_what_is_missing() -> Result<()> {
    let (server, home) = (StandIn::start()?, Home::new()?);
    let child = server.piped(&home, &["-c", "unlock cellar"])?;
    server.expect("RUN unlock cellar")?;
    server.send(b"-USAGE PIN is missing\r\n")?;
    assert_eq!(child.wait_with_output()?.status.code(), Some(64));
    Ok(())
}

#[test]
fn no_way_to_type_a_secret_gets_it_into_the_history() -> Result<()> {
    let (server, home) = (StandIn::start()?, Home::new()?);
    let mut terminal = server.terminal(&home, &[])?;
    terminal.expect("lobby> ")?;
    for (line, sent) in [
        ("'unlock' cellar XYZZY", Some("RUN unlock cellar XYZZY")),
        ("unl\\ock cellar XYZZY", Some("RUN unlock cellar XYZZY")),
        ("\"unlock\" cellar 'XYZZY'", Some("RUN unlock cellar XYZZY")),
        (":time 'unlock' cellar XYZZY", Some("RUN unlock cellar XYZZY")),
        (":json un''lock cellar XYZZY", Some("RUN unlock cellar XYZZY")),
        ("'unlock cellar XYZZY'", Some("RUN unlock cellar XYZZY")),
        ("unlokc cellar XYZZY", Some("RUN unlokc cellar XYZZY")),
        ("AUTH ana XYZZY", Some("RUN AUTH ana XYZZY")),
        // These go nowhere.
        ("'unlock cellar XYZZY", None),
        ("unlock cellar XYZZY > file", None),
        ("#unlock cellar XYZZY", None),
        (":watch unlock cellar XYZZY", None),
        (":tiem 'unlock' cellar XYZZY", None),
    ] {
        terminal.send_line(line)?;
        if let Some(sent) = sent {
            server.expect(sent)?;
            server.send(b"$4\r\nopen\r\n")?;
            terminal.expect("open")?;
        }
        terminal.expect("lobby> ")?;
    }
    terminal.send_line("'slow' \"down\"")?;
    server.expect("RUN slow down")?;
    server.send(b"$4\r\ndone\r\n")?;
    terminal.expect("done")?;
    terminal.expect("lobby> ")?;
    terminal.send_control('d')?;
    assert_eq!(terminal.status()?, 0);
    let history = fs::read_to_string(home.history())?;
    // The file begins with the editor's mark of its version.
    let lines: Vec<_> = history.lines().filter(|line| !line.starts_with("#V")).collect();
    assert_eq!(lines, ["'slow' \"down\""]);
    Ok(())
}

#[test]
fn a_script_that_stops_tells_no_secret() -> Result<()> {
    let (server, home) = (StandIn::start()?, Home::new()?);
    let child = server.piped(&home, &["-c", "slow\nunlock cellar hunter2"])?;
    server.expect("RUN slow")?;
    server.send(b"$2\r\nok\r\n")?;
    server.expect("RUN unlock cellar hunter2")?;
    server.send(b"-DENIED wrong\r\n")?;
    let output = child.wait_with_output()?;
    let said = text(&output.stderr);
    assert!(
        said.contains("line 2: unlock ***") && !said.contains("hunter2"),
        "{said}"
    );
    Ok(())
}

#[test]
fn the_server_completes_what_only_it_knows() -> Result<()> {
    let (server, home) = (StandIn::start()?, Home::new()?);
    let mut terminal = server.terminal(&home, &[])?;
    terminal.expect("lobby> ")?;
    terminal.type_keys("wipe s\t")?;
    server.expect("COMPLETE wipe s")?;
    server.send(b"*1\r\n*2\r\n$3\r\nsda\r\n$4\r\n1 TB\r\n")?;
    terminal.expect("> wipe sda ")?;
    terminal.send_control('c')?;
    terminal.expect("lobby> ")?;
    // It isn't waited for: typing goes on.
    terminal.type_keys("wipe x\tyz")?;
    server.expect("COMPLETE wipe x")?;
    terminal.expect("yz")?;
    Ok(())
}
