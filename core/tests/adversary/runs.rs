//! Programs started over and over: one who floods takes no more than their own share.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use caracola_testing::{Connection, PASSWORD, TestServer, error_code};

use crate::builder;
use crate::households::connect_from;

const COMMANDS: &str = r#"
[access]
guest = true

[limits]
runs_per_second = 20

[commands.true]
summary = "Does nothing, successfully"
roles = ["guest"]
exec = ["/bin/true"]
max_running = 8

[commands.ls]
summary = "List what a folder contains"
"#;

/// Runs that a flood gets at once, and in a second after that.
const BURST: usize = 100;
const RATE: usize = 20;

fn server() -> Result<TestServer> {
    builder().config(COMMANDS).start()
}

/// How long the slowest but one of a hundred requests takes.
fn p99(connection: &mut Connection, words: &[&str]) -> Result<Duration> {
    let mut times = Vec::new();
    for _ in 0..100 {
        let began = Instant::now();
        let reply = connection.request(words)?;
        times.push(began.elapsed());
        ensure!(error_code(&reply).is_empty(), "{reply:?}");
    }
    times.sort_unstable();
    Ok(times[98])
}

/// Eight connections of one address together have the rate of one user; whoever else is there has their own.
#[test]
fn a_flood_of_runs_has_the_share_of_one_user() -> Result<()> {
    let server = server()?;
    server.add_user("ana", "user")?;
    server.add_user("olga", "operator")?;
    let (stop, began, refused) = (AtomicBool::new(false), AtomicUsize::new(0), AtomicUsize::new(0));
    let since = Instant::now();
    let flood = |mut connection: Connection| -> Result<()> {
        while !stop.load(Ordering::Relaxed) {
            let reply = connection.request(&["RUN", "true"])?;
            match error_code(&reply) {
                "" => began.fetch_add(1, Ordering::Relaxed),
                "LIMIT" => refused.fetch_add(1, Ordering::Relaxed),
                _ => anyhow::bail!("{reply:?}"),
            };
        }
        Ok(())
    };
    thread::scope(|scope| -> Result<()> {
        let mut floods = Vec::new();
        for _ in 0..8 {
            let connection = connect_from(&server, 2)?;
            let flood = &flood;
            floods.push(scope.spawn(move || flood(connection)));
        }
        let work = || -> Result<()> {
            let mut guest = connect_from(&server, 3)?;
            while refused.load(Ordering::Relaxed) == 0 {
                ensure!(since.elapsed() < caracola_testing::TEST_TIMEOUT, "nothing is refused");
                guest.request(&["PING"])?;
            }
            let mut ana = connect_from(&server, 2)?;
            ana.request(&["AUTH", "ana", PASSWORD])?;
            for connection in [&mut guest, &mut ana] {
                p99(connection, &["RUN", "true"]).map(drop)?;
                p99(connection, &["RUN", "ls"]).map(drop)?;
            }
            // An operator has no limit, though their share of the rate is long used up.
            let mut olga = connect_from(&server, 2)?;
            olga.request(&["AUTH", "olga", PASSWORD])?;
            for _ in 0..3 {
                p99(&mut olga, &["RUN", "true"])?;
            }
            Ok(())
        };
        let outcome = work();
        stop.store(true, Ordering::Relaxed);
        for flood in floods {
            flood.join().map_err(|_| anyhow::anyhow!("a flood panicked"))??;
        }
        outcome
    })?;
    let seconds = usize::try_from(since.elapsed().as_secs())? + 1;
    let (began, refused) = (began.into_inner(), refused.into_inner());
    assert!(began <= BURST + RATE * seconds, "{began} runs in {seconds} s");
    // Refusals are answered so slowly that asking again and again is not a flood either.
    assert!(refused <= 8 * 10 * seconds, "{refused} refusals in {seconds} s");
    server.wait_for_log("too many runs: refused")?;
    assert_eq!(
        server.log().matches("too many runs: refused").count(),
        1,
        "once a minute"
    );
    Ok(())
}

#[test]
fn the_answer_names_the_limit() -> Result<()> {
    let server = server()?;
    let mut guest = connect_from(&server, 2)?;
    let limit = |words: &[&str], guest: &mut Connection| -> Result<String> {
        for _ in 0..=2 * BURST {
            let reply = guest.request(words)?;
            if !error_code(&reply).is_empty() {
                return Ok(format!("{reply:?}"));
            }
        }
        anyhow::bail!("no limit")
    };
    let said = limit(&["RUN", "true"], &mut guest)?;
    assert!(
        said.contains("guests of your address") && said.contains("runs_per_second"),
        "{said}"
    );
    // A key is a run as well, and a card is none.
    let said = limit(&["JOB", "START", "k", "true"], &mut guest);
    assert!(said.is_err() || said.is_ok_and(|said| said.contains("runs_per_second")));
    assert!(limit(&["RUN", "ls"], &mut guest).is_err());
    Ok(())
}

/// The median of times, and the one that 99 of 100 are below.
fn quantiles(mut times: Vec<Duration>) -> (Duration, Duration) {
    times.sort_unstable();
    (times[times.len() / 2], times[times.len() * 99 / 100])
}

/// What a guest's cards and runs take beside eight connections of others that flood; by turns, because the machine isn't
/// alone. A flood by an operator, who has no limit, is what any flood was before there was one.
///
/// `cargo test -p caracola-core --release --test adversary -- --ignored --nocapture beside_a_flood`
#[test]
#[ignore = "needs a quiet machine"]
fn runs_beside_a_flood() -> Result<()> {
    const ROUNDS: usize = 5;
    let server = builder()
        .config(COMMANDS.replace("runs_per_second = 20\n", ""))
        .start()?;
    server.add_user("olga", "operator")?;
    let names = ["nobody else", "eight guests of an address", "eight of an operator"];
    let mut times: [(Vec<Duration>, Vec<Duration>); 3] = Default::default();
    let mut guest = connect_from(&server, 3)?;
    for round in 0..ROUNDS * names.len() {
        let (which, stop) = (round % names.len(), AtomicBool::new(false));
        let mut floods = Vec::new();
        for _ in 0..if which == 0 { 0 } else { 8 } {
            let mut connection = connect_from(&server, 2)?;
            if which == 2 {
                connection.request(&["AUTH", "olga", PASSWORD])?;
            }
            floods.push(connection);
        }
        thread::scope(|scope| -> Result<()> {
            for mut connection in floods {
                let stop = &stop;
                scope.spawn(
                    move || {
                        while !stop.load(Ordering::Relaxed) && connection.request(&["RUN", "true"]).is_ok() {}
                    },
                );
            }
            let mut measure = || -> Result<()> {
                // The burst that a flood begins with is over then.
                thread::sleep(Duration::from_secs(1));
                for _ in 0..100 {
                    for (command, times) in [("ls", &mut times[which].0), ("true", &mut times[which].1)] {
                        let began = Instant::now();
                        let reply = guest.request(&["RUN", command])?;
                        times.push(began.elapsed());
                        ensure!(error_code(&reply).is_empty(), "{reply:?}");
                    }
                    // Slower than what it may.
                    thread::sleep(Duration::from_millis(25));
                }
                Ok(())
            };
            let outcome = measure();
            stop.store(true, Ordering::Relaxed);
            outcome
        })?;
    }
    for (name, (cards, runs)) in names.into_iter().zip(times) {
        let ((card, card99), (run, run99)) = (quantiles(cards), quantiles(runs));
        println!("beside {name}: card {card:?}, p99 {card99:?}; run {run:?}, p99 {run99:?}");
    }
    Ok(())
}
