//! Plugins from files: the smallest one in Rust, the one in C, and one that breaks the rules.
#![forbid(unsafe_code)]

use std::path::Path;

use anyhow::Result;
use caracola_sdk::testing::Harness;
use caracola_sdk::{Candidate, Code, Stream};
use caracola_testing::{c_plugin, hello_c, plugin};
use tempfile::TempDir;

#[test]
fn the_smallest_plugin_greets() -> Result<()> {
    let hello = Harness::load(plugin("caracola-hello")?, r#"{"greeting": "Hey"}"#)?;
    assert_eq!(hello.name(), "caracola-hello");
    let answer = hello.call("greet").argument("name", "ana").answer();
    assert_eq!(answer.text(), "Hey, ana!");
    let failure = Harness::load(plugin("caracola-hello")?, r#"{"greting": "Hey"}"#).map(drop);
    assert_eq!(
        failure.map_err(|failure| failure.to_string()),
        Err("the plugin didn't start (1): config.greting: unknown key".into())
    );
    Ok(())
}

#[test]
fn the_plugin_in_c_greets_counts_and_completes() -> Result<()> {
    let folder = TempDir::new()?;
    let hello = Harness::load(hello_c(folder.path())?, "{}")?;
    assert_eq!((hello.name(), hello.version()), ("hello-c", "1.0.0"));
    assert_eq!(hello.functions().collect::<Vec<_>>(), ["count", "greet"]);

    let greet = |name: &str, language: &str| hello.call("greet").argument("name", name).language(language).answer();
    assert_eq!(greet("ana", "en").text(), "Hello, ana!");
    assert_eq!(greet("íñigo", "es-MX").text(), "¡Hola, íñigo!");
    assert_eq!(greet("ana", "est").text(), "Hello, ana!");
    let error = greet("r2d2", "es");
    assert_eq!(error.error().code(), Code::Usage);
    assert_eq!(
        error.error().message(),
        "'r2d2' tiene cifras. Escribe un nombre sin ellas."
    );
    let long = "😀".repeat(40);
    assert_eq!(greet(&long, "en").text(), format!("Hello, {long}!"));

    let count = |to: &str| hello.call("count").argument("to", to);
    assert_eq!(count("3").answer().output(Stream::Out), "1\n2\n3\n");
    let cancelled = count("1000000").cancel_after_chunks(2).answer();
    assert_eq!(cancelled.output(Stream::Out), "1\n2\n");
    assert_eq!(count("1000000").answer().error().code(), Code::Limit);

    let offered = |typed: &str| hello.call("greet").argument("name", typed).candidates();
    assert_eq!(offered("b"), [Candidate::new("ben")]);
    assert_eq!(offered("").len(), 3);
    assert_eq!(offered("benjamin"), []);
    Ok(())
}

#[test]
fn each_broken_rule_is_told() -> Result<()> {
    let folder = TempDir::new()?;
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/library/rude.c");
    let rude = Harness::load(c_plugin(&source, folder.path())?, "{}")?;
    let broken = |function: &str| match rude.call(function).try_answer() {
        Ok(answer) => format!("{answer:?}"),
        Err(broken) => broken.0.join("; "),
    };
    assert_eq!(broken("twice"), "it answered twice");
    assert_eq!(broken("silent"), "it returned 0 without an answer");
    assert_eq!(broken("after"), "a chunk came after the answer");
    assert_eq!(
        broken("offers"),
        "a candidate has no place in a call; it returned 0 without an answer"
    );
    // What isn't UTF-8, has no first byte or an unknown number isn't taken: nothing was answered.
    assert_eq!(broken("malformed"), "it returned 0 without an answer");
    // A failure without an answer fails the request, and breaks no rule.
    let fails = rude.call("fails").answer();
    assert_eq!((fails.status(), fails.body()), (7, None));

    // It keeps the request of this call, and uses it in the next one.
    assert_eq!(rude.call("keeps").answer().text(), "kept");
    assert_eq!(rude.call("late").answer().text(), "late");
    let late = rude.stop().map_err(|broken| broken.0);
    assert_eq!(
        late,
        Err(vec!["it used a request (an answer) after its call had returned".into()])
    );
    Ok(())
}

#[test]
fn a_file_that_is_not_a_plugin_is_refused() -> Result<()> {
    let folder = TempDir::new()?;
    let missing = folder.path().join("none.so");
    let failure = Harness::load(&missing, "{}")
        .expect_err("there is no such file")
        .to_string();
    assert!(
        failure.starts_with(&format!("{}: No such file", missing.display())),
        "{failure}"
    );

    let source = folder.path().join("other.c");
    std::fs::write(&source, "int other(void) { return 0; }\n")?;
    let failure = Harness::load(c_plugin(&source, folder.path())?, "{}")
        .expect_err("it isn't a plugin")
        .to_string();
    assert!(failure.contains("it exports no `caracola_plugin`"), "{failure}");

    let source = folder.path().join("null.c");
    let text = "#include \"caracola.h\"\nconst CaracolaPlugin *caracola_plugin(void) { return NULL; }\n";
    std::fs::write(&source, text)?;
    let failure = Harness::load(c_plugin(&source, folder.path())?, "{}")
        .expect_err("it isn't a plugin")
        .to_string();
    assert_eq!(
        failure,
        "the plugin says something impossible about itself: it has no descriptor"
    );
    Ok(())
}
