//! The format of a file as a JSON Schema, so that editors complete it and check it while it is written.

use serde_json::{Map, Value, json};

use crate::command::WITH_ACTIONS;
use crate::document::{Form, Keys};
use crate::exec::{OF_PLUGINS_TOO, OF_PROGRAMS};
use crate::file::FILE;

/// The name that the schema has beside a file that points to it.
pub const SCHEMA_FILE: &str = "commands.schema.json";

/// The schema, by draft 7, which editors for TOML understand. It is made from the same list of keys that reading goes by.
pub fn schema() -> Value {
    let mut schema = table(&FILE);
    schema.insert("$schema".into(), json!("http://json-schema.org/draft-07/schema#"));
    schema.insert("title".into(), json!("The commands of a Caracola server"));
    schema.insert("definitions".into(), json!({ "text": text() }));
    Value::Object(schema)
}

/// Text for people.
fn text() -> Value {
    json!({
        "description": "Text for people: one string, or one for each language, such as { en = \"Hello\", es = \"Hola\" }.",
        "oneOf": [
            { "type": "string", "pattern": "\\S" },
            {
                "type": "object",
                "minProperties": 1,
                "additionalProperties": { "type": "string", "pattern": "\\S" },
                "propertyNames": { "pattern": "^[A-Za-z]{2,8}([-_.@][A-Za-z0-9.@_-]+)*$" },
            },
        ],
    })
}

fn table(keys: &Keys) -> Map<String, Value> {
    let properties = keys.list.iter().map(|key| {
        let mut property = form(key.form);
        if let Value::Object(property) = &mut property {
            // Beside a `$ref` nothing else counts, so that is wrapped.
            if let Some(reference) = property.remove("$ref") {
                property.insert("allOf".into(), json!([{ "$ref": reference }]));
            }
            property.insert("description".into(), json!(key.about));
        }
        (key.name.to_owned(), property)
    });
    let mut schema = Map::new();
    schema.insert("type".into(), json!("object"));
    schema.insert("additionalProperties".into(), json!(false));
    schema.insert("properties".into(), Value::Object(properties.collect()));
    let required: Vec<&str> = keys
        .list
        .iter()
        .filter(|key| key.required)
        .map(|key| key.name)
        .collect();
    if !required.is_empty() {
        schema.insert("required".into(), json!(required));
    }
    if keys.has("exec") {
        action(&mut schema);
    }
    schema
}

/// A command has one action, and only programs have what belongs to programs.
fn action(schema: &mut Map<String, Value>) {
    let needs = OF_PROGRAMS.iter().map(|key| {
        let needed = if OF_PLUGINS_TOO.contains(key) {
            json!({ "anyOf": [{ "required": ["exec"] }, { "required": ["plugin"] }] })
        } else {
            json!(["exec"])
        };
        ((*key).to_owned(), needed)
    });
    schema.insert("dependencies".into(), Value::Object(needs.collect()));
    let mut pairs = Vec::new();
    for (number, one) in WITH_ACTIONS.iter().enumerate() {
        let others = WITH_ACTIONS[number + 1..].iter();
        pairs.extend(others.map(|other| json!({ "required": [one, other] })));
    }
    // What a function takes is the plugin's to say.
    pairs.push(json!({ "required": ["plugin", "params"] }));
    schema.insert("not".into(), json!({ "anyOf": pairs }));
}

fn form(form: Form) -> Value {
    match form {
        Form::Text => json!({ "$ref": "#/definitions/text" }),
        Form::Words => json!({ "type": "string", "pattern": "\\S" }),
        Form::Any => json!({ "type": "string" }),
        Form::OneOf(words) => json!({ "enum": words }),
        Form::Boolean => json!({ "type": "boolean" }),
        Form::Integer(least, most) => json!({ "type": "integer", "minimum": least, "maximum": most }),
        Form::Number => json!({ "type": "number" }),
        Form::Scalar => json!({ "type": ["string", "number", "boolean"] }),
        Form::Size => json!({ "type": "string", "pattern": "^[0-9]+ *(B|KiB|MiB|GiB)$" }),
        Form::Duration => json!({ "type": "string", "pattern": "^[0-9]+ *(ms|s|m|h|d)$" }),
        Form::Mask => json!({
            "oneOf": [
                { "type": "string", "pattern": "^[0-7]{1,3}$" },
                { "type": "integer", "minimum": 0, "maximum": 0o777 },
            ],
        }),
        Form::List(element) => json!({ "type": "array", "items": self::form(*element) }),
        Form::Table(keys) => Value::Object(table(keys)),
        Form::Named(value) => json!({
            "type": "object",
            "additionalProperties": self::form(*value),
        }),
        Form::Free => json!({ "type": "object" }),
        Form::Either(one, other) => json!({ "oneOf": [self::form(*one), self::form(*other)] }),
    }
}
