//! A client that we did not write: redis-py. `$PYTHON` names a Python that has it; else `python3` must.

use std::process::{Command, Stdio};

use anyhow::{Context as _, Result};
use caracola_testing::{Process, TestServer};
use caracola_wire::Push;

#[test]
#[ignore = "needs redis-py"]
fn redis_py_asks_listens_and_speaks() -> Result<()> {
    let server = TestServer::builder().binary(env!("CARGO_BIN_EXE_caracolad")).start()?;
    let mut ana = server.shell("ana")?;
    let python = std::env::var_os("PYTHON").unwrap_or_else(|| "python3".into());
    let mut command = Command::new(python);
    command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/python/redis_py.py"));
    command.args(["localhost", &server.address().port().to_string()]);
    command.arg(server.certificate()).stdin(Stdio::null());
    let script = Process::start(&mut command)?;
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
