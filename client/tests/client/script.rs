//! One line, and scripts on standard input: what is printed where, and the exit status.

use std::fs::File;
use std::net::TcpListener;
use std::process::Stdio;

use anyhow::Result;
use caracola_testing::TestServer;
use caracola_wire::Push;

use crate::home::{Home, text};

#[test]
fn exit_statuses() -> Result<()> {
    let (server, home) = (TestServer::builder().start()?, Home::new()?);
    for (line, status) in [
        ("ls", 0),
        (":json uptime", 0),
        ("", 0),
        ("lss", 127),
        ("name", 64),
        ("who now", 64),
        ("ls | wc", 64),
        ("ls 'open", 64),
        (":watch 1 ls", 64),
        (":nonsense", 64),
        ("sessions", 127),
        ("ls\nlss\npwd", 127),
    ] {
        let output = home.run(&server, line)?;
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{line}: {said}");
        assert_eq!(said.is_empty(), status == 0, "{line}: {said}");
    }
    Ok(())
}

#[test]
fn what_cannot_be_printed_is_a_failure() -> Result<()> {
    let (server, home) = (TestServer::builder().start()?, Home::new()?);
    let address = server.address().to_string();
    let mut client = home.caracola(&[&address, "--fingerprint", server.fingerprint(), "-c", "ls"])?;
    client.stdin(Stdio::null());
    let output = client.stdout(File::options().write(true).open("/dev/full")?).output()?;
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("caracola: cannot print: "), "{said}");
    Ok(())
}

#[test]
fn a_server_without_guests_denies() -> Result<()> {
    let server = TestServer::builder().config("[access]\nguest = false\n").start()?;
    let output = Home::new()?.run(&server, "ls")?;
    assert_eq!(output.status.code(), Some(77), "{}", text(&output.stderr));
    Ok(())
}

#[test]
fn no_server_is_status_69_and_the_default_one_names_try() -> Result<()> {
    let home = Home::new()?;
    // A port that was free a moment ago.
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let output = home.piped(&[&format!("127.0.0.1:{port}"), "-c", "ls"], b"")?;
    assert_eq!(output.status.code(), Some(69));
    let said = text(&output.stderr);
    assert!(
        said.contains("connection refused") && !said.contains("caracola try"),
        "{said}"
    );
    let mut command = home.caracola(&["-c", "ls"])?;
    let output = command.env("CARACOLA_HOST", format!("127.0.0.1:{port}")).output()?;
    assert_eq!(output.status.code(), Some(69));
    assert!(text(&output.stderr).contains(&port.to_string()));
    Ok(())
}

#[test]
fn a_server_that_speaks_no_tls_is_named() -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?.to_string();
    let answering = std::thread::spawn(move || -> std::io::Result<()> {
        for _ in 0..2 {
            let (mut stream, _) = listener.accept()?;
            std::io::Write::write_all(&mut stream, b"SSH-2.0-OpenSSH_9.2\r\n")?;
        }
        Ok(())
    });
    let output = Home::new()?.piped(&[&address, "-c", "ls"], b"")?;
    assert_eq!(output.status.code(), Some(69));
    let said = text(&output.stderr);
    assert!(said.contains("Is that a Caracola server?"), "{said}");
    assert!(answering.join().is_ok());
    Ok(())
}

#[test]
fn a_silent_server_is_given_up_on() -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?.to_string();
    // The connections stay open and nobody speaks.
    let output = Home::new()?.piped(&[&address, "--trust-new", "--timeout", "0.2", "-c", "ls"], b"")?;
    assert_eq!(output.status.code(), Some(69));
    assert!(
        text(&output.stderr).contains("no answer in time"),
        "{}",
        text(&output.stderr)
    );
    Ok(())
}

#[test]
fn mistakes_in_its_own_arguments_are_status_2() -> Result<()> {
    let home = Home::new()?;
    for arguments in [
        &["--nonsense"][..],
        &["a:b:c:0", "x"],
        &["lab:99999"],
        &["--fingerprint", "x"],
    ] {
        let output = home.piped(arguments, b"")?;
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty() && !output.stderr.is_empty());
    }
    let help = home.piped(&["--help"], b"")?;
    assert_eq!(help.status.code(), Some(0));
    let shown = text(&help.stdout);
    for part in ["caracola try", "Exit status:", "124", "--trust-new"] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    Ok(())
}

#[test]
fn a_script_stops_at_the_first_line_that_fails() -> Result<()> {
    let (server, home) = (TestServer::builder().start()?, Home::new()?);
    let address = server.address().to_string();
    let arguments = [address.as_str(), "--fingerprint", server.fingerprint()];
    let script = b"# a remark\n\nls\nlss\npwd\n";
    let output = home.piped(&arguments, script)?;
    assert_eq!(output.status.code(), Some(127));
    assert!(text(&output.stdout).contains("ls") && !text(&output.stdout).contains("pwd \u{2014}"));
    assert!(
        text(&output.stderr).contains("Stopped at line 4: lss"),
        "{}",
        text(&output.stderr)
    );

    let output = home.piped(&[&arguments[..], &["--keep-going"]].concat(), script)?;
    assert_eq!(output.status.code(), Some(127));
    assert!(text(&output.stdout).contains("pwd \u{2014}"));

    let output = home.piped(&arguments, b"quit\nlss\n")?;
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let output = home.piped(&arguments, b"ls\n\xff\xfe\n")?;
    assert_eq!(output.status.code(), Some(64));
    Ok(())
}

#[test]
fn the_rest_of_a_line_travels_as_it_is() -> Result<()> {
    let (server, home) = (TestServer::builder().start()?, Home::new()?);
    let mut other = server.shell("ben")?;
    for said in ["it's  late | yes $HOME; \"no\"", "plain words", "¡qué  va!"] {
        let output = home.run(&server, &format!("say {said} "))?;
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        other.push_where(|push| matches!(push, Push::Message { text, .. } if text == said))?;
    }
    Ok(())
}

#[test]
fn what_people_say_does_not_mix_with_replies() -> Result<()> {
    let (server, home) = (TestServer::builder().start()?, Home::new()?);
    let mut other = server.shell("ben")?;
    other.run(&["say", "noise"])?;
    let output = home.run(&server, ":json whoami")?;
    let shown = text(&output.stdout);
    assert_eq!(shown.lines().count(), 1, "{shown}");
    assert!(!shown.contains("noise") && !text(&output.stderr).contains("noise"));
    Ok(())
}

#[test]
fn the_door_opens_for_the_operator() -> Result<()> {
    let (server, home) = (TestServer::builder().start()?, Home::new()?);
    let state = server.state();
    let output = home.piped(
        &["--local", "--state-dir", &state.to_string_lossy(), "-c", "sessions"],
        b"",
    )?;
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let closed = home.piped(&["--local", "--state-dir", "/nonexistent", "-c", "ls"], b"")?;
    assert_eq!(closed.status.code(), Some(69));
    assert!(text(&closed.stderr).contains("/nonexistent/door.sock"));
    Ok(())
}

#[test]
fn what_the_reader_of_the_output_does_not_want_ends_the_script() -> Result<()> {
    let (server, home) = (TestServer::builder().start()?, Home::new()?);
    let address = server.address().to_string();
    let mut child = home
        .caracola(&[&address, "--fingerprint", server.fingerprint()])?
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()?;
    drop(child.stdout.take());
    if let Some(mut input) = child.stdin.take() {
        // The script would go on for ever; its end is the client's.
        while std::io::Write::write_all(&mut input, b"ls\n").is_ok() {}
    }
    assert_eq!(text(&child.wait_with_output()?.stderr), "");
    Ok(())
}
