//! A plugin that does whatever one can do.

use std::panic::{catch_unwind, panic_any, resume_unwind};
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use caracola_sdk::{Call, Candidate, Card, Error, Plugin, Reply, Start, Stream, Table};

/// How many that count have ended.
pub(crate) static ENDED: AtomicUsize = AtomicUsize::new(0);

/// A picture of one pixel.
pub(crate) const DOT: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0\x3a\x7e\x9b\x55\
    \0\0\0\x0aIDATx\x9cc`\0\0\0\x02\0\x01\x48\xaf\xa4q\0\0\0\0IEND\xaeB`\x82";

pub(crate) struct Trial {
    config: Config,
    meeting: Barrier,
}

#[derive(Default, serde::Deserialize)]
#[serde(default)]
struct Config {
    limits: Limits,
    start: String,
    end: String,
}

#[derive(Default, serde::Deserialize)]
struct Limits {
    most: u32,
}

/// What a panic may carry.
struct PanicsWhenDropped;

impl Drop for PanicsWhenDropped {
    fn drop(&mut self) {
        panic!("once more");
    }
}

impl Plugin for Trial {
    const DEFINITIONS: &'static str = include_str!("trial.toml");

    fn start(start: &Start<'_>) -> Result<Self, Error> {
        let config: Config = start.config()?;
        assert!(config.start != "panic", "too early");
        let (write, read): (Vec<_>, Vec<_>) = (start.write_paths().collect(), start.read_paths().collect());
        start
            .log()
            .debug(format!("{} writes {write:?}, reads {read:?}", start.name()));
        let meeting = Barrier::new(2);
        Ok(Self { config, meeting })
    }

    fn call(&self, call: &Call<'_>) -> Result<Reply, Error> {
        match call.function() {
            "who" => Ok(who(call).into()),
            "arguments" => arguments(call),
            "reply" => Ok(reply(call.argument("kind").unwrap_or_default())),
            "error" => Err(error(call.argument("code").unwrap_or_default())),
            "count" => count(call),
            "wait" => {
                while !call.is_cancelled() {
                    thread::sleep(Duration::from_millis(1));
                }
                Ok("too late".into())
            }
            "state" => {
                call.set_state(&format!("{}x", call.state()))?;
                call.set_prompt(&format!("[{}]", call.state().len() + 1))?;
                Ok(call.state().into())
            }
            "config" => Ok(self.config.limits.most.to_string().into()),
            "panic" => panics(call.argument("kind").unwrap_or_default()),
            "meet" => {
                self.meeting.wait();
                Ok("met".into())
            }
            "threads" => Ok(threads(call).into()),
            other => Err(Error::failed(format!("no {other}"))),
        }
    }

    fn complete(&self, call: &Call<'_>) -> Vec<Candidate> {
        assert!(call.function() == "error", "no values");
        let (param, typed) = call.typed().unwrap_or_default();
        let matching = ["busy", "usage"].into_iter().filter(|code| code.starts_with(typed));
        matching
            .map(|code| Candidate::new(code).about(format!("of {param}, like {typed}")))
            .collect()
    }
}

impl Drop for Trial {
    fn drop(&mut self) {
        match &*self.config.end {
            "panic" => panic!("too late"),
            "count" => drop(ENDED.fetch_add(1, Ordering::SeqCst)),
            _ => {}
        }
    }
}

caracola_sdk::export!(Trial, name = "trial");

fn who(call: &Call<'_>) -> String {
    format!(
        "{:?} {} {:?} {} {} {} {} {:?} {} {}",
        call.user(),
        call.role(),
        call.name(),
        call.person(),
        call.session(),
        call.language(),
        call.width(),
        call.timeout(),
        call.streams(),
        call.in_language([("en", "English"), ("es", "español")])
    )
}

fn arguments(call: &Call<'_>) -> Result<Reply, Error> {
    let times: Option<u32> = call.parsed("times")?;
    let words: Vec<&str> = call.values("words").collect();
    Ok(format!("{times:?} {words:?} {}", call.flag("loud")).into())
}

fn reply(kind: &str) -> Reply {
    match kind {
        "card" => Card::new("ls", "List")
            .usage("ls [FOLDER]")
            .example("ls -l", "Details")
            .note("Bye.")
            .into(),
        "table" => Table::new(["a", "b"])
            .row(["1", "2", "too many"])
            .row(["3"])
            .note("Two.")
            .into(),
        "image" => Reply::image(DOT, "a dot"),
        "no picture" => Reply::image(*b"GIF", "a dot"),
        "huge" => "x".repeat(16 << 20).into(),
        "no columns" => Table::default().into(),
        _ => Reply::done(),
    }
}

fn error(code: &str) -> Error {
    match code {
        "usage" => Error::usage(code),
        "denied" => Error::denied(code),
        "busy" => Error::busy(code),
        "limit" => Error::limit(code),
        "timeout" => Error::timeout(code),
        _ => Error::failed(code),
    }
}

fn count(call: &Call<'_>) -> Result<Reply, Error> {
    for number in 1..=call.parsed("to")?.unwrap_or(0) {
        call.chunk(Stream::Out, format!("{number}\n"))?;
    }
    call.chunk(Stream::Err, "counted\n")?;
    Ok(Reply::done())
}

fn panics(kind: &str) -> ! {
    match kind {
        "text" => panic!("on {}", "purpose"),
        "value" => panic_any(7),
        "drop" => panic_any(PanicsWhenDropped),
        _ => {
            let caught = catch_unwind(|| panic!("caught"));
            drop(caught);
            resume_unwind(Box::new("silent"))
        }
    }
}

fn threads(call: &Call<'_>) -> String {
    let log = call.log();
    let sent = thread::scope(|scope| {
        let threads = [0; 4].map(|_| scope.spawn(|| call.chunk(Stream::Out, "x")));
        threads
            .into_iter()
            .filter_map(|thread| thread.join().ok()?.ok())
            .count()
    });
    // Threads that the call doesn't wait for have the log alone.
    let threads = [0; 4].map(|_| thread::spawn(move || log.info("from a thread")));
    for thread in threads {
        thread.join().expect("it only writes a line");
    }
    sent.to_string()
}
