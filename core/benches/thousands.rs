//! What ten thousand commands cost: loading them, the memory they take, a login to them, and a reload of them under open
//! shells, as somebody feels it who only asks `PING`. `cargo bench --bench thousands`; `$COMMANDS` says how many there are
//! (10,000 without it), `$SHELLS` how many shells are open (20), `$RELOADS` how often it is reloaded (10).
#![allow(clippy::print_stdout, reason = "it prints what it measured")]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use caracola_catalogue::{Catalogue, Source};
use caracola_plugin_host::Plugins;
use caracola_testing::{Connection, TestServer};
use caracola_wire::{CatalogueReply, Push};

/// How often the file is loaded.
const LOADS: usize = 10;
/// How long `PING` is asked without any reload, for comparison.
const QUIET: Duration = Duration::from_secs(3);
/// Between two `PING`s: often enough to notice, and not a load of its own.
const PAUSE: Duration = Duration::from_micros(500);

fn main() -> Result<()> {
    let commands = number("COMMANDS", 10_000);
    let text = file(commands, 0);
    println!("{commands} commands, {} KiB of TOML", text.len() / 1024);
    load(&text)?;
    let small = TestServer::builder().binary(env!("CARGO_BIN_EXE_caracolad")).start()?;
    memory(&small, "the default commands")?;
    drop(small);
    let server = TestServer::builder()
        .binary(env!("CARGO_BIN_EXE_caracolad"))
        .config(text)
        .argument("--log-level")
        .argument("warn")
        .start()?;
    memory(&server, &format!("{commands} commands"))?;
    logins(&server)?;
    memory(&server, "after logins")?;
    reloads(&server, commands)?;
    memory(&server, "after reloads")
}

fn number(variable: &str, usual: usize) -> usize {
    let set = std::env::var(variable).ok();
    set.and_then(|set| set.parse().ok()).unwrap_or(usual)
}

/// Cards, lookups and programs in turn, in groups, with texts in two languages; `edition` makes the last one another.
fn file(commands: usize, edition: usize) -> String {
    let mut text = String::from("[access]\nguest = true\n\n[limits]\nsessions_per_address = 10000\n\n");
    for group in 0..20 {
        let _ = writeln!(text, "[groups.g{group}]\ntitle = \"Group {group}\"\n");
    }
    for number in 0..commands {
        let edition = if number + 1 == commands { edition } else { 0 };
        let _ = writeln!(
            text,
            "[commands.tool{number}]\nsummary = {{ en = \"Does thing {number} ({edition})\", es = \"Hace la cosa {number}\" }}\n\
             group = \"g{}\"",
            number % 20
        );
        let _ = match number % 3 {
            0 => writeln!(
                text,
                "examples = [{{ run = \"tool{number} -l\", about = \"All of it\" }}, {{ run = \"tool{number} x\", about = \"Some\" }}]\n\
                 see_also = [\"tool{}\"]\n",
                number / 2 / 3 * 3
            ),
            1 => writeln!(
                text,
                "[commands.tool{number}.lookup]\none = \"The first\"\ntwo = \"The second\"\n"
            ),
            _ => writeln!(
                text,
                "exec = [\"echo\", \"{{name}}\", \"{{size}}\"]\nroles = [\"user\"]\n\
                 params = [{{ name = \"name\", max_len = 40, pattern = \"[a-z]+\" }}, \
                 {{ name = \"size\", type = \"integer\", flag = \"--size\", default = 3 }}]\n"
            ),
        };
    }
    text
}

fn load(text: &str) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("commands.toml");
    fs::write(&path, text)?;
    let source = Source::Flag(path);
    let mut times = Vec::new();
    let before = processor_time(std::process::id())?;
    for _ in 0..LOADS {
        let start = Instant::now();
        let loaded =
            Catalogue::load(&source, None, &Plugins::new(None, None)).map_err(|broken| anyhow::anyhow!("{broken}"))?;
        times.push(start.elapsed());
        drop(loaded);
    }
    let spent = processor_time(std::process::id())?.saturating_sub(before) / u32::try_from(LOADS)?;
    println!(
        "load: {}; {spent:.1?} of a processor each, freeing included",
        Spread(times)
    );
    Ok(())
}

fn memory(server: &TestServer, when: &str) -> Result<()> {
    server.connect()?.request(&["PING"])?;
    println!("resident memory, {when}: {} KiB", server.resident_memory()? / 1024);
    Ok(())
}

/// What a shell waits for when it comes: the first one, and others after it.
fn logins(server: &TestServer) -> Result<()> {
    let mut first = Duration::ZERO;
    let mut times = Vec::new();
    for number in 0..21 {
        let mut connection = server.connect()?;
        let start = Instant::now();
        connection.be_shell(&format!("p{number}"), "en")?;
        if number == 0 {
            first = start.elapsed();
        } else {
            times.push(start.elapsed());
        }
    }
    println!("HELLO and SHELL: the first {first:.1?}; others {}", Spread(times));
    Ok(())
}

/// `PING` beside open shells, in quiet and while the file is replaced again and again and every shell fetches it.
fn reloads(server: &TestServer, commands: usize) -> Result<()> {
    let (shells, reloads) = (number("SHELLS", 20), number("RELOADS", 10));
    let quiet = pings(server, || {
        thread::sleep(QUIET);
        Ok(())
    })?;
    println!("PING in quiet: {}", Spread(quiet));
    let mut open = Vec::new();
    for number in 0..shells {
        let mut shell = server.shell(&format!("shell{number}"))?;
        fetch(&mut shell)?;
        shell.pushes_until_now()?;
        open.push(shell);
    }
    let texts: Vec<String> = (1..=reloads).map(|edition| file(commands, edition)).collect();
    let before = processor_time(server.process())?;
    let mut times = Vec::new();
    let during = pings(server, || {
        for text in &texts {
            let draft = server.folder().join("draft");
            fs::write(&draft, text)?;
            fs::rename(&draft, server.folder().join("commands.toml"))?;
            let start = Instant::now();
            for shell in &mut open {
                shell.push_where(|push| matches!(push, Push::Catalogue { .. }))?;
                let hash = fetch(shell)?;
                anyhow::ensure!(!hash.is_empty(), "no catalogue came");
            }
            times.push(start.elapsed());
        }
        Ok(())
    })?;
    let spent = processor_time(server.process())?.saturating_sub(before) / u32::try_from(reloads.max(1))?;
    println!(
        "PING during {reloads} reloads with {shells} shells that fetch each: {}",
        Spread(during)
    );
    println!(
        "from a changed file until all have it (up to 500 ms are the watch): {}",
        Spread(times)
    );
    println!("{spent:.1?} of a processor for each reload, what the shells fetch and the PINGs included");
    Ok(())
}

/// Fetches the commands, and gives their hash.
fn fetch(shell: &mut Connection) -> Result<String> {
    let reply = CatalogueReply::decode(&shell.request(&["CATALOGUE"])?)?;
    Ok(reply.hash)
}

/// How long each `PING` took while `work` went on.
fn pings(server: &TestServer, work: impl FnOnce() -> Result<()>) -> Result<Vec<Duration>> {
    let over = AtomicBool::new(false);
    let mut connection = server.connect()?;
    thread::scope(|scope| {
        let over = &over;
        let pinger = scope.spawn(move || -> Result<Vec<Duration>> {
            let mut times = Vec::new();
            while !over.load(Ordering::Relaxed) {
                let start = Instant::now();
                connection.request(&["PING"])?;
                times.push(start.elapsed());
                thread::sleep(PAUSE);
            }
            Ok(times)
        });
        let worked = work();
        over.store(true, Ordering::Relaxed);
        let times = pinger.join().map_err(|_| anyhow::anyhow!("the pinger panicked"))?;
        worked.and(times)
    })
}

/// The time that all threads of a process have had a processor, as Linux counts it in nanoseconds.
fn processor_time(process: u32) -> Result<Duration> {
    let mut nanoseconds = 0;
    for task in fs::read_dir(Path::new("/proc").join(process.to_string()).join("task"))? {
        let path = task?.path().join("schedstat");
        // A thread that ended in between has no file.
        let Ok(text) = fs::read_to_string(path) else { continue };
        let first = text.split_whitespace().next().context("an empty schedstat")?;
        nanoseconds += first.parse::<u64>()?;
    }
    Ok(Duration::from_nanos(nanoseconds))
}

/// Some times, told by their middle and their end.
struct Spread(Vec<Duration>);

impl std::fmt::Display for Spread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut sorted = self.0.clone();
        sorted.sort();
        let at = |percent: usize| sorted.get(sorted.len().saturating_sub(1) * percent / 100).copied();
        match (at(50), at(99), sorted.last()) {
            (Some(middle), Some(late), Some(last)) => {
                write!(
                    f,
                    "median {middle:.1?}, p99 {late:.1?}, longest {last:.1?} of {}",
                    sorted.len()
                )
            }
            _ => f.write_str("none"),
        }
    }
}
