//! COMPLETE: what programs, lists and definitions offer, to whom, and that nobody is kept waiting.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;
use caracola_testing::{Connection, Mark, TEST_TIMEOUT, TestServer, error_code};
use caracola_wire::{Completion, Value};

use super::builder;

const COMMANDS: &str = r#"
[access]
guest = true
guest_exec = true

[commands.disks]
summary = "The disks"
exec = ["/bin/sh", "-c", "echo run >> runs; printf 'sda\\tsystem disk\\nSDB\\nevil\\033[2J\\n-rf\\nnvme0 part\\n'; echo careful >&2"]
cwd = "."
roles = ["guest"]
read_only = true

[commands.wipe]
summary = "Wipe a disk"
exec = ["/bin/echo", "{disk}", "{size}", "{all}"]
roles = ["guest"]
params = [
    { name = "disk", complete = "disks" },
    { name = "size", flag = "--size", complete = "sizes", required = false },
    { name = "all", flag = "--all", type = "boolean" },
]

[commands.sizes]
summary = "Sizes"
reply = "small\tfits a pocket\nsmaller\nlarge"

[commands."disk paint"]
summary = "Paint a disk"
exec = ["/bin/echo", "{color}"]
roles = ["guest"]
params = [{ name = "color", choices = { red = "like blood", green = "like grass" } }]

[commands.secrets]
summary = "What operators know"
exec = ["/bin/echo", "hidden"]
read_only = true

[commands.open]
summary = "Everybody may, with a secret name"
exec = ["/bin/echo", "{name}"]
roles = ["guest"]
params = [{ name = "name", complete = "secrets" }]

[commands.close]
summary = "Operators may"
exec = ["/bin/echo", "{name}"]
params = [{ name = "name", complete = "secrets" }]

[commands.endless]
summary = "Never ends"
exec = ["/bin/sleep", "1000"]
roles = ["guest"]
read_only = true

[commands.wait]
summary = "Wait for what never ends"
exec = ["/bin/echo", "{what}"]
roles = ["guest"]
params = [{ name = "what", complete = "endless" }]

[commands.late]
summary = "Is ended"
exec = ["/bin/sh", "-c", "echo run >> late-runs; exec sleep 1000"]
cwd = "."
timeout = "100ms"
roles = ["guest"]
read_only = true

[commands.failing]
summary = "Fails"
exec = ["/bin/sh", "-c", "echo offered; exit 3"]
roles = ["guest"]
read_only = true

[commands.try]
summary = "Try what doesn't work"
exec = ["/bin/echo", "{late}", "{failing}"]
roles = ["guest"]
params = [{ name = "late", complete = "late" }, { name = "failing", complete = "failing" }]

[commands.port]
summary = "Ports"
[commands.port.lookup]
443 = "HTTPS: the web"
444 = "SNPP"
"#;

fn server() -> Result<TestServer> {
    builder().config(COMMANDS).start()
}

/// What a connection is offered, as `value (about)`.
fn offered(connection: &mut Connection, words: &[&str]) -> Result<Vec<String>> {
    let words: Vec<_> = ["COMPLETE"].iter().chain(words).copied().collect();
    let completion = Completion::decode(&connection.request(&words)?)?;
    let shown = completion.offers.into_iter().map(|offer| {
        if offer.about.is_empty() {
            offer.value
        } else {
            format!("{} ({})", offer.value, offer.about)
        }
    });
    Ok(shown.collect())
}

fn runs(server: &TestServer, file: &str) -> usize {
    fs::read_to_string(server.folder().join(file)).map_or(0, |text| text.lines().count())
}

#[test]
fn a_programs_lines_are_offered_and_the_program_runs_once() -> Result<()> {
    let server = server()?;
    let mut connection = server.connect()?;
    for (words, offers) in [
        (&["wipe", ""][..], &["sda (system disk)", "SDB", "nvme0 part"][..]),
        (&["WIPE", "sd"], &["sda (system disk)", "SDB"]),
        (&["wipe", "--all", "n"], &["nvme0 part"]),
        (&["wipe", "x"], &[]),
        (&["wipe", "evil"], &[]),
        (&["wipe", "-"], &["--size (SIZE)", "--all"]),
        (&["wipe", "sda", ""], &["--size (SIZE)", "--all"]),
    ] {
        assert_eq!(offered(&mut connection, words)?, offers, "{words:?}");
    }
    assert_eq!(runs(&server, "runs"), 1, "the first answer does for all");
    // Somebody else's is another.
    assert_eq!(
        offered(&mut server.connect()?, &["wipe", "s"])?,
        ["sda (system disk)", "SDB"]
    );
    assert_eq!(runs(&server, "runs"), 2);
    // Nobody will ever ask for these jobs, and they are in nobody's list.
    assert_eq!(connection.request(&["JOB", "LIST"])?, Value::Array(Vec::new()));
    Ok(())
}

#[test]
fn replies_choices_keys_and_flags_are_offered() -> Result<()> {
    let server = server()?;
    let mut shell = server.shell("ana")?;
    for (words, offers) in [
        (&["wipe", "--size", "sm"][..], &["small (fits a pocket)", "smaller"][..]),
        (&["wipe", "--size=l"], &["--size=large"]),
        (&["disk", "paint", ""], &["red (like blood)", "green (like grass)"]),
        (&["Disk", "Paint", "G"], &["green (like grass)"]),
        (&["disk", "paint", "red", ""], &[]),
        (&["port", "44"], &["443 (HTTPS: the web)", "444 (SNPP)"]),
        (&["disk"], &[]),
        (&["nothing", "at", "all"], &[]),
    ] {
        assert_eq!(offered(&mut shell, words)?, offers, "{words:?}");
    }
    assert_eq!(error_code(&shell.request(&["COMPLETE"])?), "ERR");
    Ok(())
}

#[test]
fn what_one_may_not_run_completes_nothing() -> Result<()> {
    let server = server()?;
    let mut guest = server.connect()?;
    assert_eq!(offered(&mut guest, &["open", ""])?, Vec::<String>::new());
    assert_eq!(offered(&mut guest, &["close", ""])?, Vec::<String>::new());
    let mut operator = server.door()?;
    assert_eq!(offered(&mut operator, &["open", ""])?, ["hidden"]);
    assert_eq!(offered(&mut operator, &["close", "h"])?, ["hidden"]);
    assert_eq!(offered(&mut guest, &["open", ""])?, Vec::<String>::new());
    Ok(())
}

#[test]
fn what_goes_wrong_offers_nothing_and_is_not_tried_again_at_once() -> Result<()> {
    let server = server()?;
    let mut connection = server.connect()?;
    for _ in 0..3 {
        assert_eq!(offered(&mut connection, &["try", ""])?, Vec::<String>::new());
        assert_eq!(offered(&mut connection, &["try", "x", ""])?, Vec::<String>::new());
    }
    assert_eq!(runs(&server, "late-runs"), 1);
    Ok(())
}

#[test]
fn a_completion_is_cancelled_and_keeps_nobody_else_waiting() -> Result<()> {
    let mark = Mark::new();
    let marked = format!("[commands.endless]\n{}", mark.toml());
    let server = builder()
        .config(COMMANDS.replace("[commands.endless]", &marked))
        .start()?;
    let mut connection = server.connect()?;
    connection.send(b"COMPLETE wait x\r\n")?;
    let began = Instant::now();
    while mark.processes()?.is_empty() {
        assert!(began.elapsed() < TEST_TIMEOUT, "the program never ran");
        thread::sleep(Duration::from_millis(5));
    }
    let mut other = server.connect()?;
    assert_eq!(other.request(&["PING"])?.as_str(), Some("PONG"));
    connection.send(b"CANCEL\r\n")?;
    assert_eq!(connection.reply()?, Value::Array(Vec::new()));
    assert_eq!(connection.reply()?, Value::Integer(1));
    assert_eq!(connection.request(&["PING"])?.as_str(), Some("PONG"));
    // Long before its own time is over.
    mark.all_gone(Duration::from_secs(10))?;
    Ok(())
}
