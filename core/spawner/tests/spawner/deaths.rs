//! Servers, keepers and spawners that die.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use caracola_spawner::{Ended, LaunchError, Spawner};
use caracola_testing::{Mark, is_alive};
use rustix::process::Signal;

use crate::fixture::{Launching, line, name, parent, processes, program, script, signal};

/// The variable that makes this binary play a part.
const PART: &str = "CARACOLA_TEST_PART";
/// The part of [`play_server`].
const SERVER: &str = "server";
/// The grace of what the played server runs.
const GRACE: Duration = Duration::from_millis(500);

/// Whether this process is one that a test has started.
pub(crate) fn is_played_here() -> bool {
    std::env::var_os(PART).is_some()
}

/// Plays the part.
pub(crate) fn play() -> ExitCode {
    let starting = caracola_spawner::start().expect("the spawner starts");
    let runtime = tokio::runtime::Runtime::new().expect("the runtime starts");
    runtime.block_on(async {
        let spawner = starting.connect().expect("the spawner is there");
        if std::env::var(PART).as_deref() == Ok(SERVER) {
            play_server(spawner).await;
        } else {
            play_bereft(spawner).await;
        }
    });
    ExitCode::SUCCESS
}

/// Starts programs that don't want to end, says `ready`, and waits for its own end.
async fn play_server(spawner: Spawner) {
    let mark = Mark::inherited().expect("a mark");
    let mut all = Vec::new();
    for text in [
        "echo ready; sleep 1000",
        "trap '' TERM; echo ready; sleep 1000; sleep 1000",
        "trap '' TERM; (setsid sleep 1000 >/dev/null 2>&1 &) ; echo ready; sleep 1000",
    ] {
        let grace = u64::try_from(GRACE.as_millis()).expect("a short grace");
        let mut running = script(text).mark(&mark).grace(grace).start(&spawner).await;
        line(&mut running, "ready").await;
        all.push(running);
    }
    println!("ready");
    let mut end = String::new();
    let _ = tokio::task::spawn_blocking(move || std::io::stdin().read_line(&mut end)).await;
}

/// Loses its spawner: what runs goes on to its end, and nothing new starts.
async fn play_bereft(spawner: Spawner) {
    let mut running = script("echo ready; trap 'exit 9' TERM; echo again; while :; do sleep 0.01; done")
        .start(&spawner)
        .await;
    line(&mut running, "again").await;
    signal(parent(parent(running.process())), Signal::KILL);
    loop {
        match spawner.launch(program("/bin/true").build()).await {
            Err(error) => break assert_eq!(error, LaunchError::Gone),
            // The signal is on its way.
            Ok(mut started) => started.wait().await,
        };
    }
    running.end();
    assert_eq!(running.wait().await, Ended::Exited(9));
}

/// The played server as a program of the spawner. Its standard input doesn't end.
pub(crate) fn server(mark: &Mark) -> Launching {
    let this = std::env::current_exe().expect("this binary has a path");
    program("/bin/sh")
        .arguments(["-c".into(), "sleep 1000 | \"$0\"".into(), this.into_os_string()])
        .variable("PATH", "/usr/bin:/bin")
        .variable(PART, SERVER)
        .mark(mark)
}

/// The played server as a child of this process.
struct Server {
    process: Child,
    /// Its spawner and keepers. Nobody may read their environment, so they have no mark.
    helpers: Vec<i32>,
}

impl Server {
    fn start(mark: &Mark) -> Self {
        let this = std::env::current_exe().expect("this binary has a path");
        let mut process = Command::new(this)
            .env(PART, SERVER)
            .envs([mark.variable()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let mut line = String::new();
        let stdout = process.stdout.as_mut().expect("it is piped");
        BufReader::new(stdout).read_line(&mut line).expect("it says something");
        assert_eq!(line, "ready\n");
        let keepers: Vec<i32> = mark
            .processes()
            .expect("there is /proc")
            .into_iter()
            .map(|(process, _)| parent(process.cast_signed()))
            .filter(|parent| name(*parent) == "caracola-keep")
            .collect();
        assert!(
            keepers.len() >= 3,
            "its three programs and one that was left alone have keepers"
        );
        let helpers = keepers.iter().copied().chain([parent(keepers[0])]).collect();
        Self { process, helpers }
    }

    /// Nothing of it may be there longer than its programs' grace and a second.
    async fn all_gone(&self, mark: &Mark) {
        let began = Instant::now();
        mark.all_gone(GRACE + Duration::from_secs(1)).expect("all end");
        println!(
            "  all gone after {} ms, {} of them grace",
            began.elapsed().as_millis(),
            GRACE.as_millis()
        );
        while self.helpers.iter().any(|helper| is_alive(*helper)) {
            assert!(
                began.elapsed() < GRACE + Duration::from_secs(1),
                "a helper is still there"
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

pub(crate) async fn a_server_that_is_killed_leaves_nothing(_: Spawner) {
    let mark = Mark::new();
    let mut server = Server::start(&mark);
    server.process.kill().expect("it can be killed");
    server.process.wait().expect("it is dead");
    server.all_gone(&mark).await;
}

pub(crate) async fn a_server_that_ends_leaves_nothing(_: Spawner) {
    let mark = Mark::new();
    let mut server = Server::start(&mark);
    let mut stdin = server.process.stdin.take().expect("it is piped");
    stdin.write_all(b"\n").expect("it reads");
    assert!(server.process.wait().expect("it ends").success());
    server.all_gone(&mark).await;
}

/// A program with a detached child that doesn't listen to SIGTERM; and its keeper.
async fn kept(spawner: &Spawner, mark: &Mark) -> (caracola_spawner::Running, i32) {
    let text = "trap '' TERM; (setsid sleep 1000 >/dev/null 2>&1 &) ; echo ready; sleep 1000; sleep 1000";
    let mut running = script(text).mark(mark).start(spawner).await;
    line(&mut running, "ready").await;
    let keeper = parent(running.process());
    assert_eq!(name(keeper), "caracola-keep");
    assert_eq!(name(parent(keeper)), "caracola-spawn");
    (running, keeper)
}

pub(crate) async fn a_keeper_that_is_killed_leaves_nothing(spawner: Spawner) {
    let mark = Mark::new();
    let (mut running, keeper) = kept(&spawner, &mark).await;
    let (mut other, _) = kept(&spawner, &Mark::new()).await;
    signal(keeper, Signal::KILL);
    assert_eq!(running.wait().await, Ended::Lost);
    mark.none_left().expect("nothing is left");
    assert_eq!(running.wait().await, Ended::Lost);
    // Nobody else was hit.
    assert!(
        tokio::time::timeout(Duration::from_millis(50), other.wait())
            .await
            .is_err()
    );
}

pub(crate) async fn a_keeper_that_is_stopped_leaves_nothing(spawner: Spawner) {
    let mark = Mark::new();
    let (mut running, keeper) = kept(&spawner, &mark).await;
    signal(keeper, Signal::STOP);
    assert_eq!(running.wait().await, Ended::Lost);
    mark.none_left().expect("nothing is left");
}

pub(crate) async fn a_keeper_ignores_other_signals(spawner: Spawner) {
    let mut running = script("echo ready; read -r word; trap 'exit 8' TERM; echo again; while :; do sleep 0.01; done")
        .stdin("x\n")
        .start(&spawner)
        .await;
    line(&mut running, "again").await;
    let keeper = parent(running.process());
    for number in [
        Signal::HUP,
        Signal::INT,
        Signal::TERM,
        Signal::QUIT,
        Signal::USR1,
        Signal::TSTP,
        Signal::PIPE,
    ] {
        signal(keeper, number);
        signal(parent(keeper), number);
    }
    running.end();
    assert_eq!(running.wait().await, Ended::Exited(8));
    assert_eq!(script("echo on").text(&spawner).await, "on\n");
}

pub(crate) async fn an_idle_keeper_that_is_killed_is_replaced(spawner: Spawner) {
    let mut running = program("/bin/sleep").arguments(["1000"]).start(&spawner).await;
    let keeper = parent(running.process());
    running.end();
    running.wait().await;
    // Every idle one, so that the next launch meets a dead one whichever it takes.
    for process in processes() {
        if name(process) == "caracola-keep" && parent(process) == parent(keeper) {
            signal(process, Signal::KILL);
        }
    }
    assert_eq!(script("echo alive").text(&spawner).await, "alive\n");
}

pub(crate) async fn without_a_spawner_nothing_starts(_: Spawner) {
    let this = std::env::current_exe().expect("this binary has a path");
    let status = Command::new(this).env(PART, "bereft").status().expect("it starts");
    assert!(status.success());
}

pub(crate) async fn a_second_thread_is_refused(_: Spawner) {
    let error = caracola_spawner::start().expect_err("there are threads");
    assert!(error.to_string().contains("thread"), "{error}");
}
