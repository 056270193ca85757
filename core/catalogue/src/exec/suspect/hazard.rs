//! What the values of a command line could make its program do, by the rows of the table.

use std::collections::HashMap;
use std::path::Path;
use std::sync::LazyLock;

use super::super::template::{Element, Template};
use super::Suspicion;
use super::freedom::{Form, Slot, allows_scheme};
use super::row::{Harm, Hazard, LAST, Row, Spot};
use super::table;
use crate::param::Param;

/// The rows by name: a program may have several.
static ROWS: LazyLock<HashMap<&'static str, Vec<&'static Row>>> = LazyLock::new(|| {
    let mut rows: HashMap<_, Vec<_>> = HashMap::new();
    for row in table::all() {
        for name in row.names {
            rows.entry(*name).or_default().push(row);
        }
    }
    rows
});

/// What is known of a program, whose name may have a version at its end.
pub(super) fn rows(program: &str) -> &'static [&'static Row] {
    let name = Path::new(program).file_name().and_then(|name| name.to_str());
    let name = name.unwrap_or_default();
    let versionless =
        name.trim_end_matches(|character: char| character.is_ascii_digit() || matches!(character, '.' | '-'));
    let found = ROWS.get(name).or_else(|| ROWS.get(versionless));
    found.map_or(&[], Vec::as_slice)
}

/// Whether the next word is the value of this option of a program.
pub(super) fn takes_value(program: &str, option: &str) -> bool {
    let is_known = |row: &&Row| {
        let mut of_hazards = row.hazards.iter().map(|hazard| hazard.spot);
        let has = of_hazards.any(|spot| matches!(spot, Spot::Value(options) if options.contains(&option)));
        has || row.takes.contains(&option)
    };
    option.starts_with('-') && rows(program).iter().any(is_known)
}

/// What an option that a value chooses could do.
pub(super) fn option(program: &str) -> Option<&'static str> {
    let options = rows(program).iter().map(|row| row.option);
    options.into_iter().find(|option| !option.is_empty())
}

/// What the values of a command line could make its program do, the worst of each param.
pub(super) fn hazards(
    program: &str,
    arguments: &[Element],
    stdin: Option<&Template>,
    params: &[Param],
) -> Vec<Suspicion> {
    let mut found: Vec<(Harm, Suspicion)> = Vec::new();
    for row in rows(program) {
        let is_safe =
            |element: &Element| matches!(element, Element::Literal(literal) if row.safe.contains(&&**literal));
        if arguments.iter().any(is_safe) {
            continue;
        }
        let mut judge = |spot: At<'_>, slot: Slot<'_>| {
            let meant = row
                .hazards
                .iter()
                .filter(|hazard| spot.is_of(hazard.spot) && hazard.concerns(arguments));
            let possible = meant.filter(|hazard| is_possible(hazard, &slot));
            if let Some(hazard) = possible.min_by_key(|hazard| hazard.harm as usize) {
                found.push((hazard.harm, suspicion(program, row, hazard, spot, slot.param)));
            }
        };
        walk(row, arguments, params, &mut judge);
        for slot in stdin.map(|stdin| Slot::all(stdin, params)).into_iter().flatten() {
            judge(At::Stdin, slot);
        }
    }
    found.sort_by_key(|(harm, _)| *harm as usize);
    found.into_iter().map(|(_, suspicion)| suspicion).collect()
}

fn is_possible(hazard: &Hazard, slot: &Slot<'_>) -> bool {
    let scheme = match hazard.form {
        Form::Start(start) => allows_scheme(slot.param, start),
        _ => true,
    };
    scheme && slot.can_be(hazard.form)
}

fn suspicion(program: &str, row: &Row, hazard: &Hazard, spot: At<'_>, param: &Param) -> Suspicion {
    let name = &param.name;
    let option = match (spot, hazard.spot) {
        (At::Value(option), Spot::Value(options)) => options.iter().copied().find(|known| *known == option),
        _ => None,
    };
    let place = match (spot, option) {
        (At::Stdin, _) => " in what it reads".to_owned(),
        (_, Some(option)) => format!(" after `{option}`"),
        _ => String::new(),
    };
    let how = if hazard.how.is_empty() {
        String::new()
    } else {
        format!(" (`{}`)", hazard.how)
    };
    let mut help = match (hazard.harm, hazard.form) {
        (Harm::Read | Harm::Write, Form::File) => {
            format!("make `{name}` a path with a `root`, or give it `choices` or a `pattern` without a slash")
        }
        (_, Form::Content) => format!("give `{name}` `choices`: what it may name decides what is run"),
        _ => format!("give `{name}` `choices`, a `pattern` that lets no such value through, or another type"),
    };
    if let Some(option) = row.safe.first() {
        help = format!("{help}; or put \"{option}\" into `exec`");
    }
    Suspicion {
        message: format!(
            "a value of `{name}`{place} could make `{program}` {}{how}",
            hazard.harm.sentence()
        ),
        help,
        param: Some(name.clone()),
        option,
    }
}

/// Where a value stands.
#[derive(Debug, Clone, Copy)]
enum At<'a> {
    /// One of the operands from this number to that: how many there are before it may differ from run to run.
    Operand(usize, usize),
    Value(&'a str),
    Stdin,
}

impl At<'_> {
    fn is_of(self, spot: Spot) -> bool {
        match (self, spot) {
            (At::Operand(least, most), Spot::Operand(first, end)) => least <= end && most >= first,
            (At::Value(option), Spot::Value(options)) => options.contains(&option),
            (At::Stdin, Spot::Stdin) => true,
            _ => false,
        }
    }
}

/// Tells `judge` of each value, and where it stands.
fn walk(row: &Row, arguments: &[Element], params: &[Param], judge: &mut impl FnMut(At<'_>, Slot<'_>)) {
    let named = row.hazards.iter().filter_map(|hazard| match hazard.spot {
        Spot::Value(options) => Some(options),
        _ => None,
    });
    let known: Vec<&str> = named.flatten().chain(row.takes).copied().collect();
    let (mut least, mut most, mut ended) = (0, 0_usize, false);
    let mut pending: Option<&str> = None;
    for element in arguments {
        if let Some(option) = pending.take() {
            if let Some(slot) = Slot::of(element, params) {
                judge(At::Value(option), slot);
            }
            continue;
        }
        match element {
            Element::Literal(literal) if !ended && &**literal == "--" => ended = true,
            Element::Literal(literal) if !ended && literal.len() > 1 && literal.starts_with('-') => {
                pending = option_before_value(literal, &known);
            }
            Element::Literal(_) => {
                least += 1;
                most = most.saturating_add(1);
            }
            Element::Switch { .. } => {}
            Element::Values { flag: Some(flag), .. } => {
                let option = known.iter().find(|option| **option == &**flag);
                if let (Some(option), Some(slot)) = (option, Slot::of(element, params)) {
                    judge(At::Value(option), slot);
                }
            }
            Element::Values { param, flag: None } => {
                let Some(slot) = Slot::of(element, params) else {
                    continue;
                };
                let is_one = params.get(*param).is_some_and(|param| !param.list);
                let always = slot.param.has_value_always();
                let upto = if is_one { most } else { LAST };
                judge(At::Operand(least, upto), slot);
                least += usize::from(always);
                most = if is_one { most.saturating_add(1) } else { LAST };
            }
            Element::Joined(template) => {
                let slots = Slot::all(template, params);
                let inline = slots
                    .first()
                    .filter(|_| !ended)
                    .and_then(|slot| inline_option(slot.before, &known));
                for (position, slot) in slots.into_iter().enumerate() {
                    match inline {
                        Some((option, skipped)) if position == 0 => {
                            let before = &slot.before[skipped..];
                            judge(At::Value(option), Slot { before, ..slot });
                        }
                        Some((option, _)) => judge(At::Value(option), slot),
                        None if slot.before.starts_with('-') && !ended => {}
                        None => judge(At::Operand(least, most), slot),
                    }
                }
                let is_option =
                    matches!(template.0.first(), Some(super::Piece::Literal(first)) if first.starts_with('-'));
                if inline.is_none() && (ended || !is_option) {
                    least += 1;
                    most = most.saturating_add(1);
                }
            }
        }
    }
}

/// The option whose value is the next word: `--file`, `-f`, or the last letter of `-xzf`.
fn option_before_value<'k>(literal: &str, known: &[&'k str]) -> Option<&'k str> {
    let exact = known.iter().find(|option| **option == literal);
    let of_letters = known.iter().find(|option| {
        let is_letter = option.len() == 2 && !literal.starts_with("--");
        is_letter && option.chars().last() == literal.chars().last()
    });
    exact.or(of_letters).copied()
}

/// The option at the beginning of a word that has its value in it, and how many bytes of the word it takes.
fn inline_option<'k>(before: &str, known: &[&'k str]) -> Option<(&'k str, usize)> {
    known.iter().find_map(|option| {
        let rest = before.strip_prefix(option)?;
        if option.ends_with('=') {
            // `of=FILE`, which is not an option in form.
            Some((*option, option.len()))
        } else if rest.starts_with('=') {
            Some((*option, option.len() + 1))
        } else if option.len() == 2 {
            Some((*option, option.len()))
        } else {
            None
        }
    })
}
