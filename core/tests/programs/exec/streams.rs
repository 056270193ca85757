//! What who asked gets of a program: a shell as it comes, a library at the end.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use caracola_testing::{Connection, framed};
use caracola_wire::{Exit, Push, Reply, Value};

use super::lab::{Lab, run, serve};
use super::redis_client::{PROTOCOLS, connect};

const COMMANDS: &str = r#"
[commands.both]
summary = "Writes to both streams"
roles = ["guest"]
exec = ["sh", "-c", "for n in 1 2 3 4 5; do echo out $n; echo err $n >&2; done; exit 3"]

[commands.slow]
summary = "Writes, and waits to be told to go on"
roles = ["guest"]
exec = ["sh", "-c", "echo first; until [ -e go ]; do sleep 0.02; done; echo second"]
cwd = "."

[commands.killed]
summary = "Ends itself by a signal"
roles = ["guest"]
exec = ["sh", "-c", "echo so far; kill -s USR1 $$"]

[commands.many]
summary = "Counts"
roles = ["guest"]
exec = ["seq", "1", "200000"]
max_output = "8MiB"

[commands.endless]
summary = "Never stops counting"
roles = ["guest"]
exec = ["yes", "0123456789abcde"]
max_output = "100KiB"

[commands.good]
summary = "Succeeds with another status"
roles = ["guest"]
exec = ["sh", "-c", "echo found nothing; exit 1"]
ok_exit = [0, 1]

[commands.missing]
summary = "Is not there"
roles = ["guest"]
exec = ["./no-such-program"]
"#;

fn lab() -> Result<Lab> {
    serve(COMMANDS)
}

/// Runs a command as a shell: both streams' bytes, and how it ended.
fn streamed(shell: &mut Connection, command: &str) -> Result<(Vec<u8>, Vec<u8>, Exit)> {
    let reply = run(shell, &[command.as_bytes()])?;
    if let Value::Error(error) = &reply {
        bail!("{command}: {error}");
    }
    let Reply::Exit(exit) = Reply::decode(&reply)? else {
        bail!("{command}: {reply:?}");
    };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    // All of it came before the end of it: nothing is waited for.
    for push in shell.pushes_until_now()? {
        if let Push::Out { stream, bytes, .. } = push {
            match stream {
                1 => out.extend_from_slice(&bytes),
                2 => err.extend_from_slice(&bytes),
                other => bail!("no such stream: {other}"),
            }
        }
    }
    Ok((out, err, exit))
}

#[test]
fn a_shell_gets_both_streams_apart_and_in_order() -> Result<()> {
    let lab = lab()?;
    let mut shell = lab.server.shell("ana")?;
    let (out, err, exit) = streamed(&mut shell, "both")?;
    assert_eq!(String::from_utf8(out)?, "out 1\nout 2\nout 3\nout 4\nout 5\n");
    assert_eq!(String::from_utf8(err)?, "err 1\nerr 2\nerr 3\nerr 4\nerr 5\n");
    assert_eq!(
        (exit.status, exit.signal.as_deref(), exit.truncated),
        (Some(3), None, false)
    );
    let (out, _, exit) = streamed(&mut shell, "many")?;
    assert!(out.ends_with(b"\n"));
    let numbers = String::from_utf8(out)?;
    assert!(numbers.lines().eq((1..=200_000).map(|number| number.to_string())));
    assert_eq!((exit.status, exit.truncated), (Some(0), false));
    Ok(())
}

#[test]
fn a_shell_gets_output_while_the_program_runs() -> Result<()> {
    let lab = lab()?;
    let mut shell = lab.server.shell("ana")?;
    let began = Instant::now();
    shell.send(&framed(&["RUN", "slow"]))?;
    let first = shell.push_where(|push| matches!(push, Push::Out { .. }))?;
    assert!(
        matches!(&first, Push::Out { stream: 1, bytes, .. } if &**bytes == b"first\n"),
        "{first:?}"
    );
    std::fs::write(lab.path("go"), "")?;
    let Reply::Exit(exit) = Reply::decode(&shell.reply()?)? else {
        bail!("no end")
    };
    let second = shell.push_where(|push| matches!(push, Push::Out { .. }))?;
    assert!(
        matches!(&second, Push::Out { bytes, .. } if &**bytes == b"second\n"),
        "{second:?}"
    );
    assert_eq!(exit.status, Some(0));
    let took = Duration::from_millis(exit.ms);
    assert!(took <= began.elapsed(), "{took:?}");
    Ok(())
}

#[test]
fn a_shell_is_told_the_signal_and_that_output_was_cut() -> Result<()> {
    let lab = lab()?;
    let mut shell = lab.server.shell("ana")?;
    let (out, _, exit) = streamed(&mut shell, "killed")?;
    assert_eq!(
        (&*out, exit.status, exit.signal.as_deref()),
        (&b"so far\n"[..], None, Some("SIGUSR1"))
    );
    let (out, _, exit) = streamed(&mut shell, "endless")?;
    assert_eq!(
        (out.len(), exit.signal.as_deref(), exit.truncated),
        (100 * 1024, Some("SIGPIPE"), true)
    );
    Ok(())
}

#[test]
fn a_library_gets_text_up_to_the_limit() -> Result<()> {
    let lab = lab()?;
    for protocol in PROTOCOLS {
        let mut library = connect(&lab.server, protocol)?;
        let text: String = redis::cmd("RUN").arg("endless").query(&mut library)?;
        assert_eq!(text.len(), 100 * 1024, "{protocol}");
        assert!(text.starts_with("0123456789abcde\n0123"));
        // Standard error is for people, and a failure's last line.
        let text: String = redis::cmd("RUN").arg("good").query(&mut library)?;
        assert_eq!(text, "found nothing\n");
    }
    Ok(())
}

#[test]
fn a_library_gets_the_last_line_of_a_failure() -> Result<()> {
    let lab = lab()?;
    for protocol in PROTOCOLS {
        let mut library = connect(&lab.server, protocol)?;
        for (command, wanted) in [
            ("both", "exit=3"),
            ("both", "err 5"),
            ("killed", "SIGUSR1"),
            ("missing", ""),
        ] {
            let outcome = redis::cmd("RUN").arg(command).query::<String>(&mut library);
            let error = outcome.err().with_context(|| format!("{command} succeeded"))?;
            assert_eq!(error.code(), Some("FAILED"), "{command}: {error}");
            assert!(error.to_string().contains(wanted), "{command}: {error}");
        }
        let pong: String = redis::cmd("PING").query(&mut library)?;
        assert_eq!(pong, "PONG", "and it goes on");
    }
    Ok(())
}

#[test]
fn replies_of_programs_keep_their_order() -> Result<()> {
    let lab = serve(
        r#"
        [commands.after]
        summary = "Takes its time"
        roles = ["guest"]
        exec = ["sh", "-c", "sleep $1; echo $1", "sh", "{seconds}"]
        params = [{ name = "seconds", type = "number" }]
        "#,
    )?;
    let mut library = connect(&lab.server, PROTOCOLS[1])?;
    let mut pipeline = redis::pipe();
    let waits = ["0.2", "0", "0.1", "0"];
    for wait in waits {
        pipeline.cmd("RUN").arg("after").arg(wait).cmd("ECHO").arg(wait);
    }
    let replies: Vec<String> = pipeline.query(&mut library)?;
    let wanted: Vec<String> = waits
        .iter()
        .flat_map(|wait| [format!("{wait}\n"), (*wait).to_owned()])
        .collect();
    assert_eq!(replies, wanted);
    Ok(())
}
