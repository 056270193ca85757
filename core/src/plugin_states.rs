//! What plugins keep for one session, such as the folder that somebody is in.

/// For how many plugins something is kept. Past that the oldest is forgotten: only a server whose plugins are renamed again
/// and again gets there. Each may keep 4 KiB, which `plugins` sees to.
const MOST: usize = 32;

/// By the names of the plugins; few, so a list.
#[derive(Debug, Default)]
pub struct PluginStates(Vec<(String, String)>);

impl PluginStates {
    /// What the plugin of that name keeps.
    pub fn get(&self, plugin: &str) -> Option<&str> {
        let found = self.0.iter().find(|(name, _)| name == plugin);
        found.map(|(_, state)| state.as_str())
    }

    /// Keeps it instead of what was there; nothing for an empty one.
    pub fn keep(&mut self, plugin: &str, state: String) {
        self.0.retain(|(name, _)| name != plugin);
        if state.is_empty() {
            return;
        }
        if self.0.len() >= MOST {
            self.0.remove(0);
        }
        self.0.push((plugin.to_owned(), state));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_plugin_has_its_own_and_there_is_an_end_to_it() {
        let mut states = PluginStates::default();
        states.keep("a", "1".to_owned());
        states.keep("b", "2".to_owned());
        states.keep("a", "3".to_owned());
        assert_eq!(states.get("a"), Some("3"));
        assert_eq!(states.get("b"), Some("2"));
        states.keep("b", String::new());
        assert_eq!(states.get("b"), None);
        for number in 0..MOST {
            states.keep(&format!("p{number}"), "x".to_owned());
        }
        assert_eq!(states.get("a"), None);
        assert_eq!(states.0.len(), MOST);
    }
}
