//! What a server seldom does: long commands, their output as it comes, cancelling, every kind of error. The server here is a
//! stand-in behind the door, which says exactly what a test wants.

use std::io::{Read as _, Write as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use anyhow::{Context as _, Result};
use caracola_testing::PATIENCE;
use caracola_wire::{
    CatalogueEntry, CatalogueExport, CatalogueReply, Encoder, Exit, Protocol, Push, Reply, RequestDecoder,
    RequestLimits, ShellWelcome,
};
use nix::sys::signal::Signal;
use tempfile::TempDir;

use crate::home::{Home, Terminal, text};

/// A server for one session: it welcomes, tells the test about every other request, and sends what the test gives it.
struct StandIn {
    state: TempDir,
    requests: Receiver<String>,
    replies: Sender<Vec<u8>>,
    _threads: JoinHandle<Result<()>>,
}

impl StandIn {
    fn start() -> Result<Self> {
        let state = tempfile::tempdir()?;
        let listener = UnixListener::bind(state.path().join("door.sock"))?;
        let (told, requests) = channel();
        let (replies, given) = channel::<Vec<u8>>();
        let threads = std::thread::spawn(move || {
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
            _threads: threads,
        })
    }

    fn arguments(&self) -> Vec<String> {
        let state = self.state.path().to_string_lossy().into_owned();
        ["--local", "--state-dir", &state].map(str::to_owned).to_vec()
    }

    fn terminal(&self, home: &Home, more: &[&str]) -> Result<Terminal> {
        let arguments = self.arguments();
        let arguments: Vec<&str> = arguments
            .iter()
            .map(String::as_str)
            .chain(more.iter().copied())
            .collect();
        home.terminal(&arguments)
    }

    /// Waits for this request.
    fn expect(&self, request: &str) -> Result<()> {
        let got = self.requests.recv_timeout(PATIENCE)?;
        anyhow::ensure!(got == request, "{got:?} instead of {request:?}");
        Ok(())
    }

    fn send(&self, bytes: &[u8]) -> Result<()> {
        Ok(self.replies.send(bytes.to_vec())?)
    }

    fn send_with(&self, encode: impl FnOnce(&mut Encoder<'_>)) -> Result<()> {
        let mut bytes = Vec::new();
        encode(&mut Encoder::new(&mut bytes, Protocol::Resp3));
        self.send(&bytes)
    }
}

/// Answers what every session begins with and tells about the rest.
fn serve(mut stream: UnixStream, told: &Sender<String>) -> Result<()> {
    let mut decoder = RequestDecoder::new(RequestLimits::USER);
    let mut input = Vec::new();
    let mut chunk = [0; 4096];
    let mut names = vec!["slow"];
    loop {
        let length = stream.read(&mut chunk)?;
        if length == 0 {
            return Ok(());
        }
        input.extend_from_slice(&chunk[..length]);
        while let Some(request) = decoder.decode(&input)? {
            let words: Vec<_> = request.words().map(String::from_utf8_lossy).collect();
            let mut reply = Vec::new();
            let mut encoder = Encoder::new(&mut reply, Protocol::Resp3);
            match words.first().context("no words")?.as_ref() {
                "HELLO" => _ = encoder.map(0),
                "SHELL" => welcome().encode(&mut encoder),
                "CATALOGUE" => {
                    catalogue(&names).encode(&mut encoder);
                    // Who asks again is given more.
                    names.push("novelty");
                }
                _ => told.send(words.join(" "))?,
            }
            let used = request.wire_len();
            input.drain(..used);
            stream.write_all(&reply)?;
        }
    }
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

fn catalogue(names: &[&str]) -> CatalogueReply {
    let entry = |name: &&str| CatalogueEntry {
        name: (*name).to_owned(),
        ..CatalogueEntry::default()
    };
    let export = CatalogueExport {
        entries: names.iter().map(entry).collect(),
        groups: Vec::new(),
    };
    CatalogueReply {
        hash: String::new(),
        payload: Some(export.encode_payload().into()),
    }
}

#[test]
fn ctrl_c_cancels_what_runs() -> Result<()> {
    let (server, home) = (StandIn::start()?, Home::new()?);
    let mut terminal = server.terminal(&home, &[])?;
    terminal.expect("lobby> ")?;
    terminal.send_line("slow one")?;
    server.expect("RUN slow one")?;
    terminal.send_control('c')?;
    server.expect("CANCEL")?;
    server.send(b"-CANCELLED it was cancelled\r\n+OK\r\n")?;
    terminal.expect("it was cancelled")?;
    terminal.expect("lobby> ")?;
    // The replies stay paired with their requests.
    terminal.send_line("slow two")?;
    server.expect("RUN slow two")?;
    server.send_with(|encoder| Reply::Text("two is done".to_owned()).encode(encoder))?;
    terminal.expect("two is done")?;
    terminal.expect("lobby> ")?;
    Ok(())
}

#[test]
fn a_second_ctrl_c_stops_waiting() -> Result<()> {
    let (server, home) = (StandIn::start()?, Home::new()?);
    let mut terminal = server.terminal(&home, &["-c", "slow"])?;
    server.expect("RUN slow")?;
    // The request may be there before the welcome has been read: then there would be nothing to cancel yet.
    let started = Push::Out {
        request: 3,
        stream: 1,
        bytes: "started\n".into(),
    };
    server.send_with(|encoder| started.encode(encoder))?;
    terminal.expect("started")?;
    terminal.send_control('c')?;
    server.expect("CANCEL")?;
    terminal.expect("Cancelling")?;
    terminal.send_control('c')?;
    terminal.expect("Stopped waiting")?;
    assert_eq!(terminal.status()?, 130);
    Ok(())
}

#[test]
fn output_is_shown_as_it_comes_and_harmless() -> Result<()> {
    let (server, home) = (StandIn::start()?, Home::new()?);
    let mut terminal = server.terminal(&home, &["-c", "slow"])?;
    server.expect("RUN slow")?;
    let out = |bytes: &'static [u8]| Push::Out {
        request: 3,
        stream: 1,
        bytes: bytes.into(),
    };
    server.send_with(|encoder| out("first se\u{f1}al\r\n".as_bytes()).encode(encoder))?;
    terminal.expect("first se\u{f1}al")?;
    // Half a letter, then its other half.
    server.send_with(|encoder| out(b"caf\xc3").encode(encoder))?;
    server.send_with(|encoder| out(b"\xa9 \x1b[2J\x1b]0;title\x07 end").encode(encoder))?;
    terminal.expect("caf\u{e9} ^[[2J^[]0;title^G end")?;
    let exit = Exit {
        status: Some(3),
        ..Exit::default()
    };
    server.send_with(|encoder| Reply::Exit(exit).encode(encoder))?;
    terminal.expect("(exit status 3)")?;
    assert_eq!(terminal.status()?, 1);
    Ok(())
}

#[test]
fn every_error_has_its_exit_status() -> Result<()> {
    let home = Home::new()?;
    for (error, status) in [
        ("ERR odd", 1),
        ("USAGE wrong", 64),
        ("DENIED no", 77),
        ("NOAUTH no", 77),
        ("TIMEOUT late", 124),
        ("UNKNOWN what", 127),
        ("CANCELLED yes", 130),
        ("FAILED exit=2", 1),
        ("BUSY later", 1),
        ("LOST nobody knows", 69),
        ("LATERVERSION news", 1),
    ] {
        let server = StandIn::start()?;
        server.send(b"")?;
        let mut arguments = server.arguments();
        arguments.extend(["-c", "slow"].map(str::to_owned));
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let child = home
            .caracola(&arguments)?
            .stdin(std::process::Stdio::null())
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()?;
        server.expect("RUN slow")?;
        server.send(format!("-{error}\r\n").as_bytes())?;
        let output = child.wait_with_output()?;
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{error}: {said}");
        let message = error.split_once(' ').map_or("", |(_, message)| message);
        assert!(said.starts_with(message) && output.stdout.is_empty(), "{said}");
    }
    Ok(())
}

#[test]
fn a_new_catalogue_is_learnt_at_an_open_prompt() -> Result<()> {
    let (server, home) = (StandIn::start()?, Home::new()?);
    let mut terminal = server.terminal(&home, &[])?;
    terminal.expect("lobby> ")?;
    server.send_with(|encoder| {
        let push = Push::Catalogue { hash: "new".to_owned() };
        push.encode(encoder);
        let name = Push::Name { name: "zoe".to_owned() };
        name.encode(encoder);
        let notice = Push::Notice {
            kind: "server".to_owned(),
            text: "there are new commands".to_owned(),
        };
        notice.encode(encoder);
    })?;
    terminal.expect("there are new commands\r\n")?;
    // The notice was sent before the catalogue was answered: a command's round trip makes sure of the order.
    terminal.send_line("slow")?;
    server.expect("RUN slow")?;
    server.send(b"-FAILED no\r\n")?;
    terminal.expect("zoe@standin lobby> ")?;
    terminal.type_keys("nov\t")?;
    terminal.expect("> novelty ")?;
    Ok(())
}

#[test]
fn a_request_to_end_is_heeded_while_a_command_runs() -> Result<()> {
    let (server, home) = (StandIn::start()?, Home::new()?);
    let mut terminal = server.terminal(&home, &[])?;
    terminal.expect("lobby> ")?;
    terminal.send_line("slow")?;
    server.expect("RUN slow")?;
    terminal.process_mut().signal(Signal::SIGTERM)?;
    assert_eq!(terminal.status()?, 130);
    Ok(())
}
