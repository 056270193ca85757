//! Reads the program that a command runs, and how.

mod options;
mod templates;

pub(crate) use options::{account, status, whole_number};

use caracola_wire::line;

use self::options::options;
use self::templates::{Scope, argument, brace_error};
use super::Exec;
use super::keys::{OF_PLUGINS_TOO, OF_PROGRAMS};
use super::suspect::suspicions;
use super::template::{Element, Part, parse};
use crate::diagnostic::{Diagnostic, Doubt, SourceSpan, quoted};
use crate::document::{Located, Section, Value};
use crate::param::Param;
use crate::program::{PROGRAM_PATH, Program, ProgramState};

/// Reads `exec` and all that belongs to it. `params` are those of the command, if they could be read.
pub(crate) fn read(section: &Section, params: Option<&[Param]>) -> Option<Located<Exec>> {
    let Some(value) = section.value("exec") else {
        reject_without_program(section);
        return None;
    };
    let scope = Scope { params };
    let command_line = command_line(&value, scope);
    let exec = options(section, scope, command_line)?;
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
        let place = suspicion.param.and_then(|param| placeholder(value, &param));
        let place = place.unwrap_or_else(|| value.place());
        let diagnostic = Diagnostic::warning(place, suspicion.message).help(suspicion.help);
        value.reader.problems.warning(Doubt::Suspicious, diagnostic);
    }
}

/// The element of a list that has this param in it; `None` if only `stdin` has.
fn placeholder(list: &Value, param: &str) -> Option<SourceSpan> {
    let placeholder = format!("{{{param}}}");
    let mut elements = list.list()?;
    let element = elements.find(|element| element.string().is_some_and(|text| text.contains(&placeholder)));
    element.map(|element| element.place())
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
    let calls = section.value("plugin").is_some();
    let of_plugins = |key: &&&str| calls && OF_PLUGINS_TOO.contains(key);
    let keys = OF_PROGRAMS.iter().filter(|key| !of_plugins(key));
    for value in keys.filter_map(|key| section.value(key)) {
        let message = format!("`{}` means nothing without `exec`", value.key());
        let diagnostic = Diagnostic::error(value.key_place(), message);
        value.report(diagnostic.help("add exec = [\"program\", \"argument\"], or take this out"));
    }
}

fn command_line(value: &Value, scope: Scope) -> Option<(Program, Vec<Element>)> {
    if value.is_string() {
        let words = line::words(value.string()?);
        let list: Vec<String> = words.iter().map(|word| format!("{:?}", word.text)).collect();
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
        ProgramState::Runnable => None,
        ProgramState::Missing if literal.contains('/') => Some((
            Doubt::NoProgram,
            format!("there is no program {}", quoted(&literal)),
            "running this command will fail until it is there".to_owned(),
        )),
        ProgramState::Missing => Some((
            Doubt::NoProgram,
            format!("there is no program {} on the path", quoted(&literal)),
            format!("it is searched for in {PROGRAM_PATH}; another place needs its absolute path"),
        )),
        ProgramState::WritableByOthers => Some((
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
