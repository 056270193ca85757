//! What goes in and out.

use caracola_plugin_host::{Answered, Failure};
use caracola_quota::Tenant;
use tokio::sync::mpsc::unbounded_channel;

use crate::fixture::{Fixture, assert_answers, becomes, call, invocation, log_of, text};

pub(crate) async fn answers_arrive(fixture: Fixture) {
    let plugin = fixture.load("answers").await;
    assert_eq!((plugin.own_name(), plugin.version()), ("moody", "1.0"));
    assert!(plugin.definitions().contains("commands.echo") && plugin.completes());
    assert_eq!(text(&plugin, "echo", "¿qué?").await, "¿qué?");
    let answer = call(&plugin, "pieces", "").await;
    assert_eq!(answer.result, Ok(Answered::Done));
    assert_eq!(answer.chunks, [(1, b"one ".to_vec()), (2, b"two ".to_vec())]);
    assert_eq!(
        (answer.state.as_deref(), answer.prompt.as_deref()),
        (Some("kept"), Some("here"))
    );
    assert_eq!(call(&plugin, "nothing", "").await.result, Err(Failure::NoAnswer));
    let report = plugin.report();
    assert_eq!((report.calls, report.failures, report.restarts), (3, 1, 0));
}

pub(crate) async fn output_arrives_as_it_comes(fixture: Fixture) {
    let plugin = fixture.load("streams").await;
    let (sender, mut chunks) = unbounded_channel();
    let mut asked = invocation("pieces", "");
    asked.streams = true;
    let answer = plugin.call(Tenant::DOOR, asked, Some(sender)).await;
    assert_eq!((answer.result, answer.chunks), (Ok(Answered::Done), Vec::new()));
    assert_eq!(chunks.recv().await, Some((1, b"one ".to_vec())));
    assert_eq!(chunks.recv().await, Some((2, b"two ".to_vec())));
    assert_eq!(chunks.recv().await, None);

    let (sender, mut chunks) = unbounded_channel();
    let mut asked = invocation("flood", "");
    (asked.streams, asked.max_output) = (true, 200_000);
    let answer = plugin.call(Tenant::DOOR, asked, Some(sender)).await;
    assert_eq!(answer.result, Err(Failure::TooLarge(200_000)));
    let mut bytes = 0;
    while let Some((_, chunk)) = chunks.recv().await {
        bytes += chunk.len();
    }
    assert_eq!(bytes, 3 * 65536, "as much as fits");
    assert_eq!(plugin.report().restarts, 0, "that is not a fault of its process");
}

pub(crate) async fn values_are_offered(fixture: Fixture) {
    let plugin = fixture.load("values").await;
    let offered = plugin.complete(Tenant::DOOR, invocation("echo", "a")).await;
    let pair = |value: &str, about: &str| (value.to_owned(), about.to_owned());
    assert_eq!(offered, [pair("alpha", "the first"), pair("beta", "")]);
}

pub(crate) async fn many_at_once_get_their_own(fixture: Fixture) {
    let plugin = fixture.load_with("many", |settings| settings.queue = 1000).await;
    let calls: Vec<_> = (0..300)
        .map(|number| {
            // Some of them larger than the socket takes at once.
            let word = "x".repeat(if number % 50 == 0 { 4000 } else { 1 });
            let said = format!("{number} {word}");
            (
                said.clone(),
                tokio::spawn(plugin.call(Tenant::DOOR, invocation("echo", &said), None)),
            )
        })
        .collect();
    for (said, call) in calls {
        let answer = call.await.expect("it doesn't panic");
        assert_eq!(answer.result, Ok(Answered::Text(said)));
    }
    assert_eq!(plugin.report().calls, 300);
}

pub(crate) async fn what_it_prints_is_logged(fixture: Fixture) {
    let plugin = fixture.load("prints").await;
    assert_eq!(text(&plugin, "print", "").await, "printed");
    let has = |level: &str, line: &str| {
        log_of("prints")
            .iter()
            .any(|logged| logged.contains(level) && logged.contains(line))
    };
    becomes("its output is in the log", || {
        has("INFO", "a word") && has("WARN", "a warning")
    })
    .await;
}

pub(crate) async fn a_flood_of_lines_is_cut(fixture: Fixture) {
    let plugin = fixture.load("chatty").await;
    assert_eq!(text(&plugin, "log", "5000").await, "logged");
    assert_answers(&plugin).await;
    let lines = log_of("chatty").len();
    // The seconds of the two that count may be different ones.
    assert!((10..=250).contains(&lines), "{lines} lines");
    assert_eq!(plugin.report().restarts, 0);
}
