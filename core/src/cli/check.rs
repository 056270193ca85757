//! `caracolad check`: tells all that is wrong and doubtful about a file, without serving it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Result;
use clap::Args;

use super::examples::{self, ExampleRunner};
use super::loading::Workshop;
use super::{print, writable};
use crate::reload;
use caracola_catalogue::{Catalogue, Command, Diagnostic, Loaded, Source};
use caracola_plugin_host::Plugins;
use caracola_spawner::HideError;
use caracola_speech::Language;

/// The exit status for a file with errors, as for arguments that make no sense.
const UNUSABLE: u8 = 2;

/// What to check, and how strictly.
#[derive(Debug, Args)]
pub(super) struct CheckArguments {
    /// The file; without it the one that `caracolad` would serve
    file: Option<PathBuf>,
    /// Fail on warnings too
    #[arg(long)]
    strict: bool,
    /// Run the examples that say what to `expect`: programs that change things get an empty scratch folder
    #[arg(long)]
    run_examples: bool,
    /// The folder where plugins that the file names without a path are searched for
    #[arg(long, value_name = "FOLDER", env = "CARACOLA_PLUGIN_DIR")]
    plugin_dir: Option<PathBuf>,
    /// The language for people whose own there is nothing in
    #[arg(long, value_name = "TAG")]
    lang: Option<Language>,
}

/// The exit status is 0 for a file that can be served, 1 if warnings or examples are reason to fail, 2 if there are errors.
pub(super) fn check(arguments: &CheckArguments, state: Option<&Path>) -> Result<ExitCode> {
    // Before there is any thread: what starts programs is a copy of this process.
    let workshop = Workshop::open(caracola_spawner::start()?)?;
    let fence = workshop.spawner.can_hide();
    let environment = std::env::var_os("CARACOLA_CONFIG");
    let source = Source::find(arguments.file.as_deref(), environment.as_deref());
    let name = name(&source);
    let plugins = Arc::new(workshop.plugins(arguments.plugin_dir.clone(), state));
    let loaded = match Catalogue::load(&source, arguments.lang.clone(), &plugins) {
        Ok(loaded) => loaded,
        Err(broken) => {
            tell(&broken.diagnostics)?;
            tell(&broken.warnings)?;
            print::line(format!(
                "{name}: {}, {}",
                counted(broken.diagnostics.len(), "error", "errors"),
                counted(number(&broken.warnings), "warning", "warnings")
            ))?;
            return Ok(ExitCode::from(UNUSABLE));
        }
    };
    let Loaded {
        catalogue, warnings, ..
    } = loaded;
    tell(&warnings)?;
    tell_unfenced(&catalogue, &fence)?;
    tell_writable(&catalogue, &source, &plugins)?;
    let own = catalogue.commands().iter().filter(|command| !command.is_builtin());
    print::line(format!(
        "{name}: {}, no errors, {}",
        counted(own.count(), "command", "commands"),
        counted(number(&warnings), "warning", "warnings")
    ))?;
    let fine = !arguments.run_examples || run_examples(&catalogue, &ExampleRunner::new(workshop)?)?;
    let fails = !fine || (arguments.strict && !warnings.is_empty());
    Ok(ExitCode::from(u8::from(fails)))
}

/// Says once what is true of every program that runs as the server does: how much it can read. A server that this same user
/// starts on this machine has the same fence.
fn tell_unfenced(catalogue: &Catalogue, fence: &Result<(), HideError>) -> Result<()> {
    let programs = catalogue.commands().iter().filter_map(Command::exec);
    let own = programs.filter(|exec| exec.user.is_none()).count();
    if own == 0 {
        return Ok(());
    }
    let but = match fence {
        _ if rustix::process::geteuid().is_root() && catalogue.settings().server.user.is_none() => {
            ": its key and users.toml too.\nNothing can be hidden from root: name whom a server that root starts becomes, \
             with `user` under `[server]`."
                .to_owned()
        }
        Ok(()) => ", but for its state folder (key, users.toml),\nwhich is hidden from them.".to_owned(),
        Err(error) => format!(
            ": its key and users.toml too.\nThey cannot be hidden: {error}.\nA server that is started as root runs \
             programs as another with `user`."
        ),
    };
    print::line(format!(
        "note: {} as the server's own user, and can read what it can{but}",
        counted(own, "program runs", "programs run")
    ))
}

/// Says whether programs could write the files that say what runs.
fn tell_writable(catalogue: &Catalogue, source: &Source, plugins: &Arc<Plugins>) -> Result<()> {
    let sight = reload::look(source, plugins)?;
    match writable::by_programs(catalogue, &sight, plugins) {
        Some(written) => print::line(format!(
            "note: what says which programs run can be written: {written}.\nGive it and its folder to root, or name another \
             user for programs."
        )),
        None => Ok(()),
    }
}

/// Returns whether all of them did what they promise.
fn run_examples(catalogue: &Catalogue, runner: &ExampleRunner) -> Result<bool> {
    let tally = examples::run_all(catalogue, runner)?;
    for failure in &tally.failures {
        print::line(format!("{failure}\n"))?;
    }
    for (reason, number) in &tally.unable {
        print::line(format!(
            "{}: {reason}",
            counted(*number, "example cannot be run", "examples cannot be run")
        ))?;
    }
    print::line(format!(
        "{}, {} failed, {} skipped",
        counted(tally.run, "example run", "examples run"),
        tally.failures.len(),
        tally.skipped
    ))?;
    Ok(tally.failures.is_empty())
}

/// What the file is called at the end of the report.
fn name(source: &Source) -> String {
    match source.path() {
        Some(path) => path.display().to_string(),
        None => source.to_string(),
    }
}

fn tell(diagnostics: &[Diagnostic]) -> Result<()> {
    let color = print::is_seen();
    for diagnostic in diagnostics {
        print::line(format!("{}\n", diagnostic.render(color)))?;
    }
    Ok(())
}

/// How many there are, with those that are only counted.
fn number(diagnostics: &[Diagnostic]) -> usize {
    diagnostics.iter().map(|diagnostic| 1 + diagnostic.more).sum()
}

fn counted(number: usize, one: &str, many: &str) -> String {
    match number {
        0 => format!("no {many}"),
        1 => format!("1 {one}"),
        _ => format!("{number} {many}"),
    }
}
