//! What goes wrong in the machine (a folder that is gone, no descriptors, a program that was removed) is for the admin's log,
//! path and number included. Callers learn that it went wrong.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use anyhow::{Context as _, Result};
use caracola_testing::{TestServer, error_code};
use caracola_wire::Value;
use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit};

/// What guests may run here.
const COMMANDS: &str = r#"
[access]
guest = true
guest_exec = true

[commands.true]
summary = "Do nothing"
exec = ["/bin/true"]
roles = ["guest"]
examples = [{ run = "true", about = "Do it" }]

[commands.gone]
summary = "A program that somebody removes"
exec = ["./gone"]
roles = ["guest"]
examples = [{ run = "gone", about = "Do it" }]

[commands.lost]
summary = "Another one"
exec = ["./lost"]
roles = ["guest"]
examples = [{ run = "lost", about = "Do it" }]

[commands.show]
summary = "Open a file"
exec = ["/bin/cat", "{file}"]
params = [{ name = "file", type = "path", root = ".", must_exist = true, as = "fd" }]
roles = ["guest"]
examples = [{ run = "show gone", about = "Do it" }]
"#;

fn server(folder: &std::path::Path) -> Result<TestServer> {
    for name in ["gone", "lost"] {
        let program = folder.join(name);
        fs::write(&program, "#!/bin/sh\n")?;
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755))?;
    }
    TestServer::builder()
        .binary(env!("CARGO_BIN_EXE_caracolad"))
        .folder(folder)
        .config(COMMANDS)
        .start()
}

/// The error, which has no path and no number of the system's in it.
fn private(reply: &Value, server: &TestServer) -> Result<String> {
    let Value::Error(error) = reply else {
        anyhow::bail!("no error: {reply:?}");
    };
    let said = error.to_string();
    let folder = server.folder().to_str().context("a path that is not text")?;
    for secret in [folder, "os error", "state", "/jobs"] {
        assert!(!said.contains(secret), "{secret} in {said}");
    }
    Ok(said)
}

#[test]
fn a_key_that_cannot_be_stored_is_the_logs_business() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let server = server(folder.path())?;
    let jobs = server.state().join("jobs");
    fs::remove_dir_all(&jobs)?;
    fs::write(&jobs, "not a folder")?;
    let mut guest = server.connect()?;
    for key in ["one", "two", "three"] {
        let reply = guest.request(&["JOB", "START", key, "true"])?;
        assert_eq!(error_code(&reply), "FAILED");
        let said = private(&reply, &server)?;
        assert!(said.contains("could not store the key of this job"), "{said}");
    }
    let jobs = jobs.display().to_string();
    server.wait_for_log("the key of a job could not be stored")?;
    let log = server.log();
    let lines: Vec<_> = log
        .lines()
        .filter(|line| line.contains("could not be stored"))
        .collect();
    assert_eq!(lines.len(), 1, "one a minute: {lines:?}");
    for part in [&jobs, "(os error 20)", "command=\"true\"", "session="] {
        assert!(lines[0].contains(part), "{part} in {}", lines[0]);
    }
    assert!(
        !log.contains("job=") || !log.contains("command=\"true\" job"),
        "nothing was started"
    );
    Ok(())
}

#[test]
fn a_program_that_is_gone_is_the_logs_business() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let server = server(folder.path())?;
    let program = folder.path().join("gone");
    fs::remove_file(&program)?;
    let mut guest = server.connect()?;
    for _ in 0..3 {
        let said = private(&guest.request(&["RUN", "gone"])?, &server)?;
        assert!(
            said.contains("could not be started: the server's log says why"),
            "{said}"
        );
    }
    server.wait_for_log("a program could not be started")?;
    let log = server.log();
    let lines: Vec<_> = log
        .lines()
        .filter(|line| line.contains("could not be started"))
        .collect();
    assert_eq!(lines.len(), 1, "one a minute: {lines:?}");
    for part in [
        &*program.to_string_lossy(),
        "command=\"gone\"",
        "session",
        "does not exist",
    ] {
        assert!(lines[0].contains(part), "{part} in {}", lines[0]);
    }
    Ok(())
}

#[test]
fn the_reason_of_one_program_hides_that_of_no_other() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let server = server(folder.path())?;
    let mut guest = server.connect()?;
    for name in ["gone", "lost"] {
        fs::remove_file(folder.path().join(name))?;
        for _ in 0..2 {
            assert_eq!(error_code(&guest.request(&["RUN", name])?), "FAILED");
        }
        server.wait_for_log(&format!("command=\"{name}\" program="))?;
    }
    let lines = server.log().matches("could not be started").count();
    assert_eq!(lines, 2, "one a minute for each");
    Ok(())
}

#[test]
fn a_machine_without_descriptors_is_the_logs_business() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let server = server(folder.path())?;
    let mut guest = server.connect()?;
    guest.request(&["PING"])?;
    let process = i32::try_from(server.process())?;
    let open = fs::read_dir(format!("/proc/{process}/fd"))?.count();
    let limit = Rlimit {
        // One too few for a pipe, a socket or a file that the next request opens.
        current: Some(u64::try_from(open)?),
        maximum: getrlimit(Resource::Nofile).maximum,
    };
    prlimit(Pid::from_raw(process), Resource::Nofile, limit)?;
    let said = private(&guest.request(&["RUN", "true"])?, &server)?;
    assert!(said.contains("no room for another program"), "{said}");
    let said = private(&guest.request(&["RUN", "show", "gone"])?, &server)?;
    assert!(said.contains("does not let it be opened"), "{said}");
    server.wait_for_log("a program could not be started")?;
    server.wait_for_log("a path could not be opened")?;
    assert!(server.log().contains("(os error 24)"), "{}", server.log());
    Ok(())
}

#[test]
fn a_reload_that_met_a_passing_error_is_tried_again_also_where_saves_wait() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let server = TestServer::builder()
        .binary(env!("CARGO_BIN_EXE_caracolad"))
        .folder(folder.path())
        .config(format!(
            "[server]\nreload = \"command\"\n{}",
            COMMANDS.replace("./gone", "/bin/true")
        ))
        .start()?;
    let process = Pid::from_raw(i32::try_from(server.process())?).context("a process")?;
    // Already here: it would take a descriptor.
    let mut door = server.door()?;
    door.request(&["PING"])?;
    let before = prlimit(
        Some(process),
        Resource::Nofile,
        Rlimit {
            current: Some(0),
            maximum: getrlimit(Resource::Nofile).maximum,
        },
    )?;
    door.send(b"RUN reload\r\n")?;
    server.wait_for_log("can't be read now")?;
    assert!(!server.log().contains("reloaded the commands"), "{}", server.log());
    prlimit(Some(process), Resource::Nofile, before)?;
    server.wait_for_log("reloaded the commands")?;
    Ok(())
}
