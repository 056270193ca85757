//! Reads the params of a command, and checks that they fit with each other.

use super::section::{Section, Value};
use crate::catalogue::arguments;
use crate::catalogue::diagnostic::{Diagnostic, listed, quoted};
use crate::catalogue::param::{Choice, Param, ParamKind};

const KEYS: [&str; 11] = [
    "name", "type", "required", "rest", "list", "default", "choices", "min", "max", "max_len", "help",
];

/// Types of DESIGN's that come with programs.
const NOT_YET: [&str; 8] = ["path", "duration", "date", "ip", "host", "port", "url", "secret"];

/// Reads the list of params. `builtin` says whether the types of built-ins may be used.
pub(super) fn read(list: &Value, builtin: bool) -> Option<Vec<Param>> {
    let mut params: Vec<Param> = Vec::new();
    let mut ended: Option<String> = None;
    for element in list.list()? {
        let Some(param) = element.table().and_then(|section| param(&section, builtin)) else {
            continue;
        };
        if let Some(fault) = misplaced(&param, &params, ended.as_deref()) {
            element.report(fault_diagnostic(&element, fault));
        }
        if param.rest || param.list {
            ended = Some(param.name.clone());
        }
        params.push(param);
    }
    Some(params)
}

struct Fault {
    message: String,
    help: &'static str,
}

fn fault_diagnostic(element: &Value, fault: Fault) -> Diagnostic {
    element.error(fault.message).help(fault.help)
}

/// What is wrong with a param after the ones before it.
fn misplaced(param: &Param, before: &[Param], ended: Option<&str>) -> Option<Fault> {
    let name = &param.name;
    if before.iter().any(|other| other.name == *name) {
        return Some(Fault {
            message: format!("there are two params called `{name}`"),
            help: "rename one of them",
        });
    }
    if let Some(ended) = ended {
        return Some(Fault {
            message: format!("`{name}` comes after `{ended}`, which takes all that is left of the line"),
            help: "put the param with `rest` or `list` last",
        });
    }
    let optional = before.iter().find(|other| !other.required);
    if let Some(optional) = optional.filter(|_| param.required) {
        return Some(Fault {
            message: format!(
                "`{name}` is required, but comes after `{}`, which may be left out",
                optional.name
            ),
            help: "put required params first, or give this one a `default`",
        });
    }
    None
}

fn param(section: &Section, builtin: bool) -> Option<Param> {
    section.reject_unknown(&KEYS, "a param");
    let name = section
        .required("name", "this param", "write { name = \"...\", type = \"string\" }")
        .and_then(|value| name(&value));
    let choices = section.value("choices");
    let kind = match section.value("type") {
        Some(value) => kind(&value, builtin),
        None if choices.is_some() => Some(ParamKind::Choice),
        None => Some(ParamKind::String),
    };
    let flag = |key| section.value(key).and_then(|value| value.boolean());
    let number = |key| section.value(key).and_then(|value| value.number());
    let mut param = Param {
        name: name?,
        kind: kind?,
        required: flag("required").unwrap_or_else(|| section.value("default").is_none()),
        rest: flag("rest").unwrap_or_default(),
        list: flag("list").unwrap_or_default(),
        default: None,
        choices: choices.and_then(|value| read_choices(&value)).unwrap_or_default(),
        min: number("min"),
        max: number("max"),
        max_len: section
            .value("max_len")
            .and_then(|value| value.count())
            .and_then(|count| usize::try_from(count).ok()),
        help: section.value("help").and_then(|value| value.text()),
    };
    check_keys(section, &param);
    check_bounds(section, &param);
    param.default = section.value("default").and_then(|value| default(&value, &param));
    Some(param)
}

fn name(value: &Value) -> Option<String> {
    const LONGEST: usize = 32;
    let name = value.words()?;
    let fits = name.chars().count() <= LONGEST
        && name
            .chars()
            .all(|character| character.is_alphanumeric() || matches!(character, '_' | '-'));
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

fn kind(value: &Value, builtin: bool) -> Option<ParamKind> {
    let word = value.words()?;
    let of_builtins: &[ParamKind] = if builtin { &ParamKind::OF_BUILTINS } else { &[] };
    let kinds = || ParamKind::ORDINARY.iter().chain(of_builtins).copied();
    let kind = kinds().find(|kind| kind.as_str() == word);
    if kind.is_none() && NOT_YET.contains(&word) {
        let message = format!("this version cannot check values of type {} yet", quoted(word));
        value.report(value.error(message).help("use \"string\" until it can"));
    } else if kind.is_none() {
        let known: Vec<&str> = kinds().map(ParamKind::as_str).collect();
        value.unknown_word(word, "type", &known);
    }
    kind
}

/// Choices: a list of values, or a table of values with what each means.
fn read_choices(value: &Value) -> Option<Vec<Choice>> {
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
    let folded = |choice: &Choice| crate::catalogue::name::fold(&choice.value).into_owned();
    let mut seen = std::collections::HashSet::new();
    if let Some(twice) = choices.iter().find(|choice| !seen.insert(folded(choice))) {
        let message = format!("{} is among the choices twice", quoted(&twice.value));
        value.report(
            value
                .error(message)
                .help("upper and lower case make no difference; take one out"),
        );
    }
    Some(choices)
}

/// Keys that mean nothing together, or nothing for the param's type.
fn check_keys(section: &Section, param: &Param) {
    let report = |key: &str, message: String, help: &str| {
        if let Some(value) = section.value(key) {
            value.report(Diagnostic::error(value.key_place(), message).help(help));
        }
    };
    let kind = param.kind;
    let meaningless = |key: &str| format!("`{key}` means nothing for type `{}`", kind.as_str());
    if !kind.is_numeric() {
        report("min", meaningless("min"), "only `integer` and `number` have bounds");
        report("max", meaningless("max"), "only `integer` and `number` have bounds");
    }
    if !kind.has_length() {
        report("max_len", meaningless("max_len"), "only `string` has a length");
    }
    if !kind.has_choices() {
        report(
            "choices",
            meaningless("choices"),
            "leave them out, or use type `choice`",
        );
    } else if kind == ParamKind::Choice && section.value("choices").is_none() {
        let diagnostic = Diagnostic::error(section.place(), format!("`{}` has no choices", param.name));
        let help = "add `choices = [\"...\"]`, or use another type";
        section.reader.problems.error(diagnostic.help(help));
    }
    if section.value("choices").is_some() && param.choices.is_empty() {
        report(
            "choices",
            format!("`{}` has an empty list of choices", param.name),
            "name at least one",
        );
    }
    if param.rest && param.list {
        let message = "a param has either `rest` or `list`".to_owned();
        report(
            "list",
            message,
            "`rest` takes the line as it is, `list` takes it word by word",
        );
    }
    if param.rest && !matches!(kind, ParamKind::String | ParamKind::Text) {
        report("rest", meaningless("rest"), "the rest of a line is text");
    }
    if param.required && section.value("default").is_some() {
        let message = format!("`{}` is required, so its default is never used", param.name);
        report("default", message, "take out `required` or `default`");
    }
    if param.list {
        report(
            "default",
            "a param with `list` has no default".to_owned(),
            "say `required = false` instead",
        );
    }
}

fn check_bounds(section: &Section, param: &Param) {
    if let (Some(min), Some(max), Some(value)) = (param.min, param.max, section.value("min"))
        && min > max
    {
        let message = format!("`min` is {min}, more than `max`, which is {max}");
        value.report(value.error(message).help("no value could ever fit; swap them"));
    }
}

/// The default, checked like a value that someone typed.
fn default(value: &Value, param: &Param) -> Option<String> {
    let written = if value.is_string() {
        value.words()?.to_owned()
    } else if param.kind == ParamKind::Boolean {
        value.boolean()?.to_string()
    } else if param.kind == ParamKind::Integer {
        value.integer()?.to_string()
    } else if param.kind == ParamKind::Number {
        value.number()?.to_string()
    } else {
        value.string()?.to_owned()
    };
    if let Ok(checked) = arguments::check_value(param, &written) {
        return Some(checked.into_owned());
    }
    let message = format!(
        "the default {} is no value that `{}` takes",
        quoted(&written),
        param.name
    );
    let choices = param.choices.iter().map(|choice| choice.value.as_str());
    let choices: Vec<&str> = choices.collect();
    let help = if choices.is_empty() {
        "it must fit the type and the bounds".to_owned()
    } else {
        format!("it must be one of {}", listed(&choices))
    };
    value.report(value.error(message).help(help));
    None
}
