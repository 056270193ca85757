//! What a plugin may do and what it may not, judged by a server and by the SDK's test harness: what the harness passes, the
//! server takes. `judged.c` does it all, and never looks at what it is told.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use caracola_sdk::testing::{Body, Harness};
use caracola_sdk::{Candidate, Stream};
use caracola_testing::{Connection, c_plugin_with};
use caracola_wire::{Completion, Push, Reply, Value};
use tempfile::TempDir;

use crate::builder;
use crate::fixture::{ISOLATIONS, code};

/// What a plugin says, and what must come of it if it is taken as it was said.
#[derive(Debug, Clone, Copy)]
enum Says {
    /// This text, in pieces or whole.
    Text(&'static str),
    /// As long a text, in pieces or whole.
    Letters(usize),
    /// A usage error, or that it was too much.
    Error(&'static str),
    Table,
    Picture,
    /// A state for the session, of so many letters.
    State(usize),
    /// Something for the prompt.
    Prompt(&'static str),
    /// Something long for the prompt.
    LongPrompt(usize),
    /// A value for what was typed.
    Offer(&'static str),
}

use Says::{Error, Letters, LongPrompt, Offer, Picture, Prompt, State, Table, Text};

/// The thing that the plugin does, what it says by that, and whether it may.
const CASES: &[(&str, Says, bool)] = &[
    ("text", Text("done"), true),
    ("text-not-utf8", Text("\u{fffd}"), false),
    ("text-null", Text("\0\0\0\0"), false),
    ("text-most", Letters(1024 * 1024), true),
    ("text-too-long", Letters(1024 * 1024 + 1), false),
    ("silent", Text(""), false),
    ("fails", Text(""), false),
    ("answers-and-fails", Text("done"), true),
    ("twice", Text("done"), false),
    ("nowhere", Text("done"), false),
    ("offers", Text("done"), false),
    ("table", Table, true),
    ("table-no-columns", Table, false),
    ("table-short", Table, false),
    ("table-cells-cost", Table, false),
    ("picture", Picture, true),
    ("picture-cut", Picture, false),
    ("picture-gif", Picture, false),
    ("error", Error("USAGE"), true),
    ("error-number", Error("FAILED"), false),
    ("chunks", Text("done"), true),
    ("chunk-stream", Text("done"), false),
    ("chunk-then-text", Text("done"), true),
    ("text-then-chunk", Text("done"), false),
    ("together", Letters(1000 * 1024), true),
    ("together-too-much", Letters(1200 * 1024), false),
    ("flood-then-text", Letters(0), false),
    ("flood-then-error", Error("LIMIT"), true),
    ("state-most", State(4096), true),
    ("state-too-long", State(4097), false),
    ("state-not-utf8", State(1), false),
    ("prompt-most", LongPrompt(64), true),
    ("prompt-too-long", LongPrompt(65), false),
    ("prompt-control", Prompt("a\u{1b}[2Jb"), false),
    ("prompt-lines", Prompt("a\nb"), false),
    ("prompt-hidden", Prompt("a\u{202e}b"), false),
    ("offer", Offer("zed"), true),
    ("offer-1000", Offer("zed"), true),
    ("offer-1001", Offer("zed"), false),
    ("offer-control", Offer("zed\u{1b}[2J"), false),
    ("offer-not-utf8", Offer("zed\u{fffd}"), false),
    ("offer-long", Offer("z"), false),
    ("offer-answers", Offer("zed"), false),
];

/// What a plugin says about itself, as macros of `judged.c`, and whether it may.
const PLUGINS: &[(&str, bool)] = &[
    ("NAME=\"judged\"", true),
    ("NAME=\"two words\"", false),
    ("NAME=\"Judged\"", false),
    ("NAME=\"\"", false),
    (
        "NAME=\"a-name-of-sixty-four-letters-0123456789-0123456789-0123456789-01\"",
        true,
    ),
    (
        "NAME=\"a-name-of-sixty-five-letters-0123456789-0123456789-0123456789-012\"",
        false,
    ),
    ("FUNCTION=\"a-function-of-thirty-nine-letters-01234\"", true),
    ("FUNCTION=\"a-function-of-forty-letters-0123456789-0\"", false),
    ("FUNCTION=\"two words\"", false),
    ("FUNCTION=\"a.dot\"", false),
    ("FUNCTION=\"DO\"", false),
    ("FLAGS=CARACOLA_FLAG_SERIAL", true),
    ("FLAGS=2", false),
];

#[test]
fn harness_and_server_judge_alike() -> Result<()> {
    let folder = TempDir::new()?;
    let library = build(folder.path(), "judged", &[])?;
    let harness = Harness::load(&library, "{}")?;
    for (what, says, may) in CASES {
        assert_eq!(harness_takes(&harness, what, *says), *may, "the harness: {what}");
    }
    for isolation in ISOLATIONS {
        let server = builder().config(config(&library, isolation)).start()?;
        let mut callers = Callers {
            library: server.connect()?,
            shell: server.shell("ana")?,
        };
        for (what, says, may) in CASES {
            let takes = callers
                .are_told(what, *says)
                .with_context(|| format!("{what}\n{}", server.log()))?;
            assert_eq!(takes, *may, "a server, isolation {isolation}: {what}");
        }
    }
    Ok(())
}

#[test]
fn harness_and_server_load_the_same() -> Result<()> {
    let folder = TempDir::new()?;
    for (number, (says, may)) in PLUGINS.iter().enumerate() {
        let library = build(folder.path(), &format!("judged{number}"), &[says])?;
        assert_eq!(Harness::load(&library, "{}").is_ok(), *may, "the harness: {says}");
        for isolation in ISOLATIONS {
            let started = builder().config(config(&library, isolation)).start();
            assert_eq!(started.is_ok(), *may, "a server, isolation {isolation}: {says}");
        }
    }
    Ok(())
}

fn build(folder: &Path, name: &str, macros: &[&str]) -> Result<std::path::PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/plugins/judged.c");
    c_plugin_with(&source, folder, name, macros)
}

fn config(library: &Path, isolation: &str) -> String {
    format!(
        "[access]\nguest = true\n[plugins.t]\npath = \"{}\"\nisolation = \"{isolation}\"\nroles = [\"guest\"]\n",
        library.display()
    )
}

fn letters(count: usize) -> String {
    "z".repeat(count)
}

/// Whether a test passes that sees what was said.
fn harness_takes(harness: &Harness, what: &str, says: Says) -> bool {
    if let Offer(value) = says {
        let request = harness.call("offer").argument("what", what).argument("value", "z");
        // It panics at what can't be offered.
        let offered = catch_unwind(AssertUnwindSafe(|| request.candidates()));
        return offered.is_ok_and(|offered| offered.contains(&Candidate::new(value)));
    }
    let Ok(answer) = harness.call("do").argument("what", what).try_answer() else {
        return false;
    };
    let whole = || {
        let text = match answer.body() {
            Some(Body::Text(text)) => text,
            None if answer.status() == 0 => "",
            _ => return None,
        };
        Some(answer.output(Stream::Out) + text)
    };
    match says {
        Text(text) => whole().as_deref() == Some(text),
        Letters(count) => whole() == Some(letters(count)),
        Error(code) => {
            matches!(answer.body(), Some(Body::Error(error)) if format!("{:?}", error.code()).to_uppercase() == code)
        }
        Table => matches!(answer.body(), Some(Body::Table(_))),
        Picture => matches!(answer.body(), Some(Body::Image { .. })),
        State(count) => harness.call("state").answer().text() == letters(count),
        Prompt(text) => answer.prompt() == Some(text),
        LongPrompt(count) => answer.prompt() == Some(&*letters(count)),
        Offer(_) => false,
    }
}

/// Who calls a server's commands.
struct Callers {
    /// Gets pieces and text as one.
    library: Connection,
    /// Gets what is more than text.
    shell: Connection,
}

impl Callers {
    /// Whether they see what was said.
    fn are_told(&mut self, what: &str, says: Says) -> Result<bool> {
        let Self { library, shell } = self;
        let words = ["RUN", "t.do", what];
        Ok(match says {
            Text(text) => library.request(&words)?.as_str() == Some(text),
            Letters(count) => library.request(&words)?.as_str() == Some(&*letters(count)),
            Error(expected) => {
                let reply = library.request(&words)?;
                let is_told = matches!(&reply, Value::Error(error) if error.message.contains("because"));
                is_told && code(&reply) == expected
            }
            Table => matches!(Reply::decode(&shell.request(&words)?), Ok(Reply::Table(_))),
            Picture => matches!(Reply::decode(&shell.request(&words)?), Ok(Reply::Image(_))),
            State(count) => {
                ensure!(library.run(&words[1..])? == "done", "it didn't go on");
                library.request(&["RUN", "t.state"])?.as_str() == Some(&*letters(count))
            }
            Prompt(text) => Self::are_shown(shell, &words, text)?,
            LongPrompt(count) => Self::are_shown(shell, &words, &letters(count))?,
            Offer(value) => {
                let reply = library.request(&["COMPLETE", "t.offer", what, "z"])?;
                let offers = Completion::decode(&reply)?.offers;
                offers.iter().any(|offer| offer.value == value)
            }
        })
    }

    /// Whether the prompt shows that text after a command.
    fn are_shown(shell: &mut Connection, words: &[&str], prompt: &str) -> Result<bool> {
        ensure!(shell.run(&words[1..])? == "done", "it didn't go on");
        let mut pushes = shell.pushes_until_now()?.into_iter();
        Ok(pushes.any(|push| matches!(push, Push::Prompt { text } if text == prompt)))
    }
}
