//! Programs started over and over: one who floods takes no more than their own share.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use caracola_testing::{Connection, TestServer, error_code};

use crate::households::{self, PASSWORD, connect_from};

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
    households::builder().config(COMMANDS).start()
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
    households::add(&server, "ana", "user")?;
    households::add(&server, "olga", "operator")?;
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
                ensure!(since.elapsed() < caracola_testing::PATIENCE, "nothing is refused");
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
    // Refusals are answered so slowly that asking again and again is no flood either.
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

/// `cargo test -p caracola-core --release --test adversary -- --ignored --nocapture p99`: what a flood by another address
/// does to a guest's runs and cards.
#[test]
#[ignore = "needs a quiet machine"]
fn p99_beside_a_flood() -> Result<()> {
    let server = households::builder()
        .config(COMMANDS.replace("runs_per_second = 20\n", "runs_per_second = 50\n"))
        .start()?;
    households::add(&server, "olga", "operator")?;
    let measure = |what: &str| -> Result<()> {
        let mut guest = connect_from(&server, 3)?;
        let mut times = [Duration::ZERO; 2];
        for _ in 0..5 {
            times[0] = times[0].max(p99(&mut guest, &["RUN", "ls"])?);
            let mut runs = Vec::new();
            for _ in 0..100 {
                let began = Instant::now();
                guest.request(&["RUN", "true"])?;
                runs.push(began.elapsed());
                thread::sleep(Duration::from_millis(25));
            }
            runs.sort_unstable();
            times[1] = times[1].max(runs[98]);
        }
        println!("{what}: card {:?}, run {:?} (worst p99 of five)", times[0], times[1]);
        Ok(())
    };
    measure("quiet")?;
    let stop = AtomicBool::new(false);
    let count = AtomicUsize::new(0);
    thread::scope(|scope| -> Result<()> {
        for _ in 0..8 {
            let mut connection = connect_from(&server, 2)?;
            let (stop, count) = (&stop, &count);
            scope.spawn(move || {
                while !stop.load(Ordering::Relaxed) && connection.request(&["RUN", "true"]).is_ok() {
                    count.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        let outcome = measure("beside eight that flood");
        stop.store(true, Ordering::Relaxed);
        outcome
    })?;
    println!("{} answers to the flood", count.into_inner());
    Ok(())
}
