//! The smallest plugin that is of any use: it greets.
#![forbid(unsafe_code)]

use caracola_sdk::{Call, Error, Plugin, Reply, Start};

caracola_sdk::sentences! { hello(name) { en: "Hello, {name}!", es: "Hola, {name}!" } }

/// Greets in the caller's language, or with the words of the plugin's `config` table.
#[derive(serde::Deserialize)]
pub struct Hello {
    greeting: Option<String>,
}

impl Plugin for Hello {
    const DEFINITIONS: &'static str = include_str!("commands.toml");

    fn start(start: &Start<'_>) -> Result<Self, Error> {
        start.config()
    }

    fn call(&self, call: &Call<'_>) -> Result<Reply, Error> {
        let name = call.argument("name").unwrap_or_default();
        let greeting = self.greeting.as_ref().map(|greeting| format!("{greeting}, {name}!"));
        Ok(greeting.unwrap_or_else(|| hello(call, name)).into())
    }
}

caracola_sdk::export!(Hello);
