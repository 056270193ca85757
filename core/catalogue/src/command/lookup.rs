//! A table to look things up in.

use std::collections::HashMap;
use std::sync::Arc;

use crate::name::{Candidates, fold};
use crate::text::{LanguageId, Languages};
use caracola_speech::Text;

/// The keys of a lookup with a text for each. Keys are compared without regard to case.
#[derive(Debug, Clone)]
pub struct Lookup {
    entries: Vec<(String, Text)>,
    by_key: HashMap<Box<str>, usize>,
    nearby: Candidates<()>,
    languages: Arc<Languages>,
}

impl Lookup {
    /// `entries` in the order of the file; their keys are known to differ.
    pub(crate) fn new(entries: Vec<(String, Text)>, languages: &Arc<Languages>) -> Self {
        let folded = |key: &str| Box::<str>::from(fold(key));
        let numbered = entries.iter().enumerate();
        let by_key = numbered.map(|(number, (key, _))| (folded(key), number)).collect();
        let nearby = Candidates::new(entries.iter().map(|(key, _)| (key.as_str(), ())));
        Lookup {
            entries,
            by_key,
            nearby,
            languages: Arc::clone(languages),
        }
    }

    /// What it says about `key`, in the language nearest to the wanted one.
    pub fn get(&self, key: &str, language: LanguageId) -> Option<&str> {
        let number = self.by_key.get(&*fold(key.trim()))?;
        let (_, text) = self.entries.get(*number)?;
        Some(self.languages.text(text, language))
    }

    /// At most three keys that someone who typed `key` may have meant, the likeliest first.
    pub fn nearest(&self, key: &str) -> Vec<&str> {
        self.nearby.nearest(key, |()| true)
    }

    /// The keys in the order of the file.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &str> {
        self.entries.iter().map(|(key, _)| key.as_str())
    }

    /// Keys and texts in the order of the file.
    pub(crate) fn entries(&self) -> impl ExactSizeIterator<Item = (&str, &Text)> {
        self.entries.iter().map(|(key, text)| (key.as_str(), text))
    }
}
