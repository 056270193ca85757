//! How a server ends: in good order when it is asked to, and without harm when it is not.

use std::io::{ErrorKind, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use caracola_testing::{Connection, TestServer, handshake};
use caracola_wire::Push;
use native_tls::TlsStream;

use crate::builder;

/// The time that a server has to end.
const LIMIT: Duration = Duration::from_secs(5);

/// A connection that has asked for more than it reads, so that replies wait for it.
fn sloth(server: &TestServer) -> Result<TlsStream<TcpStream>> {
    let mut stream = handshake(server.tcp()?, &server.certificate())?;
    stream.get_ref().set_nonblocking(true)?;
    let requests = "*2\r\n$3\r\nRUN\r\n$2\r\nrm\r\n".repeat(1000);
    let mut sent = 0;
    let mut witness = server.connect()?;
    let mut stuck = 0;
    while stuck < 10 {
        match stream.write(&requests.as_bytes()[sent % requests.len()..]) {
            Ok(count) => {
                sent += count;
                stuck = 0;
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                stuck += 1;
                witness.request(&["PING"])?;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(stream)
}

fn assert_told(person: &mut Connection, who: &str) -> Result<()> {
    let bye = person.push_where(|push| matches!(push, Push::Bye { .. }));
    let bye = bye.with_context(|| format!("{who} was not told"))?;
    assert!(
        matches!(&bye, Push::Bye { reason } if reason == "the server is stopping"),
        "{bye:?}"
    );
    let rest = person.rest()?;
    assert_eq!(rest, b"", "{who} heard more after the goodbye");
    Ok(())
}

fn stops_in_good_order(signal: &str) -> Result<()> {
    let mut server = builder().start()?;
    let shells: Result<Vec<_>> = (0..50)
        .map(|number| server.shell(&format!("person-{number}")))
        .collect();
    let mut shells = shells?;
    let libraries: Result<Vec<_>> = (0..49).map(|_| server.connect()).collect();
    let mut libraries = libraries?;
    for library in libraries.iter_mut().step_by(2) {
        library.request(&["SUBSCRIBE", "lobby"])?;
    }
    let half_open = [server.tcp()?, server.tcp()?];
    let sloth = sloth(&server)?;
    let sessions = server.operator(&["sessions"])?.success()?;
    assert!(
        sessions.contains("Sessions: 101"),
        "a hundred, and the operator who asks: {sessions}"
    );

    let start = Instant::now();
    server.signal(signal)?;
    for (number, shell) in shells.iter_mut().enumerate() {
        assert_told(shell, &format!("person-{number}"))?;
    }
    // The first who is told knows that nobody comes in any more.
    let late = TcpStream::connect_timeout(&server.address(), LIMIT);
    assert!(
        matches!(&late, Err(error) if error.kind() == ErrorKind::ConnectionRefused),
        "{late:?}"
    );
    for library in &mut libraries {
        assert_eq!(library.rest()?, b"", "a library is just closed");
    }
    let status = server.wait()?;
    let took = start.elapsed();
    assert_eq!(status.code(), Some(0), "{status}:\n{}", server.log());
    assert!(took < LIMIT, "it took {took:?}");
    drop((sloth, half_open));

    assert!(!server.state().join("door.sock").exists(), "the door is taken down");
    let gone = server.operator(&["sessions"])?;
    assert_eq!(gone.status.code(), Some(1), "{gone:?}");
    let again = builder()
        .folder(server.folder())
        .start()
        .context("the state folder is free")?;
    assert_eq!(again.fingerprint(), server.fingerprint());
    Ok(())
}

#[test]
fn sigterm_ends_a_hundred_sessions_within_five_seconds() -> Result<()> {
    stops_in_good_order("TERM")
}

#[test]
fn sigint_ends_a_hundred_sessions_within_five_seconds() -> Result<()> {
    stops_in_good_order("INT")
}

#[test]
fn what_was_said_before_the_end_is_heard_before_it() -> Result<()> {
    let mut server = builder().start()?;
    let (mut ana, mut ben) = (server.shell("ana")?, server.shell("ben")?);
    for count in 0..20 {
        ana.request(&["RUN", "say", &format!("last words {count}")])?;
    }
    server.operator(&["say", "stopping for today"])?.success()?;
    let stopped = server.operator(&["stop"])?.success()?;
    assert!(stopped.contains("stopping"), "{stopped}");
    let mut heard = Vec::new();
    loop {
        match ben.push()? {
            Push::Message { text, .. } | Push::Notice { text, .. } => heard.push(text),
            Push::Bye { .. } => break,
            other => bail!("{other:?}"),
        }
    }
    let wanted = (0..20).map(|count| format!("last words {count}"));
    let wanted: Vec<_> = wanted.chain(["The operator: stopping for today".to_owned()]).collect();
    assert_eq!(heard, wanted);
    assert_eq!(server.wait()?.code(), Some(0));
    Ok(())
}

#[test]
fn people_are_told_in_their_language() -> Result<()> {
    let mut server = builder().start()?;
    let mut eva = server.connect()?;
    eva.be_shell("eva", "es-MX")?;
    server.signal("TERM")?;
    let bye = eva.push_where(|push| matches!(push, Push::Bye { .. }))?;
    assert!(
        matches!(&bye, Push::Bye { reason } if reason == "el servidor se detiene"),
        "{bye:?}"
    );
    assert_eq!(server.wait()?.code(), Some(0));
    Ok(())
}

#[test]
fn a_killed_server_leaves_a_folder_that_the_next_one_takes() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut first = builder().folder(folder.path()).start()?;
    let mut ana = first.shell("ana")?;
    first.signal("KILL")?;
    assert!(!first.wait()?.success());
    assert!(ana.push().is_err(), "the connection is lost");
    assert!(first.state().join("door.sock").exists(), "nobody took it down");

    let mut second = builder().folder(folder.path()).start()?;
    assert_eq!(second.fingerprint(), first.fingerprint());
    second.shell("ana")?;
    second.operator(&["sessions"])?.success()?;
    second.operator(&["stop"])?.success()?;
    assert_eq!(second.wait()?.code(), Some(0));
    Ok(())
}
