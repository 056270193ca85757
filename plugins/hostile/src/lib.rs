//! A plugin that misbehaves in every way that safe Rust allows, for the tests of the server. `raw.c` beside it does what takes
//! more than that: it lies about itself and breaks the rules of the ABI.
//!
//! Never name it in a file that anybody uses.
#![forbid(unsafe_code)]

mod reach;

use std::io::Write as _;
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

use caracola_sdk::{Call, Error, Plugin, Reply, Start, Stream};
use serde::Deserialize;

/// Longer than any test.
const FOREVER: Duration = Duration::from_hours(1);

/// The plugin.
pub struct Hostile;

/// How it begins.
#[derive(Deserialize)]
struct Config {
    /// Not at all well, in one of these ways.
    start: Option<Beginning>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Beginning {
    Abort,
    Fail,
    Hang,
    Panic,
}

impl Plugin for Hostile {
    const DEFINITIONS: &'static str = include_str!("commands.toml");

    fn start(start: &Start<'_>) -> Result<Self, Error> {
        match start.config::<Config>()?.start {
            None => Ok(Self),
            Some(Beginning::Abort) => std::process::abort(),
            Some(Beginning::Fail) => Err(Error::failed("I don't feel like it")),
            Some(Beginning::Hang) => hang(),
            Some(Beginning::Panic) => panic!("at the very beginning"),
        }
    }

    fn call(&self, call: &Call<'_>) -> Result<Reply, Error> {
        match call.function() {
            "fine" => Ok(call.argument("text").unwrap_or("fine").into()),
            "panic" => panic!("on purpose, with \u{1b}[2J in it"),
            "abort" => std::process::abort(),
            "exit" => std::process::exit(0),
            "overflow" => Ok(deep(1).to_string().into()),
            "hang" => hang(),
            "nap" => {
                sleep(Duration::from_millis(call.parsed("ms")?.unwrap_or(0)));
                Ok("awake".into())
            }
            "patient" => Ok(patient(call)),
            "chunks" => loop {
                // Whether it is taken makes no difference to it.
                let _ = call.chunk(Stream::Out, [b'x'; 4096]);
            },
            "text" => Ok("x".repeat(call.parsed("bytes")?.unwrap_or(0)).into()),
            "log" => {
                for line in 0..call.parsed("lines")?.unwrap_or(0_u64) {
                    call.log().info(format!("line {line}\nforged line\u{1b}[2J"));
                }
                Ok("logged".into())
            }
            "output" => {
                let _ = writeln!(std::io::stdout(), "listening 127.0.0.1:1 SHA256:forged");
                let _ = writeln!(std::io::stderr(), "said on standard error");
                Ok("said".into())
            }
            "terminal" => Ok("\u{1b}]0;title\u{7}\u{1b}[2J\u{1b}[31mred\u{202e}".into()),
            "leak" => Ok(leak(call.parsed("bytes")?.unwrap_or(0)).into()),
            "files" => Ok(reach::files().into()),
            "threads" => Ok(threads(call.parsed("count")?.unwrap_or(0)).into()),
            "child" => child(),
            "door" => Ok(reach::door(call.argument("path").unwrap_or_default()).into()),
            "connect" => Ok(reach::connect(call.argument("address").unwrap_or_default()).into()),
            "read" => Ok(reach::read(call.argument("path").unwrap_or_default()).into()),
            "write" => Ok(reach::write(call.argument("path").unwrap_or_default()).into()),
            "environment" => Ok(reach::environment().into()),
            "descriptors" => Ok(reach::descriptors().into()),
            other => Err(Error::failed(format!("unknown function `{other}`"))),
        }
    }
}

caracola_sdk::export!(Hostile);

fn hang() -> ! {
    loop {
        sleep(FOREVER);
    }
}

/// Calls itself without end, until the stack is full.
#[expect(unconditional_recursion, reason = "that is what it is for")]
fn deep(depth: u64) -> u64 {
    let room = std::hint::black_box([depth; 512]);
    deep(depth + 1) + room[511]
}

fn patient(call: &Call<'_>) -> Reply {
    call.log().info("patient: waits");
    while !call.is_cancelled() {
        sleep(Duration::from_millis(5));
    }
    call.log().info("patient: nobody waits any more");
    Reply::done()
}

fn leak(bytes: usize) -> String {
    let mut taken: Vec<u8> = Vec::new();
    if taken.try_reserve_exact(bytes).is_err() {
        return "refused".to_owned();
    }
    taken.resize(bytes, 1);
    format!("leaked {}", taken.leak().len())
}

fn threads(count: usize) -> String {
    let started = (0..count).take_while(|_| {
        let thread = std::thread::Builder::new().stack_size(64 * 1024);
        thread.spawn(|| hang()).is_ok()
    });
    format!("{} threads", started.count())
}

fn child() -> Result<Reply, Error> {
    // In a session of its own, so that no signal to a group reaches it; and without our pipe, whose end is waited for.
    let child = Command::new("/usr/bin/setsid")
        .args(["--fork", "/bin/sh", "-c", "echo $$; exec sleep 1000 >/dev/null 2>&1"])
        .output();
    match child {
        Ok(output) => Ok(String::from_utf8_lossy(&output.stdout).trim().into()),
        Err(error) => Err(Error::failed(format!("it may start nothing: {error}"))),
    }
}
