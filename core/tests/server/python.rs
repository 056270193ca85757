//! A client that we did not write: redis-py. `$PYTHON` names a Python that has it; else `python3` must.

use std::fs;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result};
use caracola_testing::{PASSWORD, Process, TestServer};
use caracola_wire::Push;

use crate::{builder, server};

/// A script that is told where the server is.
fn script(name: &str, server: &TestServer) -> Command {
    let python = std::env::var_os("PYTHON").unwrap_or_else(|| "python3".into());
    let mut command = Command::new(python);
    command.arg(format!("{}/tests/server/python/{name}", env!("CARGO_MANIFEST_DIR")));
    command.args(["localhost", &server.address().port().to_string()]);
    command.arg(server.certificate()).stdin(Stdio::null());
    command
}

#[test]
#[ignore = "needs redis-py"]
fn redis_py_asks_listens_and_speaks() -> Result<()> {
    let server = server()?;
    let mut ana = server.shell("ana")?;
    let script = Process::start(&mut script("redis_py.py", &server))?;
    let wait_for = |line: &str| {
        let said = |written: &str| written.contains(line).then_some(());
        let outcome = script.wait_for_stdout(&format!("{line:?}"), said);
        outcome.with_context(|| script.stderr())
    };
    for protocol in [2, 3] {
        wait_for(&format!("protocol {protocol} listens"))?;
        for words in ["hola, ñandú", "over"] {
            ana.request(&["RUN", "say", words])?;
            wait_for(&format!("protocol {protocol} heard ~ana: {words}"))?;
        }
        let done = format!("done with {protocol}");
        let said = ana.push_where(|push| matches!(push, Push::Message { text, .. } if *text == done));
        let said = said.with_context(|| script.stderr())?;
        assert!(
            matches!(&said, Push::Message { name, .. } if name.starts_with("~script")),
            "{said:?}"
        );
    }
    assert!(script.finished()?.success()?.ends_with("done\n"));
    Ok(())
}

/// A request that redis-py sends again, because its answer came late or not at all, runs its program once.
#[test]
#[ignore = "needs redis-py"]
fn what_redis_py_sends_again_runs_once() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let place = folder.path().display();
    let commands = format!(
        r#"
        [commands.trace]
        summary = "Leave a line behind"
        exec = ["/bin/sh", "-c", "echo ran >> {place}/ran"]
        roles = ["user"]
        examples = [{{ run = "trace", about = "Do it" }}]
        "#
    );
    let server = builder().config(commands).start()?;
    server.add_user("ana", "user")?;
    let mut script = script("redis_py_jobs.py", &server);
    Process::finish(script.args(["ana", PASSWORD, &server.process().to_string()]))?.success()?;
    // One for each version of the protocol.
    assert_eq!(fs::read_to_string(folder.path().join("ran"))?, "ran\nran\n");
    Ok(())
}
