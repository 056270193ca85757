//! Reads a table under `[plugins]`.

use std::path::PathBuf;

use serde_json::{Map, Number, Value as Json};
use toml::de::DeValue;

use super::NamedPlugin;
use super::keys::{OF_FENCES, PLUGIN, PLUGIN_LIMITS};
use crate::command::role;
use crate::diagnostic::{Diagnostic, Doubt, quoted};
use crate::document::{Section, Value, duration, size};
use crate::exec::{account, whole_number};
use caracola_plugin_host::{Fence, Isolation, LONGEST_PLUGIN, PluginSettings, is_plugin};

/// Reads one plugin. One whose settings are wrong has none, and the errors have been reported.
pub(crate) fn read(value: &Value) -> Option<NamedPlugin> {
    let section = value.section(&PLUGIN)?;
    let errors = section.reader.problems.error_count();
    let name = value.key();
    if !is_plugin(name) {
        let message = format!("{} cannot be the name of a plugin", quoted(name));
        let diagnostic = Diagnostic::error(value.key_place(), message);
        value.report(diagnostic.help(format!(
            "it has at most {LONGEST_PLUGIN} letters from a to z, digits, `_` and `-`"
        )));
    }
    let help = "write path = \"caracola_system\", or the path of a library";
    let path = section.required("path", "this plugin", help);
    let settings = settings(&section, name, path.as_ref());
    let readable = errors == section.reader.problems.error_count();
    Some(NamedPlugin {
        name: name.to_owned(),
        name_place: value.key_place(),
        path_place: path.map_or_else(|| section.place(), |path| path.place()),
        optional: flag(&section, "optional"),
        role: section.value("roles").and_then(|value| role(&value)),
        settings: settings.filter(|_| readable),
    })
}

fn settings(section: &Section, name: &str, path: Option<&Value>) -> Option<PluginSettings> {
    let value = |key| section.value(key);
    let isolation = value("isolation")
        .and_then(|value| isolation(&value))
        .unwrap_or_default();
    let fence = fence(section);
    if isolation == Isolation::None {
        warn_no_fence(section);
    }
    let count = |key, least, default| {
        let read = value(key).and_then(|value| whole_number(&value, least));
        read.unwrap_or(default)
    };
    let config = value("config").map(|value| config(&value));
    Some(PluginSettings {
        name: name.to_owned(),
        path: path.and_then(library)?,
        isolation,
        optional: flag(section, "optional"),
        config: match config {
            Some(config) => config?,
            None => "{}".to_owned(),
        },
        timeout: value("timeout")
            .and_then(|value| duration(&value))
            .unwrap_or(PluginSettings::TIMEOUT),
        max_running: count("max_running", 1, PluginSettings::MAX_RUNNING),
        queue: count("queue", 0, PluginSettings::QUEUE),
        max_output: value("max_output")
            .and_then(|value| size(&value))
            .unwrap_or(PluginSettings::MAX_OUTPUT),
        fence,
    })
}

fn flag(section: &Section, key: &str) -> bool {
    section.value(key).and_then(|value| value.boolean()).unwrap_or_default()
}

/// A path, which has a slash in it and is relative to the file; or a bare name.
fn library(value: &Value) -> Option<PathBuf> {
    let written = value.words()?;
    if written.contains('\0') {
        value.report(value.error("a path cannot have a zero byte in it").help("take it out"));
        return None;
    }
    Some(if written.contains('/') {
        value.reader.file.path_from(written)
    } else {
        PathBuf::from(written)
    })
}

fn isolation(value: &Value) -> Option<Isolation> {
    let word = value.words()?;
    let found = Isolation::ALL.into_iter().find(|known| known.as_str() == word);
    if found.is_none() {
        value.unknown_word(word, "kind of isolation", &Isolation::ALL.map(Isolation::as_str));
    }
    found
}

fn fence(section: &Section) -> Fence {
    let paths = |key| {
        let strings = section.value(key).and_then(|value| value.strings()).unwrap_or_default();
        let paths = strings
            .into_iter()
            .map(|path| section.reader.file.path_from(&path.value));
        paths.collect()
    };
    let user = section.value("user").and_then(|value| {
        account(&value)?;
        Some(value.words()?.to_owned())
    });
    let limits = section.value("limits").and_then(|value| value.section(&PLUGIN_LIMITS));
    let limit = |key| limits.as_ref().and_then(|limits| limits.value(key));
    let bytes = |key| limit(key).and_then(|value| size(&value));
    let number = |key| limit(key).and_then(|value| whole_number(&value, 1)).map(u64::from);
    Fence {
        read: paths("read"),
        write: paths("write"),
        network: flag(section, "network"),
        user,
        memory: bytes("memory"),
        files: number("files"),
        processes: number("processes"),
        file_size: bytes("file_size"),
    }
}

fn warn_no_fence(section: &Section) {
    for value in OF_FENCES.iter().filter_map(|key| section.value(key)) {
        let message = format!("`{}` holds nobody to anything in the server's own process", value.key());
        let diagnostic = Diagnostic::warning(value.key_place(), message);
        let help = "take it out, or give the plugin a process of its own: isolation = \"process\"";
        value.reader.problems.warning(Doubt::NoFence, diagnostic.help(help));
    }
}

/// The `config` table as a JSON object.
fn config(value: &Value) -> Option<String> {
    value.table()?;
    let json = json(value.value());
    if json.is_none() {
        let diagnostic = value.error("`config` has a number in it that plugins can't be told");
        value.report(diagnostic.help("whole numbers have 64 bits, and others are finite"));
    }
    json.map(|json| json.to_string())
}

/// A value in JSON: dates and times become text.
fn json(value: &DeValue) -> Option<Json> {
    Some(match value {
        DeValue::String(text) => Json::String(text.to_string()),
        DeValue::Integer(integer) => Json::Number(i64::from_str_radix(integer.as_str(), integer.radix()).ok()?.into()),
        DeValue::Float(float) => Json::Number(Number::from_f64(float.as_str().parse().ok()?)?),
        DeValue::Boolean(boolean) => Json::Bool(*boolean),
        DeValue::Datetime(datetime) => Json::String(datetime.to_string()),
        DeValue::Array(items) => Json::Array(items.iter().map(|item| json(item.get_ref())).collect::<Option<_>>()?),
        DeValue::Table(table) => {
            let entries = table.iter();
            let entries = entries.map(|(key, item)| Some((key.get_ref().to_string(), json(item.get_ref())?)));
            Json::Object(entries.collect::<Option<Map<_, _>>>()?)
        }
    })
}
