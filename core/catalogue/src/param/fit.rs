//! The keys of a param: which mean something together, and for which type.

use super::Param;
use super::definer::Definer;
use super::kind::ParamKind;
use crate::diagnostic::{Diagnostic, listed};
use crate::document::Section;

/// Reports keys that mean nothing together, or nothing for the param's type.
pub(crate) fn check(section: &Section, param: &Param, definer: Definer) {
    by_type(section, param);
    together(section, param);
    by_action(section, param, definer);
}

fn report(section: &Section, key: &str, message: &str, help: &str) {
    if let Some(value) = section.value(key) {
        value.report(Diagnostic::error(value.key_place(), message).help(help));
    }
}

/// Why a key means nothing for a type.
enum Why {
    /// Only the types that take it do this: said of one, and of several.
    Only(&'static str, &'static str),
    /// What to do, or another reason.
    Because(&'static str),
}

/// The keys that mean something for some types only.
const OF_SOME_TYPES: [(&str, Why); 15] = [
    ("min", Why::Only("has bounds", "have bounds")),
    ("max", Why::Only("has bounds", "have bounds")),
    ("max_len", Why::Only("has a length", "have a length")),
    ("pattern", Why::Only("has one", "have one")),
    ("choices", Why::Because("leave them out, or use type `choice`")),
    ("suggest", Why::Because("leave it out, or use type `string`")),
    ("complete", Why::Because("leave it out, or use type `string`")),
    ("root", LEADS),
    ("must_exist", LEADS),
    ("kind", LEADS),
    ("as", LEADS),
    ("schemes", Why::Only("has schemes", "have schemes")),
    ("default", Why::Because("a secret in a file is not a secret")),
    ("rest", Why::Because("the rest of a line is text")),
    ("list", Why::Because("a program reads one secret")),
];

const LEADS: Why = Why::Only("leads somewhere", "lead somewhere");

impl Why {
    fn help(&self, key: &str) -> String {
        match self {
            Why::Because(reason) => (*reason).to_owned(),
            Why::Only(one, several) => {
                let kinds = ParamKind::ORDINARY.iter().filter(|kind| kind.takes(key));
                let kinds: Vec<&str> = kinds.map(|kind| kind.as_str()).collect();
                let have = if kinds.len() == 1 { one } else { several };
                format!("only {} {have}", listed(&kinds, "and"))
            }
        }
    }
}

fn by_type(section: &Section, param: &Param) {
    let kind = param.kind;
    // `rest = false` and `list = false` say nothing that could be wrong.
    let is_off = |key| (key == "rest" && !param.rest) || (key == "list" && !param.list);
    for (key, why) in &OF_SOME_TYPES {
        if !kind.takes(key) && !is_off(*key) && section.value(key).is_some() {
            let message = format!("`{key}` means nothing for type `{}`", kind.as_str());
            report(section, key, &message, &why.help(key));
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
    if param.kind.takes("choices") && given("choices") && param.choices.is_empty() {
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

#[cfg(test)]
mod tests {
    use super::super::keys::PARAM;
    use super::*;

    #[test]
    fn each_key_of_some_types_is_a_key_that_some_types_take() {
        for (key, _) in OF_SOME_TYPES {
            assert!(PARAM.has(key), "{key}");
            let kinds = ParamKind::ORDINARY.iter();
            let takers = kinds.filter(|kind| kind.takes(key)).count();
            assert!((1..ParamKind::ORDINARY.len()).contains(&takers), "{key}");
        }
        let of_some: Vec<&str> = OF_SOME_TYPES.map(|(key, _)| key).to_vec();
        let others = PARAM.list.iter().filter(|key| !of_some.contains(&key.name));
        for key in others {
            assert!(
                ParamKind::ORDINARY.iter().all(|kind| !kind.takes(key.name)),
                "{}",
                key.name
            );
        }
    }
}
