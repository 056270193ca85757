//! Reads text with placeholders.

use std::ops::Range;

use super::super::template::{Element, Part, Piece, Template, parse};
use crate::diagnostic::{Diagnostic, SourceSpan, listed, nearest_word, quoted};
use crate::document::Value;
use crate::param::{Param, ParamKind};

/// What placeholders may name.
#[derive(Clone, Copy)]
pub(super) struct Scope<'p> {
    /// `None` when the params could not be read, so that nothing can be said about names.
    pub(super) params: Option<&'p [Param]>,
}

/// Where a template stands, which decides what may be in it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// An element of argv.
    Argument,
    /// A variable of the environment.
    Variable,
    /// Standard input, the only way for secrets.
    Input,
}

pub(super) fn argument(value: &Value, scope: Scope) -> Option<Element> {
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

pub(super) fn template(value: &Value, scope: Scope, usage: Use) -> Option<Template> {
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

fn unknown_placeholder(value: &Value, name: &str, range: Range<usize>, params: &[Param]) -> Diagnostic {
    let message = format!("there is no param {}", quoted(name));
    let diagnostic = Diagnostic::error(inside(value, range), message).label("placeholder without a param");
    let names: Vec<&str> = params.iter().map(|param| param.name.as_str()).collect();
    match nearest_word(name, names.iter().copied()) {
        Some(near) => diagnostic.help(format!("did you mean `{{{near}}}`?")),
        None if names.is_empty() => diagnostic.help(format!(
            "declare it: params = [{{ name = \"{name}\" }}]; for the braces themselves write them twice"
        )),
        None => diagnostic.help(format!(
            "declare it under `params`, where there is {}; for the braces themselves write them twice",
            listed(&names, "and")
        )),
    }
}

pub(super) fn brace_error(value: &Value, message: &str, range: Range<usize>) -> Diagnostic {
    let help = "a placeholder is a param's name in braces: {name}; for the braces themselves write them twice";
    Diagnostic::error(inside(value, range), message).help(help)
}

/// A part of a string as it stands in the file; all of the string when it is written with escapes.
fn inside(value: &Value, range: Range<usize>) -> SourceSpan {
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
