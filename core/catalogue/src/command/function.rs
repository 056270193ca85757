//! How a command calls a function of a plugin.

use std::sync::Arc;
use std::time::Duration;

use caracola_plugin_host::Plugin;
use caracola_speech::Text;

/// A function of a plugin, and how one command calls it.
#[derive(Debug)]
pub struct Function {
    /// Whose it is. Held for as long as anybody may call it.
    pub plugin: Arc<Plugin>,
    /// Its name, without the plugin's.
    pub name: String,
    /// How long a call may take, once it has begun.
    pub timeout: Duration,
    /// Whether it promises to return at once, so that it needs no thread of its own in the server's process.
    pub nonblocking: bool,
    /// Whether it changes nothing.
    pub read_only: bool,
    /// What a shell asks before it runs this.
    pub confirm: Option<Text>,
}

impl Function {
    /// Its name with the plugin's: `workspace.ls`.
    pub fn full_name(&self) -> String {
        format!("{}.{}", self.plugin.settings().name, self.name)
    }
}

impl PartialEq for Function {
    /// Whether nobody could tell one from the other, if their plugins are the same.
    fn eq(&self, other: &Self) -> bool {
        self.plugin.settings().name == other.plugin.settings().name
            && self.name == other.name
            && self.timeout == other.timeout
            && self.nonblocking == other.nonblocking
            && self.read_only == other.read_only
            && self.confirm == other.confirm
    }
}
