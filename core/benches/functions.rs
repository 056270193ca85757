//! What calling a function of a plugin costs the server's processors, beside a built-in: `cargo bench --bench functions`.
//! The plugin is in C. In the server's process, a `nonblocking` function must cost at most 1.05 times as much as a built-in
//! that answers with a line of the same kind; one that isn't is shown beside it, and one in a process of its own, which may add
//! at most 60 us to the median time of a request. Times are of one request after the other, from outside.
#![allow(clippy::print_stdout, reason = "it prints what it measured")]

use std::fs;
use std::time::Instant;

use anyhow::{Context as _, Result};
use caracola_testing::{Connection, TestServer};
use caracola_wire::{Encoder, Protocol};

/// Requests of each kind in a round.
const REQUESTS: usize = 8_000;
/// The kinds take turns, so that what else the machine does harms all of them; the best round of each counts.
const ROUNDS: usize = 9;
/// The built-in first.
const KINDS: [&[&str]; 4] = [
    &["uptime"],
    &["quick.now", "ana"],
    &["quick.later", "ana"],
    &["apart.now", "ana"],
];

const QUICK: &str = r#"
#include "caracola.h"
#include <string.h>

static const CaracolaHost *host;

static CaracolaStr str(const char *text) { return (CaracolaStr){(const uint8_t *)text, strlen(text)}; }

static int32_t start(const CaracolaStart *given, void **instance) {
    (void)instance;
    host = given->host;
    return 0;
}

static int32_t call(void *instance, const CaracolaCall *call) {
    (void)instance;
    host->text(call->request, str("Running for 12m 5s."));
    return 0;
}

const CaracolaPlugin *caracola_plugin(void) {
    static CaracolaPlugin plugin;
    plugin = (CaracolaPlugin){.abi = CARACOLA_ABI_VERSION, .size = sizeof plugin, .start = start, .call = call};
    plugin.name = str("quick");
    plugin.version = str("1");
    plugin.definitions = str("[commands.now]\nsummary = 'Now'\nnonblocking = true\nparams = [{ name = 'a' }]\n"
                             "[commands.later]\nsummary = 'Later'\nparams = [{ name = 'a' }]\n");
    return &plugin;
}
"#;

fn main() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let source = folder.path().join("quick.c");
    fs::write(&source, QUICK)?;
    let library = caracola_testing::c_plugin(&source, folder.path())?;
    let plugin = |name: &str, isolation: &str| {
        let path = library.display();
        format!("[plugins.{name}]\npath = \"{path}\"\nisolation = \"{isolation}\"\nroles = [\"guest\"]\n")
    };
    let table = format!(
        "[access]\nguest = true\n[limits]\nruns_per_second = 1000000\n{}{}",
        plugin("quick", "none"),
        plugin("apart", "process")
    );
    let server = TestServer::builder()
        .binary(env!("CARGO_BIN_EXE_caracolad"))
        .config(table)
        .argument("--log-level")
        .argument("warn")
        .start()?;
    let mut connection = server.connect()?;
    connection.request(&["HELLO", "3"])?;
    for pipeline in [1, 16] {
        let mut best = [(f64::MAX, f64::MAX); KINDS.len()];
        for _ in 0..ROUNDS {
            for (kind, best) in KINDS.iter().zip(&mut best) {
                let (cost, median) = cost(&server, &mut connection, kind, pipeline)?;
                *best = (best.0.min(cost), best.1.min(median));
            }
        }
        println!("{pipeline} at once:");
        for (kind, (cost, median)) in KINDS.iter().zip(best) {
            let name = kind.join(" ");
            println!(
                "  {name:20} {cost:6.2} us of processor a request, {:.2}x; median time {median:6.1} us",
                cost / best[0].0
            );
        }
    }
    Ok(())
}

/// Microseconds of processor time that the server takes for one request, and the median time until all that were sent at once
/// are answered.
fn cost(server: &TestServer, connection: &mut Connection, words: &[&str], pipeline: usize) -> Result<(f64, f64)> {
    let mut bytes = Vec::new();
    for _ in 0..pipeline {
        let words = ["RUN"].iter().chain(words).copied().collect::<Vec<_>>();
        Encoder::new(&mut bytes, Protocol::Resp3).request(words);
    }
    let before = spent(server)?;
    let mut times = Vec::with_capacity(REQUESTS / pipeline);
    for _ in 0..REQUESTS / pipeline {
        let began = Instant::now();
        connection.send(&bytes)?;
        for _ in 0..pipeline {
            connection.reply()?;
        }
        times.push(began.elapsed());
    }
    let spent = self::spent(server)? - before;
    times.sort_unstable();
    let requests = u32::try_from(REQUESTS / pipeline * pipeline)?;
    Ok((spent / f64::from(requests), times[times.len() / 2].as_secs_f64() * 1e6))
}

/// Microseconds of processor time that the server's threads have had.
fn spent(server: &TestServer) -> Result<f64> {
    let mut spent = 0.0;
    for thread in fs::read_dir(format!("/proc/{}/task", server.process()))? {
        // In nanoseconds, which `stat` doesn't count.
        let told = fs::read_to_string(thread?.path().join("schedstat"))?;
        let time: f64 = told.split(' ').next().context("no time")?.parse()?;
        spent += time / 1000.0;
    }
    Ok(spent)
}
