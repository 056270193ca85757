//! The keys of a param: which mean something together, and for which type.

use super::definer::Definer;
use super::section::Section;
use crate::diagnostic::Diagnostic;
use crate::param::{Param, ParamKind};

/// Reports keys that mean nothing together, or nothing for the param's type.
pub(super) fn check(section: &Section, param: &Param, definer: Definer) {
    by_type(section, param);
    together(section, param);
    by_action(section, param, definer);
}

fn report(section: &Section, key: &str, message: &str, help: &str) {
    if let Some(value) = section.value(key) {
        value.report(Diagnostic::error(value.key_place(), message).help(help));
    }
}

/// Whether a key of a param means something where its values are of this type.
pub(crate) fn suits(key: &str, kind: ParamKind) -> bool {
    match key {
        "min" | "max" => kind.is_numeric(),
        "max_len" => kind.has_length(),
        "pattern" => kind.has_pattern(),
        "choices" => kind.has_choices(),
        "suggest" | "complete" => kind.has_suggestions(),
        "root" | "must_exist" | "kind" | "as" => kind == ParamKind::Path,
        "schemes" => kind == ParamKind::Url,
        "rest" => matches!(kind, ParamKind::String | ParamKind::Text | ParamKind::Secret),
        "default" | "list" => kind != ParamKind::Secret,
        _ => true,
    }
}

fn by_type(section: &Section, param: &Param) {
    let kind = param.kind;
    let path = "only `path` leads somewhere";
    let keys = [
        ("min", "only `integer` and `number` have bounds"),
        ("max", "only `integer` and `number` have bounds"),
        ("max_len", "only `string` and `secret` have a length"),
        ("pattern", "only `string` and `secret` have one"),
        ("choices", "leave them out, or use type `choice`"),
        ("suggest", "leave it out, or use type `string`"),
        ("complete", "leave it out, or use type `string`"),
        ("root", path),
        ("must_exist", path),
        ("kind", path),
        ("as", path),
        ("schemes", "only `url` has schemes"),
        ("default", "a secret in a file is none"),
        ("rest", "the rest of a line is text"),
        ("list", "a program reads one secret"),
    ];
    // `rest = false` and `list = false` say nothing that could be wrong.
    let is_off = |key| (key == "rest" && !param.rest) || (key == "list" && !param.list);
    for (key, help) in keys {
        if !suits(key, kind) && !is_off(key) {
            let message = format!("`{key}` means nothing for type `{}`", kind.as_str());
            report(section, key, &message, help);
        }
    }
    if kind == ParamKind::Choice && section.value("choices").is_none() {
        let diagnostic = Diagnostic::error(section.place(), format!("`{}` has no choices", param.name));
        let help = "add `choices = [\"...\"]`, or use another type";
        section.reader.problems.error(diagnostic.help(help));
    }
}

fn together(section: &Section, param: &Param) {
    let name = &param.name;
    let given = |key| section.value(key).is_some();
    let empty = |key: &str| format!("`{name}` has an empty list of {key}");
    if kind_takes_choices(param) && given("choices") && param.choices.is_empty() {
        report(section, "choices", &empty("choices"), "name at least one");
    }
    if given("suggest") && given("choices") {
        let message = format!("`{name}` has choices, and nothing else is taken");
        report(section, "suggest", &message, "take out `suggest` or `choices`");
    }
    if given("complete") && (given("choices") || given("suggest")) {
        let message = format!("`{name}` is completed in two ways");
        report(section, "complete", &message, "take out one of the two");
    }
    if param.rest && param.list {
        let help = "`rest` takes the line as it is, `list` takes it word by word";
        report(section, "list", "a param has either `rest` or `list`", help);
    }
    if param.rest && param.flag.is_some() {
        let help = "take out `flag` or `rest`: one value follows a flag";
        report(section, "rest", "a flag doesn't take the rest of the line", help);
    }
    if param.required && given("default") {
        let message = format!("`{name}` is required, so its default is never used");
        report(section, "default", &message, "take out `required` or `default`");
    }
    if param.list {
        let help = "say `required = false` instead";
        report(section, "default", "a param with `list` has no default", help);
    }
    if param.is_switch() {
        switch(section, param);
    }
    if param.path.as_ref().is_some_and(|rule| rule.open && !rule.must_exist) {
        let help = "take out `must_exist`, or `as = \"fd\"`";
        report(section, "must_exist", "what isn't there cannot be opened", help);
    }
}

fn kind_takes_choices(param: &Param) -> bool {
    param.kind.has_choices()
}

/// A flag that is there or not.
fn switch(section: &Section, param: &Param) {
    let name = &param.name;
    let keys = [
        (
            "required",
            param.required,
            "a flag that must always be typed says nothing",
        ),
        ("default", true, "without the flag it is no"),
        ("list", param.list, "a flag is there or not"),
    ];
    for (key, wrong, help) in keys {
        if wrong {
            let message = format!("`{key}` means nothing for `{name}`, a flag that says yes");
            report(section, key, &message, help);
        }
    }
}

fn by_action(section: &Section, param: &Param, definer: Definer) {
    let name = &param.name;
    match definer {
        Definer::Program => return,
        Definer::Function => {
            if param.path.as_ref().is_some_and(|rule| rule.open) {
                report(
                    section,
                    "as",
                    "a plugin's function gets no open files",
                    "take it out: it gets the path",
                );
            }
            return;
        }
        Definer::BuiltIn | Definer::Other => {}
    }
    if param.kind == ParamKind::Secret {
        let help = "only a program, by `exec`, can be given a secret";
        report(
            section,
            "type",
            &format!("nothing here would use the secret `{name}`"),
            help,
        );
    }
    if param.kind == ParamKind::Path {
        let help = "only a program, by `exec`, can be given a file; for words that look like paths use \"string\"";
        report(
            section,
            "type",
            &format!("nothing here would use the path `{name}`"),
            help,
        );
    }
}
