//! Reads text for people: a string, or a table of strings by language.

use std::cell::RefCell;
use std::ops::Range;
use std::sync::Arc;

use toml::de::DeValue;

use super::problems::{Doubt, Problems};
use super::section::{Value, scalar};
use crate::diagnostic::{Diagnostic, Place, SourceFile, listed, quoted};
use caracola_speech::{Language, Text};

/// The texts of one file that are given by language: each should have all the languages that the file has.
#[derive(Debug, Default)]
pub(super) struct Texts {
    /// The file's languages. Those past the 64th don't count; assembling the catalogue reports them.
    languages: RefCell<Vec<Language>>,
    /// Where each text is, and a bit for each language that it has.
    seen: RefCell<Vec<(Range<usize>, u64)>>,
}

impl Texts {
    fn add(&self, span: Range<usize>, text: &Text) {
        let mut languages = self.languages.borrow_mut();
        let mut bits = 0;
        for language in text.languages() {
            let known = languages.iter().position(|known| known == language);
            let number = known.unwrap_or(languages.len());
            if number < 64 {
                bits |= 1 << number;
                if known.is_none() {
                    languages.push(language.clone());
                }
            }
        }
        self.seen.borrow_mut().push((span, bits));
    }

    /// Warns about every text that lacks a language which others of this file have.
    pub(super) fn warn(self, file: &Arc<SourceFile>, problems: &Problems) {
        let languages = self.languages.into_inner();
        for (span, bits) in self.seen.into_inner() {
            let missing = languages.iter().enumerate();
            let missing = missing.filter(|(number, _)| bits & (1 << number) == 0);
            let missing: Vec<&str> = missing.map(|(_, language)| language.as_str()).collect();
            if missing.is_empty() {
                continue;
            }
            let message = format!("this text is not given in {}", listed(&missing, "and"));
            let diagnostic = Diagnostic::warning(Place::new(file, span), message)
                .help("other texts of this file are; its readers get another language here");
            problems.warning(Doubt::Untranslated, diagnostic);
        }
    }
}

impl Value<'_> {
    /// Text for people: a string, or a table by language.
    pub(super) fn text(&self) -> Option<Text> {
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
            self.reader.texts.add(self.span(), &text);
        }
        Some(text)
    }

    fn language_key(&self) -> Option<Language> {
        let parsed = self.key().parse().ok();
        if parsed.is_none() {
            let message = format!("{} is no language tag", quoted(self.key()));
            let diagnostic = Diagnostic::error(self.key_place(), message)
                .label("unknown language")
                .help("tags look like `en`, `es` or `es-MX`; a key with a dot needs quotes");
            self.report(diagnostic);
        }
        parsed
    }

    /// The tag of a language.
    pub(super) fn language(&self) -> Option<Language> {
        let word = self.words()?;
        let parsed = word.parse().ok();
        if parsed.is_none() {
            let diagnostic = self
                .error(format!("{} is no language tag", quoted(word)))
                .label("unknown language")
                .help("tags look like `en`, `es` or `es-MX`");
            self.report(diagnostic);
        }
        parsed
    }
}
