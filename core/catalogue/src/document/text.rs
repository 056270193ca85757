//! Reads text for people: a string, or a table of strings by language.

use toml::de::DeValue;

use super::section::{Value, scalar};
use crate::diagnostic::{Diagnostic, quoted};
use caracola_speech::{Language, Text};

impl Value<'_> {
    /// Text for people: a string, or a table by language.
    pub(crate) fn text(&self) -> Option<Text> {
        match self.value() {
            DeValue::String(_) => self.words().map(Text::plain),
            DeValue::Table(_) => self.text_by_language(),
            other => {
                let mut diagnostic = self.wrong_type("a string, or a table of strings by language");
                if let Some(bare) = scalar(other) {
                    diagnostic = diagnostic.help(format!("write it in quotes: \"{bare}\""));
                }
                self.report(diagnostic);
                None
            }
        }
    }

    fn text_by_language(&self) -> Option<Text> {
        let mut versions: Vec<(Language, Box<str>)> = Vec::new();
        let values = self.table()?.values();
        for value in &values {
            let language = value.language_key();
            let words = value.words();
            let (Some(language), Some(words)) = (language, words) else {
                continue;
            };
            if versions.iter().any(|(other, _)| *other == language) {
                let message = format!("this text is given in `{language}` twice");
                value.report(Diagnostic::error(value.key_place(), message));
                continue;
            }
            versions.push((language, words.into()));
        }
        if values.is_empty() {
            let diagnostic = self.error(format!("`{}` has no text in any language", self.key()));
            self.report(diagnostic.help("write a string, or a table such as { en = \"...\", es = \"...\" }"));
        }
        let complete = values.len() == versions.len();
        let text = Text::by_language(versions)?;
        if complete {
            self.reader.translations.add(self.span(), &text);
        }
        Some(text)
    }

    fn language_key(&self) -> Option<Language> {
        let parsed = self.key().parse().ok();
        if parsed.is_none() {
            let message = format!("{} is not a language tag", quoted(self.key()));
            let diagnostic = Diagnostic::error(self.key_place(), message)
                .label("unknown language")
                .help("tags look like `en`, `es` or `es-MX`; a key with a dot needs quotes");
            self.report(diagnostic);
        }
        parsed
    }

    /// The tag of a language.
    pub(crate) fn language(&self) -> Option<Language> {
        let word = self.words()?;
        let parsed = word.parse().ok();
        if parsed.is_none() {
            let diagnostic = self
                .error(format!("{} is not a language tag", quoted(word)))
                .label("unknown language")
                .help("tags look like `en`, `es` or `es-MX`");
            self.report(diagnostic);
        }
        parsed
    }
}
