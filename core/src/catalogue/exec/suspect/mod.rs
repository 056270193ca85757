//! Programs that do more than they seem to: that start other programs, or take a value for code.
//!
//! None of this is needed to keep a value from becoming an option or a second word; that cannot happen. But a program may do
//! anything with a word that it gets, and some are known to run it.

mod known;

pub(in crate::catalogue) use known::is_code_variable;
use known::{Repute, repute};

use super::{Element, Piece, Template};
use crate::catalogue::param::Param;

/// What is doubtful about a command line, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::catalogue) struct Suspicion {
    pub(in crate::catalogue) message: String,
    pub(in crate::catalogue) help: &'static str,
}

/// What is doubtful about a program with these arguments.
pub(in crate::catalogue) fn suspicions(
    program: &str,
    arguments: &[Element],
    stdin: Option<&Template>,
    params: &[Param],
) -> Vec<Suspicion> {
    let mut found: Vec<Suspicion> = Vec::new();
    found.extend(options_from_values(program, arguments, params));
    found.extend(own(program, arguments, stdin));
    found
}

/// A value that may be an option, where the program hasn't been told that no more of them come.
fn options_from_values(program: &str, arguments: &[Element], params: &[Param]) -> Option<Suspicion> {
    let open = arguments
        .split(|element| is_literal(element, |literal| literal == "--"))
        .next()?;
    let free = |param: usize| params.get(param).filter(|param| param.allow_dash);
    let free = open.iter().find_map(|element| match element {
        Element::Values { param, flag: None } => free(*param),
        Element::Joined(template) => match template.0.first()? {
            Piece::Value(param) => free(*param),
            Piece::Literal(_) => None,
        },
        _ => None,
    })?;
    Some(Suspicion {
        message: format!("a value of `{}` may be any option of `{program}`", free.name),
        help: "take out `allow_dash`, or put \"--\" before its placeholder if the program knows that",
    })
}

fn own(program: &str, arguments: &[Element], stdin: Option<&Template>) -> Option<Suspicion> {
    let suspicion = |message: String, help| Some(Suspicion { message, help });
    match repute(program)? {
        Repute::Escape => suspicion(
            format!("`{program}` lets who uses it start a shell"),
            "use a program that only does what this command is for",
        ),
        Repute::Interpreter(options) => interpreter(program, options, arguments, stdin),
        Repute::Wrapper => wrapper(program, arguments),
        Repute::Script => script(program, arguments),
        Repute::Remote if arguments.iter().any(takes_a_value) => suspicion(
            format!("`{program}` has a shell take its arguments apart, and a value is among them"),
            "a value may then be several words, or another command: use a program that takes it as it is",
        ),
        Repute::Reader if stdin.is_some() => suspicion(
            format!("`{program}` runs what it reads, and it reads a value"),
            "let it read the same each time",
        ),
        Repute::Remote | Repute::Reader => None,
        Repute::Options(options) => {
            let named = |literal: &str| options.iter().copied().find(|option| is_option(literal, option));
            let option = arguments.iter().find_map(|element| named(literal_start(element)?))?;
            suspicion(
                format!("`{program}` starts other programs when it is told `{option}`"),
                "make sure that no value can choose them, or do it another way",
            )
        }
    }
}

const CODE_HELP: &str =
    "keep the code as it is and give values as arguments of their own, such as \"$1\" after sh -c '...' sh";

/// Whether a value becomes code.
fn interpreter(program: &str, options: &[&str], arguments: &[Element], stdin: Option<&Template>) -> Option<Suspicion> {
    let is_code_option = |literal: &str| {
        let is_long = literal.starts_with("--");
        options.iter().any(|option| is_option(literal, option))
            // Letters of several options may be written together: -ec.
            || (!is_long && literal.starts_with('-') && literal.len() > 2 && literal.ends_with(['c', 'e']))
    };
    let position = arguments.iter().position(|element| is_literal(element, is_code_option));
    let code = position.and_then(|position| arguments.get(position + 1));
    if code.is_some_and(takes_a_value) || arguments.iter().any(|element| is_code_with_value(element, options)) {
        return Some(Suspicion {
            message: format!("a value becomes part of the code that `{program}` runs"),
            help: CODE_HELP,
        });
    }
    if position.is_some() {
        return None;
    }
    let first = arguments
        .iter()
        .find(|element| !is_literal(element, |literal| literal.starts_with('-')));
    if first.is_some_and(takes_a_value) {
        return Some(Suspicion {
            message: format!("a value chooses which script `{program}` runs"),
            help: "name the script here, and give it values as arguments",
        });
    }
    let is_bare = arguments
        .iter()
        .all(|element| is_literal(element, |literal| matches!(literal, "-i" | "-l" | "-s")));
    match stdin {
        Some(_) if first.is_none() => Some(Suspicion {
            message: format!("`{program}` runs what it reads, and it reads a value"),
            help: "name a script here, which reads the value",
        }),
        None if is_bare => Some(Suspicion {
            message: format!("`{program}` is told to run nothing, and would end at once"),
            help: "nobody is given a shell here: name what it is to run",
        }),
        _ => None,
    }
}

/// `--eval={code}`
fn is_code_with_value(element: &Element, options: &[&str]) -> bool {
    let joined = matches!(element, Element::Joined(_));
    joined && literal_start(element).is_some_and(|start| options.iter().any(|option| is_option(start, option)))
}

/// Whether a value chooses the program that another one runs, or that one is doubtful itself.
fn wrapper(program: &str, arguments: &[Element]) -> Option<Suspicion> {
    let is_own = |literal: &str| literal.starts_with('-') || literal.contains('=');
    let first = arguments.iter().find(|element| !is_literal(element, is_own))?;
    if takes_a_value(first) {
        return Some(Suspicion {
            message: format!("`{program}` runs other programs, and a value may choose which"),
            help: "name the program to run before any placeholder, or run it without this one",
        });
    }
    let inner = arguments.iter().enumerate().find_map(|(position, element)| {
        let Element::Literal(literal) = element else {
            return None;
        };
        repute(literal).map(|_| (literal, position))
    });
    let (literal, position) = inner?;
    own(literal, &arguments[position + 1..], None)
}

/// Whether a value becomes part of the code in the first argument.
fn script(program: &str, arguments: &[Element]) -> Option<Suspicion> {
    let mut others = arguments.iter();
    let code = loop {
        let element = others.next()?;
        if is_literal(element, |literal| matches!(literal, "-e" | "--expression" | "--source")) {
            break others.next()?;
        }
        if !is_literal(element, |literal| literal.starts_with('-')) {
            break element;
        }
    };
    let runs_programs = matches!(code, Element::Literal(code) if code.contains("system") || code.contains("getline") || code.contains('|'));
    let message = if takes_a_value(code) {
        format!("a value becomes part of the code that `{program}` runs")
    } else if runs_programs {
        format!("the code that `{program}` runs here starts other programs")
    } else {
        return None;
    };
    Some(Suspicion {
        message,
        help: "keep the code as it is, and make sure that no value can choose a program in it",
    })
}

fn takes_a_value(element: &Element) -> bool {
    matches!(element, Element::Values { .. } | Element::Joined(_))
}

fn is_literal(element: &Element, fits: impl Fn(&str) -> bool) -> bool {
    matches!(element, Element::Literal(literal) if fits(literal))
}

/// What an element begins with, whatever its values are.
fn literal_start(element: &Element) -> Option<&str> {
    match element {
        Element::Literal(literal) => Some(literal),
        Element::Joined(template) => match template.0.first()? {
            Piece::Literal(literal) => Some(literal),
            Piece::Value(_) => None,
        },
        Element::Switch { flag, .. } => Some(flag),
        Element::Values { flag, .. } => flag.as_deref(),
    }
}

/// `--option`, `--option=value`, `-o`, `-ovalue`.
fn is_option(literal: &str, option: &str) -> bool {
    let Some(rest) = literal.strip_prefix(option) else {
        return false;
    };
    let is_short = option.len() == 2;
    rest.is_empty() || rest.starts_with('=') || is_short
}

#[cfg(test)]
mod tests;
