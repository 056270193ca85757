//! Files that are half-written, empty, or saved in two steps: what they open by accident never counts.

use std::fs;
use std::time::Duration;

use anyhow::{Result, bail};
use caracola_testing::{Connection, TEST_TIMEOUT, TestServer, error_code};
use caracola_wire::Push;

use crate::builder;

/// What keeps a command shut stands behind what it does, as people write it.
const FILE: &str = r#"[server]
name = "lab"

[access]
guest = true

[limits]
sessions = 100

[groups.ops]
title = "Operations"

[commands.hello]
summary = "Say hello"
reply = "hello"

[commands.notice]
summary = "For operators' eyes"
reply = "the key is under the mat"
roles = ["operator"]

[commands.wipe]
summary = "Wipe it"
exec = ["/bin/echo", "wiped", "{what}"]
roles = ["operator"]
confirm = "Really?"
timeout = "5s"
max_running = 1

[[commands.wipe.params]]
name = "what"
pattern = "[a-z]+"

[commands.wipe.limits]
cpu = "1s"

[commands.last]
summary = "The last one"
exec = ["/bin/echo", "last"]
roles = ["guest"]
timeout = "1s"
"#;

/// What the server says once it has come to a verdict on a state of the files.
const VERDICTS: [&str; 3] = [
    "reloaded the commands",
    "the changed files wait for",
    "what was active stays active",
];

fn verdicts(server: &TestServer) -> usize {
    let log = server.log();
    VERDICTS.iter().map(|verdict| log.matches(verdict).count()).sum()
}

/// Writes the file in place, and waits until the server has come to a verdict on it. Meanwhile, and then, it opens nothing.
fn save(server: &TestServer, text: &str, guest: &mut Connection) -> Result<()> {
    let before = verdicts(server);
    fs::write(server.folder().join("commands.toml"), text)?;
    let deadline = std::time::Instant::now() + TEST_TIMEOUT;
    loop {
        let is_decided = verdicts(server) > before;
        opens_nothing(guest)?;
        if is_decided {
            return Ok(());
        }
        if std::time::Instant::now() > deadline {
            bail!("no verdict on:\n{text}\n{}", server.log());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn opens_nothing(guest: &mut Connection) -> Result<()> {
    for line in [&["RUN", "notice"][..], &["RUN", "wipe", "all"]] {
        let reply = guest.request(line)?;
        assert_eq!(error_code(&reply), "UNKNOWN", "{line:?}: {reply:?}");
    }
    Ok(())
}

fn server() -> Result<TestServer> {
    builder().config(FILE).start()
}

#[test]
fn a_file_that_is_cut_anywhere_opens_nothing() -> Result<()> {
    let server = server()?;
    let mut guest = server.shell("ana")?;
    let lines: Vec<&str> = FILE.split_inclusive('\n').collect();
    // A sample, each after the whole file: what a cut takes away, another save brings back. `loosening`'s own tests cut at
    // every line.
    for cut in [3, 12, 18, 19, 23, 24, 25, 27, 31, 34] {
        let part: String = lines[..cut].concat();
        save(&server, &part, &mut guest)?;
        save(&server, FILE, &mut guest)?;
        assert_eq!(guest.run(&["hello"])?, "hello", "cut at line {cut}");
    }
    // What is active now is the whole file again.
    let told = server.operator(&["reload"])?.success()?;
    assert!(told.starts_with("Nothing new"), "{told}");
    Ok(())
}

#[test]
fn an_empty_file_is_refused_even_when_somebody_asks_for_it() -> Result<()> {
    let server = server()?;
    let mut guest = server.shell("ana")?;
    // What a full disk leaves, and what an editor has left that failed behind its header.
    for empty in ["", "# commands of the lab\n\n"] {
        save(&server, empty, &mut guest)?;
        let asked = server.operator(&["reload"])?;
        assert_eq!(asked.status.code(), Some(1), "{asked:?}");
        assert!(asked.stderr.contains("the file is empty"), "{}", asked.stderr);
        assert_eq!(guest.run(&["hello"])?, "hello");
        save(&server, FILE, &mut guest)?;
    }
    drop(server);
    let server = builder().config("").start()?;
    server.wait_for_log("is empty")?;
    Ok(())
}

#[test]
fn what_opens_something_waits_until_somebody_asks_and_operators_are_told_once() -> Result<()> {
    let server = server()?;
    let mut guest = server.shell("ana")?;
    let mut operator = server.door()?;
    operator.be_shell("operator", "en")?;
    let open = FILE.replacen(
        "roles = [\"operator\"]\nconfirm = \"Really?\"\n",
        "roles = [\"guest\"]\n",
        1,
    );
    assert_ne!(open, FILE);
    save(&server, &open, &mut guest)?;
    let told = operator.push_where(|push| matches!(push, Push::Notice { .. }))?;
    let why = "Saved files wait for `reload`, because they would open something that is shut: wipe (confirm, roles).";
    assert!(matches!(&told, Push::Notice { text, .. } if text == why), "{told:?}");
    assert_eq!(server.log().matches("the changed files wait for").count(), 1);
    // Neither in two steps: away, and back without what kept it shut.
    let start = FILE.find("[commands.wipe]").unwrap_or_default();
    let end = FILE.find("[commands.last]").unwrap_or_default();
    save(&server, &[&FILE[..start], &FILE[end..]].concat(), &mut guest)?;
    save(&server, &open, &mut guest)?;
    // Nor in another file.
    let main = format!("include = [\"more.toml\"]\n{}{}", &FILE[..start], &FILE[end..]);
    let open_start = open.find("[commands.wipe]").unwrap_or_default();
    let open_end = open.find("[commands.last]").unwrap_or_default();
    fs::write(server.folder().join("more.toml"), &open[open_start..open_end])?;
    save(&server, &main, &mut guest)?;
    // Somebody who asks means it.
    let answer = server.operator(&["reload"])?.success()?;
    assert!(answer.contains("wipe"), "{answer}");
    assert_eq!(guest.run(&["wipe", "all"])?, "");
    assert_eq!(error_code(&guest.request(&["RUN", "wipe", "all"])?), "");
    Ok(())
}

#[test]
fn where_the_file_says_so_only_a_command_reloads() -> Result<()> {
    let server = builder()
        .config(FILE)
        .argument("--reload")
        .argument("command")
        .start()?;
    let more = format!("{FILE}[commands.new]\nsummary = \"N\"\nreply = \"new\"\n");
    fs::write(server.folder().join("commands.toml"), more)?;
    // Three times as long as a file must be still.
    std::thread::sleep(Duration::from_secs(3));
    assert!(!server.log().contains("reloaded the commands"), "{}", server.log());
    let told = server.operator(&["reload"])?.success()?;
    assert!(told.starts_with("1 added (new)"), "{told}");
    Ok(())
}
