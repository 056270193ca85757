//! Finds commands by words that say what one is looking for.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::text::LanguageId;
use crate::{Catalogue, Command};

impl Catalogue {
    /// The `visible` commands that have all of `words` in their names, aliases or summary, in any order. Case and accents
    /// don't count. First come those that have them in their name, then in an alias, then the others; each by name.
    pub fn search(&self, words: &str, language: LanguageId, visible: impl Fn(&Command) -> bool) -> Vec<&Command> {
        const MOST_WORDS: usize = 16;
        let words = plain(words);
        let words: Vec<&str> = words.split_whitespace().take(MOST_WORDS).collect();
        if words.is_empty() {
            return Vec::new();
        }
        let visible = self.commands.iter().filter(|command| visible(command));
        let mut found: Vec<(usize, &Command)> = visible
            .filter_map(|command| Some((self.rank(command, &words, language)?, command)))
            .collect();
        found.sort_by_key(|(rank, _)| *rank);
        found.into_iter().map(|(_, command)| command).collect()
    }

    /// How far one must look for the words: in the name, the aliases, the summary.
    fn rank(&self, command: &Command, words: &[&str], language: LanguageId) -> Option<usize> {
        let mut text = plain(&command.name);
        let has_all = |text: &str| words.iter().all(|word| text.contains(word));
        if has_all(&text) {
            return Some(0);
        }
        for alias in &command.aliases {
            text.push('\n');
            text.push_str(&plain(alias));
        }
        if has_all(&text) {
            return Some(1);
        }
        text.push('\n');
        text.push_str(&plain(self.text(&command.summary, language)));
        has_all(&text).then_some(2)
    }
}

/// Text without accents, in lower case.
fn plain(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let bare: String = text.nfd().filter(|character| !is_combining_mark(*character)).collect();
    bare.to_lowercase()
}
