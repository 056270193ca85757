//! Reads what a plugin says about one of its functions.

use super::definition::{DefinedAction, DefinedFunction, Definition};
use super::keys::FUNCTION;
use super::reader::{examples, located_words, role, summary};
use crate::diagnostic::{Diagnostic, quoted};
use crate::document::{Located, Value, duration};
use crate::param;
use crate::param::Definer;
use caracola_plugin_host::{LONGEST_FUNCTION, is_function};

/// Reads one function.
pub(crate) fn read_function(value: &Value) -> Option<Definition> {
    let section = value.section(&FUNCTION)?;
    let name = value.key();
    if !is_function(name) {
        let message = format!("{} cannot be the name of a plugin's function", quoted(name));
        let diagnostic = Diagnostic::error(value.key_place(), message);
        let help = format!("it has at most {LONGEST_FUNCTION} letters from a to z, digits, `_` and `-`");
        value.report(diagnostic.help(help));
    }
    let yes = |key| section.value(key).and_then(|value| value.boolean()).unwrap_or_default();
    let summary_value = section.required("summary", "this function", "write summary = \"...\"");
    let function = DefinedFunction {
        nonblocking: yes("nonblocking"),
        read_only: yes("read_only"),
        confirm: section.value("confirm").and_then(|value| value.text()),
        timeout: section.value("timeout").and_then(|value| duration(&value)),
    };
    Some(Definition {
        name: Located {
            value: name.to_owned(),
            place: value.key_place(),
        },
        heading: section.place(),
        aliases: Vec::new(),
        group: section.value("group").and_then(|value| located_words(&value)),
        has_summary: true,
        summary: summary_value.and_then(|value| summary(&value)),
        examples: section.value("examples").and_then(|value| examples(&value)),
        see_also: section.value("see_also").and_then(|value| value.strings()),
        image: None,
        params: section
            .value("params")
            .and_then(|value| Some(value.located(param::read(&value, Definer::Function)?))),
        completing: Vec::new(),
        role: section.value("roles").and_then(|value| role(&value)),
        action: Some(Located {
            value: DefinedAction::Function(function),
            place: value.key_place(),
        }),
        is_card: false,
        is_binding: false,
    })
}
