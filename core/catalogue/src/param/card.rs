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
        facts.push(speech.say(format!("such as {values}"), format!("por ejemplo {values}")));
    }
    facts.extend(
        param
            .default
            .as_ref()
            .map(|default| speech.say(format!("{default} if left out"), format!("{default} si no se indica"))),
    );
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
        None => param.kind.form(param, speech).map(str::to_owned),
    }
}

fn place(rule: &PathRule, speech: Speech) -> String {
    let root = rule.root.display();
    match rule.kind {
        PathKind::File => speech.say(format!("a file in {root}"), format!("un archivo en {root}")),
        PathKind::Folder => speech.say(format!("a folder in {root}"), format!("una carpeta en {root}")),
        PathKind::Any => speech.say(
            format!("a file or folder in {root}"),
            format!("un archivo o una carpeta en {root}"),
        ),
    }
}

fn bounds(param: &Param, speech: Speech) -> Option<String> {
    match (param.min, param.max) {
        (Some(min), Some(max)) => Some(speech.say(format!("from {min} to {max}"), format!("de {min} a {max}"))),
        (Some(min), None) => Some(speech.say(format!("at least {min}"), format!("al menos {min}"))),
        (None, Some(max)) => Some(speech.say(format!("at most {max}"), format!("como mucho {max}"))),
        (None, None) => None,
    }
}
