//! Runs the examples of a file that say what to expect.
//!
//! Programs are started by the spawner, as whom and within which limits the file says, and what they leave behind is ended
//! before the next: what passes here passes on a server. A command that changes nothing (`read_only`, replies, lookups,
//! cards) is run as it is. Any other program starts in an empty folder of its own, and every root of its paths is an empty
//! folder in there. That keeps honest programs from doing harm; it is not a fence.

mod trial;

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::os::unix::fs::chown;
use std::path::Path;

use anyhow::{Context as _, Result};
use tempfile::TempDir;

pub(in crate::cli) use self::trial::ExampleRunner;
use self::trial::Outcome;
use crate::actions::exec;
use crate::jobs::{self, JobEnd};
use caracola_catalogue::{
    Action, ArgumentError, Arguments, Catalogue, Command, Example, Exec, Expectation, Fault, LanguageId, PathFault,
    inside,
};
use caracola_spawner::Identity;
use caracola_spawner::identity::IdentityError;
use caracola_speech::Speech;
use caracola_speech::excerpt;
use caracola_speech::render;

/// Columns of cards, as libraries get them.
const WIDTH: u16 = 80;

/// What came of all examples.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) run: usize,
    /// Examples that promise nothing, so that there is nothing to try.
    pub(super) skipped: usize,
    /// Examples that promise something and cannot be tried here: why, and how many.
    pub(super) unable: BTreeMap<&'static str, usize>,
    pub(super) failures: Vec<Failure>,
}

/// An example that doesn't do what it promises.
#[derive(Debug)]
pub(super) struct Failure {
    line: String,
    command: String,
    place: String,
    what: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Failure {
            line,
            command,
            place,
            what,
        } = self;
        write!(
            formatter,
            "failed: the example `{line}` of `{command}` ({place})\n  {what}"
        )
    }
}

/// What became of one example.
enum Tried {
    Fine,
    Failed(String),
    Unable(&'static str),
}

/// Tries every example of the file's own commands that promises something.
pub(super) fn run_all(catalogue: &Catalogue, runner: &ExampleRunner) -> Result<Tally> {
    let mut tally = Tally::default();
    for command in catalogue.commands() {
        for example in &command.examples {
            let Some(expectation) = &example.expect else {
                tally.skipped += usize::from(!command.is_builtin());
                continue;
            };
            match one(runner, catalogue, command, example, expectation)? {
                Tried::Fine => tally.run += 1,
                Tried::Failed(what) => {
                    tally.run += 1;
                    tally.failures.push(Failure {
                        line: example.run.clone(),
                        command: command.name.clone(),
                        place: command.origin.to_string(),
                        what,
                    });
                }
                Tried::Unable(reason) => {
                    tally.skipped += 1;
                    *tally.unable.entry(reason).or_default() += 1;
                }
            }
        }
    }
    Ok(tally)
}

fn one(
    runner: &ExampleRunner,
    catalogue: &Catalogue,
    command: &Command,
    example: &Example,
    expectation: &Expectation,
) -> Result<Tried> {
    let (words, found) = match catalogue.typed(&example.run) {
        Ok(typed) => typed,
        Err(error) => return Ok(Tried::Failed(format!("it cannot be taken apart: {error}"))),
    };
    let Some(found) = found.filter(|found| found.command.name == command.name) else {
        return Ok(Tried::Failed("it would run another command".to_owned()));
    };
    let words: Vec<&str> = words.iter().skip(found.words).map(String::as_str).collect();
    let language = catalogue.language_id(&catalogue.settings().server.language);
    match &command.action {
        Action::Builtin(_) => Ok(Tried::Unable("built-ins need a server that runs")),
        Action::Plugin(_) => Ok(Tried::Unable(
            "functions of plugins are tried by the plugins' own tests",
        )),
        Action::Exec(definition) => program(runner, command, definition, &words, expectation),
        Action::Card | Action::Reply(_) | Action::Lookup(_) => Ok(match command.arguments(&words) {
            Ok(arguments) => judge(&answer(catalogue, command, &arguments, language), expectation, &[0]),
            Err(error) => Tried::Failed(error.message(command, Speech::English)),
        }),
    }
}

/// What a command that runs no program answers.
fn answer(catalogue: &Catalogue, command: &Command, arguments: &Arguments<'_>, language: LanguageId) -> Outcome {
    let said = match &command.action {
        Action::Reply(text) => Some(catalogue.text(text, language).to_owned()),
        Action::Lookup(lookup) => arguments
            .get(0)
            .and_then(|key| lookup.get(key, language))
            .map(str::to_owned),
        _ => {
            let speech = Speech::of(catalogue.language(language), Speech::English);
            Some(render::plain_card(command.card(language), speech, WIDTH))
        }
    };
    let (status, output) = match said {
        Some(output) => (0, output),
        None => (1, "there is no such entry".to_owned()),
    };
    Outcome::Ended {
        ending: JobEnd::Exited(status),
        truncated: false,
        output,
    }
}

fn program(
    runner: &ExampleRunner,
    command: &Command,
    definition: &Exec,
    words: &[&str],
    expectation: &Expectation,
) -> Result<Tried> {
    if definition.read_only {
        return match command.arguments(words) {
            Ok(arguments) => launch(runner, command, definition, &arguments, None, expectation),
            Err(error) => Ok(Tried::Failed(error.message(command, Speech::English))),
        };
    }
    let scratch = TempDir::with_prefix("caracola-example-").context("cannot make a scratch folder")?;
    // Paths are compared with where they really lead.
    let root = fs::canonicalize(scratch.path()).context("cannot find the scratch folder")?;
    let params = command.params_in(&root);
    for rule in params.iter().filter_map(|param| param.path.as_ref()) {
        make_folder(&rule.root)?;
    }
    match command.arguments_by(&params, words) {
        Ok(arguments) => launch(runner, command, definition, &arguments, Some(&root), expectation),
        Err(ArgumentError::Unfit {
            fault: Fault::Path {
                fault: PathFault::Missing,
                ..
            },
            ..
        }) => Ok(Tried::Unable(
            "the file it names is not in a scratch folder (a command that is `read_only` is tried where it is)",
        )),
        Err(error) => Ok(Tried::Failed(error.message(command, Speech::English))),
    }
}

fn launch(
    runner: &ExampleRunner,
    command: &Command,
    definition: &Exec,
    arguments: &Arguments<'_>,
    scratch: Option<&Path>,
    expectation: &Expectation,
) -> Result<Tried> {
    let mut prepared = match definition.prepare(arguments) {
        Ok(prepared) => prepared,
        Err(error) => return Ok(Tried::Failed(error.to_string())),
    };
    if let Some(scratch) = scratch {
        prepared.folder = inside(scratch, &prepared.folder);
        make_folder(&prepared.folder)?;
        for name in ["HOME", "TMPDIR"] {
            prepared.environment.retain(|(other, _)| other != name);
            prepared.environment.push((name.into(), scratch.into()));
        }
    }
    let launch = match exec::launch(definition, prepared) {
        Ok(launch) => launch,
        Err(IdentityError::NotRoot) => {
            return Ok(Tried::Unable(
                "its program runs as another user, and only root can try that",
            ));
        }
        Err(error) => return Ok(Tried::Failed(error.to_string())),
    };
    if let (Some(scratch), Some(identity)) = (scratch, &launch.identity) {
        hand_over(scratch, identity)?;
    }
    let outcome = runner.run(&command.name, definition, launch)?;
    Ok(judge(&outcome, expectation, &definition.ok_exit))
}

/// Gives a scratch folder and the folders in it to whom the program runs as. Nothing else is in there yet.
fn hand_over(folder: &Path, identity: &Identity) -> Result<()> {
    let Identity { uid, gid, .. } = identity;
    let cannot = || format!("cannot give the scratch folder {} to user {uid}", folder.display());
    chown(folder, Some(*uid), Some(*gid)).with_context(cannot)?;
    for entry in fs::read_dir(folder).with_context(cannot)? {
        hand_over(&entry.with_context(cannot)?.path(), identity)?;
    }
    Ok(())
}

fn make_folder(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))
}

/// Compares what came with what was promised.
fn judge(outcome: &Outcome, expectation: &Expectation, ok_exit: &[u8]) -> Tried {
    let (ending, truncated, output) = match outcome {
        Outcome::Ended {
            ending,
            truncated,
            output,
        } => (ending, *truncated, output),
        Outcome::Failed(what) => return Tried::Failed(what.clone()),
    };
    let expected = match expectation.exit {
        Some(exit) => vec![exit],
        None => ok_exit.to_vec(),
    };
    if !jobs::succeeded(ending, truncated, &expected) {
        let ended = match ending {
            JobEnd::Exited(status) => format!("with status {status}"),
            JobEnd::Signalled(signal) => format!("by the signal {}", jobs::signal_name(*signal)),
            _ => "otherwise".to_owned(),
        };
        let expected: Vec<String> = expected.iter().map(u8::to_string).collect();
        return Tried::Failed(format!(
            "it ended {ended}, not with status {}; its output: {}",
            expected.join(" or "),
            shortened(output)
        ));
    }
    match &expectation.output {
        Some(expected) if !output.contains(expected) => {
            Tried::Failed(format!("its output has no {expected:?}: {}", shortened(output)))
        }
        _ => Tried::Fine,
    }
}

/// What a person needs to see of an output.
fn shortened(output: &str) -> String {
    const LONGEST: usize = 200;
    format!("{:?}", excerpt::characters(output.trim_end(), LONGEST))
}
