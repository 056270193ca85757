//! The schema and the reader say the same.

use regex::Regex;
use serde_json::{Value, json};

use crate::command::WITH_ACTIONS;
use crate::document::{Form, Keys};
use crate::exec::OF_PROGRAMS;
use crate::file::FILE;
use crate::{DEFAULT_FILE, schema};

use super::Catalogue;

fn has_all(object: &serde_json::Map<String, Value>, keys: &Value) -> bool {
    let keys = keys.as_array().expect("a list").iter();
    keys.map(|key| key.as_str().expect("a word"))
        .all(|key| object.contains_key(key))
}

/// What of `value` doesn't fit: as much of JSON Schema as ours uses, by the book.
fn faults(schema: &Value, value: &Value, at: &str, whole: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let Value::Object(rules) = schema else {
        panic!("{schema} is not a schema");
    };
    let fits = |schema: &Value, value: &Value| faults(schema, value, at, whole).is_empty();
    let each = |list: &Value| list.as_array().expect("a list").clone();
    for (rule, limit) in rules {
        let fine = match rule.as_str() {
            "$schema" | "title" | "description" | "definitions" => true,
            "$ref" => {
                let pointer = limit.as_str().expect("a string").strip_prefix('#').expect("it is here");
                let target = whole.pointer(pointer).expect("it is there");
                found.extend(faults(target, value, at, whole));
                true
            }
            "allOf" => each(limit).iter().all(|schema| fits(schema, value)),
            "anyOf" => each(limit).iter().any(|schema| fits(schema, value)),
            "oneOf" => each(limit).iter().filter(|schema| fits(schema, value)).count() == 1,
            "not" => !fits(limit, value),
            "enum" => each(limit).contains(value),
            "type" => {
                let types = match limit {
                    Value::Array(types) => types.clone(),
                    one => vec![one.clone()],
                };
                types.iter().any(|name| match name.as_str().expect("a word") {
                    "object" => value.is_object(),
                    "array" => value.is_array(),
                    "string" => value.is_string(),
                    "boolean" => value.is_boolean(),
                    "integer" => value.is_i64(),
                    "number" => value.is_number(),
                    other => panic!("{other} is not a type"),
                })
            }
            "pattern" => value.as_str().is_none_or(|text| {
                Regex::new(limit.as_str().expect("a string"))
                    .expect("a pattern")
                    .is_match(text)
            }),
            "minimum" => value
                .as_i64()
                .is_none_or(|number| number >= limit.as_i64().expect("a number")),
            "maximum" => value
                .as_i64()
                .is_none_or(|number| number <= limit.as_i64().expect("a number")),
            "minProperties" => value.as_object().is_none_or(|object| !object.is_empty()),
            "required" => value.as_object().is_none_or(|object| has_all(object, limit)),
            "dependencies" => value.as_object().is_none_or(|object| {
                let needs = limit.as_object().expect("a table").iter();
                let mut given = needs.filter(|(key, _)| object.contains_key(*key));
                given.all(|(_, needed)| match needed {
                    Value::Array(_) => has_all(object, needed),
                    schema => fits(schema, value),
                })
            }),
            "propertyNames" => value
                .as_object()
                .is_none_or(|object| object.keys().all(|key| fits(limit, &json!(key)))),
            "items" => {
                for (number, element) in value.as_array().into_iter().flatten().enumerate() {
                    found.extend(faults(limit, element, &format!("{at}[{number}]"), whole));
                }
                true
            }
            "properties" => {
                for (key, schema) in limit.as_object().expect("a table") {
                    if let Some(value) = value.get(key) {
                        found.extend(faults(schema, value, &format!("{at}.{key}"), whole));
                    }
                }
                true
            }
            "additionalProperties" => {
                let named = rules.get("properties").and_then(Value::as_object);
                for (key, value) in value.as_object().into_iter().flatten() {
                    if named.is_some_and(|named| named.contains_key(key)) {
                        continue;
                    }
                    match limit {
                        Value::Bool(false) => found.push(format!("{at}.{key}: unknown")),
                        schema => found.extend(faults(schema, value, &format!("{at}.{key}"), whole)),
                    }
                }
                true
            }
            other => panic!("{other} is not a rule that this test knows"),
        };
        if !fine {
            found.push(format!("{at}: {rule} {limit}"));
        }
    }
    found
}

fn told(text: &str) -> Vec<String> {
    let value: Value = toml::from_str(text).unwrap();
    let schema = schema();
    faults(&schema, &value, "", &schema)
}

/// All tables of keys, and where each is: `commands.x.limits`.
fn tables() -> Vec<(String, &'static Keys)> {
    fn below(form: Form, at: &str, found: &mut Vec<(String, &'static Keys)>) {
        match form {
            Form::Table(keys) => {
                found.push((at.to_owned(), keys));
                for key in keys.list {
                    below(key.form, &format!("{at}.{}", key.name), found);
                }
            }
            Form::Named(inner) => below(*inner, &format!("{at}.x"), found),
            Form::List(inner) => below(*inner, &format!("{at}[]"), found),
            Form::Either(one, other) => {
                below(*one, at, found);
                below(*other, at, found);
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    below(Form::Table(&FILE), "", &mut found);
    found
}

#[test]
fn the_default_file_fits() {
    assert_eq!(told(DEFAULT_FILE), [""; 0]);
}

#[test]
fn every_table_is_there_and_none_takes_an_unknown_key() {
    let tables = tables();
    let places: Vec<&str> = tables.iter().map(|(place, _)| place.as_str()).collect();
    let expected = [
        "",
        ".server",
        ".access",
        ".limits",
        ".groups.x",
        ".plugins.x",
        ".plugins.x.limits",
        ".commands.x",
        ".commands.x.examples[]",
        ".commands.x.params[]",
        ".commands.x.limits",
    ];
    assert_eq!(places, expected);
    for (place, keys) in tables {
        let mut inner = json!({ "no_such_key": 1 });
        for required in keys.list.iter().filter(|key| key.required) {
            inner[required.name] = json!("x");
        }
        let mut value = inner;
        for step in place.split('.').rev().filter(|step| !step.is_empty()) {
            value = match step.strip_suffix("[]") {
                Some(key) => json!({ key: [value] }),
                None => json!({ step: value }),
            };
        }
        if let Some(command) = value.pointer_mut("/commands/x") {
            command["summary"] = json!("x");
            command["exec"] = json!(["true"]);
        }
        if let Some(plugin) = value.pointer_mut("/plugins/x") {
            plugin["path"] = json!("x");
        }
        let schema = schema();
        let told = faults(&schema, &value, "", &schema);
        assert_eq!(told.len(), 1, "{place}: {told:?}");
        assert!(told[0].ends_with(".no_such_key: unknown"), "{told:?}");
        let told = Catalogue::from_text(&toml::to_string(&value).unwrap())
            .unwrap_err()
            .to_string();
        assert!(told.contains("has no key `no_such_key`"), "{told}");
    }
}

#[test]
fn programs_have_what_only_programs_have() {
    let (_, command) = tables().into_iter().find(|(place, _)| place == ".commands.x").unwrap();
    let is_key = |name: &&'static str| command.list.iter().any(|key| key.name == *name);
    assert!(OF_PROGRAMS.iter().all(is_key) && WITH_ACTIONS.iter().all(is_key));
}

#[test]
fn both_take_and_refuse_the_same_plugins() {
    // No library is there: an optional plugin is told of in a warning.
    for right in [
        "config = { a = [1, { b = 1.5 }], c = 2026-11-22 }\nroles = [\"guest\"]\ntimeout = \"1s\"",
        "isolation = \"process\"\nread = [\"a\"]\nwrite = [\"b\"]\nnetwork = true\nuser = \"a:b\"\nqueue = 0",
        "limits = { memory = \"1MiB\", files = 1, processes = 1, file_size = \"1B\" }\nmax_running = 1",
    ] {
        let text = format!("[plugins.x]\npath = \"no_such_library\"\noptional = true\n{right}\n");
        assert_eq!(told(&text), [""; 0], "{right}");
        assert!(Catalogue::from_text(&text).is_ok(), "{right}");
        let bound =
            format!("{text}[commands.y]\nsummary = \"Y\"\nplugin = \"x.y\"\ntimeout = \"1s\"\nconfirm = \"?\"\n");
        assert_eq!(told(&bound), [""; 0], "{right}");
        assert!(Catalogue::from_text(&bound).is_ok(), "{right}");
    }
    for wrong in [
        "path = \"\"",
        "isolation = \"thread\"",
        "config = 1",
        "read = \"a\"",
        "max_running = 0",
        "limits = { memory = 1 }",
        "roles = [\"root\"]",
        "reply = \"x\"",
    ] {
        let path = if wrong.starts_with("path") {
            ""
        } else {
            "path = \"no_such_library\"\n"
        };
        let text = format!("[plugins.x]\noptional = true\n{path}{wrong}\n");
        assert_ne!(told(&text), [""; 0], "{wrong}");
        assert!(Catalogue::from_text(&text).is_err(), "{wrong}");
    }
}

/// The reader and the schema agree on files that are right, and on those that are wrong in their form.
#[test]
fn both_take_and_refuse_the_same() {
    let command = |keys: &str| format!("[commands.x]\nsummary = \"X\"\n{keys}\n");
    for right in [
        "",
        "summary = { en = \"X\", \"es-MX\" = \"X\" }",
        "exec = [\"true\", \"\"]\ntimeout = \"5s\"\nlimits = { cpu = \"1s\", memory = \"1 MiB\" }\nqueue = 0",
        "exec = [\"true\"]\numask = \"022\"\nok_exit = [0, 255]\non_hangup = \"continue\"\nenv = { A = \"\" }",
        "exec = [\"true\"]\numask = 0o22",
        "exec = [\"true\", \"{a}\"]\nparams = [{ name = \"a\", type = \"port\", default = 80, suggest = { 80 = \"web\" } }]",
        "roles = [\"user\"]\nreply = \"x\"",
        "lookup = { 443 = { en = \"a\" } }",
        "examples = [{ run = \"x\", about = \"x\", expect = \"x\", expect_exit = 0 }]",
    ] {
        let text = command(right);
        let text = if right.contains("summary") {
            text.replace("summary = \"X\"\n", "")
        } else {
            text
        };
        assert_eq!(told(&text), [""; 0], "{right}");
        assert!(Catalogue::from_text(&text).is_ok(), "{right}");
    }
    for wrong in [
        "plugin = \"x.y\"\nparams = [{ name = \"a\" }]",
        "plugin = \"x.y\"\nexec = [\"true\"]",
        "plugin = \"x.y\"\nqueue = 1",
        "plugin = 1",
        "timeout = \"5s\"",
        "reply = \"x\"\nlookup = { a = \"b\" }",
        "exec = \"true\"",
        "exec = [\"true\"]\ntimeout = 5",
        "exec = [\"true\"]\ntimeout = \"5 minutes\"",
        "exec = [\"true\"]\nqueue = -1",
        "exec = [\"true\"]\nmax_running = 0",
        "exec = [\"true\"]\nok_exit = [256]",
        "exec = [\"true\"]\numask = \"888\"",
        "exec = [\"true\"]\non_hangup = \"stop\"",
        "exec = [\"true\"]\nread_only = \"yes\"",
        "params = [{ type = \"string\" }]",
        "params = [{ name = \"a\", type = \"strng\" }]",
        "params = [{ name = \"a\", choices = \"x\" }]",
        "params = [{ name = \"a\", rest = 1 }]",
        "roles = [\"root\"]",
        "aliases = \"x\"",
        "aliases = [\" \"]",
        "examples = [{ run = \"x\" }]",
        "reply = \"\"",
        "reply = { english = 1 }",
        "reply = {}",
    ] {
        let text = command(wrong);
        assert_ne!(told(&text), [""; 0], "{wrong}");
        assert!(Catalogue::from_text(&text).is_err(), "{wrong}");
    }
}
