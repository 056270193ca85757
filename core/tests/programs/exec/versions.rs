//! A file that alternates between two versions while clients run what stands in it. A test does it for seconds; the bench
//! `reload` for a minute.
//!
//! Everything that a version says has the version's word in several places. A reply with both words would be torn.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use caracola_testing::{Connection, TestServer};
use caracola_wire::{Push, Reply, Value};

/// The words of the two versions. No other text of the server has them.
const WORDS: [&str; 2] = ["alfalfa", "bergamot"];
/// Between two reloads.
const EVERY: Duration = Duration::from_millis(100);
/// Requests that a client sends before it reads the first reply.
const PIPELINE: usize = 16;

/// What the clients and the reloader counted.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) reloads: AtomicU64,
    /// Replies of each version.
    pub(crate) replies: [AtomicU64; 2],
    /// Runs of programs among them.
    pub(crate) runs: AtomicU64,
}

/// Asks in its own way until it is told to stop.
type Client = fn(&TestServer, &AtomicBool, &Counts) -> Result<()>;

/// The commands of a version, 0 or 1.
pub(crate) fn commands(version: usize) -> String {
    let word = WORDS[version];
    // Each version gives its program another of the two values, so that one's arguments with the other's template would
    // show.
    let first = ["one", "two"][version];
    let more: Vec<_> = (0..40)
        .map(|number| format!("[commands.{word}-{number}]\nsummary = \"{word}\"\n"))
        .collect();
    let more = more.concat();
    format!(
        r#"
        [commands.card]
        summary = "{word} first"
        examples = [{{ run = "card {word}", about = "{word} second" }}, {{ run = "card", about = "{word} third" }}]

        [commands.text]
        summary = "{word}"
        reply = "{word}\n{word}\n{word}"

        [commands.table]
        summary = "{word}"
        params = [{{ name = "key" }}]
        [commands.table.lookup]
        1 = "{word} one {word}"

        [commands.program]
        summary = "{word}"
        roles = ["guest"]
        exec = ["sh", "-c", "echo $WORD $1 $2 $3; echo $WORD >&2", "{word}", "{word}", "{{{first}}}", "{word}"]
        params = [{{ name = "one" }}, {{ name = "two" }}]
        env = {{ WORD = "{word}" }}
        max_running = 8
        queue = 64

        {more}
        "#
    )
}

/// What `program 1 2` shows in a version.
fn shown(version: usize) -> String {
    let word = WORDS[version];
    format!("{word} {word} {} {word}\n", version + 1)
}

/// Reloads and asks for `time`. The server serves a file of [`commands`] with `config` around it from `path`.
pub(crate) fn alternate(
    server: &TestServer,
    path: &Path,
    config: impl Fn(&str) -> String + Sync,
    time: Duration,
) -> Result<Counts> {
    let counts = Counts::default();
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| -> Result<()> {
        let (counts, is_over) = (&counts, &is_over);
        let clients: [Client; 4] = [pipelined, typed, one_by_one, completing];
        let clients = clients.map(|client| {
            scope.spawn(move || {
                let outcome = client(server, is_over, counts);
                // The others needn't go on.
                is_over.store(true, Ordering::Relaxed);
                outcome
            })
        });
        let reloaded = reload(server, path, config, Instant::now() + time, is_over, counts);
        is_over.store(true, Ordering::Relaxed);
        for client in clients {
            match client.join() {
                Ok(outcome) => outcome?,
                Err(_) => bail!("a client panicked"),
            }
        }
        reloaded
    })?;
    Ok(counts)
}

fn reload(
    server: &TestServer,
    path: &Path,
    config: impl Fn(&str) -> String,
    end: Instant,
    is_over: &AtomicBool,
    counts: &Counts,
) -> Result<()> {
    let mut operator = server.door()?;
    let texts = [0, 1].map(|version| config(&commands(version)));
    let draft = path.with_extension("draft");
    for version in [1, 0].into_iter().cycle() {
        let next = Instant::now() + EVERY;
        if is_over.load(Ordering::Relaxed) || next > end {
            break;
        }
        fs::write(&draft, &texts[version])?;
        fs::rename(&draft, path)?;
        let reply = operator.request(&["RUN", "reload"])?;
        ensure!(!matches!(reply, Value::Error(_)), "a reload: {reply:?}");
        counts.reloads.fetch_add(1, Ordering::Relaxed);
        thread::sleep(next.saturating_duration_since(Instant::now()));
    }
    Ok(())
}

/// The one version that a text is of.
fn version_of(text: &str) -> Result<usize> {
    let [first, second] = WORDS.map(|word| text.contains(word));
    match (first, second) {
        (true, false) => Ok(0),
        (false, true) => Ok(1),
        (true, true) => bail!("torn: {text:?}"),
        (false, false) => bail!("of no version: {text:?}"),
    }
}

impl Counts {
    fn note(&self, text: &str) -> Result<usize> {
        let version = version_of(text)?;
        self.replies[version].fetch_add(1, Ordering::Relaxed);
        Ok(version)
    }
}

fn text(reply: &Value) -> Result<&str> {
    match reply {
        Value::Error(error) => bail!("a request failed: {error}"),
        value => value.as_str().context("no text"),
    }
}

/// A library that doesn't wait for replies: cards, texts, tables and, among them, programs.
fn pipelined(server: &TestServer, is_over: &AtomicBool, counts: &Counts) -> Result<()> {
    const REQUESTS: [(&[u8], usize); 4] = [
        (b"*2\r\n$3\r\nRUN\r\n$4\r\ncard\r\n", 4),
        (b"*2\r\n$3\r\nRUN\r\n$4\r\ntext\r\n", 3),
        (b"*3\r\n$3\r\nRUN\r\n$5\r\ntable\r\n$1\r\n1\r\n", 2),
        (b"*4\r\n$3\r\nRUN\r\n$7\r\nprogram\r\n$1\r\n1\r\n$1\r\n2\r\n", 3),
    ];
    let mut client = server.connect()?;
    while !is_over.load(Ordering::Relaxed) {
        let batch: Vec<_> = REQUESTS.iter().cycle().take(PIPELINE).collect();
        let bytes: Vec<u8> = batch.iter().flat_map(|(request, _)| request.iter().copied()).collect();
        client.send(&bytes)?;
        for (number, (_, words)) in batch.iter().enumerate() {
            let reply = client.reply()?;
            let text = text(&reply)?;
            let version = counts.note(text)?;
            ensure!(
                text.matches(WORDS[version]).count() == *words,
                "not all of it: {text:?}"
            );
            if number % REQUESTS.len() == 3 {
                ensure!(text == shown(version), "{text:?}");
                counts.runs.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
    Ok(())
}

/// A shell that runs programs and gets both streams as they come.
fn typed(server: &TestServer, is_over: &AtomicBool, counts: &Counts) -> Result<()> {
    let mut shell = server.shell("typed")?;
    while !is_over.load(Ordering::Relaxed) {
        let Reply::Exit(exit) = shell.run_typed(&["program", "1", "2"])? else {
            bail!("no end of a program");
        };
        ensure!(exit.status == Some(0), "{exit:?}");
        let (mut out, mut err) = (Vec::new(), Vec::new());
        for push in shell.pushes_until_now()? {
            match push {
                Push::Out { stream: 1, bytes, .. } => out.extend_from_slice(&bytes),
                Push::Out { bytes, .. } => err.extend_from_slice(&bytes),
                // That the catalogue is another, and that operators hear of reloads.
                _ => {}
            }
        }
        let (out, err) = (String::from_utf8(out)?, String::from_utf8(err)?);
        let version = counts.note(&out)?;
        ensure!(
            out == shown(version) && err == format!("{}\n", WORDS[version]),
            "{out:?} {err:?}"
        );
        counts.runs.fetch_add(1, Ordering::Relaxed);
        let card = shell.run_typed(&["card"])?;
        counts.note(&format!("{card:?}"))?;
    }
    Ok(())
}

/// A library that asks for one thing at a time, each time over a new connection.
fn one_by_one(server: &TestServer, is_over: &AtomicBool, counts: &Counts) -> Result<()> {
    while !is_over.load(Ordering::Relaxed) {
        let mut client: Connection = server.connect()?;
        for words in [
            &["program", "1", "2"][..],
            &["card"],
            &["help", "table"],
            &["table", "1"],
        ] {
            let reply = client.request(&[&["RUN"], words].concat())?;
            counts.note(text(&reply)?)?;
        }
    }
    Ok(())
}

/// What a shell needs to complete: the whole catalogue at once.
fn completing(server: &TestServer, is_over: &AtomicBool, counts: &Counts) -> Result<()> {
    let mut shell = server.shell("completing")?;
    while !is_over.load(Ordering::Relaxed) {
        let reply = shell.request(&["CATALOGUE"])?;
        ensure!(!matches!(reply, Value::Error(_)), "{reply:?}");
        counts.note(&format!("{reply:?}"))?;
        shell.pushes_until_now()?;
    }
    Ok(())
}
