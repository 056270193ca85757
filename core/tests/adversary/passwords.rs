//! Whoever knows the former password of an account, or was logged in to one that is gone, keeps nothing of it: no session, no
//! login that waits for its turn, no job.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use caracola_testing::{Connection, PASSWORD, TEST_TIMEOUT, TestServer, error_code, framed};
use caracola_wire::Push;

use crate::builder;

const OTHER: &str = "another horse";

/// A server with a program that never ends by itself, whatever its session does, and notes its process in a file.
fn server() -> Result<TestServer> {
    let config = r#"
[access]
guest = true
[commands.endless]
summary = "Never end"
exec = ["/bin/sh", "-c", "echo $$ > \"$1.new\"; mv \"$1.new\" \"$1\"; exec sleep 1000", "sh", "{file}"]
params = [{ name = "file" }]
roles = ["user"]
on_hangup = "continue"
timeout = "30m"
max_running = 1
"#;
    let server = builder().config(config).start()?;
    server.add_user("ana", "user")?;
    Ok(server)
}

/// The process that the program noted, once it has.
fn process(file: &Path) -> Result<String> {
    let deadline = Instant::now() + TEST_TIMEOUT;
    loop {
        match fs::read_to_string(file) {
            Ok(text) => return Ok(text.trim().to_owned()),
            Err(_) if Instant::now() < deadline => std::thread::sleep(Duration::from_millis(10)),
            Err(error) => bail!("the program did not begin: {error}"),
        }
    }
}

fn wait_until_gone(process: &str) -> Result<()> {
    let deadline = Instant::now() + TEST_TIMEOUT;
    while Path::new("/proc").join(process).exists() {
        if Instant::now() > deadline {
            bail!("process {process} runs on");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    Ok(())
}

/// Starts the program under a key. It is begun, or waits for its place.
fn start(connection: &mut Connection, key: &str, file: &Path) -> Result<String> {
    let file = file.to_str().context("a path that is not text")?;
    let reply = connection.request(&["JOB", "START", key, "endless", file])?;
    Ok(reply.as_str().with_context(|| format!("no id: {reply:?}"))?.to_owned())
}

fn state_of(server: &TestServer, job: &str) -> Result<String> {
    let reply = server.door()?.request(&["JOB", "READ", job])?;
    let state = reply
        .map_value("state")
        .and_then(|state| state.as_str().map(str::to_owned));
    state.with_context(|| format!("no state: {reply:?}"))
}

fn bye(shell: &mut Connection) -> Result<String> {
    match shell.push_where(|push| matches!(push, Push::Bye { .. }))? {
        Push::Bye { reason } => Ok(reason),
        other => bail!("{other:?}"),
    }
}

#[test]
fn a_new_password_ends_sessions_and_jobs() -> Result<()> {
    let server = server()?;
    let (file, waiting) = (server.folder().join("one"), server.folder().join("two"));
    let (mut ana, mut library) = (server.shell_logged_in("ana")?, server.connect()?);
    library.request(&["AUTH", "ana", PASSWORD])?;
    let running = start(&mut library, "k1", &file)?;
    let process = process(&file)?;
    let queued = start(&mut ana, "k2", &waiting)?;
    server.user_with_password(&["passwd", "ana"], OTHER)?.success()?;
    assert_eq!(bye(&mut ana)?, "your password was changed: log in again");
    assert_eq!(library.rest()?, b"");
    wait_until_gone(&process)?;
    for job in [running, queued] {
        let deadline = Instant::now() + TEST_TIMEOUT;
        while state_of(&server, &job)? != "ended" && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(10));
        }
        assert_eq!(state_of(&server, &job)?, "ended");
    }
    assert!(!waiting.exists(), "what waited was never begun");
    Ok(())
}

#[test]
fn sessions_and_jobs_go_on_if_the_admin_says_so() -> Result<()> {
    let server = server()?;
    let file = server.folder().join("one");
    let mut ana = server.shell_logged_in("ana")?;
    let job = start(&mut ana, "k1", &file)?;
    process(&file)?;
    server
        .user_with_password(&["passwd", "ana", "--keep-sessions"], OTHER)?
        .success()?;
    assert_eq!(ana.request(&["PING"])?.as_str(), Some("PONG"));
    assert_eq!(state_of(&server, &job)?, "running");
    assert_eq!(
        error_code(&server.connect()?.request(&["AUTH", "ana", PASSWORD])?),
        "WRONGPASS"
    );
    assert_eq!(server.connect()?.request(&["AUTH", "ana", OTHER])?.as_str(), Some("OK"));
    // It holds for that change alone.
    server
        .user_with_password(&["passwd", "ana"], "a third horse")?
        .success()?;
    assert_eq!(bye(&mut ana)?, "your password was changed: log in again");
    wait_until_gone(&process(&file)?)
}

#[test]
fn an_edit_by_hand_does_the_same_as_the_command() -> Result<()> {
    let server = server()?;
    let file = server.folder().join("one");
    let mut ana = server.shell_logged_in("ana")?;
    start(&mut ana, "k1", &file)?;
    let process = process(&file)?;
    // In place, as some editors do it.
    fs::write(server.state().join("users.toml"), "[users]\n")?;
    assert_eq!(bye(&mut ana)?, "your account was removed");
    wait_until_gone(&process)
}

#[test]
fn logins_that_wait_for_their_turn_come_too_late() -> Result<()> {
    let server = server()?;
    // More than are hashed at once, and fewer than are too many wrong guesses.
    let mut waiting = (0..16).map(|_| server.connect()).collect::<Result<Vec<_>>>()?;
    let request = framed(&["AUTH", "ana", PASSWORD]);
    for connection in &mut waiting {
        connection.send(&request)?;
    }
    server.user_with_password(&["passwd", "ana"], OTHER)?.success()?;
    for connection in &mut waiting {
        // Whoever was in before is out; whoever wasn't is told that the password is wrong.
        let Ok(reply) = connection.reply() else { continue };
        match error_code(&reply) {
            "" => assert!(
                connection.request(&["PING"]).is_err(),
                "a session of the former password"
            ),
            code => assert!(["WRONGPASS", "BUSY", "LIMIT"].contains(&code), "{reply:?}"),
        }
    }
    Ok(())
}
