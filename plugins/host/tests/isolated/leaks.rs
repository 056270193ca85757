//! What is left when a plugin is gone: nothing.

use std::time::{Duration, Instant};

use caracola_plugin_host::Failure;
use caracola_quota::Tenant;
use caracola_testing::is_alive;

use crate::fixture::{Fixture, assert_answers, becomes, crash, invocation, load_from, text, usage};

pub(crate) async fn what_it_started_goes_with_it(fixture: Fixture) {
    let plugin = fixture.load("starts").await;
    let detached: i32 = text(&plugin, "detach", "").await.parse().expect("a number");
    assert!(is_alive(detached));
    crash(&plugin, "abort").await;
    becomes("it went with the crash", || !is_alive(detached)).await;
    let detached: i32 = text(&plugin, "detach", "").await.parse().expect("a number");
    assert!(is_alive(detached));
    drop(plugin);
    becomes("it went with the plugin", || !is_alive(detached)).await;
}

pub(crate) async fn it_is_stopped_when_nobody_needs_it(fixture: Fixture) {
    let folder = fixture.path("stops");
    let plugin = fixture
        .load_with("stops", |settings| settings.fence.write = vec![folder.clone()])
        .await;
    let process = plugin.report().process.expect("a process");
    assert!(!folder.join("stopped").exists());
    drop(plugin);
    becomes("the process is gone", || !is_alive(process)).await;
    assert!(folder.join("stopped").exists(), "it was stopped before");
}

pub(crate) async fn a_server_that_stops_stops_it(fixture: Fixture) {
    let folder = fixture.path("stopped-with-server");
    let plugins = fixture.more_plugins();
    let mut settings = fixture.settings("stopped");
    settings.fence.write = vec![folder.clone()];
    let plugin = load_from(&plugins, settings).await.expect("it begins");
    let process = plugin.report().process.expect("a process");
    plugins.stop().await;
    assert!(folder.join("stopped").exists() && !is_alive(process));
    let answer = plugin.call(Tenant::DOOR, invocation("echo", ""), None).await;
    assert!(matches!(answer.result, Err(Failure::Unavailable(_))), "{answer:?}");
}

pub(crate) async fn ends_leave_nothing(fixture: Fixture) {
    end_many(&fixture, 6, 5).await;
}

/// A thousand ends, in bounded time: several plugins at once, since each waits ever longer.
pub(crate) async fn thousand(fixture: &Fixture) {
    let began = Instant::now();
    end_many(fixture, 25, 40).await;
    println!("1000 crashes in {:?}", began.elapsed());
}

async fn end_many(fixture: &Fixture, plugins: usize, ends: usize) {
    // What is kept for the next, such as idle keepers, is there before it counts.
    once(fixture, plugins, 1).await;
    let before = (settled_descriptors().await, usage().memory);
    once(fixture, plugins, ends).await;
    becomes("all descriptors are closed", || usage().descriptors <= before.0).await;
    let threads = usage().threads;
    assert!(threads < 64, "{threads} threads");
    let grown = usage().memory.saturating_sub(before.1);
    assert!(grown < 16 * 1024 * 1024, "{grown} bytes more");
}

async fn once(fixture: &Fixture, plugins: usize, ends: usize) {
    let mut all = Vec::new();
    for number in 0..plugins {
        let fixture = fixture.clone();
        all.push(tokio::spawn(async move {
            let plugin = fixture.load(&format!("ends-{number}")).await;
            for _ in 0..ends {
                crash(&plugin, "abort").await;
            }
            assert_answers(&plugin).await;
            plugin.report().process.expect("a process")
        }));
    }
    let mut processes = Vec::new();
    for one in all {
        processes.push(one.await.expect("it doesn't panic"));
    }
    becomes("all processes are gone", || {
        !processes.iter().any(|process| is_alive(*process))
    })
    .await;
}

/// The number when it has stopped falling: what tests before this one had is closed a moment after they end.
async fn settled_descriptors() -> usize {
    let mut last = usize::MAX;
    loop {
        let now = usage().descriptors;
        if now >= last {
            return now;
        }
        last = now;
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}
