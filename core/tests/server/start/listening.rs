//! Where it listens, and what it prints for machines.

use std::net::{SocketAddr, TcpListener};

use anyhow::{Context as _, Result};
use caracola_testing::{Connection, Process};

use super::{assert_refused, builder};

/// Whether this machine has IPv6 at all; a container may not.
fn has_ipv6() -> bool {
    let there = TcpListener::bind("[::1]:0").is_ok();
    if !there {
        eprintln!("this machine has no ::1: IPv6 is not tested");
    }
    there
}

#[test]
fn standard_output_has_a_line_for_each_address_and_nothing_else() -> Result<()> {
    let mut builder = builder().listen("127.0.0.1:0").listen("127.0.0.2:0");
    let mut count = 2;
    if has_ipv6() {
        builder = builder.listen("[::1]:0");
        count = 3;
    }
    let mut server = builder.start()?;
    assert_eq!(server.addresses().len(), count);
    let addresses: Vec<SocketAddr> = server.addresses().to_vec();
    for &address in &addresses {
        let mut visitor = Connection::open(address, &server.certificate())?;
        visitor
            .be_shell("visitor", "en")
            .with_context(|| format!("at {address}"))?;
    }
    server.operator(&["say", "hello"])?.success()?;
    server.operator(&["stop"])?.success()?;
    server.wait()?;
    let wanted = addresses
        .iter()
        .map(|address| format!("listening {address} {}", server.fingerprint()));
    assert_eq!(
        server.stdout(),
        wanted.collect::<Vec<_>>().join(
            "
"
        ) + "
"
    );
    assert!(server.fingerprint().starts_with("SHA256:") && server.fingerprint().len() == 7 + 43);
    Ok(())
}

#[test]
fn a_host_name_listens_on_all_that_it_means() -> Result<()> {
    let server = builder().listen("localhost:0").start()?;
    assert!(server.address().ip().is_loopback());
    server.shell("ana")?;
    Ok(())
}

#[test]
fn a_port_in_use_is_named_with_what_to_do() -> Result<()> {
    let taken = TcpListener::bind("127.0.0.1:0")?;
    let port = taken.local_addr()?.port().to_string();
    let finished = builder().listen(format!("127.0.0.1:{port}")).finish()?;
    assert_refused(
        &finished,
        1,
        &[&port, "127.0.0.1", "in use", "--listen 127.0.0.1:0", "ss -ltnp"],
    );
    // One of several is enough.
    let finished = builder()
        .listen("127.0.0.1:0")
        .listen(format!("127.0.0.1:{port}"))
        .finish()?;
    assert_refused(&finished, 1, &[&port, "in use"]);
    Ok(())
}

#[test]
fn addresses_that_cannot_be_are_told_apart() -> Result<()> {
    for (address, why) in [
        ("192.0.2.7:0", "not an address of this machine"),
        ("nonsense", "write ADDRESS:PORT"),
        ("127.0.0.1:99999", "write ADDRESS:PORT"),
        ("127.0.0.1", "write ADDRESS:PORT"),
    ] {
        let finished = builder().listen(address).finish()?;
        assert_refused(&finished, 1, &[address.split(':').next().unwrap_or_default(), why]);
    }
    Ok(())
}

#[test]
fn the_file_says_where_to_listen_and_flags_come_first() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let config = folder.path().join("commands.toml");
    std::fs::write(&config, "[server]\nlisten = ['127.0.0.3:0']\n")?;
    let start = |environment: Option<&str>, flag: Option<&str>| -> Result<String> {
        let mut command = super::caracolad();
        command.arg("--config").arg(&config);
        command.arg("--state-dir").arg(folder.path().join("state"));
        if let Some(address) = environment {
            command.env("CARACOLA_LISTEN", address);
        }
        if let Some(address) = flag {
            command.args(["--listen", address]);
        }
        Process::start(&mut command)?.first_line()
    };
    assert!(start(None, None)?.starts_with("listening 127.0.0.3:"));
    assert!(start(Some("127.0.0.4:0"), None)?.starts_with("listening 127.0.0.4:"));
    assert!(start(Some("127.0.0.4:0"), Some("127.0.0.5:0"))?.starts_with("listening 127.0.0.5:"));
    Ok(())
}

#[test]
fn lan_prints_the_line_that_others_type() -> Result<()> {
    // --lan takes a real port, since others have to type it: one that is free now.
    let port = TcpListener::bind("0.0.0.0:0")?.local_addr()?.port();
    let folder = tempfile::tempdir()?;
    let mut command = super::caracolad();
    command
        .arg("--lan")
        .args(["--port", &port.to_string()])
        .arg("--state-dir")
        .arg(folder.path().join("state"));
    // A flag comes before the environment.
    command.current_dir(folder.path()).env("CARACOLA_LISTEN", "127.0.0.9:0");
    let process = Process::start(&mut command)?;
    process.wait_for_stderr(" ready ")?;
    let (line, stderr) = (process.first_line()?, process.stderr());
    assert!(line.starts_with(&format!("listening 0.0.0.0:{port} SHA256:")), "{line}");
    let fingerprint = line.rsplit(' ').next().context("no fingerprint")?;
    let mut printed = stderr.lines().filter_map(|line| line.strip_prefix("  caracola "));
    let others: Vec<_> = if_addrs::get_if_addrs()?
        .into_iter()
        .filter(|interface| !interface.is_loopback())
        .collect();
    for interface in others
        .iter()
        .filter(|interface| interface.ip().is_ipv4() && !interface.is_link_local())
    {
        let line = format!("{}:{port} --fingerprint {fingerprint}", interface.ip());
        assert!(printed.any(|printed| printed == line), "{line:?} in {stderr}");
    }
    assert!(!stderr.contains("caracola 127.0.0.1"), "{stderr}");
    assert!(
        stderr.contains("Others join") || stderr.contains("no address that others"),
        "{stderr}"
    );
    Ok(())
}

#[test]
fn lan_is_told_apart_from_listen() -> Result<()> {
    for (arguments, part) in [
        (&["--lan", "--listen", "127.0.0.1:0"][..], "--listen"),
        (&["--lan", "--port", "0"], "--port"),
        (&["--port", "4000"], "--lan"),
    ] {
        let finished = Process::finish(super::caracolad().args(arguments))?;
        assert_refused(&finished, 2, &[part]);
    }
    Ok(())
}
