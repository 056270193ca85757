//! A stand-in for a server, which says exactly what a test wants: long commands, their output as it comes, errors, jobs.

use std::io::{Read as _, Write as _};
use std::net::SocketAddr;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use anyhow::{Context as _, Result};
use caracola_testing::TEST_TIMEOUT;
use caracola_wire::{
    CatalogueEntry, CatalogueExport, CatalogueReply, Encoder, ErrorCode, ErrorReply, ParamEntry, Protocol, Push,
    Request, RequestDecoder, RequestLimits, ShellWelcome,
};
use openssl::asn1::Asn1Time;
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::PKey;
use openssl::ssl::{Ssl, SslAcceptor, SslMethod};
use openssl::x509::X509;
use tempfile::TempDir;

use crate::home::{Home, Terminal};

/// The only password that it takes.
pub(crate) const PASSWORD: &str = "correct horse";

/// A server for one session behind the door: it welcomes, tells the test about every other request, and sends what the test
/// gives it.
pub(crate) struct StandIn {
    state: TempDir,
    requests: Receiver<String>,
    replies: Sender<Vec<u8>>,
}

impl StandIn {
    pub(crate) fn start() -> Result<Self> {
        let state = tempfile::tempdir()?;
        let listener = UnixListener::bind(state.path().join("door.sock"))?;
        let (told, requests) = channel();
        let (replies, given) = channel::<Vec<u8>>();
        std::thread::spawn(move || -> Result<()> {
            let (stream, _) = listener.accept()?;
            let mut out = stream.try_clone()?;
            std::thread::spawn(move || {
                while let Ok(bytes) = given.recv() {
                    if out.write_all(&bytes).is_err() {
                        return;
                    }
                }
            });
            serve(stream, &told)
        });
        Ok(Self {
            state,
            requests,
            replies,
        })
    }

    /// How to come in by its door.
    pub(crate) fn arguments(&self) -> Vec<String> {
        let state = self.state.path().to_string_lossy().into_owned();
        ["--local", "--state-dir", &state].map(str::to_owned).to_vec()
    }

    /// Lets people in over TLS too, and says where.
    pub(crate) fn listen(&self) -> Result<SocketAddr> {
        relay(self.state.path().join("door.sock"))
    }

    pub(crate) fn terminal(&self, home: &Home, more: &[&str]) -> Result<Terminal> {
        let arguments = self.arguments();
        home.terminal(&with(&arguments, more))
    }

    /// Runs one line or a script, with both its outputs in pipes.
    pub(crate) fn piped(&self, home: &Home, more: &[&str]) -> Result<std::process::Child> {
        let arguments = self.arguments();
        let mut command = home.caracola(&with(&arguments, more))?;
        command
            .stdin(std::process::Stdio::null())
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped());
        Ok(command.spawn()?)
    }

    /// Waits for this request.
    pub(crate) fn expect(&self, request: &str) -> Result<()> {
        let got = self.next_request()?;
        anyhow::ensure!(got == request, "{got:?} instead of {request:?}");
        Ok(())
    }

    pub(crate) fn next_request(&self) -> Result<String> {
        Ok(self.requests.recv_timeout(TEST_TIMEOUT)?)
    }

    /// Whether nothing more was asked so far.
    pub(crate) fn is_quiet(&self) -> bool {
        self.requests.recv_timeout(Duration::ZERO).is_err()
    }

    pub(crate) fn send(&self, bytes: &[u8]) -> Result<()> {
        Ok(self.replies.send(bytes.to_vec())?)
    }

    pub(crate) fn send_with(&self, encode: impl FnOnce(&mut Encoder<'_>)) -> Result<()> {
        let mut bytes = Vec::new();
        encode(&mut Encoder::new(&mut bytes, Protocol::Resp3));
        self.send(&bytes)
    }

    /// What a program wrote that was started by the request with this number.
    pub(crate) fn send_out(&self, request: u64, stream: u8, bytes: &[u8]) -> Result<()> {
        let push = Push::Out {
            request,
            stream,
            bytes: bytes.to_vec().into(),
        };
        self.send_with(|encoder| push.encode(encoder))
    }
}

fn with<'a>(arguments: &'a [String], more: &[&'a str]) -> Vec<&'a str> {
    arguments
        .iter()
        .map(String::as_str)
        .chain(more.iter().copied())
        .collect()
}

/// Answers what every session begins with and tells about the rest.
fn serve(mut stream: UnixStream, told: &Sender<String>) -> Result<()> {
    let mut decoder = RequestDecoder::new(RequestLimits::USER);
    let mut input = Vec::new();
    let mut chunk = [0; 4096];
    let mut novelties = 0;
    loop {
        let length = stream.read(&mut chunk)?;
        if length == 0 {
            return Ok(());
        }
        input.extend_from_slice(&chunk[..length]);
        while let Some(request) = decoder.decode(&input)? {
            let (reply, news) = reply(&request, &mut novelties)?;
            let used = request.wire_len();
            input.drain(..used);
            stream.write_all(&reply)?;
            if let Some(news) = news {
                told.send(news)?;
            }
        }
    }
}

/// The reply, empty where the test is to answer, and what the test is told.
fn reply(request: &Request<'_>, novelties: &mut usize) -> Result<(Vec<u8>, Option<String>)> {
    let words: Vec<_> = request.words().map(String::from_utf8_lossy).collect();
    let mut news = Some(words.join(" "));
    let mut reply = Vec::new();
    let mut encoder = Encoder::new(&mut reply, Protocol::Resp3);
    match words.first().context("no words")?.as_ref() {
        "HELLO" if words.len() > 2 => {
            if words.get(4).is_some_and(|password| password == PASSWORD) {
                encoder.map(0);
            } else {
                encoder.error(&ErrorReply::new(ErrorCode::WrongPass, "wrong user or password"));
            }
        }
        "HELLO" => {
            encoder.map(0);
            news = None;
        }
        "SHELL" => {
            welcome().encode(&mut encoder);
            news = None;
        }
        "CATALOGUE" => {
            catalogue(*novelties).encode(&mut encoder);
            // Who asks again is given more.
            news = news.filter(|_| *novelties > 0);
            *novelties += 1;
        }
        _ => {}
    }
    Ok((reply, news))
}

fn welcome() -> ShellWelcome {
    ShellWelcome {
        version: 1,
        server: "standin".to_owned(),
        name: "ana".to_owned(),
        room: "lobby".to_owned(),
        ..ShellWelcome::default()
    }
}

/// `slow` takes anything, `wipe` asks first, `unlock` takes a secret.
fn catalogue(novelties: usize) -> CatalogueReply {
    let entry = |name: &str, params: Vec<ParamEntry>| CatalogueEntry {
        name: name.to_owned(),
        params,
        ..CatalogueEntry::default()
    };
    let param = |name: &str, kind: &str| ParamEntry {
        name: name.to_owned(),
        kind: kind.to_owned(),
        required: true,
        ..ParamEntry::default()
    };
    let disk = ParamEntry {
        complete: true,
        ..param("disk", "string")
    };
    let mut entries = vec![
        entry("slow", vec![]),
        entry("unlock", vec![param("door", "string"), param("pin", "secret")]),
        CatalogueEntry {
            confirm: Some("Really wipe it?".to_owned()),
            ..entry("wipe", vec![disk])
        },
    ];
    entries.extend((0..novelties).map(|number| entry(&format!("novelty{number}"), vec![])));
    let export = CatalogueExport {
        entries,
        groups: Vec::new(),
    };
    CatalogueReply {
        hash: novelties.to_string(),
        payload: Some(export.encode_payload().into()),
    }
}

/// Carries bytes between connections over TLS and the door. Each connection is one to the door.
fn relay(door: PathBuf) -> Result<SocketAddr> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let acceptor = acceptor()?;
    listener.set_nonblocking(true)?;
    std::thread::spawn(move || -> Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener)?;
            loop {
                let (tcp, _) = listener.accept().await?;
                // Who only looks at the certificate goes away again.
                let _ = carry(&acceptor, tcp, &door).await;
            }
        })
    });
    Ok(address)
}

async fn carry(acceptor: &SslAcceptor, tcp: tokio::net::TcpStream, door: &Path) -> Result<()> {
    let mut tls = tokio_openssl::SslStream::new(Ssl::new(acceptor.context())?, tcp)?;
    std::pin::Pin::new(&mut tls).accept().await?;
    let mut door = tokio::net::UnixStream::connect(door).await?;
    tokio::io::copy_bidirectional(&mut tls, &mut door).await?;
    Ok(())
}

fn acceptor() -> Result<SslAcceptor> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1)?;
    let key = PKey::from_ec_key(EcKey::generate(&group)?)?;
    let (from, until) = (Asn1Time::days_from_now(0)?, Asn1Time::days_from_now(1)?);
    let mut certificate = X509::builder()?;
    certificate.set_not_before(&from)?;
    certificate.set_not_after(&until)?;
    certificate.set_pubkey(&key)?;
    certificate.sign(&key, MessageDigest::sha256())?;
    let mut acceptor = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls())?;
    acceptor.set_private_key(&key)?;
    acceptor.set_certificate(&certificate.build())?;
    Ok(acceptor.build())
}
