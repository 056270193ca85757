//! Reads the params of a command, and checks that they fit with each other.

use super::choices::{check_suggestions, read_choices};
use super::definer::Definer;
use super::fit;
use super::keys::PARAM;
use super::kind::{ParamKind, Written, is_scheme};
use super::value::check_text;
use super::{Completer, Param, PathKind, PathRule, is_name};
use crate::diagnostic::{Diagnostic, Doubt, listed, quoted};
use crate::document::{Located, Section, Value};
use crate::pattern::Pattern;
use caracola_speech::Speech;

/// Reads the list of params.
pub(crate) fn read(list: &Value, definer: Definer) -> Option<Vec<Param>> {
    let mut params: Vec<Param> = Vec::new();
    for element in list.list()? {
        let Some(param) = element.section(&PARAM).and_then(|section| param(&section, definer)) else {
            continue;
        };
        if let Some((message, help)) = misplaced(&param, &params) {
            element.report(element.error(message).help(help));
        }
        params.push(param);
    }
    Some(params)
}

/// The commands that complete params of the list, and where it says so.
pub(crate) fn completing(list: &Value) -> Vec<Located<String>> {
    let sections = list.list().into_iter().flatten().filter_map(|element| element.table());
    let values = sections.filter_map(|section| section.value("complete"));
    values
        .filter_map(|value| Some(value.located(value.value().as_str()?.to_owned())))
        .collect()
}

/// What is wrong with a param after the ones before it.
fn misplaced(param: &Param, before: &[Param]) -> Option<(String, &'static str)> {
    let name = &param.name;
    if before.iter().any(|other| other.name == *name) {
        return Some((format!("there are two params called `{name}`"), "rename one of them"));
    }
    if let Some(flag) = &param.flag
        && before.iter().any(|other| other.flag.as_ref() == Some(flag))
    {
        return Some((
            format!("two params have the flag `{flag}`"),
            "choose another for one of them",
        ));
    }
    let has_both = |flags: &Param, rest: &Param| flags.flag.is_some() && rest.rest;
    if before
        .iter()
        .any(|other| has_both(param, other) || has_both(other, param))
    {
        return Some((
            format!("`{name}` makes a command with a flag and a `rest`: a flag could be part of the rest"),
            "use `list` instead of `rest`, or no flags",
        ));
    }
    if param.flag.is_some() {
        return None;
    }
    let mut positional = before.iter().filter(|other| other.flag.is_none());
    if let Some(ended) = positional.clone().find(|other| other.rest || other.list) {
        return Some((
            format!(
                "`{name}` comes after `{}`, which takes all that is left of the line",
                ended.name
            ),
            "put the param with `rest` or `list` last",
        ));
    }
    let optional = positional.find(|other| !other.required);
    if let Some(optional) = optional.filter(|_| param.required) {
        return Some((
            format!(
                "`{name}` is required, but comes after `{}`, which may be left out",
                optional.name
            ),
            "put required params first, or give this one a `default`",
        ));
    }
    None
}

fn param(section: &Section, definer: Definer) -> Option<Param> {
    let value = |key| section.value(key);
    let name = section
        .required("name", "this param", "write { name = \"...\", type = \"string\" }")
        .and_then(|value| name(&value));
    let choices = value("choices");
    let kind = match value("type") {
        Some(value) => kind(&value, definer),
        None if choices.is_some() => Some(ParamKind::Choice),
        None => Some(ParamKind::String),
    };
    let yes = |key| value(key).and_then(|value| value.boolean());
    let number = |key| value(key).and_then(|value| value.number());
    let kind = kind?;
    let flag = value("flag");
    let mut param = Param {
        kind,
        required: yes("required").unwrap_or_else(|| value("default").is_none() && flag.is_none()),
        rest: yes("rest").unwrap_or_default(),
        list: yes("list").unwrap_or_default(),
        flag: flag.and_then(|value| flag_name(&value)),
        choices: choices.and_then(|value| read_choices(&value)).unwrap_or_default(),
        suggest: value("suggest")
            .and_then(|value| read_choices(&value))
            .unwrap_or_default(),
        complete: value("complete").and_then(|value| completer(&value, definer)),
        min: number("min"),
        max: number("max"),
        max_len: value("max_len")
            .and_then(|value| value.count())
            .and_then(|count| usize::try_from(count).ok()),
        pattern: value("pattern").and_then(|value| pattern(&value)),
        allow_dash: yes("allow_dash").unwrap_or(definer != Definer::Program),
        path: (kind == ParamKind::Path && matches!(definer, Definer::Program | Definer::Function))
            .then(|| path_rule(section)),
        schemes: schemes(section, kind),
        help: value("help").and_then(|value| value.text()),
        ..Param::new(name?)
    };
    fit::check(section, &param, definer);
    check_bounds(section, &param);
    check_suggestions(section, &param);
    param.default = value("default").and_then(|value| default(&value, &param));
    Some(param)
}

/// Who knows the values: a command by its name, or the plugin itself.
fn completer(value: &Value, definer: Definer) -> Option<Completer> {
    match definer {
        Definer::Function => value.boolean()?.then_some(Completer::Plugin),
        Definer::BuiltIn | Definer::Program | Definer::Other => Some(Completer::Command(value.words()?.to_owned())),
    }
}

fn name(value: &Value) -> Option<String> {
    const LONGEST: usize = 32;
    let name = value.words()?;
    let fits = name.chars().count() <= LONGEST && is_name(name);
    if !fits {
        let message = format!("{} cannot be the name of a param", quoted(name));
        value.report(
            value
                .error(message)
                .help("it has at most 32 letters, digits, `_` and `-`"),
        );
    }
    fits.then(|| name.to_owned())
}

/// A flag as it is typed, and as the program gets it: `-x`, `--long`, `-long`.
fn flag_name(value: &Value) -> Option<String> {
    let flag = value.words()?;
    let word = flag.strip_prefix("--").or_else(|| flag.strip_prefix('-'));
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let is_flag = |word: &str| {
        word.bytes().all(fits) && word.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '_')
    };
    if word.is_some_and(is_flag) {
        return Some(flag.to_owned());
    }
    let message = format!("{} cannot be a flag", quoted(flag));
    let help = "a flag is `-` or `--` with letters, digits, `-`, `_` and `.` after it, such as \"--size\"";
    value.report(value.error(message).help(help));
    None
}

fn kind(value: &Value, definer: Definer) -> Option<ParamKind> {
    let word = value.words()?;
    let of_builtins: &[ParamKind] = match definer {
        Definer::BuiltIn => ParamKind::OF_BUILTINS,
        Definer::Program | Definer::Function | Definer::Other => &[],
    };
    let kinds = || ParamKind::ORDINARY.iter().chain(of_builtins).copied();
    let kind = kinds().find(|kind| kind.as_str() == word);
    if kind.is_none() {
        let known: Vec<&str> = kinds().map(ParamKind::as_str).collect();
        value.unknown_word(word, "type", &known);
    }
    kind
}

fn pattern(value: &Value) -> Option<Pattern> {
    let written = value.words()?;
    let patterns = value.reader.patterns;
    match patterns.get(written) {
        Ok(pattern) => Some(pattern),
        Err(error) => {
            let error = error.to_string();
            let reason = error.lines().last().unwrap_or_default();
            let reason = reason.strip_prefix("error: ").unwrap_or(reason);
            let message = format!("{} is not a regular expression: {reason}", quoted(written));
            let help = "it must match the whole of a value, so it needs neither `^` nor `$`";
            value.report(value.error(message).help(help));
            None
        }
    }
}

/// Where a path must lie. Without a right `root` it lies nowhere; the error has been reported.
fn path_rule(section: &Section) -> PathRule {
    let root = section.required(
        "root",
        "a param of type `path`",
        "write root = \"/srv/files\": no value will lead out of that folder",
    );
    let root = root.and_then(|value| {
        let written = value.words()?;
        let root = value.reader.file.path_from(written);
        value.warn_unless_folder(&root, "no path can be given until it is there");
        Some(root)
    });
    let kind = section.value("kind").and_then(|value| {
        let word = value.words()?;
        let found = PathKind::ALL.into_iter().find(|known| known.as_str() == word);
        if found.is_none() {
            value.unknown_word(word, "kind of path", &PathKind::ALL.map(PathKind::as_str));
        }
        found
    });
    let open = section.value("as").is_some_and(|value| match value.words() {
        Some("fd") => true,
        Some(word) => {
            value.unknown_word(word, "form of a path", &["path", "fd"]);
            false
        }
        None => false,
    });
    let must_exist = section.value("must_exist").and_then(|value| value.boolean());
    PathRule {
        root: root.unwrap_or_default(),
        stands_for: None,
        must_exist: must_exist.unwrap_or(open),
        kind: kind.unwrap_or_default(),
        open,
    }
}

fn schemes(section: &Section, kind: ParamKind) -> Vec<String> {
    const USUAL: [&str; 2] = ["http", "https"];
    let given = section.value("schemes").and_then(|value| {
        let schemes = value.strings()?;
        for scheme in &schemes {
            if !is_scheme(&scheme.value) {
                let message = format!("{} is not the scheme of a URL", quoted(&scheme.value));
                let diagnostic = Diagnostic::error(scheme.place.clone(), message);
                value.report(diagnostic.help("write it without what follows: \"https\""));
            }
        }
        if schemes.is_empty() {
            let diagnostic = value.error("`schemes` names none, so no URL could fit");
            value.report(diagnostic.help("name one, such as \"https\", or leave the key out"));
        }
        let lower = schemes.into_iter().map(|scheme| scheme.value.to_ascii_lowercase());
        Some(lower.collect())
    });
    match kind {
        ParamKind::Url => given.unwrap_or_else(|| USUAL.map(str::to_owned).to_vec()),
        _ => Vec::new(),
    }
}

fn check_bounds(section: &Section, param: &Param) {
    if let (Some(min), Some(value)) = (param.min, section.value("min"))
        && min < 0.0
        && !param.allow_dash
    {
        let message = format!(
            "`{}` may be less than zero, but no value may begin with `-`",
            param.name
        );
        let diagnostic = Diagnostic::warning(value.place(), message);
        let help = "add allow_dash = true, or raise `min`";
        value.reader.problems.warning(Doubt::NoNegative, diagnostic.help(help));
    }
    if let (Some(min), Some(max), Some(value)) = (param.min, param.max, section.value("min"))
        && min > max
    {
        let message = format!("`min` is {min}, more than `max`, which is {max}");
        value.report(value.error(message).help("no value could ever fit; swap them"));
    }
}

/// The default, checked like a value that someone typed. Of a path only the text: its file may come later.
fn default(value: &Value, param: &Param) -> Option<String> {
    let written = match param.kind.written() {
        _ if value.is_string() => value.words()?.to_owned(),
        Written::Quoted => value.string()?.to_owned(),
        Written::Boolean => value.boolean()?.to_string(),
        Written::Integer => value.integer()?.to_string(),
        Written::Number => value.number()?.to_string(),
    };
    let fault = match check_text(param, &written) {
        Ok(checked) => return Some(checked.into_owned()),
        Err(fault) => fault,
    };
    let message = format!(
        "the default {} is not a value that `{}` takes",
        quoted(&written),
        param.name
    );
    let choices = param.choices.iter().map(|choice| choice.value.as_str());
    let choices: Vec<&str> = choices.collect();
    let help = if choices.is_empty() {
        fault.sentence(Speech::English).trim_end_matches('.').to_owned()
    } else {
        format!("it must be one of {}", listed(&choices, "or"))
    };
    value.report(value.error(message).help(help));
    None
}
