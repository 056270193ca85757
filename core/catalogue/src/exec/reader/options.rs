//! Reads how a program is run.

use std::path::PathBuf;

use super::super::keys::PROGRAM_LIMITS;
use super::super::suspect::is_code_variable;
use super::super::template::{Element, Piece, Template};
use super::templates::{Scope, Use, template};
use crate::diagnostic::{Diagnostic, Doubt, SourceSpan, quoted};
use crate::document::{Section, Value, duration, size};
use crate::exec::{Exec, OnHangup};
use crate::program::Program;
use caracola_spawner::ResourceLimits;
use caracola_spawner::identity;
use caracola_speech::Text;

/// Everything but the program and its arguments, and then all of it. What is wrong is told even when those are wrong too.
pub(super) fn options(section: &Section, scope: Scope, command_line: Option<(Program, Vec<Element>)>) -> Option<Exec> {
    let value = |key| section.value(key);
    let environment = value("env").map_or(Some(Vec::new()), |value| environment(&value, scope));
    let pass_environment = value("pass_env").map_or(Some(Vec::new()), |value| names_of_variables(&value));
    let input = value("stdin").filter(|value| !says_null(value));
    // Read now, so that what is wrong is told; whether it was read counts at the end.
    let input = input.map(|value| stdin(&value, scope));
    let folder = value("cwd").map_or_else(|| Some("/".into()), |value| folder(&value));
    let count = |key, default, least| {
        let read = value(key).and_then(|value| whole_number(&value, least));
        read.unwrap_or(default)
    };
    let flag = |key| value(key).and_then(|value| value.boolean()).unwrap_or_default();
    let (user, group) = value("user").and_then(|value| account(&value)).unzip();
    let limits = value("limits").and_then(|value| limits(&value)).unwrap_or_default();
    let timeout = value("timeout").and_then(|value| duration(&value));
    let max_output = value("max_output").and_then(|value| size(&value));
    let on_hangup = value("on_hangup").and_then(|value| on_hangup(&value));
    let ok_exit = value("ok_exit").and_then(|value| statuses(&value));
    let umask = value("umask").and_then(|value| umask(&value));
    let confirm = value("confirm").and_then(|value| question(&value, scope));
    let (max_running, queue) = (
        count("max_running", Exec::MAX_RUNNING, 1),
        count("queue", Exec::QUEUE, 0),
    );
    let read_only = flag("read_only");
    let (program, arguments) = command_line?;
    Some(Exec {
        program,
        arguments,
        user,
        group: group.flatten(),
        limits,
        umask: umask.unwrap_or(Exec::UMASK),
        timeout: timeout.unwrap_or(Exec::TIMEOUT),
        max_output: max_output.unwrap_or(Exec::MAX_OUTPUT),
        max_running,
        queue,
        on_hangup: on_hangup.unwrap_or_default(),
        ok_exit: ok_exit.unwrap_or_else(|| vec![0]),
        confirm,
        read_only,
        environment: environment?,
        pass_environment: pass_environment?,
        stdin: match input {
            Some(template) => Some(template?),
            None => None,
        },
        folder: folder?,
    })
}

fn environment(value: &Value, scope: Scope) -> Option<Vec<(String, Template)>> {
    let values = value.table()?.values();
    let variables = values.iter().map(|variable| {
        let template = template(variable, scope, Use::Variable);
        if !is_variable(variable.key()) {
            variable.report(no_variable(variable.key_place(), variable.key()));
            return None;
        }
        let template = template?;
        let takes_a_value = template.0.iter().any(|piece| matches!(piece, Piece::Value(_)));
        if takes_a_value && is_code_variable(variable.key()) {
            let message = format!("a value of `{}` can make programs load other code", variable.key());
            let diagnostic = Diagnostic::warning(variable.place(), message);
            let diagnostic = diagnostic.help("let it always be the same, or leave it out");
            variable.reader.problems.warning(Doubt::Suspicious, diagnostic);
        }
        Some((variable.key().to_owned(), template))
    });
    let variables: Vec<Option<_>> = variables.collect();
    variables.into_iter().collect()
}

fn names_of_variables(value: &Value) -> Option<Vec<String>> {
    let names = value.strings()?.into_iter().map(|name| {
        let fits = is_variable(&name.value);
        if !fits {
            value.report(no_variable(name.place.clone(), &name.value));
        }
        fits.then_some(name.value)
    });
    let names: Vec<Option<String>> = names.collect();
    names.into_iter().collect()
}

fn is_variable(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    !name.is_empty() && name.bytes().all(fits) && !name.starts_with(|first: char| first.is_ascii_digit())
}

fn no_variable(place: SourceSpan, name: &str) -> Diagnostic {
    let message = format!("{} is not the name of an environment variable", quoted(name));
    Diagnostic::error(place, message).help("it has letters, digits and `_`, and no digit first")
}

fn says_null(value: &Value) -> bool {
    value.value().as_str() == Some("null")
}

/// A template with a placeholder.
fn stdin(value: &Value, scope: Scope) -> Option<Template> {
    let template = template(value, scope, Use::Input)?;
    if template.0.iter().any(|piece| matches!(piece, Piece::Value(_))) {
        return Some(template);
    }
    let diagnostic = value.error("`stdin` is \"null\", or has the placeholder of a param");
    value.report(diagnostic.help("write stdin = \"{name}\" to give the program that param's value"));
    None
}

/// What a shell asks. It is shown as it is written: nobody should think that a value would stand in it.
fn question(value: &Value, scope: Scope) -> Option<Text> {
    let text = value.text()?;
    let names = scope
        .params
        .into_iter()
        .flatten()
        .map(|param| format!("{{{}}}", param.name));
    for placeholder in names {
        if text.versions().any(|version| version.contains(&placeholder)) {
            let message = format!("`confirm` is shown as it is written, and would ask about {placeholder}");
            let help = "ask without it: what was typed stands right above the question";
            value.report(value.error(message).help(help));
            return None;
        }
    }
    Some(text)
}

fn folder(value: &Value) -> Option<PathBuf> {
    let written = value.words()?;
    if written.contains(['{', '}', '\0']) {
        let diagnostic = value.error("`cwd` is one folder, always the same");
        let help = "give a param of type `path` to the program as an argument instead";
        value.report(diagnostic.help(help));
        return None;
    }
    let folder = value.reader.file.path_from(written);
    value.warn_unless_folder(&folder, "the program cannot start until it is there");
    Some(folder)
}

/// `user`, or `user:group`, each a name or a number. (`group` alone is the heading that a command is listed under.)
pub(crate) fn account(value: &Value) -> Option<(String, Option<String>)> {
    let written = value.words()?;
    let fits = |character: char| character.is_alphanumeric() || matches!(character, '_' | '-' | '.' | '$' | '@');
    let is_name = |name: &str| !name.is_empty() && name.chars().all(fits) && !name.starts_with('-');
    let (user, group) = match written.split_once(':') {
        Some((user, group)) => (user, Some(group)),
        None => (written, None),
    };
    if is_name(user) && group.is_none_or(is_name) {
        if let Err(error) = identity::resolve(Some(user), group) {
            let help =
                "running this command will fail; `caracolad check` speaks for the user who runs it and this machine";
            let diagnostic = Diagnostic::warning(value.place(), error.to_string()).help(help);
            value.reader.problems.warning(Doubt::NoUser, diagnostic);
        }
        return Some((user.to_owned(), group.map(str::to_owned)));
    }
    let message = format!("{} is not the name of a user", quoted(written));
    value.report(
        value
            .error(message)
            .help("write user = \"backup\", or with a group: \"backup:staff\""),
    );
    None
}

/// A whole number from `least` to 4,294,967,295.
pub(crate) fn whole_number(value: &Value, least: u32) -> Option<u32> {
    let integer = value.integer()?;
    let fits = u32::try_from(integer).ok().filter(|number| *number >= least);
    if fits.is_none() {
        let message = format!(
            "`{}` is {integer}; it must be from {least} to {}",
            value.key(),
            u32::MAX
        );
        value.report(value.error(message).label("out of range"));
    }
    fits
}

fn limits(value: &Value) -> Option<ResourceLimits> {
    let section = value.section(&PROGRAM_LIMITS)?;
    let number = |key| section.value(key).and_then(|value| whole_number(&value, 1));
    let bytes = |key| section.value(key).and_then(|value| size(&value));
    Some(ResourceLimits {
        cpu_seconds: section.value("cpu").and_then(|value| seconds(&value)),
        address_space: bytes("memory"),
        file_size: bytes("file_size"),
        open_files: number("files").map(u64::from),
        processes: number("processes").map(u64::from),
        core: None,
    })
}

/// A duration in whole seconds, which is all that the kernel counts by.
fn seconds(value: &Value) -> Option<u64> {
    let duration = duration(value)?;
    if duration.subsec_nanos() == 0 {
        return Some(duration.as_secs());
    }
    let message = format!("`{}` counts whole seconds", value.key());
    value.report(value.error(message).help("write at least \"1s\""));
    None
}

fn on_hangup(value: &Value) -> Option<OnHangup> {
    let word = value.words()?;
    let found = OnHangup::ALL.into_iter().find(|known| known.as_str() == word);
    if found.is_none() {
        value.unknown_word(word, "answer to a hang-up", &OnHangup::ALL.map(OnHangup::as_str));
    }
    found
}

fn statuses(value: &Value) -> Option<Vec<u8>> {
    let mut statuses = Vec::new();
    for element in value.list()? {
        statuses.push(status(&element)?);
    }
    if statuses.is_empty() {
        let diagnostic = value.error("`ok_exit` names no status, so no run could succeed");
        value.report(diagnostic.help("write at least ok_exit = [0], or leave the key out"));
        return None;
    }
    Some(statuses)
}

/// An exit status of a program.
pub(crate) fn status(value: &Value) -> Option<u8> {
    let integer = value.integer()?;
    let status = u8::try_from(integer).ok();
    if status.is_none() {
        let message = format!("{integer} is not an exit status");
        value.report(value.error(message).help("those are from 0 to 255"));
    }
    status
}

/// Octal digits in quotes, or an octal number: "022", 0o022.
fn umask(value: &Value) -> Option<u32> {
    const MOST: u32 = 0o777;
    let parsed = if value.is_string() {
        u32::from_str_radix(value.string()?, 8).ok()
    } else {
        let octal = value.value().as_integer().filter(|integer| integer.radix() == 8);
        octal.and_then(|integer| u32::from_str_radix(integer.as_str(), 8).ok())
    };
    let mask = parsed.filter(|mask| *mask <= MOST);
    if mask.is_none() {
        let diagnostic = value.error("`umask` is three octal digits");
        value.report(diagnostic.help("write umask = \"022\""));
    }
    mask
}
