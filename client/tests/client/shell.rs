//! The shell on a pseudo-terminal.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use anyhow::Result;
use caracola_testing::TestServer;
use nix::sys::signal::Signal;
use rustix::termios::{LocalModes, tcgetattr};

use crate::home::Home;

fn server() -> Result<TestServer> {
    TestServer::builder().start()
}

#[test]
fn tab_completes_names_arguments_and_people() -> Result<()> {
    let (server, home) = (server()?, Home::new()?);
    let _other = server.shell("benjamin")?;
    let mut shell = home.shell(&server)?;
    shell.type_keys("upti\t")?;
    shell.expect("> uptime ")?;
    shell.send_line("")?;
    shell.expect("Up ")?;
    shell.expect("lobby> ")?;
    shell.type_keys("git com\t")?;
    shell.expect("> git commit ")?;
    shell.send_control('c')?;
    shell.expect("lobby> ")?;
    shell.type_keys("tell benj\t")?;
    shell.expect("> tell benjamin ")?;
    shell.send_control('c')?;
    shell.expect("lobby> ")?;
    shell.type_keys("help hel\t")?;
    shell.expect("> help help ")?;
    Ok(())
}

#[test]
fn tab_lists_what_there_is_when_several_fit() -> Result<()> {
    let (server, home) = (server()?, Home::new()?);
    let mut shell = home.shell(&server)?;
    shell.type_keys("git \t")?;
    shell.expect("git add     Choose")?;
    shell.expect("git commit  Record")?;
    shell.expect("> git ")?;
    Ok(())
}

#[test]
fn history_survives_the_shell() -> Result<()> {
    let (server, home) = (server()?, Home::new()?);
    let mut first = home.shell(&server)?;
    first.send_line("uptime")?;
    first.expect("Up ")?;
    first.expect("lobby> ")?;
    first.send_line(" whoami")?;
    first.expect("encryption")?;
    first.expect("lobby> ")?;
    first.send_control('d')?;
    assert_eq!(first.status()?, 0);
    let mode = fs::metadata(home.history())?.permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    let mut second = home.shell(&server)?;
    second.type_keys("\x1b[A")?;
    // What began with a blank was not kept.
    second.expect("> uptime")?;
    second.send_line("")?;
    second.expect("Up ")?;
    Ok(())
}

#[test]
fn a_message_leaves_the_typed_text_alone() -> Result<()> {
    let (server, home) = (server()?, Home::new()?);
    let mut other = server.shell("ben")?;
    let mut shell = home.shell(&server)?;
    shell.type_keys("say half of")?;
    // The editor draws letters one by one once there is no hint to redraw.
    shell.expect("alf of")?;
    other.run(&["say", "hello"])?;
    shell.expect("[lobby] ~ben: hello\r\n")?;
    shell.expect("> say half of")?;
    shell.send_line(" a thought")?;
    shell.expect("[lobby] ~ana: half of a thought")?;
    let said = other.push_where(|push| {
        matches!(push, caracola_wire::Push::Message { name, text, .. } if name == "~ana" && text == "half of a thought")
    });
    assert!(said.is_ok());
    Ok(())
}

#[test]
fn many_messages_while_nobody_reads_are_all_shown() -> Result<()> {
    let (server, home) = (
        TestServer::builder()
            .config("[access]\nguest = true\n[limits]\nmessages_per_second = 1000\n")
            .start()?,
        Home::new()?,
    );
    let mut other = server.shell("ben")?;
    let mut shell = home.shell(&server)?;
    shell.send_line("uptime")?;
    shell.expect("Up ")?;
    shell.expect("lobby> ")?;
    // The reverse search reads keys and no messages.
    shell.send_control('r')?;
    shell.expect("reverse-i-search")?;
    for number in 0..200 {
        other.run(&["say", &format!("number {number}.")])?;
    }
    shell.send_control('g')?;
    for number in 0..200 {
        shell.expect(&format!("~ben: number {number}.\r\n"))?;
    }
    Ok(())
}

#[test]
fn nothing_that_others_say_reaches_the_terminal_raw() -> Result<()> {
    let (server, home) = (server()?, Home::new()?);
    let mut other = server.shell("ben")?;
    let mut shell = home.shell(&server)?;
    other.run(&["say", "start \u{1b}]0;owned\u{7}\u{1b}[2J\u{202e}\u{9b}5A end"])?;
    shell.expect("~ben: start ")?;
    let shown = shell.expect(" end\r\n")?;
    assert!(!shown.chars().any(char::is_control), "{shown:?}");
    assert!(!shown.contains('\u{202e}'), "{shown:?}");
    Ok(())
}

#[test]
fn ctrl_c_clears_the_line_and_then_says_how_to_leave() -> Result<()> {
    let (server, home) = (server()?, Home::new()?);
    let mut shell = home.shell(&server)?;
    shell.type_keys("say never sent")?;
    shell.expect("ever sent")?;
    shell.send_control('c')?;
    shell.expect("lobby> ")?;
    shell.send_control('c')?;
    shell.expect("Ctrl-D or `quit` leaves")?;
    shell.expect("lobby> ")?;
    shell.send_line("quit")?;
    assert_eq!(shell.status()?, 0);
    assert!(!server.log().contains("never sent"));
    Ok(())
}

#[test]
fn a_paste_of_several_lines_runs_them_in_turn() -> Result<()> {
    let (server, home) = (server()?, Home::new()?);
    let mut shell = home.shell(&server)?;
    shell.type_keys("\x1b[200~uptime\nwhoami\n\x1b[201~")?;
    shell.expect("whoami")?;
    shell.send_line("")?;
    shell.expect("Up ")?;
    shell.expect("encryption")?;
    Ok(())
}

#[test]
fn own_words_work_and_unknown_ones_name_the_nearest() -> Result<()> {
    let (server, home) = (server()?, Home::new()?);
    let mut shell = home.shell(&server)?;
    shell.send_line(":json who")?;
    shell.expect("{\"kind\":\"table\"")?;
    shell.send_line(":jsn who")?;
    shell.expect("Did you mean :json?")?;
    shell.send_line(":watch 1 uptime")?;
    shell.expect("Ctrl-C ends it")?;
    shell.expect("Up ")?;
    shell.expect("Up ")?;
    shell.send_control('c')?;
    shell.expect("lobby> ")?;
    shell.send_line("ls | wc")?;
    shell.expect("means nothing here")?;
    shell.send_line(":quit")?;
    assert_eq!(shell.status()?, 0);
    Ok(())
}

#[test]
fn a_lost_connection_is_told_at_once_and_what_was_typed_stays() -> Result<()> {
    let (mut server, home) = (server()?, Home::new()?);
    let mut shell = home.shell(&server)?;
    shell.type_keys("say half of")?;
    // The editor draws letters one by one once there is no hint to redraw.
    shell.expect("alf of")?;
    server.signal("KILL")?;
    // Until it is gone, somebody who connects may still find it.
    server.wait()?;
    shell.expect(&format!("Connection to {} lost", server.address()))?;
    shell.expect("> say half of")?;
    shell.send_line(" it")?;
    shell.expect("that line went nowhere")?;
    shell.expect("(not connected)> ")?;
    shell.send_line("")?;
    shell.expect("Can't reach")?;
    shell.expect("(not connected)> ")?;
    shell.send_control('d')?;
    assert_eq!(shell.status()?, 69);
    Ok(())
}

#[test]
fn enter_connects_again_under_the_same_name() -> Result<()> {
    let (server, home) = (server()?, Home::new()?);
    let mut shell = home.shell(&server)?;
    let state = server.state();
    let operator = ["--local", "--state-dir", &state.to_string_lossy(), "-c", "kick ana"].map(str::to_owned);
    let operator: Vec<&str> = operator.iter().map(String::as_str).collect();
    assert_eq!(home.piped(&operator, b"")?.status.code(), Some(0));
    shell.expect("The server says goodbye")?;
    shell.expect("Press Enter to connect again")?;
    shell.send_line("")?;
    shell.expect("again, as ~ana.")?;
    shell.expect("~ana@")?;
    shell.send_line("uptime")?;
    shell.expect("Up ")?;
    Ok(())
}

#[test]
fn speaks_spanish() -> Result<()> {
    let (server, home) = (server()?, Home::spanish()?);
    let mut shell = home.shell(&server)?;
    shell.send_line("ls | wc")?;
    shell.expect("aquí no significa nada")?;
    shell.send_line("ls")?;
    shell.expect("Ejemplos")?;
    shell.send_line("lss")?;
    shell.expect("¿quisiste decir 'ls'")?;
    shell.send_line("salir")?;
    assert_eq!(shell.status()?, 0);
    Ok(())
}

#[test]
fn a_request_to_end_leaves_the_terminal_as_it_was() -> Result<()> {
    let (server, home) = (server()?, Home::new()?);
    let mut shell = home.shell(&server)?;
    let before = tcgetattr(shell.process().get_file_handle()?)?.local_modes;
    shell.type_keys("half a li")?;
    shell.expect("alf a li")?;
    shell.process_mut().signal(Signal::SIGTERM)?;
    shell.expect("\r\n")?;
    let handle = shell.process().get_file_handle()?;
    assert_eq!(shell.status()?, 130);
    let after = tcgetattr(handle)?.local_modes;
    assert!(!before.contains(LocalModes::ICANON) && after.contains(LocalModes::ICANON));
    Ok(())
}
