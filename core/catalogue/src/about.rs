//! What a card says about a param: what it is for, and which values it takes.

use super::languages::{LanguageId, Languages};
use super::param::{Choice, Param, ParamKind, PathKind, PathRule};
use super::value::few;
use caracola_speech::Speech;

/// "How loud (from 1 to 11; 5 if left out)".
pub(super) fn about(param: &Param, languages: &Languages, language: LanguageId, speech: Speech) -> String {
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
    let fixed = |english: &str, spanish: &str| Some(speech.say(english, spanish).to_owned());
    match param.kind {
        ParamKind::Path => param.path.as_ref().map(|rule| place(rule, speech)),
        ParamKind::Duration if param.suggest.is_empty() => fixed("such as 90s, 5m or 2h", "como 90s, 5m o 2h"),
        ParamKind::Date => fixed("a date such as 2026-11-22", "una fecha como 2026-11-22"),
        ParamKind::Ip => fixed("an IP address", "una dirección IP"),
        ParamKind::Host => fixed(
            "the name or IP address of a host",
            "el nombre o la dirección IP de un equipo",
        ),
        ParamKind::Port => fixed("a port, from 1 to 65535", "un puerto, del 1 al 65535"),
        ParamKind::Url => fixed("a URL", "una URL"),
        ParamKind::Secret => fixed("kept secret", "se mantiene en secreto"),
        ParamKind::Integer if param.min.is_none() && param.max.is_none() && param.choices.is_empty() => {
            fixed("a whole number", "un número entero")
        }
        ParamKind::Boolean if param.flag.is_none() => fixed("yes or no", "sí o no"),
        _ => None,
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
