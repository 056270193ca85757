//! What other settings of a plugin open.

use super::bound::{is_raised, which};
use caracola_plugin_host::{Isolation, PluginSettings};

/// The keys by which `new` would open what `old` keeps shut.
pub(super) fn opened(old: &PluginSettings, new: &PluginSettings) -> Vec<&'static str> {
    let (of_old, of_new) = (&old.fence, &new.fence);
    let beyond = |new: &[std::path::PathBuf], old: &[std::path::PathBuf]| new.iter().any(|path| !old.contains(path));
    let keys = [
        (
            "isolation",
            old.isolation == Isolation::Process && new.isolation == Isolation::None,
        ),
        ("config", has_lost_keys(&old.config, &new.config)),
        ("timeout", new.timeout > old.timeout),
        ("max_running", new.max_running > old.max_running),
        ("queue", new.queue > old.queue),
        ("max_output", new.max_output > old.max_output),
        ("read", beyond(&of_new.read, &of_old.read)),
        ("write", beyond(&of_new.write, &of_old.write)),
        ("network", of_new.network && !of_old.network),
        ("user", of_new.user != of_old.user),
        (
            "limits",
            is_raised(of_old.memory, of_new.memory)
                || is_raised(of_old.files, of_new.files)
                || is_raised(of_old.processes, of_new.processes)
                || is_raised(of_old.file_size, of_new.file_size),
        ),
    ];
    which(keys).collect()
}

/// Whether a key of a plugin's own settings is missing, at any depth: nobody but the plugin knows what it kept shut.
fn has_lost_keys(old: &str, new: &str) -> bool {
    fn lost(old: &serde_json::Value, new: &serde_json::Value) -> bool {
        let Some(old) = old.as_object() else {
            return false;
        };
        old.iter()
            .any(|(key, value)| new.get(key).is_none_or(|new| lost(value, new)))
    }
    match (serde_json::from_str(old), serde_json::from_str(new)) {
        (Ok(old), Ok(new)) => lost(&old, &new),
        _ => old != new,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plugin_s_own_settings_may_change_and_not_go() {
        let old = r#"{"limit": 5, "safe": {"links": false}}"#;
        assert!(!has_lost_keys(
            old,
            r#"{"limit": 6, "safe": {"links": true}, "more": 1}"#
        ));
        for new in ["{}", r#"{"limit": 5}"#, r#"{"limit": 5, "safe": {}}"#] {
            assert!(has_lost_keys(old, new), "{new}");
        }
    }
}
