//! Calls that don't return.

use std::time::{Duration, Instant};

use caracola_plugin_host::{Answered, Failure};
use caracola_quota::Tenant;
use caracola_testing::is_alive;

use crate::fixture::{Fixture, assert_answers, becomes, invocation, log_of, text};

pub(crate) async fn a_hang_costs_one_call(fixture: Fixture) {
    let plugin = fixture.load("hangs").await;
    let process = plugin.report().process.expect("a process");
    let other = tokio::spawn(plugin.call(Tenant::DOOR, invocation("sleep", "1500"), None));
    let mut hang = invocation("hang", "");
    hang.timeout = Duration::from_millis(100);
    let began = Instant::now();
    assert_eq!(
        plugin.call(Tenant::DOOR, hang, None).await.result,
        Err(Failure::TimedOut)
    );
    assert!(began.elapsed() < Duration::from_millis(500), "{:?}", began.elapsed());
    becomes("there is another process", || {
        plugin.report().process.is_some_and(|now| now != process)
    })
    .await;
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    assert_answers(&plugin).await;
    assert!(is_alive(process), "somebody still waits for it");
    let answer = other.await.expect("it doesn't panic");
    assert_eq!(answer.result, Ok(Answered::Text("slept".into())));
    becomes("the old process is gone", || !is_alive(process)).await;
    assert_eq!(plugin.report().restarts, 1);
}

pub(crate) async fn who_leaves_is_heard_of(fixture: Fixture) {
    let plugin = fixture.load_with("leaves", |settings| settings.max_running = 1).await;
    let process = plugin.report().process;
    let mut waits = Box::pin(plugin.call(Tenant::DOOR, invocation("wait", ""), None));
    let waited = tokio::time::timeout(Duration::from_millis(50), &mut waits).await;
    assert!(waited.is_err());
    drop(waits);
    // It had the one place.
    assert_answers(&plugin).await;
    assert!(log_of("leaves").iter().any(|line| line.contains("nobody waits")));
    let mut late = invocation("wait", "");
    late.timeout = Duration::from_millis(50);
    assert_eq!(
        plugin.call(Tenant::DOOR, late, None).await.result,
        Err(Failure::TimedOut)
    );
    assert_eq!(text(&plugin, "sleep", "400").await, "slept");
    let report = plugin.report();
    assert_eq!((report.process, report.restarts), (process, 0), "it returned in time");
}

pub(crate) async fn a_forsaken_call_that_hangs_is_ended(fixture: Fixture) {
    let plugin = fixture.load_with("forsaken", |settings| settings.max_running = 1).await;
    let process = plugin.report().process.expect("a process");
    let mut hang = invocation("hang", "");
    hang.timeout = Duration::from_millis(300);
    let mut hangs = Box::pin(plugin.call(Tenant::DOOR, hang, None));
    assert!(
        tokio::time::timeout(Duration::from_millis(50), &mut hangs)
            .await
            .is_err()
    );
    drop(hangs);
    // The place is taken until its time is over.
    let began = Instant::now();
    assert_answers(&plugin).await;
    assert!(began.elapsed() > Duration::from_millis(200), "{:?}", began.elapsed());
    becomes("it is gone", || !is_alive(process)).await;
}
