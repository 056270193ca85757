//! What Tab offers: names of commands, then values for their params, from the catalogue and the server.

use caracola_wire::{CatalogueEntry, ParamEntry};
use rustyline::completion::Candidate;

use super::words;
use crate::catalogue::{Index, is_typable};
use crate::layout::wrap;
use crate::line::{self, Word};
use crate::phrases::Speech;

/// More candidates than this are no help, and the list would scroll for pages.
const MAX_CANDIDATES: usize = 500;
/// Up to this many candidates are listed one a line, with what they are for.
const MAX_EXPLAINED: usize = 20;
/// What the default catalogue speaks; offered where a language is wanted and the server names no choices.
const LANGUAGES: [&str; 2] = ["en", "es"];

/// What only the server knows at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Asked {
    People,
    Rooms,
}

/// All that completion draws from.
pub(crate) struct Sources<'a> {
    pub(crate) catalogue: &'a Index,
    /// Asks the server; answers with nothing if that takes too long.
    pub(crate) ask: &'a dyn Fn(Asked) -> Vec<String>,
    pub(crate) speech: Speech,
    /// Columns for a candidate with its explanation.
    pub(crate) columns: usize,
}

/// One thing that could stand at the cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Choice {
    shown: String,
    value: String,
}

impl Candidate for Choice {
    fn display(&self) -> &str {
        &self.shown
    }

    fn replacement(&self) -> &str {
        &self.value
    }
}

/// A value and what it is about.
type Offer = (String, String);

/// What could replace the text from the returned place, in bytes, up to the cursor.
pub(crate) fn complete(line: &str, cursor: usize, sources: &Sources<'_>) -> (usize, Vec<Choice>) {
    let typed = &line[..cursor];
    let (start, offers) = offers(typed, sources);
    (start, choices(offers, sources.columns))
}

fn offers(typed: &str, sources: &Sources<'_>) -> (usize, Vec<Offer>) {
    let start = typed.len() - typed.trim_start().len();
    if typed[start..].starts_with(':') {
        return own_word_offers(typed, start, sources);
    }
    command_offers(typed, start, sources)
}

/// Own words, or what stands in the line that one of them takes.
fn own_word_offers(typed: &str, start: usize, sources: &Sources<'_>) -> (usize, Vec<Offer>) {
    let parts = line::words(&typed[start..]);
    let inner = match parts.first().map(|word| word.text.as_str()) {
        Some(":time" | ":json") => parts.first(),
        Some(":watch") => parts.get(1),
        _ => None,
    };
    if let Some(before) = inner
        && typed.len() > start + before.end
    {
        let begin = start + before.end;
        let (offset, offers) = offers(&typed[begin..], sources);
        return (begin + offset, offers);
    }
    let own = words::all(sources.speech)
        .into_iter()
        .filter(|(word, ..)| word.starts_with(&typed[start..]))
        .map(|(word, _, about)| (word.to_owned(), about))
        .collect();
    (start, own)
}

fn command_offers(typed: &str, start: usize, sources: &Sources<'_>) -> (usize, Vec<Offer>) {
    let text = &typed[start..];
    // Aliases only when something was typed: without it they would double the list.
    let mut offers: Vec<Offer> = sources
        .catalogue
        .starting_with(text, !text.is_empty())
        .map(|(name, entry)| (name.to_owned(), entry.summary.clone()))
        .collect();
    let ends_word = text.ends_with(char::is_whitespace);
    let Some((entry, name_words)) = sources.catalogue.find_in_line(text) else {
        return (start, offers);
    };
    let words = line::words(typed);
    let is_in_name = words.len() == name_words && !ends_word;
    if is_in_name || !offers.is_empty() {
        // `disk ` may go on as `disk wipe`; such a command takes no arguments of its own.
        offers.truncate(MAX_CANDIDATES);
        return (start, offers);
    }
    argument_offers(typed, entry, &words, name_words, sources)
}

fn argument_offers(
    typed: &str,
    entry: &CatalogueEntry,
    words: &[Word],
    name_words: usize,
    sources: &Sources<'_>,
) -> (usize, Vec<Offer>) {
    let arguments = &words[name_words.min(words.len())..];
    let is_new_word = typed.ends_with(char::is_whitespace) && words.last().is_none_or(|word| word.open.is_none());
    let partial = if is_new_word { None } else { arguments.last() };
    let position = arguments.len() - usize::from(partial.is_some());
    let start = partial.map_or(typed.len(), |word| word.start);
    let begun = partial.map_or("", |word| word.text.as_str());
    if takes_topics(entry) {
        // Names have several words: everything after the command is one topic.
        let start = arguments.first().map_or(typed.len(), |word| word.start);
        return (start, topics(&typed[start..], sources.catalogue));
    }
    let param = param_at(entry, position);
    let offers = match param {
        Some(param) => values(param, sources),
        None => example_words(entry, position),
    };
    let matching = offers
        .into_iter()
        .filter(|(value, _)| starts_with(value, begun))
        .filter(|(value, _)| is_typable(value))
        .map(|(value, about)| (quoted(&value), about))
        .collect();
    (start, matching)
}

/// `help`, and whatever else takes the name of a command.
fn takes_topics(entry: &CatalogueEntry) -> bool {
    let kind = entry.params.first().map(|param| param.kind.as_str());
    kind == Some("command") || (entry.name == "help" && kind.is_some())
}

fn param_at(entry: &CatalogueEntry, position: usize) -> Option<&ParamEntry> {
    entry
        .params
        .get(position)
        .or_else(|| entry.params.last().filter(|param| param.list || param.rest))
}

fn values(param: &ParamEntry, sources: &Sources<'_>) -> Vec<Offer> {
    let bare = |values: Vec<String>| values.into_iter().map(|value| (value, String::new())).collect();
    if !param.choices.is_empty() {
        return param.choices.clone();
    }
    match param.kind.as_str() {
        "language" => bare(LANGUAGES.map(str::to_owned).to_vec()),
        "person" => bare((sources.ask)(Asked::People)),
        "room" => bare((sources.ask)(Asked::Rooms)),
        "boolean" => bare(vec!["true".to_owned(), "false".to_owned()]),
        _ => Vec::new(),
    }
}

/// What `help` takes: names of commands and groups.
fn topics(begun: &str, catalogue: &Index) -> Vec<Offer> {
    let commands = catalogue
        .starting_with(begun, !begun.is_empty())
        .map(|(name, entry)| (name.to_owned(), entry.summary.clone()));
    let groups = catalogue
        .groups()
        .iter()
        .filter(|(name, _)| starts_with(name, begun))
        .cloned();
    commands.chain(groups).collect()
}

/// A card takes anything; its examples show what makes sense, such as `-l` after `ls`.
fn example_words(entry: &CatalogueEntry, position: usize) -> Vec<Offer> {
    let name_words = entry.name.split_whitespace().count();
    let mut offers = Vec::new();
    for example in &entry.examples {
        let words = line::words(example);
        let arguments = words.get(name_words..).unwrap_or_default();
        for (place, word) in arguments.iter().enumerate() {
            let fits = place == position || word.text.starts_with('-');
            if fits && !offers.iter().any(|(value, _)| *value == word.text) {
                offers.push((word.text.clone(), String::new()));
            }
        }
    }
    offers
}

/// In any case.
fn starts_with(value: &str, begun: &str) -> bool {
    value.to_lowercase().starts_with(&begun.to_lowercase())
}

/// A value with blanks or a shell's signs goes between quotes.
fn quoted(value: &str) -> String {
    if !value.is_empty() && line::is_plain(value) && !value.contains(' ') {
        return value.to_owned();
    }
    format!("'{}'", value.replace('\'', "'\\''"))
}

fn choices(mut offers: Vec<Offer>, columns: usize) -> Vec<Choice> {
    offers.truncate(MAX_CANDIDATES);
    let widest = offers.iter().map(|(value, _)| wrap::width(value)).max().unwrap_or(0);
    let is_only = offers.len() == 1;
    let explains = offers.len() <= MAX_EXPLAINED;
    offers
        .into_iter()
        .map(|(value, about)| {
            let shown = if explains && !about.is_empty() {
                let line = format!("{}  {about}", wrap::pad(&value, widest));
                wrap::truncate(&line, columns)
            } else {
                value.clone()
            };
            // The only candidate is taken at once, and typing goes on behind it.
            let value = if is_only { value + " " } else { value };
            Choice { shown, value }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::tests::index;

    fn offered(line: &str) -> (usize, Vec<String>) {
        let index = index();
        let ask = |asked| match asked {
            Asked::People => vec!["ana".to_owned(), "ben".to_owned(), "evil\u{1b}".to_owned()],
            Asked::Rooms => vec!["lobby".to_owned(), "class".to_owned()],
        };
        let sources = Sources {
            catalogue: &index,
            ask: &ask,
            speech: Speech::English,
            columns: 60,
        };
        let (start, choices) = complete(line, line.len(), &sources);
        (start, choices.into_iter().map(|choice| choice.value).collect())
    }

    fn values(line: &str) -> Vec<String> {
        offered(line).1
    }

    #[test]
    fn names_of_commands() {
        assert_eq!(offered("l"), (0, vec!["lang".into(), "ls".into(), "lsof".into()]));
        assert_eq!(offered("  pa"), (2, vec!["paint ".into()]));
        assert_eq!(values("d"), ["decir", "dir"]);
        assert_eq!(values("git"), ["git", "git ci", "git commit"]);
        assert_eq!(values("git co"), ["git commit "]);
        assert_eq!(values("nothing"), Vec::<String>::new());
        assert!(!values("").contains(&"dir".to_owned()), "aliases only on request");
    }

    #[test]
    fn values_of_params() {
        assert_eq!(values("paint "), ["red", "green"]);
        assert_eq!(offered("paint g"), (6, vec!["green ".into()]));
        assert_eq!(values("lang "), ["en", "es"]);
        assert_eq!(values("join c"), ["class "]);
        assert_eq!(values("tell "), ["ana", "ben"]);
        assert_eq!(offered("tell BE"), (5, vec!["ben ".into()]));
        assert_eq!(values("tell ana "), Vec::<String>::new());
        assert_eq!(values("say l"), Vec::<String>::new());
    }

    #[test]
    fn help_takes_names_and_groups() {
        assert_eq!(offered("help git c"), (5, vec!["git ci".into(), "git commit".into()]));
        assert_eq!(values("help fi"), ["files "]);
        assert!(values("ayuda ").len() > 5);
    }

    #[test]
    fn words_of_a_cards_examples() {
        assert_eq!(values("ls "), ["-l", "--all", "demo"]);
        assert_eq!(values("ls --"), ["--all "]);
        assert_eq!(values("git commit d"), ["demo "]);
        assert_eq!(values("ls x -"), ["-l", "--all"]);
    }

    #[test]
    fn own_words_and_the_lines_they_take() {
        assert_eq!(values(":h"), [":help "]);
        assert_eq!(offered(":time pa"), (6, vec!["paint ".into()]));
        assert_eq!(offered(":watch 2 paint g"), (15, vec!["green ".into()]));
        assert_eq!(values(":watch "), Vec::<String>::new());
    }

    #[test]
    fn what_needs_quotes_gets_them() {
        assert_eq!(quoted("plain"), "plain");
        assert_eq!(quoted("two words"), "'two words'");
        assert_eq!(quoted("it's"), "'it'\\''s'");
        assert_eq!(quoted("a|b"), "'a|b'");
    }

    #[test]
    fn explanations_fit_the_terminal() {
        let long = "x".repeat(200);
        for choice in choices(vec![("a".into(), long.clone()), ("b".into(), long)], 40) {
            assert!(wrap::width(&choice.shown) <= 40);
        }
    }

    #[test]
    fn ten_thousand_commands_in_less_than_two_milliseconds() {
        let entries = (0..10_000)
            .map(|number| crate::catalogue::tests::entry(&format!("command{number}"), &[], vec![]))
            .collect();
        let index = Index::new(caracola_wire::CatalogueExport {
            entries,
            groups: vec![],
        });
        let sources = Sources {
            catalogue: &index,
            ask: &|_| Vec::new(),
            speech: Speech::English,
            columns: 80,
        };
        let once = || {
            let started = std::time::Instant::now();
            assert_eq!(complete("command", 7, &sources).1.len(), MAX_CANDIDATES);
            started.elapsed().as_millis()
        };
        // Ten times the target, since this is an unoptimised build; the fastest of several, since the machine is busy.
        assert!((0..20).map(|_| once()).min() < Some(20));
    }
}
