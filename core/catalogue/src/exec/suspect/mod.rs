//! Programs that do more than they seem to: that start other programs, read or write other files, or take a value for code.
//!
//! None of this is needed to keep a value from becoming an option or a second word; that cannot happen. But a program may do
//! anything with a word that it gets, and some are known to run it. `known.rs` has those whose purpose that is, `table/` all
//! others, by what a value can do where it stands: `row.rs` is the form of a row there, `hazard.rs` holds a command line
//! against them. `freedom.rs` judges whether a param lets such a value through.
//!
//! It warns and never refuses: such a list can't be complete.

mod freedom;
mod hazard;
mod known;
mod row;
mod table;

pub(crate) use known::is_code_variable;
use known::{Repute, repute};

use self::freedom::{Form, SHELL, Slot};
use super::template::{Element, Piece, Template};
use crate::param::Param;

/// What is doubtful about a command line, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Suspicion {
    pub(crate) message: String,
    pub(crate) help: String,
    /// The param whose values are dangerous, if it is about one.
    pub(crate) param: Option<String>,
    /// The option of the program that it is about.
    option: Option<&'static str>,
}

impl Suspicion {
    fn new(param: Option<&str>, message: String, help: impl Into<String>) -> Self {
        Suspicion {
            message,
            help: help.into(),
            param: param.map(str::to_owned),
            option: None,
        }
    }
}

/// What is doubtful about a program with these arguments: of each param the worst that is known.
pub(crate) fn suspicions(
    program: &str,
    arguments: &[Element],
    stdin: Option<&Template>,
    params: &[Param],
) -> Vec<Suspicion> {
    let mut found: Vec<Suspicion> = Vec::new();
    found.extend(options_from_values(program, arguments, params));
    found.extend(own(program, arguments, stdin, params));
    let (program, arguments) = innermost(program, arguments);
    // Of what may start a shell anyway no more is said.
    if repute(program) != Some(Repute::Escape) {
        found.extend(hazard::hazards(program, arguments, stdin, params));
    }
    // That an option is doubtful is said of the value that it has, if that is in question.
    let of_values: Vec<_> = found
        .iter()
        .filter(|one| one.param.is_some())
        .filter_map(|one| one.option)
        .collect();
    found.retain(|one| one.param.is_some() || one.option.is_none_or(|option| !of_values.contains(&option)));
    let mut told: Vec<Option<String>> = Vec::new();
    found.retain(|suspicion| {
        let is_new = suspicion.param.is_none() || !told.contains(&suspicion.param);
        told.push(suspicion.param.clone());
        is_new
    });
    found
}

/// A value that may be an option, where the program hasn't been told that no more of them come.
fn options_from_values(program: &str, arguments: &[Element], params: &[Param]) -> Option<Suspicion> {
    let open = arguments
        .split(|element| is_literal(element, |literal| literal == "--"))
        .next()?;
    let free = |param: usize| {
        let param = params.get(param).filter(|param| param.allow_dash)?;
        let slot = Slot { before: "", param };
        slot.can_be(Form::Start("-x")).then_some(param)
    };
    let free = words(program, open).into_iter().find_map(|element| match element {
        Element::Values { param, flag: None } => free(*param),
        Element::Joined(template) => match template.0.first()? {
            Piece::Value(param) => free(*param),
            Piece::Literal(_) => None,
        },
        _ => None,
    })?;
    let such_as = hazard::option(program).map_or_else(String::new, |option| format!(", such as `{option}`"));
    Some(Suspicion::new(
        Some(&free.name),
        format!("a value of `{}` may be any option of `{program}`{such_as}", free.name),
        "take out `allow_dash`, or put \"--\" before its placeholder if the program knows that",
    ))
}

fn own(program: &str, arguments: &[Element], stdin: Option<&Template>, params: &[Param]) -> Option<Suspicion> {
    match repute(program)? {
        Repute::Escape => Some(Suspicion::new(
            None,
            format!("`{program}` lets who uses it start a shell"),
            "use a program that only does what this command is for",
        )),
        Repute::Interpreter(options) => interpreter(program, options, arguments, stdin, params),
        Repute::Wrapper => wrapper(program, arguments, params),
        Repute::Script => script(program, arguments, params),
        Repute::Remote => {
            let slots = arguments.iter().flat_map(|element| slots(element, params));
            let free = slots.into_iter().find(|slot| slot.can_be(SHELL))?;
            Some(Suspicion::new(
                Some(&free.param.name),
                format!(
                    "`{program}` has a shell take its arguments apart, and a value of `{}` is among them",
                    free.param.name
                ),
                "a value may then be several words, or another command: use a program that takes it as it is, or a `pattern`",
            ))
        }
        Repute::Reader => runs_a_value(program, stdin?, params, "let it read the same each time"),
        Repute::Options(options) => {
            let named = |literal: &str| options.iter().copied().find(|option| is_option(literal, option));
            let option = arguments.iter().find_map(|element| named(literal_start(element)?))?;
            Some(Suspicion {
                option: Some(option),
                ..Suspicion::new(
                    None,
                    format!("`{program}` starts other programs when it is told `{option}`"),
                    "make sure that no value can choose them, or do it another way",
                )
            })
        }
    }
}

const CODE_HELP: &str =
    "keep the code as it is and give values as arguments of their own, such as \"$1\" after sh -c '...' sh";

/// Whether a value becomes code.
fn interpreter(
    program: &str,
    options: &[&str],
    arguments: &[Element],
    stdin: Option<&Template>,
    params: &[Param],
) -> Option<Suspicion> {
    let is_code_option = |literal: &str| {
        let is_long = literal.starts_with("--");
        options.iter().any(|option| is_option(literal, option))
            // Letters of several options may be written together: -ec.
            || (!is_long && literal.starts_with('-') && literal.len() > 2 && literal.ends_with(['c', 'e']))
    };
    let position = arguments.iter().position(|element| is_literal(element, is_code_option));
    let code = position.and_then(|position| arguments.get(position + 1));
    let joined = arguments.iter().find(|element| is_code_with_value(element, options));
    if let Some(slot) = [code, joined]
        .into_iter()
        .flatten()
        .find_map(|code| free_code(code, params))
    {
        let name = &slot.param.name;
        return Some(Suspicion::new(
            Some(name),
            format!("a value of `{name}` becomes part of the code that `{program}` runs"),
            CODE_HELP,
        ));
    }
    if position.is_some() || joined.is_some() {
        return None;
    }
    let first = words(program, arguments)
        .into_iter()
        .find(|element| !literal_start(element).is_some_and(|literal| literal.starts_with('-')));
    let chosen = first.and_then(|first| Slot::of(first, params));
    if let Some(slot) = chosen.filter(|slot| slot.can_be(Form::Content)) {
        let name = &slot.param.name;
        return Some(Suspicion::new(
            Some(name),
            format!("a value of `{name}` chooses which script `{program}` runs"),
            "name the script here, and give it values as arguments",
        ));
    }
    let is_bare = arguments
        .iter()
        .all(|element| is_literal(element, |literal| matches!(literal, "-i" | "-l" | "-s")));
    match stdin {
        Some(stdin) if first.is_none() => {
            runs_a_value(program, stdin, params, "name a script here, which reads the value")
        }
        None if is_bare => Some(Suspicion::new(
            None,
            format!("`{program}` is told to run nothing, and would end at once"),
            "nobody is given a shell here: name what it is to run",
        )),
        _ => None,
    }
}

/// A program that runs what it reads, if that may be a value of any form.
fn runs_a_value(program: &str, stdin: &Template, params: &[Param], help: &str) -> Option<Suspicion> {
    let slot = Slot::all(stdin, params)
        .into_iter()
        .find(|slot| slot.can_be(Form::Free))?;
    Some(Suspicion::new(
        Some(&slot.param.name),
        format!(
            "`{program}` runs what it reads, and it reads a value of `{}`",
            slot.param.name
        ),
        help,
    ))
}

/// A value that can change what code does: the whole of it, or one that reaches out of where it stands.
fn free_code<'p>(element: &'p Element, params: &'p [Param]) -> Option<Slot<'p>> {
    let is_free = |slot: &Slot<'_>| {
        let begins = slot.before.is_empty() || slot.before.ends_with('=');
        slot.can_be(if begins { Form::Free } else { SHELL })
    };
    slots(element, params).into_iter().find(is_free)
}

/// `--eval={code}`
fn is_code_with_value(element: &Element, options: &[&str]) -> bool {
    let joined = matches!(element, Element::Joined(_));
    joined && literal_start(element).is_some_and(|start| options.iter().any(|option| is_option(start, option)))
}

/// Whether a value chooses the program that another one runs, or a variable of it, or that one is doubtful itself.
fn wrapper(program: &str, arguments: &[Element], params: &[Param]) -> Option<Suspicion> {
    let is_own = |element: &Element| {
        literal_start(element).is_some_and(|literal| literal.starts_with('-') || literal.contains('='))
    };
    let mut own_words = arguments.iter().take_while(|element| is_own(element));
    let variable = own_words.find_map(|element| {
        let (name, _) = literal_start(element)?.split_once('=')?;
        let slot = Slot::of(element, params)?;
        (is_code_variable(name) && slot.can_be(Form::Content)).then_some((name, slot))
    });
    if let Some((variable, slot)) = variable {
        let name = &slot.param.name;
        return Some(Suspicion::new(
            Some(name),
            format!("a value of `{name}` becomes the variable `{variable}`, which makes programs run or load code"),
            "keep that variable as it is",
        ));
    }
    let first = arguments.get(known::program_position(program, arguments, is_own))?;
    if let Some(slot) = Slot::of(first, params).filter(|slot| slot.can_be(Form::Content)) {
        let name = &slot.param.name;
        return Some(Suspicion::new(
            Some(name),
            format!("`{program}` runs other programs, and a value of `{name}` may choose which"),
            "name the program to run before any placeholder, or run it without this one",
        ));
    }
    let (literal, rest) = inner(arguments)?;
    own(literal, rest, None, params)
}

/// The program that a wrapper runs, and its arguments: the first word that is known.
fn inner(arguments: &[Element]) -> Option<(&str, &[Element])> {
    arguments.iter().enumerate().find_map(|(position, element)| {
        let Element::Literal(literal) = element else {
            return None;
        };
        let is_known = repute(literal).is_some() || !hazard::rows(literal).is_empty();
        is_known.then(|| (&**literal, &arguments[position + 1..]))
    })
}

/// The program that is run at last: `sudo nice tar` is `tar`.
fn innermost<'e>(program: &'e str, arguments: &'e [Element]) -> (&'e str, &'e [Element]) {
    let (mut program, mut arguments) = (program, arguments);
    while repute(program) == Some(Repute::Wrapper)
        && let Some(within) = inner(arguments)
    {
        (program, arguments) = within;
    }
    (program, arguments)
}

/// Whether a value becomes part of the code in the first argument.
fn script(program: &str, arguments: &[Element], params: &[Param]) -> Option<Suspicion> {
    let mut others = arguments.iter();
    let code = loop {
        let element = others.next()?;
        if is_literal(element, |literal| matches!(literal, "-e" | "--expression" | "--source")) {
            break others.next()?;
        }
        if is_literal(element, |literal| matches!(literal, "-f" | "--file" | "--from-file")) {
            // The code is in a file.
            return None;
        }
        if is_literal(element, |literal| matches!(literal, "-F" | "-v")) {
            others.next()?;
            continue;
        }
        if !is_literal(element, |literal| literal.starts_with('-')) {
            break element;
        }
    };
    let runs_programs = matches!(code, Element::Literal(code) if code.contains("system") || code.contains("getline") || code.contains('|'));
    // A filter of jq's is made of bars, and starts nothing.
    let runs_programs = runs_programs && !program.ends_with("jq");
    let help = "keep the code as it is, and make sure that no value can choose a program in it";
    if let Some(slot) = free_code(code, params) {
        let name = &slot.param.name;
        let message = format!("a value of `{name}` becomes part of the code that `{program}` runs");
        return Some(Suspicion::new(Some(name), message, help));
    }
    let message = format!("the code that `{program}` runs here starts other programs");
    runs_programs.then(|| Suspicion::new(None, message, help))
}

/// The elements that are not the value of an option, as far as that is known.
fn words<'e>(program: &str, arguments: &'e [Element]) -> Vec<&'e Element> {
    let mut is_value = false;
    let mut words = Vec::new();
    for element in arguments {
        if !std::mem::take(&mut is_value) {
            words.push(element);
            is_value = is_literal(element, |literal| hazard::takes_value(program, literal));
        }
    }
    words
}

/// All values in an element.
fn slots<'p>(element: &'p Element, params: &'p [Param]) -> Vec<Slot<'p>> {
    match element {
        Element::Joined(template) => Slot::all(template, params),
        other => Slot::of(other, params).into_iter().collect(),
    }
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
mod corpus;
#[cfg(test)]
mod tests;
