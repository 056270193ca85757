//! `caracolad explain --user U 'LINE'`: what would come of a line, without running it.

mod asker;

use caracola_spawner::ResourceLimits;
use caracola_speech::amount::{written_duration, written_size};
use std::ffi::OsStr;
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Args;

use self::asker::Asker;
use super::loading::Workshop;
use super::print;
use crate::access::{Operation, authorize};
use caracola_catalogue::{
    Action, Arguments, Catalogue, Command, Exec, Found, Function, HIDDEN, Loaded, OnHangup, Prepared, Source, Value,
};
use caracola_plugin_host::{Fence, Isolation};
use caracola_speech::{Speech, Text};

/// The exit status for a file that cannot be used.
const UNUSABLE: u8 = 2;

/// Columns of the labels.
const LABEL: usize = 12;

/// Who would type what.
#[derive(Debug, Args)]
pub(super) struct ExplainArguments {
    /// Who types it: somebody who may log in, or a role (guest, user, operator, admin) for anybody who has it
    #[arg(long, value_name = "USER")]
    user: String,
    /// The commands.toml; without it the one that `caracolad` would serve
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The folder where plugins that the file names without a path are searched for
    #[arg(long, value_name = "FOLDER", env = "CARACOLA_PLUGIN_DIR")]
    plugin_dir: Option<PathBuf>,
    /// The line as it would be typed, in quotes
    line: String,
}

/// The exit status is 0 if the line would be carried out, 1 if not, 2 if the file cannot be used.
pub(super) fn explain(arguments: &ExplainArguments, state_dir: Option<&Path>) -> Result<ExitCode> {
    // Before there is any thread: what starts programs is a copy of this process.
    let workshop = Workshop::open(caracola_spawner::start()?)?;
    let asker = asker::find(&arguments.user, state_dir)?;
    let environment = std::env::var_os("CARACOLA_CONFIG");
    let source = Source::find(arguments.config.as_deref(), environment.as_deref());
    let Ok(Loaded { catalogue, .. }) = Catalogue::load(
        &source,
        None,
        &workshop.plugins(arguments.plugin_dir.clone(), state_dir),
    ) else {
        super::complain(&format!("{source} can't be used: see `caracolad check`"));
        return Ok(ExitCode::from(UNUSABLE));
    };
    let typed = catalogue.typed(&arguments.line);
    let (words, found) = typed.context("the line cannot be taken apart")?;
    let mut report = Report::default();
    let runs = line(&catalogue, &asker, &words, found, &mut report);
    print::lines(&report.0)?;
    Ok(ExitCode::from(u8::from(!runs)))
}

/// Lines of a label and what belongs to it.
#[derive(Debug, Default)]
struct Report(String);

impl Report {
    fn add(&mut self, label: &str, text: impl Display) {
        let text = text.to_string();
        for (number, line) in text.lines().enumerate() {
            let label = if number == 0 { label } else { "" };
            self.0.push_str(format!("{label:LABEL$}{line}").trim_end());
            self.0.push('\n');
        }
    }
}

/// Explains a line, and says whether it would be carried out.
fn line(catalogue: &Catalogue, asker: &Asker, words: &[String], found: Option<Found<'_>>, report: &mut Report) -> bool {
    let Some(found) = found else {
        report.add("Command", "there is none of that name");
        let visible = |command: &Command| authorize(&asker.user, command, Operation::See).is_ok();
        let near = catalogue.nearest(&words.join(" "), visible);
        if !near.is_empty() {
            report.add("Nearest", near.join(", "));
        }
        return false;
    };
    let command = found.command;
    report.add("Command", format!("{} ({})", command.name, command.origin));
    report.add("Action", command.action.as_str());
    report.add("User", format!("{}: {}", asker.user.label(), asker.known_by));
    let allowed = asker::permission(catalogue, asker, command, report);
    let words: Vec<&str> = words.iter().skip(found.words).map(String::as_str).collect();
    match command.arguments(&words) {
        Err(error) => {
            report.add("Arguments", error.message(command, Speech::English));
            false
        }
        Ok(arguments) => {
            given(command, &arguments, report);
            if let Some(exec) = command.exec() {
                return program(catalogue, command, exec, &arguments, report) && allowed;
            }
            if let Action::Plugin(function) = &command.action {
                plugin(catalogue, function, report);
            }
            allowed
        }
    }
}

fn given(command: &Command, arguments: &Arguments<'_>, report: &mut Report) {
    if matches!(command.action, Action::Card) {
        return;
    }
    for (position, param) in command.params.iter().enumerate() {
        let values = arguments.values(position);
        let shown: Vec<String> = values.iter().map(shown).collect();
        let shown = if shown.is_empty() {
            "nothing".to_owned()
        } else {
            shown.join(", ")
        };
        let label = if position == 0 { "Arguments" } else { "" };
        report.add(label, format!("{} = {shown}", param.name));
    }
}

/// In quotes, with everything visible that could be mistaken: blanks at an end, control characters, what is not text.
#[expect(
    clippy::unnecessary_debug_formatting,
    reason = "what the escapes stand for must be seen"
)]
fn exact(text: impl AsRef<OsStr>) -> String {
    format!("{:?}", text.as_ref())
}

fn shown(value: &Value<'_>) -> String {
    match value {
        Value::Text(text) => format!("{text:?}"),
        Value::Path(path) if path.descriptor().is_some() => format!("{}, open", exact(path.path())),
        Value::Path(path) => exact(path.path()),
        Value::Secret(_) => HIDDEN.to_owned(),
    }
}

fn program(
    catalogue: &Catalogue,
    command: &Command,
    exec: &Exec,
    arguments: &Arguments<'_>,
    report: &mut Report,
) -> bool {
    let prepared = match exec.prepare(arguments) {
        Ok(prepared) => prepared,
        Err(error) => {
            report.add("Program", format!("it cannot be started: {error}"));
            return false;
        }
    };
    started(command, exec, &prepared, report);
    bounds(exec, report);
    asks_first(catalogue, exec.confirm.as_ref(), report);
    true
}

fn asks_first(catalogue: &Catalogue, confirm: Option<&Text>, report: &mut Report) {
    if let Some(confirm) = confirm {
        let language = catalogue.language_id(&catalogue.settings().server.language);
        report.add("Asks first", format!("{:?}", catalogue.text(confirm, language)));
    }
}

/// Which function would be called, where, and within which limits.
fn plugin(catalogue: &Catalogue, function: &Function, report: &mut Report) {
    let plugin = &function.plugin;
    let settings = plugin.settings();
    report.add("Calls", function.full_name());
    report.add(
        "Plugin",
        format!(
            "{} {}\n{}",
            plugin.own_name(),
            plugin.version(),
            plugin.file().display()
        ),
    );
    let apart = settings.isolation == Isolation::Process;
    let place = match (apart, function.nonblocking) {
        (true, _) => "a process of its own",
        (false, true) => "the server's process, at once",
        (false, false) => "the server's process, on a thread that may wait",
    };
    let fence = plugin.report().fence.filter(|fence| !fence.is_empty());
    let place: Vec<String> = [place.to_owned()].into_iter().chain(fence).collect();
    report.add("Runs in", place.join("\n"));
    let mut limits = vec![
        format!("{} of time", written_duration(function.timeout)),
        format!("{} of output", written_size(settings.max_output)),
        format!("{} at once and {} waiting", settings.max_running, settings.queue),
    ];
    if apart {
        limits.extend(fenced(&settings.fence));
    }
    report.add("Limits", limits.join("\n"));
    asks_first(catalogue, function.confirm.as_ref(), report);
}

/// What a plugin's own process may use and reach.
fn fenced(fence: &Fence) -> Vec<String> {
    let folders = |what: &str, paths: &[PathBuf]| {
        let paths: Vec<String> = paths.iter().map(exact).collect();
        (!paths.is_empty()).then(|| format!("{what} {}", paths.join(", ")))
    };
    let mut lines = vec![format!(
        "{} of memory",
        written_size(fence.memory.unwrap_or(Fence::MEMORY))
    )];
    lines.push(format!("{} open files", fence.files.unwrap_or(Fence::FILES)));
    lines.extend(fence.processes.map(|processes| format!("{processes} processes")));
    lines.extend(
        fence
            .file_size
            .map(|bytes| format!("{} for each file it writes", written_size(bytes))),
    );
    lines.extend(folders("may read", &fence.read));
    lines.extend(folders("may write", &fence.write));
    lines.push(
        if fence.network {
            "may use the network"
        } else {
            "no network"
        }
        .to_owned(),
    );
    lines.extend(fence.user.as_ref().map(|user| format!("user {user}")));
    lines
}

/// What the program gets.
fn started(command: &Command, exec: &Exec, prepared: &Prepared, report: &mut Report) {
    report.add("Program", prepared.program.display());
    let argv = prepared.argv.iter().enumerate();
    let argv: Vec<String> = argv
        .map(|(number, element)| format!("{number}: {}", exact(element)))
        .collect();
    report.add("argv", argv.join("\n"));
    let environment = prepared.environment.iter().map(|(name, value)| {
        let name = name.to_string_lossy();
        let passed = exec.passes(&name);
        let note = if passed {
            " (as it is here; the server's own counts)"
        } else {
            ""
        };
        format!("{name} = {}{note}", exact(value))
    });
    report.add("Environment", environment.collect::<Vec<_>>().join("\n"));
    report.add("Folder", prepared.folder.display());
    report.add(
        "Input",
        match &prepared.stdin {
            None => "nothing".to_owned(),
            Some(_) if command.reads_secret() => HIDDEN.to_owned(),
            Some(input) => format!("{:?}", String::from_utf8_lossy(input.expose())),
        },
    );
    report.add(
        "Runs as",
        match (&exec.user, &exec.group) {
            (Some(user), Some(group)) => format!("user {user}, group {group}"),
            (Some(user), None) => format!("user {user}"),
            (None, _) => "the server's own user, and can read what it can".to_owned(),
        },
    );
}

/// What the program may use.
fn bounds(exec: &Exec, report: &mut Report) {
    let ResourceLimits {
        cpu_seconds,
        address_space,
        file_size,
        open_files,
        processes,
        core: _,
    } = exec.limits;
    let mut limits = vec![
        format!("{} of time", written_duration(exec.timeout)),
        format!("{} of output", written_size(exec.max_output)),
        format!("{} at once and {} waiting", exec.max_running, exec.queue),
    ];
    limits.extend(cpu_seconds.map(|seconds| format!("{seconds}s of a processor")));
    limits.extend(address_space.map(|bytes| format!("{} of memory for each process", written_size(bytes))));
    limits.extend(open_files.map(|files| format!("{files} open files for each process")));
    limits.extend(processes.map(|processes| format!("{processes} processes")));
    limits.extend(file_size.map(|bytes| format!("{} for each file it writes", written_size(bytes))));
    limits.push(format!("umask {:03o}", exec.umask));
    report.add("Limits", limits.join("\n"));
    report.add(
        "Hang-up",
        match exec.on_hangup {
            OnHangup::End => "ends it",
            OnHangup::Continue => "lets it go on",
        },
    );
    let statuses: Vec<String> = exec.ok_exit.iter().map(u8::to_string).collect();
    report.add("Success", format!("exit status {}", statuses.join(", ")));
}
