//! A peer that sends more behind a command than the kernel keeps, and hangs up: its end never arrives behind a closed window,
//! and its command would run on for nobody.

use std::io::{ErrorKind, Write as _};
use std::time::{Duration, Instant};

use anyhow::Result;
use caracola_testing::{Connection, TestServer, framed, handshake};
use caracola_wire::Value;

/// What guests may run here.
const COMMANDS: &str = r#"
[access]
guest = true
guest_exec = true

[limits]
sessions_per_address = 100

[commands.doze]
summary = "Run for a minute"
exec = ["/bin/sleep", "60"]
roles = ["guest"]
max_running = 100
examples = [{ run = "doze", about = "Do it" }]

[commands.nap]
summary = "Run for a moment"
exec = ["/bin/sleep", "{seconds}"]
params = [{ name = "seconds", type = "number" }]
roles = ["guest"]
max_running = 100
examples = [{ run = "nap 0.1", about = "Do it" }]
"#;

/// Peers at once.
const PEERS: usize = 30;
/// More than the kernel keeps of one connection, on both sides together, as distributions set it.
const SENT: usize = 8 << 20;

fn server() -> Result<TestServer> {
    TestServer::builder()
        .binary(env!("CARGO_BIN_EXE_caracolad"))
        .config(COMMANDS)
        .start()
}

/// Jobs that have not ended, as the operator sees them.
fn running(door: &mut Connection) -> Result<usize> {
    let list = door.request(&["JOB", "LIST"])?;
    let jobs = list.as_array().unwrap_or_default();
    let runs = |job: &&Value| job.map_value("state").and_then(Value::as_str) != Some("ended");
    Ok(jobs.iter().filter(runs).count())
}

#[test]
fn a_hang_up_behind_more_than_the_kernel_keeps_ends_the_command() -> Result<()> {
    let server = server()?;
    let mut door = server.door()?;
    let flood = framed(&["PING", &"x".repeat(1000)]).repeat(64);
    let flooding = (0..PEERS).map(|_| {
        let (address, certificate, flood) = (server.address(), server.certificate(), flood.clone());
        std::thread::spawn(move || -> Result<()> {
            let tcp = std::net::TcpStream::connect(address)?;
            // A window that closes is what this is about: nobody waits for it to open.
            tcp.set_write_timeout(Some(Duration::from_millis(300)))?;
            let mut stream = handshake(tcp, &certificate)?;
            stream.write_all(&framed(&["RUN", "doze"]))?;
            let mut sent = 0;
            while sent < SENT {
                match stream.write(&flood) {
                    Ok(count) => sent += count,
                    Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => break,
                    // Ended already.
                    Err(_) => break,
                }
            }
            Ok(())
        })
    });
    let flooding: Vec<_> = flooding.collect();
    for peer in flooding {
        peer.join().expect("a peer")?;
    }
    let hung_up = Instant::now();
    while running(&mut door)? > 0 {
        assert!(
            hung_up.elapsed() < Duration::from_secs(30),
            "{} run on",
            running(&mut door)?
        );
    }
    println!("all ended {:?} after the last hang-up", hung_up.elapsed());
    assert!(hung_up.elapsed() < Duration::from_secs(2), "{:?}", hung_up.elapsed());
    Ok(())
}

#[test]
fn who_stays_is_told() -> Result<()> {
    let server = server()?;
    let mut peer = server.connect()?;
    peer.send(&framed(&["RUN", "doze"]))?;
    let flood = framed(&["PING", &"x".repeat(1000)]).repeat(200);
    peer.send(&flood)?;
    let reply = peer.reply()?;
    let Value::Error(error) = &reply else {
        anyhow::bail!("no error: {reply:?}");
    };
    assert!(
        error.to_string().starts_with("LIMIT too much was sent ahead"),
        "{error}"
    );
    server.wait_for_log("sent too much ahead of one request")?;
    Ok(())
}

/// What fits into one request more than is read ahead is served, however long it waits, and so is a pipeline of any
/// length whose requests are quick.
#[test]
fn pipelines_are_served() -> Result<()> {
    let server = server()?;
    let mut peer = server.connect()?;
    let ping = framed(&["PING", &"x".repeat(1000)]);
    let mut all = framed(&["RUN", "nap", "1.5"]);
    all.extend(ping.repeat(110));
    peer.send(&all)?;
    assert_eq!(peer.reply()?.as_str(), Some(""));
    for _ in 0..110 {
        assert_eq!(peer.reply()?.as_str().map(str::len), Some(1000));
    }

    let mut sender = framed(&["PING"]).repeat(10_000);
    for _ in 0..20 {
        sender.extend(framed(&["RUN", "nap", "0.01"]));
        sender.extend(ping.repeat(20));
    }
    peer.send(&sender)?;
    for _ in 0..10_000 {
        assert_eq!(peer.reply()?.as_str(), Some("PONG"));
    }
    for _ in 0..20 {
        assert_eq!(peer.reply()?.as_str(), Some(""));
        for _ in 0..20 {
            assert_eq!(peer.reply()?.as_str().map(str::len), Some(1000));
        }
    }
    Ok(())
}
