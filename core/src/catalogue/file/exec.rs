//! Reads the program that a command runs, and how.

use super::keys;
use super::problems::Doubt;
use super::section::{Located, Section, Value};
use super::units::{duration, size};
use crate::catalogue::diagnostic::{Diagnostic, Place, listed, quoted};
use crate::catalogue::exec::{
    Element, Exec, OnHangup, PROGRAM_PATH, Part, Piece, Program, ProgramLimits, State, Template, is_code_variable,
    parse, suspicions,
};
use crate::catalogue::param::{Param, ParamKind};

/// Reads `exec` and all that belongs to it. `params` are those of the command, if they could be read.
pub(super) fn read(section: &Section, params: Option<&[Param]>) -> Option<Located<Exec>> {
    let Some(value) = section.value("exec") else {
        reject_without_program(section);
        return None;
    };
    let scope = Scope { params };
    let command_line = command_line(&value, scope);
    let exec = options(section, scope);
    let (program, arguments) = command_line?;
    let exec = Exec {
        program,
        arguments,
        ..exec?
    };
    if let Some(params) = params {
        warn_suspicious(&value, &exec, params);
        warn_unused(section, &exec, params);
    }
    Some(Located {
        value: exec,
        place: value.key_place(),
    })
}

fn warn_suspicious(value: &Value, exec: &Exec, params: &[Param]) {
    for suspicion in suspicions(exec.program.written(), &exec.arguments, exec.stdin.as_ref(), params) {
        let diagnostic = Diagnostic::warning(value.place(), suspicion.message).help(suspicion.help);
        value.reader.problems.warning(Doubt::Suspicious, diagnostic);
    }
}

fn warn_unused(section: &Section, exec: &Exec, params: &[Param]) {
    let elements = section.value("params").and_then(|value| value.list());
    for (element, (position, param)) in elements.into_iter().flatten().zip(params.iter().enumerate()) {
        if !exec.uses(position) {
            let message = format!("the program gets nothing of `{}`", param.name);
            let help = format!(
                "put {{{}}} into `exec`, `env` or `stdin`, or take the param out",
                param.name
            );
            let diagnostic = Diagnostic::warning(element.place(), message).help(help);
            element.reader.problems.warning(Doubt::Unused, diagnostic);
        }
    }
}

fn reject_without_program(section: &Section) {
    for value in keys::OF_PROGRAMS.iter().filter_map(|key| section.value(key)) {
        let message = format!("`{}` means nothing without `exec`", value.key());
        let diagnostic = Diagnostic::error(value.key_place(), message);
        value.report(diagnostic.help("add exec = [\"program\", \"argument\"], or take this out"));
    }
}

/// What placeholders may name.
#[derive(Clone, Copy)]
struct Scope<'p> {
    /// `None` when the params could not be read, so that nothing can be said about names.
    params: Option<&'p [Param]>,
}

/// Where a template stands, which decides what may be in it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    /// An element of argv.
    Argument,
    /// A variable of the environment.
    Variable,
    /// Standard input, the only way for secrets.
    Input,
}

fn command_line(value: &Value, scope: Scope) -> Option<(Program, Vec<Element>)> {
    if value.is_string() {
        let words = shell_words::split(value.string()?).unwrap_or_default();
        let list: Vec<String> = words.iter().map(|word| format!("{word:?}")).collect();
        let diagnostic = value.wrong_type("a list");
        value.report(diagnostic.help(format!("no shell takes it apart: write exec = [{}]", list.join(", "))));
        return None;
    }
    let mut elements = value.list()?;
    let Some(first) = elements.next() else {
        value.report(
            value
                .error("`exec` names no program")
                .help("write it as a list: exec = [\"df\", \"-h\"]"),
        );
        return None;
    };
    let program = program(&first);
    let arguments = elements.map(|element| argument(&element, scope));
    // All of them are read before one that is wrong counts.
    let arguments: Vec<Option<Element>> = arguments.collect();
    Some((program?, arguments.into_iter().collect::<Option<_>>()?))
}

fn program(value: &Value) -> Option<Program> {
    let written = value.words()?;
    let report = |message: &str, help: &str| {
        value.report(value.error(message).help(help));
        None
    };
    if written.contains('\0') {
        return report("a program's name cannot have a zero byte in it", "take it out");
    }
    let literal = match parse(written) {
        Ok(parts) => match parts.as_slice() {
            [Part::Literal(literal)] => literal.clone().into_owned(),
            _ => {
                return report(
                    "the program itself cannot be a placeholder: a value would choose what runs",
                    "name one program; make a command for each if there are several",
                );
            }
        },
        Err(error) => {
            value.report(brace_error(value, &error.to_string(), error.range()));
            return None;
        }
    };
    let (program, state) = value.reader.programs.find(&literal, value.reader.file.folder());
    let doubt = match state {
        State::Runnable => None,
        State::Missing if literal.contains('/') => Some((
            Doubt::NoProgram,
            format!("there is no program {}", quoted(&literal)),
            "running this command will fail until it is there".to_owned(),
        )),
        State::Missing => Some((
            Doubt::NoProgram,
            format!("there is no program {} on the path", quoted(&literal)),
            format!("it is sought in {PROGRAM_PATH}; another place needs its absolute path"),
        )),
        State::WritableByOthers => Some((
            Doubt::OpenProgram,
            format!("others than root and the server's user can change {}", quoted(&literal)),
            "whoever can change a program decides what this command does".to_owned(),
        )),
    };
    if let Some((doubt, message, help)) = doubt {
        let diagnostic = Diagnostic::warning(value.place(), message).help(help);
        value.reader.problems.warning(doubt, diagnostic);
    }
    Some(program)
}

fn argument(value: &Value, scope: Scope) -> Option<Element> {
    let parts = parts(value, scope, Use::Argument)?;
    match parts.as_slice() {
        [] => Some(Element::Literal("".into())),
        [Piece::Literal(literal)] => Some(Element::Literal(literal.clone())),
        [Piece::Value(position)] => Some(whole(*position, scope)),
        _ => Some(Element::Joined(Template(parts))),
    }
}

/// A placeholder that is a whole element.
fn whole(position: usize, scope: Scope) -> Element {
    let param = scope.params.and_then(|params| params.get(position));
    let flag = param.and_then(|param| param.flag.as_deref().map(Box::from));
    match flag {
        Some(flag) if param.is_some_and(Param::is_switch) => Element::Switch { param: position, flag },
        flag => Element::Values { param: position, flag },
    }
}

fn template(value: &Value, scope: Scope, usage: Use) -> Option<Template> {
    parts(value, scope, usage).map(Template)
}

/// The pieces of a template, once every placeholder is known to name a param that can stand there.
fn parts(value: &Value, scope: Scope, usage: Use) -> Option<Vec<Piece>> {
    let text = value.string()?;
    if text.contains('\0') && usage != Use::Input {
        let diagnostic = value.error("no program can be given a zero byte");
        value.report(diagnostic.help("take it out"));
        return None;
    }
    let parts = match parse(text) {
        Ok(parts) => parts,
        Err(error) => {
            value.report(brace_error(value, &error.to_string(), error.range()));
            return None;
        }
    };
    let alone = parts.len() == 1;
    let pieces = parts.into_iter().map(|part| match part {
        Part::Literal(literal) => Some(Piece::Literal(literal.into())),
        Part::Placeholder { name, range } => {
            let params = scope.params?;
            let Some(position) = params.iter().position(|param| param.name == name) else {
                value.report(unknown_placeholder(value, name, range, params));
                return None;
            };
            let fault = misplaced(&params[position], usage, alone);
            if let Some((message, help)) = fault {
                value.report(Diagnostic::error(inside(value, range), message).help(help));
                return None;
            }
            Some(Piece::Value(position))
        }
    });
    let pieces: Vec<Option<Piece>> = pieces.collect();
    pieces.into_iter().collect()
}

/// Why a param's placeholder cannot stand there.
fn misplaced(param: &Param, usage: Use, alone: bool) -> Option<(String, &'static str)> {
    let name = &param.name;
    if param.kind == ParamKind::Secret && usage != Use::Input {
        let others = "other users of the machine can see a program's arguments";
        return Some((
            format!("`{name}` is a secret, and {others} and environment"),
            "give it to the program's standard input: stdin = \"{...}\"",
        ));
    }
    let whole = usage == Use::Argument && alone;
    if param.list && !whole {
        return Some((
            format!("`{name}` has a list of values, and here is room for one"),
            "let its placeholder be a whole element of `exec`: it becomes one element for each value",
        ));
    }
    if param.is_switch() && !whole {
        return Some((
            format!("`{name}` is a flag without a value"),
            "let its placeholder be a whole element of `exec`: it becomes the flag, or nothing",
        ));
    }
    None
}

fn unknown_placeholder(value: &Value, name: &str, range: std::ops::Range<usize>, params: &[Param]) -> Diagnostic {
    let message = format!("there is no param {}", quoted(name));
    let diagnostic = Diagnostic::error(inside(value, range), message).label("placeholder without a param");
    let names: Vec<&str> = params.iter().map(|param| param.name.as_str()).collect();
    match crate::catalogue::diagnostic::nearest_word(name, names.iter().copied()) {
        Some(near) => diagnostic.help(format!("did you mean `{{{near}}}`?")),
        None if names.is_empty() => diagnostic.help(format!(
            "declare it: params = [{{ name = \"{name}\" }}]; for the braces themselves write them twice"
        )),
        None => diagnostic.help(format!(
            "declare it under `params`, where there is {}; for the braces themselves write them twice",
            listed(&names)
        )),
    }
}

fn brace_error(value: &Value, message: &str, range: std::ops::Range<usize>) -> Diagnostic {
    let help = "a placeholder is a param's name in braces: {name}; for the braces themselves write them twice";
    Diagnostic::error(inside(value, range), message).help(help)
}

/// A part of a string as it stands in the file; all of the string when it is written with escapes.
fn inside(value: &Value, range: std::ops::Range<usize>) -> Place {
    let span = value.span();
    let source = value.reader.file.text().get(span.clone()).unwrap_or_default();
    let quotes = if source.starts_with("\"\"\"") || source.starts_with("'''") {
        3
    } else {
        1
    };
    let text = value.value().as_str().unwrap_or_default();
    let is_plain = source.get(quotes..).is_some_and(|inner| inner.starts_with(text));
    if is_plain {
        let start = span.start + quotes;
        value.reader.place(start + range.start..start + range.end)
    } else {
        value.place()
    }
}

/// Everything but the program and its arguments.
fn options(section: &Section, scope: Scope) -> Option<Exec> {
    let value = |key| section.value(key);
    let environment = value("env").map_or(Some(Vec::new()), |value| environment(&value, scope));
    let pass_environment = value("pass_env").map_or(Some(Vec::new()), |value| names_of_variables(&value));
    let stdin = match value("stdin") {
        Some(value) if !says_null(&value) => Some(stdin(&value, scope)?),
        _ => None,
    };
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
    Some(Exec {
        program: Program {
            written: String::new(),
            path: None,
        },
        arguments: Vec::new(),
        user,
        group: group.flatten(),
        limits,
        umask: value("umask").and_then(|value| umask(&value)).unwrap_or(Exec::UMASK),
        timeout: timeout.unwrap_or(Exec::TIMEOUT),
        max_output: max_output.unwrap_or(Exec::MAX_OUTPUT),
        max_running: count("max_running", Exec::MAX_RUNNING, 1),
        queue: count("queue", Exec::QUEUE, 0),
        on_hangup: on_hangup.unwrap_or_default(),
        ok_exit: ok_exit.unwrap_or_else(|| vec![0]),
        confirm: value("confirm").and_then(|value| value.text()),
        read_only: flag("read_only"),
        environment: environment?,
        pass_environment: pass_environment?,
        stdin,
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

fn no_variable(place: Place, name: &str) -> Diagnostic {
    let message = format!("{} is no name of an environment variable", quoted(name));
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

fn folder(value: &Value) -> Option<std::path::PathBuf> {
    let written = value.words()?;
    if written.contains(['{', '}', '\0']) {
        let diagnostic = value.error("`cwd` is one folder, always the same");
        let help = "give a param of type `path` to the program as an argument instead";
        value.report(diagnostic.help(help));
        return None;
    }
    Some(value.reader.file.path_from(written))
}

/// `user`, or `user:group`, each a name or a number. (`group` alone is the heading that a command is listed under.)
fn account(value: &Value) -> Option<(String, Option<String>)> {
    let written = value.words()?;
    let fits = |character: char| character.is_alphanumeric() || matches!(character, '_' | '-' | '.' | '$' | '@');
    let is_name = |name: &str| !name.is_empty() && name.chars().all(fits) && !name.starts_with('-');
    let (user, group) = match written.split_once(':') {
        Some((user, group)) => (user, Some(group)),
        None => (written, None),
    };
    if is_name(user) && group.is_none_or(is_name) {
        return Some((user.to_owned(), group.map(str::to_owned)));
    }
    let message = format!("{} is no name of a user", quoted(written));
    value.report(
        value
            .error(message)
            .help("write user = \"backup\", or with a group: \"backup:staff\""),
    );
    None
}

/// A whole number from `least` to 4,294,967,295.
fn whole_number(value: &Value, least: u32) -> Option<u32> {
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

fn limits(value: &Value) -> Option<ProgramLimits> {
    let section = value.section(&keys::PROGRAM_LIMITS)?;
    let number = |key| section.value(key).and_then(|value| whole_number(&value, 1));
    let bytes = |key| section.value(key).and_then(|value| size(&value));
    Some(ProgramLimits {
        cpu: section.value("cpu").and_then(|value| seconds(&value)),
        memory: bytes("memory"),
        files: number("files").map(u64::from),
        processes: number("processes").map(u64::from),
        file_size: bytes("file_size"),
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
pub(super) fn status(value: &Value) -> Option<u8> {
    let integer = value.integer()?;
    let status = u8::try_from(integer).ok();
    if status.is_none() {
        let message = format!("{integer} is no exit status");
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
