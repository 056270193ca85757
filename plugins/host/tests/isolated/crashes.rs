//! Ends that nobody asked for.

use std::sync::Arc;
use std::time::Duration;

use caracola_plugin_host::{Answered, Failure, LoadError, Plugin, State};
use caracola_quota::Tenant;
use caracola_testing::is_alive;

use crate::fixture::{Fixture, assert_answers, becomes, call, crash, invocation, log_of, text};

pub(crate) async fn a_crash_costs_one_reply(fixture: Fixture) {
    let plugin = fixture.load("crashes").await;
    let ways = [("abort", "SIGABRT"), ("fault", "SIGSEGV"), ("exit", "status 3")];
    for (number, (function, how)) in ways.into_iter().enumerate() {
        let process = plugin.report().process.expect("a process");
        let told = crash(&plugin, function).await;
        assert!(told.contains(how), "{function}: {told}");
        assert_answers(&plugin).await;
        let report = plugin.report();
        assert_eq!((report.restarts, report.state), (number as u64 + 1, State::Works));
        assert_ne!(report.process, Some(process));
        assert!(!is_alive(process));
        assert!(
            log_of("crashes").iter().any(|line| line.contains(how)),
            "it is in the log"
        );
    }
}

pub(crate) async fn those_who_wait_are_told(fixture: Fixture) {
    let plugin = fixture.load("waiting").await;
    let waiting: Vec<_> = (0..3)
        .map(|_| tokio::spawn(plugin.call(Tenant::DOOR, invocation("wait", ""), None)))
        .collect();
    // They are with the plugin before the crash is, since orders are read in their order.
    tokio::time::sleep(Duration::from_millis(20)).await;
    crash(&plugin, "abort").await;
    for waiting in waiting {
        let answer = waiting.await.expect("it doesn't panic");
        assert!(
            matches!(&answer.result, Err(Failure::Crashed(how)) if how.contains("SIGABRT")),
            "{answer:?}"
        );
    }
}

pub(crate) async fn what_is_asked_meanwhile_waits(fixture: Fixture) {
    let plugin = fixture.load("meanwhile").await;
    for _ in 0..3 {
        crash(&plugin, "abort").await;
    }
    // It is started again after 100 ms.
    assert!(matches!(plugin.report().state, State::Restarting(how) if how.contains("SIGABRT")));
    let mut hasty = invocation("echo", "");
    hasty.timeout = Duration::from_millis(1);
    let answer = plugin.call(Tenant::DOOR, hasty, None).await;
    assert!(
        matches!(&answer.result, Err(Failure::Unavailable(how)) if how.contains("SIGABRT")),
        "{answer:?}"
    );
    assert_answers(&plugin).await;
}

pub(crate) async fn who_breaks_the_rules_is_ended(fixture: Fixture) {
    for (function, reason) in [
        ("garbage", "makes no sense"),
        ("endless", "4294967295 bytes"),
        ("stranger", "answered a call that there is not"),
        ("lines", "flooded the log"),
    ] {
        let name = format!("rules-{function}");
        let plugin = fixture.load(&name).await;
        let process = plugin.report().process.expect("a process");
        let told = crash(&plugin, function).await;
        assert!(told.contains(reason), "{function}: {told}");
        assert_ended(&plugin, process).await;
        assert!(log_of(&name).len() < 120, "{function} reached the log");
    }
}

pub(crate) async fn who_hears_nothing_any_more_is_ended(fixture: Fixture) {
    let plugin = fixture.load("deaf").await;
    let process = plugin.report().process.expect("a process");
    let mut deaf = invocation("deaf", "");
    deaf.timeout = Duration::from_millis(300);
    let answer = plugin.call(Tenant::DOOR, deaf, None).await;
    // It depends on whether a thread of the helper was about to read.
    assert!(
        matches!(answer.result, Err(Failure::Crashed(_) | Failure::TimedOut)),
        "{answer:?}"
    );
    assert_ended(&plugin, process).await;
}

/// Nothing can be written to it. Whoever asks waits for the next, and keeps no thread from whoever has to see to that.
pub(crate) async fn who_cannot_be_asked_stalls_nobody(fixture: Fixture) {
    let plugin = fixture.load("earless").await;
    let process = plugin.report().process.expect("a process");
    let first = tokio::spawn({
        let plugin = Arc::clone(&plugin);
        async move { crash(&plugin, "earless").await }
    });
    becomes("it says so", || !log_of("earless").is_empty()).await;
    let asked: Vec<_> = (0..8)
        .map(|_| {
            let plugin = Arc::clone(&plugin);
            tokio::spawn(async move { assert_answers(&plugin).await })
        })
        .collect();
    for one in asked {
        one.await.expect("it answers");
    }
    let told = first.await.expect("it crashes");
    assert!(told.contains("closed its connection"), "{told}");
    assert_ended(&plugin, process).await;
}

/// The process is gone, and another answers.
async fn assert_ended(plugin: &Arc<Plugin>, process: i32) {
    becomes("it is gone", || !is_alive(process)).await;
    assert_answers(plugin).await;
}

pub(crate) async fn too_much_is_too_much(fixture: Fixture) {
    let plugin = fixture.load("much").await;
    assert_eq!(
        call(&plugin, "flood", "").await.result,
        Err(Failure::TooLarge(1024 * 1024))
    );
    let mut small = invocation("echo", "four");
    small.max_output = 3;
    assert_eq!(
        plugin.call(Tenant::DOOR, small, None).await.result,
        Err(Failure::TooLarge(3))
    );
    let mut enough = invocation("echo", "four");
    enough.max_output = 4;
    assert_eq!(
        plugin.call(Tenant::DOOR, enough, None).await.result,
        Ok(Answered::Text("four".into()))
    );
}

pub(crate) async fn a_beginning_that_fails_is_told(fixture: Fixture) {
    let mut settings = fixture.settings("begins");
    settings.config = "{\"refuse\":true}".into();
    let error = fixture
        .try_load(settings.clone())
        .await
        .expect_err("it doesn't want to");
    assert!(
        matches!(&error, LoadError::Start { status: 7, complaint } if complaint == "I don't want to\\u{1b}[2J"),
        "{error:?}"
    );
    settings.config = "{\"abort\":true}".into();
    let error = fixture
        .try_load(settings.clone())
        .await
        .expect_err("it crashes")
        .to_string();
    assert!(error.contains("SIGABRT"), "{error}");
    settings.config = "{}".into();
    settings.fence.memory = Some(1024 * 1024);
    let error = fixture.try_load(settings.clone()).await.expect_err("there is no room");
    let told = error.to_string();
    assert!(
        told.contains("ended before the plugin began") && !told.contains("pipe"),
        "{told}"
    );
    settings.fence.memory = None;
    settings.path = fixture.path("no.so");
    std::fs::write(&settings.path, "no library").expect("a file");
    let error = fixture
        .try_load(settings.clone())
        .await
        .expect_err("it is not a library");
    assert!(matches!(&error, LoadError::NotALibrary(_)), "{error:?}");
    settings.path = fixture.path("moody.so");
    settings.config = "{}".into();
    settings.fence.user = Some("no-such-user".into());
    let error = fixture.try_load(settings).await.expect_err("nobody is called so");
    assert!(matches!(&error, LoadError::Fence(_)), "{error:?}");
    assert_eq!(text(&fixture.load("begins").await, "echo", "at last").await, "at last");
}
