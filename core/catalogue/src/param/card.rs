//! What a card says about a param: what it is for, and which values it takes.

use super::kind::few;
use super::{Choice, Param, PathKind, PathRule};
use crate::text::{LanguageId, Languages};
use caracola_speech::Speech;

/// "How loud (from 1 to 11; 5 if left out)".
pub(crate) fn about(param: &Param, languages: &Languages, language: LanguageId, speech: Speech) -> String {
    let values = |choices: &[Choice]| -> Vec<String> {
        let choices = choices.iter().map(|choice| match &choice.about {
            Some(about) => format!("{} ({})", choice.value, languages.text(about, language)),
            None => choice.value.clone(),
        });
        choices.collect()
    };
    let mut facts: Vec<String> = Vec::new();
    if !param.choices.is_empty() {
        facts.push(few(&values(&param.choices)));
    }
    facts.extend(form(param, speech));
    facts.extend(bounds(param, speech));
    if !param.suggest.is_empty() {
        let values = few(&values(&param.suggest));
        facts.push(speech.value_such_as(values));
    }
    facts.extend(param.default.iter().map(|default| speech.value_if_left_out(default)));
    let help = param.help.as_ref().map_or("", |help| languages.text(help, language));
    match (help.is_empty(), facts.is_empty()) {
        (_, true) => help.to_owned(),
        (true, false) => facts.join("; "),
        (false, false) => format!("{help} ({})", facts.join("; ")),
    }
}

/// What values look like, for the types whose name alone doesn't say.
fn form(param: &Param, speech: Speech) -> Option<String> {
    match &param.path {
        Some(rule) => Some(place(rule, speech)),
        None => param.kind.form(param, speech),
    }
}

fn place(rule: &PathRule, speech: Speech) -> String {
    let root = rule.root.display();
    match rule.kind {
        PathKind::File => speech.value_file_in(root),
        PathKind::Folder => speech.value_folder_in(root),
        PathKind::Any => speech.value_file_or_folder_in(root),
    }
}

fn bounds(param: &Param, speech: Speech) -> Option<String> {
    match (param.min, param.max) {
        (Some(min), Some(max)) => Some(speech.value_between(min, max)),
        (Some(min), None) => Some(speech.value_at_least(min)),
        (None, Some(max)) => Some(speech.value_at_most(max)),
        (None, None) => None,
    }
}
