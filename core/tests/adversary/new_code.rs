//! Code that a program writes into files that its server reads: none of it comes into the server by a save or a signal.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use caracola_testing::{Process, TEST_TIMEOUT, TestServer};
use caracola_wire::Push;

use crate::builder;

const FILE: &str = "[access]\nguest = true\n[commands.hello]\nsummary = \"S\"\nreply = \"hello\"\n";

/// Makes a library that tells by a file `ran` in `folder` that it was loaded, and as which process.
fn library(folder: &Path, name: &str) -> Result<()> {
    let source = folder.join("evil.c");
    let ran = folder.join("ran");
    let text = format!(
        "#include <stdio.h>\n#include <unistd.h>\n__attribute__((constructor)) static void ran(void) {{\n\
         FILE *file = fopen(\"{}\", \"a\");\nif (file) fprintf(file, \"%d\\n\", getpid()), fclose(file);\n}}\n",
        ran.display()
    );
    fs::write(&source, text)?;
    let mut compiler = Command::new("cc");
    compiler
        .args(["-Wall", "-Werror", "-shared", "-fPIC", "-o"])
        .arg(folder.join(name));
    Process::finish(compiler.arg(source))?.success()?;
    Ok(())
}

/// Waits until the server has said a second time that changes wait.
fn waits_again(server: &TestServer) -> Result<()> {
    let deadline = Instant::now() + TEST_TIMEOUT;
    while server.log().matches("the changed files wait for").count() < 2 {
        ensure!(Instant::now() < deadline, "{}", server.log());
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

fn has_run_in(server: &TestServer) -> bool {
    let ran = fs::read_to_string(server.folder().join("ran")).unwrap_or_default();
    ran.lines().any(|process| process == server.process().to_string())
}

#[test]
fn a_plugin_in_the_servers_process_waits_until_somebody_asks() -> Result<()> {
    for more in ["optional = true\n", ""] {
        let server = builder().config(FILE).start()?;
        let mut operator = server.door()?;
        operator.be_shell("operator", "en")?;
        library(server.folder(), "evil.so")?;
        let plugin = format!("[plugins.evil]\npath = \"./evil.so\"\nisolation = \"none\"\n{more}");
        fs::write(server.folder().join("more.toml"), &plugin)?;
        let config = server.folder().join("commands.toml");
        fs::write(&config, format!("include = [\"more.toml\"]\n{FILE}"))?;
        server.wait_for_log("the changed files wait for")?;
        assert!(server.log().contains("the plugin evil (isolation)"), "{}", server.log());
        let told = operator.push_where(|push| matches!(push, Push::Notice { .. }))?;
        ensure!(format!("{told:?}").contains("the plugin evil (isolation)"), "{told:?}");
        assert!(!has_run_in(&server), "{}", server.log());
        // Nor by the signal that any program of the server's user can send.
        server.signal("HUP")?;
        server.wait_for_log("SIGHUP: reloading, as when")?;
        waits_again(&server)?;
        assert!(!has_run_in(&server), "{}", server.log());
        assert_eq!(server.connect()?.run(&["hello"])?, "hello");
        // Somebody who asks means it. That it is no plugin is found out when it is loaded.
        server.operator(&["reload"])?;
        assert!(has_run_in(&server), "{}", server.log());
    }
    Ok(())
}

#[test]
fn a_plugin_that_leaves_its_process_or_its_place_waits_too() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let good = caracola_testing::plugin("caracola-hostile")?;
    let config = |path: &str, isolation: &str| {
        format!("{FILE}[plugins.h]\npath = \"{path}\"\nisolation = \"{isolation}\"\noptional = true\n")
    };
    library(folder.path(), "evil.so")?;
    for isolation in ["process", "none"] {
        let server = builder()
            .folder(folder.path())
            .config(config(&good.to_string_lossy(), isolation))
            .start()?;
        fs::write(server.folder().join("commands.toml"), config("./evil.so", "none"))?;
        server.wait_for_log("the plugin h (isolation)")?;
        assert!(!has_run_in(&server), "{}", server.log());
    }
    Ok(())
}

#[test]
fn a_signal_opens_nothing() -> Result<()> {
    let shut = format!("{FILE}[commands.op]\nsummary = \"S\"\nreply = \"op\"\nroles = [\"operator\"]\n");
    let open = shut.replace("\"operator\"", "\"guest\"");
    let server = builder().config(&shut).start()?;
    fs::write(server.folder().join("commands.toml"), &open)?;
    server.wait_for_log("the changed files wait for")?;
    server.signal("HUP")?;
    waits_again(&server)?;
    let mut guest = server.connect()?;
    assert!(guest.run(&["op"])?.starts_with("UNKNOWN"));
    // Where only a command reloads, a signal does nothing.
    let server = builder()
        .config(&shut)
        .argument("--reload")
        .argument("command")
        .start()?;
    fs::write(
        server.folder().join("commands.toml"),
        format!("{shut}[commands.new]\nsummary = \"S\"\nreply = \"new\"\n"),
    )?;
    server.signal("HUP")?;
    server.wait_for_log("SIGHUP reloads nothing here")?;
    assert!(server.connect()?.run(&["new"])?.starts_with("UNKNOWN"));
    server.operator(&["reload"])?.success()?;
    assert_eq!(server.connect()?.run(&["new"])?, "new");
    Ok(())
}
