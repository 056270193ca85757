//! Reads the values that a param allows or offers.

use std::collections::HashSet;

use super::value::check_text;
use super::{Choice, Param};
use crate::diagnostic::{Diagnostic, quoted};
use crate::document::{Section, Value};
use crate::name::fold;

/// Choices or suggestions: a list of values, or a table of values with what each means.
pub(crate) fn read_choices(value: &Value) -> Option<Vec<Choice>> {
    let choices: Vec<Choice> = if value.is_table() {
        let values = value.table()?.values();
        let choice = |value: &Value| {
            Some(Choice {
                value: value.key().to_owned(),
                about: Some(value.text()?),
            })
        };
        values.iter().filter_map(choice).collect()
    } else {
        let values = value.strings()?.into_iter();
        values
            .map(|choice| Choice {
                value: choice.value,
                about: None,
            })
            .collect()
    };
    let mut seen = HashSet::new();
    if let Some(twice) = choices.iter().find(|choice| !seen.insert(fold(&choice.value))) {
        let message = format!("{} is among the {} twice", quoted(&twice.value), word(value.key()));
        value.report(
            value
                .error(message)
                .help("upper and lower case make no difference; take one out"),
        );
    }
    Some(choices)
}

fn word(key: &str) -> &str {
    match key {
        "suggest" => "suggestions",
        other => other,
    }
}

/// What is offered must be what is taken.
pub(crate) fn check_suggestions(section: &Section, param: &Param) {
    for (key, offered) in [("suggest", &param.suggest), ("choices", &param.choices)] {
        let Some(value) = section.value(key) else {
            continue;
        };
        if key == "suggest" && !param.choices.is_empty() {
            continue;
        }
        let unfit = offered.iter().find(|choice| check_text(param, &choice.value).is_err());
        if let Some(unfit) = unfit {
            let message = format!("{} is not a value that `{}` takes", quoted(&unfit.value), param.name);
            let diagnostic = Diagnostic::error(value.place(), message);
            value.report(diagnostic.help("it must fit the param's type and everything else that it demands"));
        }
    }
}
