//! What a hostile plugin gets of the machine in a process of its own: what its settings name.

use std::collections::BTreeSet;
use std::fs;
use std::net::TcpListener;

use anyhow::{Result, ensure};
use caracola_testing::is_alive;

use super::fixture::{becomes, config, is_back, is_fenced, process, serve, while_a_class_works};
use crate::builder;

const DENIED: &str = "refused: Permission denied";

#[test]
fn it_reads_and_writes_what_the_settings_name() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (allowed, other) = (folder.path().join("allowed"), folder.path().join("other"));
    fs::create_dir(&other)?;
    fs::write(other.join("file"), "x")?;
    let server = serve("process", &format!("write = [\"{}\"]", allowed.display()))?;
    let mut caller = server.shell("caller")?;
    // The door asks who comes, whatever the kernel can do.
    let door = server.state().join("door.sock");
    let said = caller.run(&["h.door", &door.to_string_lossy()])?;
    assert!(said.starts_with("refused: "), "{said}");
    server.wait_for_log("turned away")?;
    if !is_fenced(&server)? {
        return Ok(());
    }
    while_a_class_works(&server, || {
        let mut asked = |words: &[&str]| -> Result<String> { caller.run(words) };
        for path in [
            "/etc/shadow".into(),
            "/proc/1/environ".into(),
            format!("/proc/{}/environ", server.process()),
            server.state().join("tls/key.pem").display().to_string(),
            server.state().join("version").display().to_string(),
            server.folder().join("commands.toml").display().to_string(),
            other.join("file").display().to_string(),
            // A way around by names.
            allowed.join("../other/file").display().to_string(),
        ] {
            let said = asked(&["h.read", &path])?;
            ensure!(said.starts_with(DENIED), "{path}: {said}");
        }
        for path in [
            other.join("file").display().to_string(),
            "/tmp/hostile-was-here".into(),
            server.state().join("new").display().to_string(),
            server.state().join("tls/key.pem").display().to_string(),
        ] {
            let said = asked(&["h.write", &path])?;
            ensure!(said.starts_with(DENIED), "{path}: {said}");
        }
        let file = allowed.join("file").display().to_string();
        ensure!(asked(&["h.write", &file])? == "written");
        ensure!(asked(&["h.read", &file])? == "read 7 bytes");
        // A link in its folder leads nowhere else.
        std::os::unix::fs::symlink(other.join("file"), allowed.join("link"))?;
        let link = allowed.join("link").display().to_string();
        ensure!(asked(&["h.read", &link])?.starts_with(DENIED));
        Ok(())
    })?;
    assert_eq!(fs::read(other.join("file"))?, b"x");
    Ok(())
}

#[test]
fn the_network_is_for_those_whose_settings_say_so() -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?.to_string();
    for (more, expected) in [("", DENIED), ("network = true", "connected")] {
        let server = serve("process", more)?;
        if !is_fenced(&server)? {
            return Ok(());
        }
        let said = server.shell("caller")?.run(&["h.connect", &address])?;
        assert!(said.starts_with(expected), "{more}: {said}");
        // Nor does it get to the server as a client, if it has no network.
        let said = server
            .shell("other")?
            .run(&["h.connect", &server.address().to_string()])?;
        assert!(said.starts_with(expected), "{more}: {said}");
    }
    Ok(())
}

#[test]
fn memory_files_and_threads_have_an_end() -> Result<()> {
    let server = serve("process", "limits = { memory = \"512MiB\", files = 64 }")?;
    let mut caller = server.shell("caller")?;
    while_a_class_works(&server, || {
        ensure!(caller.run(&["h.leak", "600000000"])? == "refused");
        ensure!(caller.run(&["h.leak", "60000000"])? == "leaked 60000000");
        let said = caller.run(&["h.files"])?;
        let count = said.rsplit(' ').next().and_then(|count| count.parse::<u32>().ok());
        ensure!(
            said.contains("Too many open files") && count.is_some_and(|count| count < 64),
            "{said}"
        );
        is_back(&mut caller)?;
        // Each has a stack, and all stacks are in the memory that it may have.
        let said = caller.run(&["h.threads", "100000"])?;
        let count = said
            .strip_suffix(" threads")
            .and_then(|count| count.parse::<u32>().ok());
        // A thread that can't be had fails, or ends the process.
        ensure!(count.is_none_or(|count| count < 100_000), "{said}");
        ensure!(count.is_some() || said.starts_with("FAILED "), "{said}");
        is_back(&mut caller)?;
        Ok(())
    })
}

#[test]
fn it_has_nothing_of_the_servers() -> Result<()> {
    // So that it may look at itself.
    let config = config("process", "read = [\"/proc\"]")?;
    let server = builder().config(config).start()?;
    let mut caller = server.shell("caller")?;
    let environment = caller.run(&["h.environment"])?;
    let names: BTreeSet<_> = environment
        .lines()
        .filter_map(|line| Some(line.split_once('=')?.0))
        .collect();
    assert_eq!(
        names,
        BTreeSet::from(["LANG", "MALLOC_ARENA_MAX", "MALLOC_CONF", "PATH"]),
        "{environment}"
    );
    let descriptors = caller.run(&["h.descriptors"])?;
    let mut others = 0;
    for line in descriptors.lines() {
        let (number, target) = line.split_once(' ').unwrap_or((line, ""));
        match number.parse::<u32>()? {
            0 => assert_eq!(target, "/dev/null"),
            1 | 2 => assert!(target.starts_with("pipe:"), "{line}"),
            _ if target.starts_with("socket:") => others += 1,
            // What it looks at itself through.
            _ if target.ends_with("/fd") => {}
            _ => assert!(target.starts_with("/memfd:caracola-plugin"), "{line}"),
        }
    }
    // One to the server, by two numbers.
    assert!((1..=2).contains(&others), "{descriptors}");
    assert!(descriptors.lines().count() <= 7, "{descriptors}");
    Ok(())
}

#[test]
fn what_it_starts_goes_with_it() -> Result<()> {
    let server = serve("process", "")?;
    let mut caller = server.shell("caller")?;
    while_a_class_works(&server, || {
        let child: u32 = caller.run(&["h.child"])?.parse()?;
        ensure!(is_alive(child));
        let helper = process(&server, "h")?;
        kill(helper)?;
        becomes("its child is gone", super::fixture::BACK, || !is_alive(child))?;
        is_back(&mut caller)?;
        server.wait_for_log("killed by SIGKILL")
    })
}

#[test]
fn with_the_server_everything_goes() -> Result<()> {
    for signal in ["TERM", "KILL"] {
        let mut server = serve("process", "")?;
        let child: u32 = server.shell("caller")?.run(&["h.child"])?.parse()?;
        let helper = process(&server, "h")?;
        let calm = process(&server, "calm")?;
        server.signal(signal)?;
        server.wait()?;
        for (what, process) in [("child", child), ("helper", helper), ("other helper", calm)] {
            becomes(what, super::fixture::BACK, || !is_alive(process))?;
        }
    }
    Ok(())
}

fn kill(process: u32) -> Result<()> {
    let process = rustix::process::Pid::from_raw(i32::try_from(process)?);
    if let Some(process) = process {
        rustix::process::kill_process(process, rustix::process::Signal::KILL)?;
    }
    Ok(())
}
