//! The commands of a plugin, as far as a test has to know them. All of their definitions only a server reads.

use std::collections::{BTreeMap, HashSet};

use caracola_plugin_host::{LONGEST_FUNCTION, is_function};

use super::Failure;

/// The params of each function, in the order of their definition.
pub(super) type Functions = BTreeMap<String, Vec<Param>>;

/// A param of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Param {
    pub(super) name: String,
    /// The plugin offers values for it.
    pub(super) completes: bool,
}

/// The functions that definitions have. What is wrong with the rest of them a server tells, and `caracolad check`.
pub(super) fn functions(definitions: &str) -> Result<Functions, Failure> {
    let fail = |what: String| Failure(format!("the definitions: {what}"));
    let mut file: toml::Table = definitions
        .parse()
        .map_err(|error: toml::de::Error| fail(error.to_string()))?;
    let commands = file.remove("commands");
    if let Some(key) = file.keys().find(|key| *key != "groups") {
        return Err(fail(format!(
            "only [commands.NAME] and [groups.NAME] have a place there, and not `{key}`"
        )));
    }
    let Some(toml::Value::Table(commands)) = commands else {
        return Err(fail("there is no [commands.NAME]".into()));
    };
    let mut seen = HashSet::new();
    let functions = commands.into_iter().map(|(name, command)| {
        if !is_function(&name) {
            return Err(fail(format!(
                "'{name}' cannot be the name of a function: it has at most {LONGEST_FUNCTION} letters from a to z, digits, `_` and `-`"
            )));
        }
        if !seen.insert(name.to_ascii_lowercase()) {
            return Err(fail(format!("there are two functions called '{name}'")));
        }
        match command {
            toml::Value::Table(command) if command.contains_key("summary") => Ok((name, params(&command))),
            _ => Err(fail(format!("[commands.{name}] has no summary"))),
        }
    });
    functions.collect()
}

fn params(command: &toml::Table) -> Vec<Param> {
    let params = command.get("params").and_then(toml::Value::as_array);
    let params = params.into_iter().flatten().filter_map(|param| {
        Some(Param {
            name: param.get("name")?.as_str()?.to_owned(),
            completes: param.get("complete").and_then(toml::Value::as_bool).unwrap_or_default(),
        })
    });
    params.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is wrong with definitions.
    fn refusal(definitions: &str) -> String {
        functions(definitions).map_or_else(|failure| failure.0, |_| String::new())
    }

    #[test]
    fn functions_are_read_with_their_params() {
        let text = "[groups.g]\ntitle = 'G'\n[commands.a]\nsummary = 'A'\nparams = [{ name = 'x' }, { name = 'y', complete = true }]";
        let functions = functions(text).expect("it is good");
        let params: Vec<_> = functions["a"]
            .iter()
            .map(|param| (&*param.name, param.completes))
            .collect();
        assert_eq!(params, [("x", false), ("y", true)]);
    }

    #[test]
    fn those_that_make_no_sense_are_refused() {
        assert!(refusal("[commands.a").starts_with("the definitions: TOML parse error"));
        assert_eq!(refusal(""), "the definitions: there is no [commands.NAME]");
        assert_eq!(refusal("[commands.a]"), "the definitions: [commands.a] has no summary");
        assert!(refusal("[server]\n[commands.a]\nsummary = ''").contains("not `server`"));
        assert!(refusal("[commands.'two words']\nsummary = ''").contains("'two words' cannot be the name"));
        assert!(refusal("commands = { a.summary = '', A.summary = '' }").contains("two functions"));
    }
}
