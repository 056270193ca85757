//! A server with a plugin that misbehaves, and a class that works on while it does.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, Scope, ScopedJoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use caracola_testing::{Connection, TestServer};
use caracola_wire::{Reply, Value};

use crate::builder;

/// Sessions that work while something goes wrong.
const SESSIONS: usize = 10;
/// How long one of their requests may take: many times what it takes on a busy machine, and no longer than a call that hangs,
/// which nobody else may have to wait for.
const SLOW: Duration = Duration::from_secs(2);
/// How soon a plugin answers again after its process has ended: three times what it may take, for machines that do other things
/// beside. `benches/crashes.rs` measures it.
pub(crate) const BACK: Duration = Duration::from_secs(3);
/// The time that a call of the hostile plugin has.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(2);

/// A file with the hostile plugin as `h` and, in a process of its own, a second time as `calm`. `more` lines are in the
/// table of `h`.
pub(crate) fn config(isolation: &str, more: &str) -> Result<String> {
    let library = caracola_testing::plugin("caracola-hostile")?;
    Ok(config_of(&library.to_string_lossy(), isolation, more)
        + &format!(
            "\n[plugins.calm]\npath = \"{}\"\nroles = [\"guest\"]\n",
            library.display()
        ))
}

/// A file with another library as `h`.
pub(crate) fn config_of(library: &str, isolation: &str, more: &str) -> String {
    format!(
        "[access]\nguest = true\n[commands.ls]\nsummary = \"List\"\n[plugins.h]\npath = \"{library}\"\n\
         isolation = \"{isolation}\"\nroles = [\"guest\"]\ntimeout = \"{}s\"\n{more}\n",
        TIMEOUT.as_secs()
    )
}

/// A server with that file.
pub(crate) fn serve(isolation: &str, more: &str) -> Result<TestServer> {
    builder().config(config(isolation, more)?).start()
}

/// Does something while a class works, each of which reads a card, sees who is there and, if there is a `calm` plugin, calls
/// it. Fails if any of their requests fails or is slow.
pub(crate) fn while_a_class_works<T>(server: &TestServer, test: impl FnOnce() -> Result<T>) -> Result<T> {
    let done = AtomicBool::new(false);
    let outcome = thread::scope(|scope| {
        // Also when the test panics: else the class would work for ever.
        let end = EndOfClass(&done);
        let class = (0..SESSIONS)
            .map(|number| pupil(scope, server, number, &done))
            .collect::<Result<Vec<_>>>()?;
        let result = test();
        drop(end);
        let mut slowest = Duration::ZERO;
        for pupil in class {
            let found = pupil.join().map_err(|_| anyhow!("a pupil panicked"))?;
            slowest = slowest.max(found.context("a pupil")?);
        }
        let result = result?;
        ensure!(slowest < SLOW, "a pupil waited for {slowest:?}");
        Ok(result)
    });
    outcome.with_context(|| without_the_class(&server.log()))
}

/// Sends the class home when it is dropped.
struct EndOfClass<'d>(&'d AtomicBool);

impl Drop for EndOfClass<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// The log without what is always the same.
fn without_the_class(log: &str) -> String {
    let lines = log
        .lines()
        .filter(|line| !line.contains(" INFO ran ") && !line.contains("pupil-"));
    lines.collect::<Vec<_>>().join("\n")
}

/// One of them. Has come when this returns; gives the time of the slowest request.
fn pupil<'scope>(
    scope: &'scope Scope<'scope, '_>,
    server: &'scope TestServer,
    number: usize,
    done: &'scope AtomicBool,
) -> Result<ScopedJoinHandle<'scope, Result<Duration>>> {
    /// They think between two lines, so that it is the server that is tried and not the machine.
    const THINKING: Duration = Duration::from_millis(10);
    let mut shell = server.shell(&format!("pupil-{number}"))?;
    let word = number.to_string();
    let calls_plugins = !matches!(shell.request(&["RUN", "calm.fine", &word])?, Value::Error(_));
    Ok(scope.spawn(move || {
        let mut slowest = Duration::ZERO;
        while !done.load(Ordering::Relaxed) {
            let began = Instant::now();
            let card = shell.run_typed(&["ls"])?;
            ensure!(matches!(card, Reply::Card(_)), "{card:?}");
            slowest = slowest.max(began.elapsed());
            let began = Instant::now();
            shell.run_typed(&["who"])?;
            slowest = slowest.max(began.elapsed());
            if calls_plugins {
                let began = Instant::now();
                let said = shell.run(&["calm.fine", &word])?;
                ensure!(said == word, "{said}");
                slowest = slowest.max(began.elapsed());
            }
            thread::sleep(THINKING);
        }
        Ok(slowest)
    }))
}

/// The plugin answers, within [`BACK`].
pub(crate) fn is_back(session: &mut Connection) -> Result<Duration> {
    let began = Instant::now();
    let said = session.run(&["h.fine"])?;
    ensure!(said == "fine", "it isn't back: {said}");
    let took = began.elapsed();
    ensure!(took < BACK, "it took {took:?} to be back");
    Ok(took)
}

/// What admins see of a plugin, by the headings of the columns.
pub(crate) fn report(server: &TestServer, plugin: &str) -> Result<HashMap<String, String>> {
    let mut door = server.door()?;
    door.be_shell("", "en")?;
    let Reply::Table(table) = door.run_typed(&["plugins"])? else {
        bail!("no table")
    };
    let row = table.rows.into_iter().find(|row| {
        let name = row[0].split(' ').next();
        name == Some(plugin)
    });
    Ok(table.columns.into_iter().zip(row.context("no such plugin")?).collect())
}

/// The process of an isolated plugin, as admins see it.
pub(crate) fn process(server: &TestServer, plugin: &str) -> Result<u32> {
    Ok(report(server, plugin)?["Process"].parse()?)
}

/// Whether Landlock holds the plugin. Without it in the kernel, there is nothing to see.
pub(crate) fn is_fenced(server: &TestServer) -> Result<bool> {
    let isolation = report(server, "h")?["Isolation"].clone();
    let fenced = isolation.contains("Landlock");
    if !fenced {
        println!("not tested here: {isolation}");
    }
    Ok(fenced)
}

/// Waits until `is_so`, for at most `within`; nothing tells of what it asks for. Returns how long that took.
pub(crate) fn becomes(what: &str, within: Duration, is_so: impl Fn() -> bool) -> Result<Duration> {
    let began = Instant::now();
    while !is_so() {
        ensure!(began.elapsed() < within, "not within {within:?}: {what}");
        thread::sleep(Duration::from_millis(5));
    }
    Ok(began.elapsed())
}
