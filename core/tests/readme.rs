//! The README's recipes for script authors run as they stand there. They need the programs that they are for, so `cargo
//! test` alone leaves them out: `cargo test -- --ignored`, which `.ci/run` calls.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::{env, fs};

use anyhow::{Context as _, Result};
use caracola_testing::{Process, TestServer};
use caracola_wire::Push;

const README: &str = include_str!("../../README.md");

fn server() -> Result<TestServer> {
    TestServer::builder().binary(env!("CARGO_BIN_EXE_caracolad")).start()
}

/// The code block after the comment `<!-- test: NAME -->`.
fn recipe(name: &str) -> Result<&'static str> {
    let (_, after) = README
        .split_once(&format!("<!-- test: {name} -->\n```"))
        .with_context(|| format!("no recipe {name}"))?;
    let (_, code) = after.split_once('\n').context("no code")?;
    Ok(code.split_once("\n```").context("no end")?.0)
}

/// Runs a recipe from a file of its own, with the server's whereabouts in its environment.
fn run(server: &TestServer, program: &str, folder: &Path, file: &str, code: &str) -> Result<String> {
    let path = folder.join(file);
    fs::write(&path, code)?;
    let mut command = Command::new(program);
    command.arg(&path).current_dir(folder);
    command.env("CARACOLA_HOST", "localhost");
    command.env("CARACOLA_PORT", server.address().port().to_string());
    command.env("CARACOLA_CA", server.certificate());
    Process::finish(&mut command)?.success()
}

#[test]
fn every_recipe_is_there() -> Result<()> {
    for name in ["recipe-sh", "recipe-python", "recipe-node"] {
        assert!(recipe(name)?.contains("CARACOLA_CA"), "{name} verifies the certificate");
    }
    Ok(())
}

#[test]
#[ignore = "needs redis-cli"]
fn the_recipe_for_sh_runs() -> Result<()> {
    let server = server()?;
    let mut ana = server.shell("ana")?;
    let folder = tempfile::tempdir()?;
    let said = run(&server, "sh", folder.path(), "ask.sh", recipe("recipe-sh")?)?;
    for part in ["List what a folder contains", "HTTPS", "lss failed, as it should"] {
        assert!(said.contains(part), "{part:?} in {said}");
    }
    ana.push_where(|push| matches!(push, Push::Message { text, .. } if text == "hello from a shell script"))?;
    Ok(())
}

#[test]
#[ignore = "needs redis-py"]
fn the_recipe_for_python_runs() -> Result<()> {
    let server = server()?;
    let folder = tempfile::tempdir()?;
    let python = env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let said = run(&server, &python, folder.path(), "ask.py", recipe("recipe-python")?)?;
    for part in ["HTTPS", "refused: UNKNOWN", ": hello from Python"] {
        assert!(said.contains(part), "{part:?} in {said}");
    }
    Ok(())
}

/// `$NODE_MODULES` is a folder where `npm install redis` has put it.
#[test]
#[ignore = "needs node and its redis"]
fn the_recipe_for_node_runs() -> Result<()> {
    let server = server()?;
    let folder = tempfile::tempdir()?;
    let modules = env::var_os("NODE_MODULES").context("$NODE_MODULES names no folder with redis in it")?;
    std::os::unix::fs::symlink(modules, folder.path().join("node_modules"))?;
    let said = run(&server, "node", folder.path(), "ask.mjs", recipe("recipe-node")?)?;
    for part in ["HTTPS", "refused: UNKNOWN", ": hello from Node"] {
        assert!(said.contains(part), "{part:?} in {said}");
    }
    Ok(())
}

#[test]
#[ignore = "needs openssl"]
fn a_machine_without_the_client_joins_by_openssl() -> Result<()> {
    let server = server()?;
    let mut ana = server.shell("ana")?;
    let line = README.lines().find(|line| line.starts_with("openssl s_client "));
    let line = line.context("the README doesn't tell how")?;
    let mut words = line.split_whitespace();
    let mut command = Command::new(words.next().context("no program")?);
    for word in words {
        match word {
            "caracola.pem" => command.arg(server.certificate()),
            "localhost:22722" => command.arg(format!("localhost:{}", server.address().port())),
            other => command.arg(other),
        };
    }
    let mut process = Process::start(command.stdin(Stdio::piped()))?;
    let mut keyboard = process.stdin().context("no keyboard")?;
    keyboard.write_all(b"ls\n")?;
    let card = |written: &str| written.contains("List what a folder contains").then_some(());
    process.wait_for_stdout("the card", card)?;
    keyboard.write_all("say it's me, ñandú\n".as_bytes())?;
    ana.push_where(|push| matches!(push, Push::Message { text, .. } if text == "it's me, ñandú"))?;
    keyboard.write_all(b"lss\nquit\n")?;
    let said = process.finished()?.stdout;
    assert!(said.contains("-UNKNOWN there is no command 'lss'"), "{said}");
    Ok(())
}
