//! What breaks the rules of the ABI in a process of its own: `plugins/hostile/raw.c`.

use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use caracola_testing::{TestServer, error_code, is_alive};
use caracola_wire::Value;

use super::fixture::{BACK, TIMEOUT, becomes, config, config_of, is_back, process, while_a_class_works};
use crate::builder;

/// What comes of a function: the text, or the code and a part of the sentence; and a part of what the log says.
pub(crate) const ANSWERS: &[(&[&str], &str, &str)] = &[
    (&["h.fine"], "fine", ""),
    (&["h.twice"], "first", ""),
    (
        &["h.never"],
        "FAILED the plugin h gave no answer",
        "the plugin gave no answer",
    ),
    (
        &["h.nonzero"],
        "FAILED the plugin h gave no answer",
        "the plugin gave no answer",
    ),
    (&["h.both"], "answered", ""),
    (
        &["h.late"],
        "FAILED the plugin h gave no answer",
        "the plugin gave no answer",
    ),
    (&["h.forged"], "tried", ""),
    (
        &["h.garbled"],
        "FAILED the plugin h gave no answer",
        "the plugin gave no answer",
    ),
    (
        &["h.null"],
        "FAILED the plugin h gave no answer",
        "the plugin gave no answer",
    ),
    (
        &["h.picture"],
        "FAILED the plugin h gave no answer",
        "the plugin gave no answer",
    ),
    (&["h.truncated"], "FAILED the picture of the plugin h", "its picture"),
    (
        &["h.table"],
        "FAILED the plugin h answered with more than",
        "has more than 1048576 bytes",
    ),
    (
        &["h.columns"],
        "FAILED the plugin h gave no answer",
        "the plugin gave no answer",
    ),
    (
        &["h.number"],
        "FAILED the plugin h gave no answer",
        "the plugin gave no answer",
    ),
    (&["h.overwrite", "abc"], "written over", ""),
];

/// What ends the plugin's process.
const ENDS: &[(&[&str], &str, &str)] = &[
    (&["h.segfault"], "FAILED", "SIGSEGV"),
    (&["h.wild"], "FAILED", "SIGSEGV"),
    // What it wrote can't be what a helper says.
    (&["h.socket"], "FAILED", "it sent"),
    (&["h.close"], "FAILED", "it ended with status 1"),
    (&["h.block"], "TIMEOUT", "a call didn't return in time"),
];

/// A server with `raw.c` as `h`, and `calm` beside it.
pub(crate) fn serve(folder: &std::path::Path, isolation: &str) -> Result<TestServer> {
    let library = caracola_testing::hostile_c(folder, &[])?;
    let calm = config(isolation, "")?;
    let calm = calm.split_once("[plugins.calm]").context("no calm one")?.1;
    let raw = config_of(&library.to_string_lossy(), isolation, "");
    builder().config(format!("{raw}\n[plugins.calm]{calm}")).start()
}

#[test]
fn bad_answers_are_told_as_such() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let server = serve(folder.path(), "process")?;
    let mut caller = server.shell("caller")?;
    let before = process(&server, "h")?;
    while_a_class_works(&server, || {
        for (words, answer, log) in ANSWERS {
            let said = caller.run(words)?;
            ensure!(said.starts_with(answer), "{words:?}: {said}");
            server.wait_for_log(log)?;
            is_back(&mut caller).with_context(|| format!("after {words:?}"))?;
        }
        Ok(())
    })?;
    assert_eq!(process(&server, "h")?, before, "nothing of that is worth a process");
    Ok(())
}

#[test]
fn what_harms_its_process_costs_that() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let server = serve(folder.path(), "process")?;
    let mut caller = server.shell("caller")?;
    while_a_class_works(&server, || {
        for (words, code, how) in ENDS {
            let before = process(&server, "h")?;
            let words: Vec<_> = ["RUN"].iter().chain(*words).copied().collect();
            let began = Instant::now();
            let reply = caller.request(&words)?;
            ensure!(error_code(&reply) == *code, "{words:?}: {reply:?}");
            ensure!(began.elapsed() < TIMEOUT + BACK, "{words:?}");
            let told = matches!(&reply, Value::Error(error) if error.message.contains(how));
            ensure!(told || *code == "TIMEOUT", "{words:?}: {reply:?}");
            is_back(&mut caller).with_context(|| format!("after {words:?}"))?;
            server.wait_for_log(how)?;
            becomes("the old process is gone", BACK, || !is_alive(before))?;
        }
        Ok(())
    })
}
