//! Runs of `/bin/true` a second, beside Debian's `webhook` in the same process's time: the same machine, certificate, TLS
//! library and version of the client, the same eight connections that stay open, each with one request at a time. Both
//! answer when the program has ended, with its output. The bare cost of starting programs stands below.
//!
//! `cargo bench --bench beside_webhook -- 500`; the number is that of the runs for each client in a round. Needs `webhook`
//! (`apt install webhook`) on `$PATH`.
#![allow(clippy::expect_used, clippy::print_stdout, reason = "it prints what it measured")]

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use caracola_testing::{TEST_TIMEOUT, TestServer};
use native_tls::{Certificate, Protocol, TlsConnector, TlsStream};

/// Clients at once.
const CLIENTS: usize = 8;
/// Each way is measured this often, in turn, because the machine isn't alone.
const ROUNDS: usize = 5;

const COMMANDS: &str = r#"
[access]
guest = true

[limits]
runs_per_second = 1000000

[commands.true]
summary = "Does nothing, successfully"
roles = ["guest"]
exec = ["/bin/true"]
max_running = 8
"#;

/// webhook's answer comes before the program's end unless it is asked for the output.
const HOOKS: &str = r#"[{ "id": "true", "execute-command": "/bin/true", "include-command-output-in-response": true }]"#;

fn main() -> Result<()> {
    let runs = std::env::args()
        .find_map(|argument| argument.parse().ok())
        .unwrap_or(500);
    let server = TestServer::builder()
        .binary(env!("CARGO_BIN_EXE_caracolad"))
        .config(COMMANDS)
        .argument("--log-level")
        .argument("warn")
        .start()?;
    let webhook = Webhook::start(&server.state().join("tls"))?;
    let connector = connector(&server.certificate())?;
    let mut ours = connections(&connector, server.address())?;
    let mut theirs = connections(&connector, webhook.address)?;
    let mut rates: [Vec<f64>; 3] = Default::default();
    for _ in 0..ROUNDS {
        rates[0].push(rate(&mut ours, runs, |stream| {
            ask(stream, b"*2\r\n$3\r\nRUN\r\n$4\r\ntrue\r\n", resp_ends)
        })?);
        let request = b"GET /hooks/true HTTP/1.1\r\nHost: localhost\r\n\r\n";
        rates[1].push(rate(&mut theirs, runs, |stream| ask(stream, request, http_ends))?);
        rates[2].push(rate(&mut [(); CLIENTS], runs, |()| spawn())?);
    }
    let names = ["caracolad", "webhook", "posix_spawn and wait, 8 threads"];
    let [ours, theirs, _] = [0, 1, 2].map(|which| {
        let of_rounds = &mut rates[which];
        let list: Vec<_> = of_rounds.iter().map(|rate| format!("{rate:.0}")).collect();
        of_rounds.sort_by(f64::total_cmp);
        let median = of_rounds[ROUNDS / 2];
        println!(
            "{:32} {median:6.0} runs/s at the median of {}",
            names[which],
            list.join(" ")
        );
        median
    });
    println!("{:.2} times webhook's rate", ours / theirs);
    Ok(())
}

/// Runs a second, when each client asks `runs` times.
fn rate<C: Send>(clients: &mut [C], runs: usize, ask: impl Fn(&mut C) -> Result<()> + Sync) -> Result<f64> {
    let began = Instant::now();
    let count = clients.len() * runs;
    thread::scope(|scope| {
        let ask = &ask;
        let all: Vec<_> = clients
            .iter_mut()
            .map(|client| scope.spawn(move || (0..runs).try_for_each(|_| ask(client))))
            .collect();
        all.into_iter()
            .try_for_each(|client| client.join().expect("no client panics"))
    })?;
    #[expect(clippy::cast_precision_loss, reason = "some thousands")]
    let count = count as f64;
    Ok(count / began.elapsed().as_secs_f64())
}

/// Both get the TLS version that ours speaks.
fn connector(certificate: &Path) -> Result<TlsConnector> {
    Ok(TlsConnector::builder()
        .disable_built_in_roots(true)
        .add_root_certificate(Certificate::from_pem(&fs::read(certificate)?)?)
        .max_protocol_version(Some(Protocol::Tlsv12))
        .build()?)
}

fn connections(connector: &TlsConnector, address: SocketAddr) -> Result<Vec<TlsStream<TcpStream>>> {
    let one = |_| {
        let tcp = TcpStream::connect(address)?;
        tcp.set_nodelay(true)?;
        tcp.set_read_timeout(Some(TEST_TIMEOUT))?;
        Ok(connector.connect("localhost", tcp)?)
    };
    (0..CLIENTS).map(one).collect()
}

/// Sends a request and reads until `ends` says that the whole answer has come, and that it is a good one.
fn ask(stream: &mut TlsStream<TcpStream>, request: &[u8], ends: fn(&[u8]) -> Result<bool>) -> Result<()> {
    stream.write_all(request)?;
    let mut answer = [0; 4096];
    let mut length = 0;
    while !ends(&answer[..length])? {
        let count = stream.read(&mut answer[length..])?;
        ensure!(
            count > 0,
            "an answer ends early: {:?}",
            String::from_utf8_lossy(&answer[..length])
        );
        length += count;
    }
    Ok(())
}

/// The program writes nothing: the answer is an empty string.
fn resp_ends(answer: &[u8]) -> Result<bool> {
    const GOOD: &[u8] = b"$0\r\n\r\n";
    ensure!(GOOD.starts_with(answer), "{:?}", String::from_utf8_lossy(answer));
    Ok(answer == GOOD)
}

fn http_ends(answer: &[u8]) -> Result<bool> {
    let text = std::str::from_utf8(answer)?;
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return Ok(false);
    };
    ensure!(
        head.starts_with("HTTP/1.1 200 ") && head.contains("\r\nContent-Length: 0"),
        "{text:?}"
    );
    Ok(body.is_empty())
}

/// The library's way, which is `posix_spawn` here.
fn spawn() -> Result<()> {
    let mut command = Command::new("/bin/true");
    command
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    ensure!(command.status()?.success());
    Ok(())
}

/// A `webhook` on a free port. It is killed when this is dropped.
struct Webhook {
    process: Child,
    address: SocketAddr,
}

impl Webhook {
    /// Starts it with the certificate and key in this folder.
    fn start(tls: &Path) -> Result<Self> {
        // It can't be told to take any free port, so it gets one that just was.
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let hooks = tls.with_file_name("hooks.json");
        fs::write(&hooks, HOOKS)?;
        let process = Command::new("webhook")
            .args([
                "-secure",
                "-ip",
                "127.0.0.1",
                "-port",
                &address.port().to_string(),
                "-cert",
            ])
            .arg(tls.join("cert.pem"))
            .arg("-key")
            .arg(tls.join("key.pem"))
            .arg("-hooks")
            .arg(&hooks)
            .stdin(Stdio::null())
            .spawn()
            .context("cannot start webhook: is it installed?")?;
        let mut webhook = Self { process, address };
        let began = Instant::now();
        while TcpStream::connect(address).is_err() {
            if let Some(status) = webhook.process.try_wait()? {
                bail!("webhook ended: {status}");
            }
            ensure!(began.elapsed() < TEST_TIMEOUT, "webhook does not come to listen");
            thread::sleep(Duration::from_millis(20));
        }
        Ok(webhook)
    }
}

impl Drop for Webhook {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
