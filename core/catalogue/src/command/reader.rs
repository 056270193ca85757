//! Reads a table under `[commands]`.

use std::collections::HashSet;

use super::definition::{Bound, DefinedAction, Definition};
use super::keys::{COMMAND, EXAMPLE, OF_BINDINGS, WITH_ACTIONS};
use super::{Example, Expectation};
use crate::Role;
use crate::diagnostic::{Diagnostic, Doubt, Problems, nearest_word, quoted};
use crate::document::{Located, Section, Value, duration};
use crate::exec::Exec;
use crate::name::fold;
use crate::param::Definer;
use crate::{exec, name, param};
use caracola_speech::Text;

/// Reads one command. `builtin` says that it is one of the server's own.
pub(crate) fn read(value: &Value, builtin: bool) -> Option<Definition> {
    let section = value.section(&COMMAND)?;
    let definer = match section.value("exec") {
        _ if builtin => Definer::BuiltIn,
        Some(_) => Definer::Program,
        None => Definer::Other,
    };
    let errors = section.reader.problems.error_count();
    let params = section
        .value("params")
        .and_then(|value| Some(value.located(param::read(&value, definer)?)));
    let readable = errors == section.reader.problems.error_count();
    let declared = params.as_ref().map_or(&[][..], |params| &params.value);
    let completing = section.value("params").filter(|_| readable);
    let completing = completing.map_or_else(Vec::new, |value| param::completing(&value));
    let exec = exec::read(&section, readable.then_some(declared));
    check_name(value.key(), &value.key_place(), value);
    let aliases = section.value("aliases").and_then(|value| names(&value));
    Some(Definition {
        name: Located {
            value: value.key().to_owned(),
            place: value.key_place(),
        },
        heading: section.place(),
        aliases: aliases.unwrap_or_default(),
        group: section.value("group").and_then(|value| located_words(&value)),
        summary: section.value("summary").and_then(|value| summary(&value)),
        has_summary: has_summary(&section),
        examples: section.value("examples").and_then(|value| examples(&value)),
        see_also: section.value("see_also").and_then(|value| value.strings()),
        image: section.value("image").and_then(|value| located_words(&value)),
        role: section.value("roles").and_then(|value| role(&value)),
        action: action(&section, exec),
        is_card: !WITH_ACTIONS.iter().any(|key| section.value(key).is_some()),
        is_binding: section.value("plugin").is_some()
            && section.values().iter().all(|value| OF_BINDINGS.contains(&value.key())),
        params,
        completing,
    })
}

/// Whether there is a summary, right or wrong; a mistyped key counts, since it has been reported as such.
fn has_summary(section: &Section) -> bool {
    let mistyped = |value: &Value| {
        let key = value.key();
        !COMMAND.has(key) && nearest_word(key, COMMAND.names()) == Some("summary")
    };
    section.value("summary").is_some() || section.values().iter().any(mistyped)
}

/// The function of a plugin that a command calls. What it takes is the function's to say.
fn bound(section: &Section, value: &Value) -> Option<Bound> {
    if let Some(params) = section.value("params") {
        let message = "the params of a plugin's function are the plugin's to say";
        let diagnostic = Diagnostic::error(params.key_place(), message);
        params.report(diagnostic.help("take `params` out"));
    }
    Some(Bound {
        function: located_words(value)?,
        timeout: section.value("timeout").and_then(|value| duration(&value)),
        confirm: section.value("confirm").and_then(|value| value.text()),
    })
}

pub(crate) fn located_words(value: &Value) -> Option<Located<String>> {
    let words = value.words()?;
    Some(value.located(words.to_owned()))
}

fn check_name(name: &str, place: &crate::SourceSpan, value: &Value) -> bool {
    let checked = name::check(name);
    if let Err(error) = &checked {
        let error = error.to_string();
        let (reason, advice) = error.split_once("; ").unwrap_or((&error, "choose another"));
        let message = format!("{} cannot be the name of a command: {reason}", quoted(name));
        value.report(Diagnostic::error(place.clone(), message).help(advice));
    }
    checked.is_ok()
}

fn names(value: &Value) -> Option<Vec<Located<String>>> {
    let names = value.strings()?;
    Some(
        names
            .into_iter()
            .filter(|name| check_name(&name.value, &name.place, value))
            .collect(),
    )
}

/// A summary is one line, since lists of commands show it so.
pub(crate) fn summary(value: &Value) -> Option<Text> {
    let text = value.text()?;
    let many_lines = text
        .languages()
        .map(|language| text.in_language(language, language))
        .chain([text.in_language(&caracola_speech::Language::ENGLISH, &caracola_speech::Language::ENGLISH)])
        .any(|version| !caracola_wire::text::is_clean(version));
    if many_lines {
        let diagnostic = value.error("a summary is one line without control or invisible characters");
        value.report(diagnostic.help("say the rest in the examples, or in a `reply`"));
    }
    Some(text)
}

pub(crate) fn examples(value: &Value) -> Option<Vec<Located<Example>>> {
    let elements = value.list()?;
    Some(elements.filter_map(|element| example(&element)).collect())
}

fn example(value: &Value) -> Option<Located<Example>> {
    let section = value.section(&EXAMPLE)?;
    let help = "write { run = \"ls -l\", about = \"what that does\" }";
    let run = section
        .required("run", "this example", help)
        .and_then(|value| Some((value.words()?, value)));
    let about = section
        .required("about", "this example", help)
        .and_then(|value| value.text());
    let output = section
        .value("expect")
        .and_then(|value| Some(value.words()?.to_owned()));
    let exit = section.value("expect_exit").and_then(|value| exec::status(&value));
    let (run, value) = run?;
    if !caracola_wire::text::is_clean(run) {
        value.report(value.error("an example's `run` is one line without control or invisible characters"));
    }
    Some(value.located(Example {
        run: run.trim().to_owned(),
        about: about?,
        expect: (output.is_some() || exit.is_some()).then_some(Expectation { output, exit }),
    }))
}

/// Everyone with one of these roles may run it; roles include each other, so the least of them counts.
pub(crate) fn role(value: &Value) -> Option<Located<Role>> {
    let words = value.list()?;
    let roles: Vec<Option<Role>> = words
        .map(|element| {
            let word = element.words()?;
            let role = word.parse().ok();
            if role.is_none() {
                let known = Role::ALL.map(Role::as_str);
                element.unknown_word(word, "role", &known);
            }
            role
        })
        .collect();
    if roles.is_empty() {
        let diagnostic = value.error("`roles` names no role, so nobody could run this command");
        value.report(diagnostic.help(
            "name at least one, or leave the key out: then programs are for operators, and all else for everyone",
        ));
    }
    let least = roles.into_iter().flatten().min()?;
    Some(value.located(least))
}

/// What the command does. If several keys say that, all but the first are errors.
fn action(section: &Section, exec: Option<Located<Exec>>) -> Option<Located<DefinedAction>> {
    let mut actions = WITH_ACTIONS.iter().filter_map(|key| section.value(key));
    let first = actions.next()?;
    for other in actions {
        let message = format!("a command has one action, and this one has a `{}` too", first.key());
        let help = format!(
            "take out `{}` or `{}`, or make two commands of it",
            first.key(),
            other.key()
        );
        other.report(Diagnostic::error(other.key_place(), message).help(help));
    }
    let value = match first.key() {
        "reply" => DefinedAction::Reply(first.text()?),
        "lookup" => DefinedAction::Lookup(entries(&first)?),
        "plugin" => DefinedAction::Bound(bound(section, &first)?),
        _ => DefinedAction::Exec(Box::new(exec?.value)),
    };
    Some(Located {
        value,
        place: first.key_place(),
    })
}

/// The entries of a lookup; keys that differ only in case collide.
fn entries(value: &Value) -> Option<Vec<(String, Text)>> {
    let values = value.table()?.values();
    if values.is_empty() {
        let diagnostic = Diagnostic::error(value.place(), "this lookup has no entries");
        value.report(diagnostic.help("give it at least one: key = \"what it means\""));
    }
    let mut seen = HashSet::new();
    let mut entries = Vec::with_capacity(values.len());
    for entry in &values {
        let key = entry.key().trim();
        if key.is_empty() || !caracola_wire::text::is_clean(key) {
            let diagnostic = Diagnostic::error(entry.key_place(), "a key that nobody could type");
            entry.report(diagnostic.help("give it a word or several"));
        }
        if !seen.insert(fold(key).into_owned()) {
            let message = format!("this lookup has {} twice", quoted(key));
            let diagnostic = Diagnostic::error(entry.key_place(), message);
            entry.report(diagnostic.help("upper and lower case make no difference; take one out"));
        }
        if let Some(text) = entry.text() {
            entries.push((key.to_owned(), text));
        }
    }
    Some(entries)
}

/// Warns about params that no action uses.
pub(crate) fn warn_unused(definition: &Definition, problems: &Problems) {
    if let (Some(params), Some(action)) = (&definition.params, &definition.action)
        && matches!(action.value, DefinedAction::Reply(_))
        && !params.value.is_empty()
    {
        let message = "a reply is the same whatever the arguments are";
        let diagnostic = Diagnostic::warning(params.place.clone(), message).help("leave `params` out");
        problems.warning(Doubt::Unused, diagnostic);
    }
}
