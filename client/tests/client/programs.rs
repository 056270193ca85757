//! Real programs on a real server: output, statuses, cancelling, jobs, and a login that gives the right to run them.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Output;

use anyhow::Result;
use caracola_testing::{Process, TestServer, caracolad, plain_command};

use crate::home::{Home, Terminal, text};

const PASSWORD: &str = "correct horse battery";

const COMMANDS: &str = r#"
[access]
guest = true

[commands.both]
summary = "Write to both outputs and fail"
exec = ["/bin/sh", "-c", "printf 'out\tput\\n'; echo careful >&2; exit 3"]
examples = [{ run = "both", about = "Do it" }]

[commands.echo]
summary = "Say a word"
exec = ["/bin/echo", "{word}"]
params = [{ name = "word" }]
examples = [{ run = "echo hi", about = "Say hi" }]

[commands.endless]
summary = "Begin, and never end"
exec = ["/bin/sh", "-c", "echo begun; exec sleep 1000"]
examples = [{ run = "endless", about = "Do it" }]

[commands.late]
summary = "Take too long"
exec = ["/bin/sleep", "1000"]
timeout = "200ms"
examples = [{ run = "late", about = "Do it" }]

[commands.seek]
summary = "Find nothing, which is fine"
exec = ["/bin/sh", "-c", "echo none; exit 1"]
ok_exit = [0, 1]
examples = [{ run = "seek", about = "Do it" }]

[commands.wipe]
summary = "Wipe a disk"
exec = ["/bin/echo", "wiped", "{disk}"]
params = [{ name = "disk", suggest = ["sda", "sdb"] }]
confirm = "Really wipe it?"
examples = [{ run = "wipe sda", about = "Wipe the first" }]

[commands.search]
summary = "Search disks for something"
exec = ["/bin/echo", "{number}", "searched", "{disks}", "for", "{pattern}"]
params = [
    { name = "number", flag = "-n", type = "boolean" },
    { name = "pattern", allow_dash = true },
    { name = "disks", list = true, complete = "disks" },
]
examples = [{ run = "search -5 sda1", about = "Below zero" }]

[commands.disks]
summary = "The disks"
exec = ["/usr/bin/printf", 'sda1\tsystem\nsdb 2\tof \033[2Jana\n\033[2Jevil\n']
read_only = true
examples = [{ run = "disks", about = "List them" }]

[commands.mount]
summary = "Mount a disk"
exec = ["/bin/echo", "mounted", "{disk}"]
params = [{ name = "disk", complete = "disks" }]
examples = [{ run = "mount sda1", about = "Mount one" }]

[commands.unlock]
summary = "Open a door"
exec = ["/bin/sh", "-c", "wc -c"]
params = [{ name = "pin", type = "secret" }]
stdin = "{pin}"
examples = [{ run = "unlock", about = "Asks for the PIN" }]
"#;

/// A server on which ana is an operator.
fn server() -> Result<TestServer> {
    let server = TestServer::builder().config(COMMANDS).start()?;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("password");
    fs::write(&file, PASSWORD)?;
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600))?;
    let mut add = plain_command(&caracolad()?);
    add.args(["user", "add", "ana", "--role", "operator", "--password-file"])
        .arg(&file)
        .arg("--state-dir")
        .arg(server.state());
    Process::finish(&mut add)?.success()?;
    Ok(server)
}

fn arguments(home: &Home, server: &TestServer, password: &str) -> Result<Vec<String>> {
    let file = home.folder().join("password");
    fs::write(&file, password)?;
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600))?;
    let address = format!("ana@{}", server.address());
    let file = file.to_string_lossy();
    Ok([
        &address,
        "--fingerprint",
        server.fingerprint(),
        "--password-file",
        &file,
    ]
    .map(str::to_owned)
    .to_vec())
}

fn run(home: &Home, server: &TestServer, more: &[&str]) -> Result<Output> {
    let arguments = arguments(home, server, PASSWORD)?;
    let arguments: Vec<&str> = arguments
        .iter()
        .map(String::as_str)
        .chain(more.iter().copied())
        .collect();
    home.piped(&arguments, b"")
}

fn shell(home: &Home, server: &TestServer) -> Result<Terminal> {
    let address = format!("ana@{}", server.address());
    let mut terminal = home.terminal(&[&address, "--fingerprint", server.fingerprint()])?;
    terminal.expect("Password of ana on ")?;
    terminal.send_line(PASSWORD)?;
    terminal.expect("ana@")?;
    terminal.expect("lobby> ")?;
    Ok(terminal)
}

#[test]
fn outputs_and_statuses() -> Result<()> {
    let (server, home) = (server()?, Home::new()?);
    let output = run(&home, &server, &["-c", "both"])?;
    assert_eq!(text(&output.stdout), "out\tput\n");
    assert_eq!(text(&output.stderr), "careful\n(exit status 3)\n");
    assert_eq!(output.status.code(), Some(1));
    for (line, stdout, status) in [
        ("echo 'two  words'", "two  words\n", 0),
        ("late", "", 124),
        ("echo", "", 64),
        ("wipe sda", "", 64),
    ] {
        let output = run(&home, &server, &["-c", line])?;
        let said = text(&output.stderr);
        assert_eq!(
            (text(&output.stdout).as_str(), output.status.code()),
            (stdout, Some(status)),
            "{line}: {said}"
        );
    }
    let output = run(&home, &server, &["-c", "seek"])?;
    assert_eq!(
        (text(&output.stdout).as_str(), text(&output.stderr).as_str()),
        ("none\n", "")
    );
    assert_eq!(output.status.code(), Some(0), "its definition says that 1 is fine");
    let output = run(&home, &server, &["--yes", "-c", "wipe sda"])?;
    assert_eq!(text(&output.stdout), "wiped sda\n");
    Ok(())
}

#[test]
fn no_word_of_short_programs_is_lost() -> Result<()> {
    let (server, home) = (server()?, Home::new()?);
    let arguments = arguments(&home, &server, PASSWORD)?;
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let script: Vec<String> = (0..300).map(|number| format!("echo {number}\n")).collect();
    let script = script.concat();
    let output = home.piped(&arguments, script.as_bytes())?;
    let said = script.replace("echo ", "");
    assert_eq!(text(&output.stdout), said, "{}", text(&output.stderr));
    Ok(())
}

#[test]
fn who_may_not_run_it_is_told_so() -> Result<()> {
    let (server, home) = (server()?, Home::new()?);
    let output = home.run(&server, "both")?;
    assert_eq!(
        output.status.code(),
        Some(127),
        "what one may not see isn't there: {}",
        text(&output.stderr)
    );
    let wrong = arguments(&home, &server, "wrong")?;
    let wrong: Vec<&str> = wrong.iter().map(String::as_str).chain(["-c", "both"]).collect();
    let output = home.piped(&wrong, b"")?;
    assert_eq!(output.status.code(), Some(77));
    assert_eq!(text(&output.stderr), "Wrong user or password.\n");
    Ok(())
}

#[test]
fn ctrl_c_ends_the_program() -> Result<()> {
    let (server, home) = (server()?, Home::new()?);
    let mut terminal = shell(&home, &server)?;
    terminal.send_line("endless")?;
    terminal.expect("begun\r\n")?;
    terminal.send_control('c')?;
    terminal.expect("Cancelling")?;
    terminal.expect("lobby> ")?;
    terminal.send_line("echo next")?;
    terminal.expect("next\r\n")?;
    terminal.expect("lobby> ")?;
    Ok(())
}

#[test]
fn what_asks_first_and_what_is_secret() -> Result<()> {
    let (server, home) = (server()?, Home::new()?);
    let mut terminal = shell(&home, &server)?;
    terminal.type_keys("wipe sda\t")?;
    terminal.expect("> wipe sda ")?;
    terminal.send_line("")?;
    terminal.expect("Really wipe it? [y/N] ")?;
    terminal.send_line("y")?;
    terminal.expect("wiped sda\r\n")?;
    terminal.expect("lobby> ")?;
    terminal.send_line("unlock")?;
    terminal.expect("PIN (unseen): ")?;
    terminal.send_line("12345")?;
    let shown = terminal.expect("5\r\n")?;
    assert!(!shown.contains("1234"), "{shown:?}");
    terminal.expect("lobby> ")?;
    assert!(!server.log().contains("12345"));
    Ok(())
}

#[test]
fn what_follows_a_value_that_begins_with_a_dash_is_completed() -> Result<()> {
    let (server, home) = (server()?, Home::new()?);
    let mut terminal = shell(&home, &server)?;
    terminal.type_keys("search -5 sda\t")?;
    terminal.expect("> search -5 sda1 ")?;
    terminal.send_line("")?;
    terminal.expect("searched sda1 for -5\r\n")?;
    terminal.expect("lobby> ")?;
    Ok(())
}

#[test]
fn a_program_completes_what_is_typed() -> Result<()> {
    let (server, home) = (server()?, Home::new()?);
    let mut terminal = shell(&home, &server)?;
    terminal.type_keys("mount \t\t")?;
    terminal.expect("sda1     system")?;
    terminal.expect("'sdb 2'  of [2Jana")?;
    terminal.type_keys("sda\t")?;
    terminal.expect("> mount sda1 ")?;
    terminal.send_line("")?;
    let said = terminal.expect("mounted sda1\r\n")?;
    assert!(!said.contains("evil"), "{said:?}");
    terminal.expect("lobby> ")?;
    terminal.type_keys("mount SDB\t")?;
    terminal.expect("> mount 'sdb 2' ")?;
    terminal.send_line("")?;
    terminal.expect("mounted sdb 2\r\n")?;
    Ok(())
}

#[test]
fn jobs_go_on_without_anybody() -> Result<()> {
    let (server, home) = (server()?, Home::new()?);
    let started = run(&home, &server, &["-c", ":bg endless"])?;
    let id = text(&started.stdout);
    let id = id.trim_end();
    assert!(!id.is_empty(), "{}", text(&started.stderr));

    let mut terminal = shell(&home, &server)?;
    terminal.send_line(":jobs")?;
    terminal.expect("endless")?;
    terminal.expect("running")?;
    terminal.expect("lobby> ")?;
    terminal.send_line(&format!(":attach {id}"))?;
    terminal.expect("begun\r\n")?;
    terminal.send_control('c')?;
    terminal.expect("goes on")?;
    terminal.expect("lobby> ")?;
    terminal.send_line("echo next")?;
    terminal.expect("next\r\n")?;
    terminal.expect("lobby> ")?;
    terminal.type_keys(":kill \t")?;
    terminal.expect(&format!("> :kill {id} "))?;
    terminal.send_line("")?;
    terminal.expect("was asked to end.")?;
    terminal.expect("lobby> ")?;
    // It ends with its job.
    terminal.send_line(&format!(":attach {id}"))?;
    terminal.expect("begun\r\n")?;
    terminal.expect("lobby> ")?;
    terminal.send_line(&format!(":kill {id}"))?;
    terminal.expect("had ended already.")?;
    terminal.send_line(":attach nonsense")?;
    terminal.expect("nonsense")?;
    terminal.expect("lobby> ")?;

    let fine = run(&home, &server, &["-c", ":bg seek"])?;
    let attach = format!(":attach {}", text(&fine.stdout).trim_end());
    let attached = run(&home, &server, &["-c", &attach])?;
    assert_eq!(
        (text(&attached.stdout).as_str(), text(&attached.stderr).as_str()),
        ("none\n", "")
    );
    assert_eq!(attached.status.code(), Some(0));
    let failed = run(&home, &server, &["-c", ":bg both"])?;
    let attached = run(
        &home,
        &server,
        &["-c", &format!(":attach {}", text(&failed.stdout).trim_end())],
    )?;
    assert_eq!(text(&attached.stdout), "out\tput\n");
    assert_eq!(text(&attached.stderr), "careful\n(exit status 3)\n");
    assert_eq!(attached.status.code(), Some(1));
    Ok(())
}
