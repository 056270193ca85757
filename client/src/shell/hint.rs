//! The grey text behind the cursor: how an earlier line went on, else what the command still takes.

use caracola_wire::ParamEntry;
use caracola_wire::line::{self, Parameter as _, Parser, Role};
use rustyline::hint::Hint;

use crate::catalogue::Index;

/// What is shown, and what the right arrow takes over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ghost {
    shown: String,
    accepted: Option<String>,
}

impl Hint for Ghost {
    fn display(&self) -> &str {
        &self.shown
    }

    fn completion(&self) -> Option<&str> {
        self.accepted.as_deref()
    }
}

/// `earlier` finds the latest line of the history that begins with the given text.
pub(crate) fn hint(
    line: &str,
    cursor: usize,
    catalogue: &Index,
    earlier: impl Fn(&str) -> Option<String>,
) -> Option<Ghost> {
    if cursor < line.len() || line.trim().is_empty() || line.contains('\n') {
        return None;
    }
    if let Some(rest) = earlier(line).as_deref().and_then(|found| found.strip_prefix(line))
        && !rest.is_empty()
        && !rest.contains('\n')
    {
        return Some(taken(rest));
    }
    remaining_usage(line, catalogue).or_else(|| only_name(line, catalogue))
}

fn taken(rest: &str) -> Ghost {
    Ghost {
        shown: rest.to_owned(),
        accepted: Some(rest.to_owned()),
    }
}

/// The params that nothing was typed for yet.
fn remaining_usage(line: &str, catalogue: &Index) -> Option<Ghost> {
    let (entry, name_words) = catalogue.find_in_line(line)?;
    let mut parser = Parser::new(&entry.params);
    let mut given = vec![false; entry.params.len()];
    for word in line::words(line).iter().skip(name_words) {
        match parser.take(&word.text) {
            Role::Value(number)
            | Role::Rest(number)
            | Role::Flag(number)
            | Role::FlagValue(number)
            | Role::FlagWithValue { param: number, .. }
            | Role::Switch(number)
            | Role::SwitchWithValue(number) => given[number] = true,
            Role::Switches(letters) => parser.switches(letters).for_each(|number| given[number] = true),
            Role::FlagsEnd | Role::UnknownFlag | Role::TooMany => {}
        }
    }
    let awaited = parser.awaited().map(|number| &entry.params[number]);
    let is_left = |param: &ParamEntry| param.flag.is_none() || parser.takes_flags();
    let left = entry
        .params
        .iter()
        .zip(&given)
        .filter(|(param, given)| !**given && is_left(param))
        .map(|(param, _)| usage(param));
    let params: Vec<String> = awaited
        .map(|param| param.name.to_uppercase())
        .into_iter()
        .chain(left)
        .collect();
    if params.is_empty() {
        return None;
    }
    let gap = if line.ends_with(char::is_whitespace) { "" } else { " " };
    Some(Ghost {
        shown: format!("{gap}{}", params.join(" ")),
        accepted: None,
    })
}

/// A name of which only one begins as typed.
fn only_name(line: &str, catalogue: &Index) -> Option<Ghost> {
    let typed = line.trim_start().to_lowercase();
    let mut names = catalogue.starting_with(&typed, false);
    let (name, _) = names.next()?;
    let rest = name.strip_prefix(&typed).filter(|rest| !rest.is_empty())?;
    names.next().is_none().then(|| taken(rest))
}

/// A param as a usage line shows it.
fn usage(param: &ParamEntry) -> String {
    let name = param.name.to_uppercase();
    let dots = if param.rest || param.list { "..." } else { "" };
    let typed = match &param.flag {
        None => format!("{name}{dots}"),
        Some(flag) if param.is_switch() => flag.clone(),
        Some(flag) => format!("{flag} {name}{dots}"),
    };
    if param.required { typed } else { format!("[{typed}]") }
}

#[cfg(test)]
mod tests {
    use caracola_wire::line::corpus::{LINES, Line, params};

    use super::*;
    use crate::catalogue::tests::{corpus_index, index};

    fn shown(line: &str, history: &[&str]) -> Option<String> {
        let earlier = |text: &str| {
            let found = history.iter().rev().find(|entry| entry.starts_with(text));
            found.map(|entry| (*entry).to_owned())
        };
        hint(line, line.len(), &index(), earlier).map(|ghost| ghost.shown)
    }

    #[test]
    fn the_latest_line_that_began_so_comes_first() {
        assert_eq!(
            shown("tell", &["tell ana hi", "tell ben yo", "ls"]).as_deref(),
            Some(" ben yo")
        );
        assert_eq!(shown("ls", &["ls"]), None);
    }

    #[test]
    fn then_what_the_command_still_takes() {
        assert_eq!(shown("tell", &[]).as_deref(), Some(" NAME TEXT..."));
        assert_eq!(shown("tell ", &[]).as_deref(), Some("NAME TEXT..."));
        assert_eq!(shown("tell an", &[]).as_deref(), Some(" TEXT..."));
        assert_eq!(shown("help", &[]).as_deref(), Some(" [TOPIC...]"));
        assert_eq!(shown("help ls ", &[]), None);
        assert_eq!(shown("find ", &[]).as_deref(), Some("FOLDER [--depth DEPTH] [--all]"));
        assert_eq!(shown("find --all src --depth ", &[]).as_deref(), Some("DEPTH"));
        assert_eq!(shown("note hi ", &[]), None);
        assert_eq!(shown("unlock ", &[]).as_deref(), Some("DOOR --key KEY"));
    }

    /// What is left to type after a line, by what the corpus says of its words.
    fn left(line: &Line) -> String {
        let params = params(line.params);
        let last = line.roles.split_whitespace().next_back();
        let mut awaited = params.iter().filter(|param| !param.is_switch());
        let awaited = awaited.find(|param| last.is_some() && param.flag.as_deref() == last);
        let flags_ended = line
            .roles
            .split_whitespace()
            .any(|role| role == "--" || role.ends_with("..."));
        let takes_flags = awaited.is_none() && !flags_ended;
        let left = params.iter().zip(line.given());
        let left = left.filter(|(param, given)| !given && (param.flag.is_none() || takes_flags));
        let awaited = awaited.map(|param| param.name.to_uppercase());
        let left: Vec<String> = awaited.into_iter().chain(left.map(|(param, _)| usage(param))).collect();
        left.join(" ")
    }

    #[test]
    fn what_is_left_follows_from_the_roles_that_the_corpus_says() {
        for line in LINES.iter().filter(|line| !line.has_misfit()) {
            let ghost = hint(line.typed, line.typed.len(), &corpus_index(line.params), |_| None);
            let shown = ghost.map(|ghost| ghost.shown).unwrap_or_default();
            assert_eq!(shown.trim_start(), left(line), "{} of {}", line.typed, line.params);
        }
    }

    #[test]
    fn then_the_only_name() {
        assert_eq!(shown("pai", &[]).as_deref(), Some("nt"));
        assert_eq!(shown("l", &[]), None);
        assert_eq!(shown("", &["ls"]), None);
    }

    #[test]
    fn usage_is_shown_and_never_taken_over() {
        let ghost = hint("tell", 4, &index(), |_| None);
        assert_eq!(ghost.and_then(|ghost| ghost.accepted), None);
    }
}
