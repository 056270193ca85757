//! Which languages the texts of a file are given in.

use std::cell::RefCell;
use std::ops::Range;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Doubt, Problems, SourceFile, SourceSpan, listed};
use caracola_speech::{Language, Text};

/// The texts of one file that are given by language: each should have all the languages that the file has.
#[derive(Debug, Default)]
pub(crate) struct Translations {
    /// The file's languages. Those past the 64th don't count; assembling the catalogue reports them.
    languages: RefCell<Vec<Language>>,
    /// Where each text is, and a bit for each language that it has.
    seen: RefCell<Vec<(Range<usize>, u64)>>,
}

impl Translations {
    /// Adds a text, and where it is.
    pub(crate) fn add(&self, span: Range<usize>, text: &Text) {
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
    pub(crate) fn warn(self, file: &Arc<SourceFile>, problems: &Problems) {
        let languages = self.languages.into_inner();
        for (span, bits) in self.seen.into_inner() {
            let missing = languages.iter().enumerate();
            let missing = missing.filter(|(number, _)| bits & (1 << number) == 0);
            let missing: Vec<&str> = missing.map(|(_, language)| language.as_str()).collect();
            if missing.is_empty() {
                continue;
            }
            let message = format!("this text is not given in {}", listed(&missing, "and"));
            let diagnostic = Diagnostic::warning(SourceSpan::new(file, span), message)
                .help("other texts of this file are; its readers get another language here");
            problems.warning(Doubt::Untranslated, diagnostic);
        }
    }
}
