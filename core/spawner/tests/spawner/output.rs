//! What a program writes, and who reads it.

use std::time::{Duration, Instant};

use caracola_spawner::{Ended, Spawner};
use caracola_testing::Mark;
use tokio::io::AsyncReadExt as _;

use crate::fixture::{line, program, script};

pub(crate) async fn both_streams_are_apart(spawner: Spawner) {
    let mut running = script("echo out; echo err >&2; echo out again").start(&spawner).await;
    let (mut out, mut err) = (String::new(), String::new());
    running.stdout.read_to_string(&mut out).await.expect("it can be read");
    running.stderr.read_to_string(&mut err).await.expect("it can be read");
    assert_eq!((out.as_str(), err.as_str()), ("out\nout again\n", "err\n"));
    assert_eq!(running.wait().await, Ended::Exited(0));
}

pub(crate) async fn a_reader_that_stops_costs_nothing(spawner: Spawner) {
    let mark = Mark::new();
    let mut endless = program("/usr/bin/yes").mark(&mark).start(&spawner).await;
    let mut some = vec![0; 1 << 20];
    endless.stdout.read_exact(&mut some).await.expect("it can be read");
    // Nobody reads on: the program waits, and others are served.
    assert_eq!(script("echo here").text(&spawner).await, "here\n");
    endless.end();
    assert_eq!(endless.wait().await, Ended::Signalled(15));
    mark.none_left().expect("nothing is left");
    // What the pipe held can still be read, and then it ends.
    let rest = endless.stdout.read_to_end(&mut some).await.expect("it can be read");
    assert!(rest <= 1 << 20, "{rest} bytes were kept");
}

pub(crate) async fn waiting_can_be_interrupted(spawner: Spawner) {
    let mut running = script("echo ready; read -r word; exit 3")
        .stdin("x")
        .start(&spawner)
        .await;
    line(&mut running, "ready").await;
    assert_eq!(running.wait().await, Ended::Exited(3));
    let mut running = script("trap 'exit 4' TERM; echo ready; while :; do sleep 0.01; done")
        .start(&spawner)
        .await;
    line(&mut running, "ready").await;
    let began = Instant::now();
    for _ in 0..20 {
        assert!(
            tokio::time::timeout(Duration::from_millis(2), running.wait())
                .await
                .is_err()
        );
    }
    assert!(began.elapsed() >= Duration::from_millis(40));
    running.end();
    running.end();
    assert_eq!(running.wait().await, Ended::Exited(4));
    running.end();
    assert_eq!(running.wait().await, Ended::Exited(4));
}
