//! A Rust plugin as its author and its callers see it, through the C ABI.
#![forbid(unsafe_code)]
#![allow(clippy::expect_used, reason = "what a test may do, its helpers may")]

mod trial;

use std::fs;
use std::sync::atomic::Ordering;
use std::time::Duration;

use caracola_sdk::testing::{Body, Harness};
use caracola_sdk::{Candidate, Card, Code, Level, Stream, Table};
use trial::{DOT, ENDED, Trial};

fn trial() -> Harness {
    Harness::start::<Trial>("{}").expect("it starts with nothing")
}

#[test]
fn it_says_what_it_is() {
    let plugin = trial();
    assert_eq!(plugin.name(), "trial");
    assert_eq!(plugin.version(), env!("CARGO_PKG_VERSION"));
    assert!(plugin.functions().any(|function| function == "who"));
}

#[test]
fn a_call_tells_all_about_the_caller() {
    let plugin = trial();
    let ana = plugin.call("who").user("ana").language("es-MX").width(120).session(7);
    assert_eq!(
        ana.role("operator")
            .timeout(Duration::from_secs(3))
            .streams()
            .answer()
            .text(),
        "Some(\"ana\") operator Some(\"ana\") ana 7 es-MX 120 3s true español"
    );
    let guest = plugin.call("who").name("").person("~x").answer();
    assert_eq!(guest.text(), "None guest None ~x 1 en 80 10s false English");
}

#[test]
fn arguments_are_found_by_name() {
    let plugin = trial();
    let call = plugin
        .call("arguments")
        .argument("loud", "true")
        .argument("words", "b c");
    assert_eq!(
        call.argument("words", "").argument("times", "3").answer().text(),
        "Some(3) [\"b c\", \"\"] true"
    );
    assert_eq!(plugin.call("arguments").answer().text(), "None [] false");
    let wrong = plugin
        .call("arguments")
        .argument("times", "many")
        .language("es")
        .answer();
    assert_eq!(wrong.error().code(), Code::Usage);
    assert_eq!(
        wrong.error().message(),
        "'many' no sirve como times: invalid digit found in string"
    );
}

#[test]
fn every_kind_of_reply_arrives() {
    let plugin = trial();
    let reply = |kind: &str| plugin.call("reply").argument("kind", kind).answer();
    let card = Card::new("ls", "List")
        .usage("ls [FOLDER]")
        .example("ls -l", "Details")
        .note("Bye.");
    assert_eq!(reply("card").card(), &card);
    let table = Table::new(["a", "b"]).row(["1", "2"]).row(["3", ""]).note("Two.");
    assert_eq!(reply("table").table(), &table);
    assert_eq!(reply("image").image(), (DOT, "a dot"));
    assert_eq!(reply("nothing").text(), "");
}

#[test]
fn a_reply_that_cannot_be_shown_is_an_error() {
    let plugin = trial();
    let reply = |kind: &str| plugin.call("reply").argument("kind", kind).answer();
    assert_eq!(reply("no picture").error().code(), Code::Failed);
    assert_eq!(reply("huge").error().code(), Code::Limit);
    assert_eq!(reply("no columns").error().code(), Code::Failed);
}

#[test]
fn an_error_keeps_its_code_and_sentence() {
    let plugin = trial();
    for (name, code) in [
        ("failed", Code::Failed),
        ("usage", Code::Usage),
        ("denied", Code::Denied),
        ("busy", Code::Busy),
        ("limit", Code::Limit),
        ("timeout", Code::Timeout),
    ] {
        let answer = plugin.call("error").argument("code", name).answer();
        assert_eq!((answer.error().code(), answer.error().message()), (code, name));
        assert_eq!(answer.status(), 0);
    }
}

#[test]
fn chunks_come_in_order_and_are_enough() {
    let answer = trial().call("count").argument("to", "3").answer();
    assert_eq!(answer.body(), None);
    assert_eq!(answer.output(Stream::Out), "1\n2\n3\n");
    assert_eq!(answer.output(Stream::Err), "counted\n");
    assert_eq!(answer.chunks().last(), Some(&(Stream::Err, b"counted\n".to_vec())));
}

#[test]
fn a_cancelled_call_ends_early() {
    let plugin = trial();
    let answer = plugin
        .call("count")
        .argument("to", "1000000")
        .cancel_after_chunks(2)
        .answer();
    assert!(answer.is_cancelled());
    assert_eq!(answer.output(Stream::Out), "1\n2\n");
    let late = plugin.call("wait").timeout(Duration::from_millis(20)).answer();
    assert!(late.is_cancelled());
}

#[test]
fn a_session_keeps_its_state_and_no_other() {
    let plugin = trial();
    let first = plugin.call("state").answer();
    assert_eq!(
        (first.text(), first.state(), first.prompt()),
        ("", Some("x"), Some("[1]"))
    );
    assert_eq!(plugin.call("state").answer().text(), "x");
    assert_eq!(plugin.call("state").answer().text(), "xx");
    assert_eq!(plugin.call("state").session(2).answer().text(), "");
    let full = "y".repeat(4096);
    assert_eq!(
        plugin.call("state").state(&full).answer().error().message(),
        "that is more than the server takes"
    );
}

#[test]
fn values_are_offered_for_what_is_typed() {
    let plugin = trial();
    let offered = plugin.call("error").argument("code", "b").candidates();
    assert_eq!(offered, [Candidate::new("busy").about("of code, like b")]);
    assert_eq!(plugin.call("error").argument("code", "").candidates().len(), 2);
}

#[test]
fn a_config_is_read_or_refused() {
    let plugin = Harness::start::<Trial>(r#"{"limits": {"most": 3}}"#).expect("it is a good config");
    assert_eq!(plugin.call("config").answer().text(), "3");
    let failure = |config: &str| {
        Harness::start::<Trial>(config)
            .expect_err("it is a bad config")
            .to_string()
    };
    assert_eq!(
        failure(r#"{"limits": {"most": "three"}}"#),
        "the plugin didn't start (1): config.limits.most: invalid type: string \"three\", expected u32"
    );
    assert_eq!(
        failure(r#"{"limits": {"most": 3, "mots": 4}}"#),
        "the plugin didn't start (1): config.limits.mots: unknown key"
    );
    assert!(failure("[").starts_with("the plugin didn't start (1): config: EOF"));
}

#[test]
fn a_start_tells_name_and_folders() {
    let builder = Harness::builder::<Trial>().expect("it has a good descriptor");
    let plugin = builder.name("mine").write("/a").write("/b").read("/c").start();
    let log = plugin.expect("it starts").log();
    assert_eq!(
        log,
        [(Level::Debug, "mine writes [\"/a\", \"/b\"], reads [\"/c\"]".to_owned())]
    );
}

#[test]
fn a_panic_is_an_error_and_a_line_of_the_log() {
    let plugin = trial();
    for kind in ["text", "value", "drop"] {
        let answer = plugin.call("panic").argument("kind", kind).answer();
        assert_eq!(answer.error().code(), Code::Failed);
        assert_eq!(
            answer.error().message(),
            "The plugin broke down. The server's log says why."
        );
    }
    let log = plugin.log();
    let errors: Vec<&str> = log
        .iter()
        .filter(|(level, _)| *level == Level::Error)
        .map(|(_, line)| &**line)
        .collect();
    assert!(errors[0].starts_with("panic panicked: on purpose ("), "{errors:?}");
    assert!(errors[0].contains("trial.rs:"), "{errors:?}");
    assert!(
        errors[1].starts_with("panic panicked: a panic without words ("),
        "{errors:?}"
    );
    assert_eq!(errors.len(), 3, "{errors:?}");
    // It works on.
    assert_eq!(plugin.call("config").answer().text(), "0");
}

#[test]
fn a_panic_after_the_plugin_caught_another_is_told_as_it_is() {
    let plugin = trial();
    plugin.call("panic").argument("kind", "resumed").answer();
    let log = plugin.log();
    let (_, line) = log.last().expect("it was logged");
    assert_eq!(line, "panic panicked: silent");
}

#[test]
fn a_panic_in_completion_offers_nothing() {
    let plugin = trial();
    let broken = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        plugin.call("panic").argument("kind", "").candidates()
    }));
    assert!(broken.is_err(), "the completion doesn't return 0");
    let log = plugin.log();
    assert!(
        log.iter()
            .any(|(_, line)| line.starts_with("panic panicked when completing: no values (")),
        "{log:?}"
    );
}

#[test]
fn a_panic_at_the_start_or_the_end_is_logged() {
    let failure = Harness::start::<Trial>(r#"{"start": "panic"}"#)
        .expect_err("it panics")
        .to_string();
    assert!(
        failure.starts_with("the plugin didn't start (1): it panicked when it started: too early ("),
        "{failure}"
    );
    let plugin = Harness::start::<Trial>(r#"{"end": "panic"}"#).expect("it starts");
    let log = plugin.stop().expect("it breaks no rule");
    let (_, line) = log.last().expect("it was logged");
    assert!(line.starts_with("it panicked when it stopped: too late ("), "{line}");
}

#[test]
fn it_is_dropped_once() {
    let plugin = Harness::start::<Trial>(r#"{"end": "count"}"#).expect("it starts");
    assert_eq!(ENDED.load(Ordering::SeqCst), 0);
    plugin.stop().expect("it breaks no rule");
    assert_eq!(ENDED.load(Ordering::SeqCst), 1);
}

#[test]
fn calls_run_at_once_and_may_use_threads() {
    let plugin = trial();
    std::thread::scope(|scope| {
        // Each waits for the other: one after the other they would never end.
        let both = [0; 2].map(|_| scope.spawn(|| plugin.call("meet").answer().text().to_owned()));
        for call in both {
            assert_eq!(call.join().expect("it answers"), "met");
        }
    });
    let answer = plugin.call("threads").answer();
    assert_eq!(answer.body(), Some(&Body::Text("4".into())));
    assert_eq!(answer.chunks().len(), 4);
    let lines = plugin.log().iter().filter(|(_, line)| line == "from a thread").count();
    assert_eq!(lines, 4);
}

#[test]
fn the_authors_mistakes_are_told() {
    let refused = |run: fn(&Harness)| {
        let plugin = trial();
        let run = std::panic::AssertUnwindSafe(|| run(&plugin));
        let payload = std::panic::catch_unwind(run).expect_err("it is a mistake");
        payload.downcast_ref::<String>().cloned().unwrap_or_default()
    };
    assert_eq!(
        refused(|plugin| drop(plugin.call("whom"))),
        "the definitions have no command whom"
    );
    assert_eq!(
        refused(|plugin| drop(plugin.call("who").argument("x", ""))),
        "who has no param x"
    );
    assert_eq!(
        refused(|plugin| {
            plugin.call("error").argument("code", "busy").answer().text();
        }),
        "error didn't answer a text but Error(Error { code: Busy, message: \"busy\" })"
    );
}

/// The smallest plugin is an example to begin with: it must stay small.
#[test]
fn a_plugin_has_less_than_thirty_lines() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../hello/src/lib.rs");
    let lines = fs::read_to_string(path)
        .expect("there is a smallest plugin")
        .lines()
        .count();
    assert!(lines < 30, "{lines}");
}
