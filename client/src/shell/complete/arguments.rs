//! What Tab offers for the arguments of a command: values, flags, topics of `help`, words of a card's examples.

use caracola_speech::Speech;
use caracola_wire::line::{self, Expected, Parameter as _, Parser, Word};
use caracola_wire::{CatalogueEntry, ParamEntry};

use super::Sources;
use crate::catalogue::{Index, is_typable};
use crate::question::{Asked, Offer};

/// What could stand at the end of `typed`, from the returned place on, in bytes. The last of its words is the one at its end,
/// which may be empty.
pub(super) fn offers(
    typed: &str,
    entry: &CatalogueEntry,
    words: &[Word],
    name_words: usize,
    sources: &Sources<'_>,
) -> (usize, Vec<Offer>) {
    let arguments = &words[name_words.min(words.len())..];
    let Some((partial, earlier)) = arguments.split_last() else {
        return (typed.len(), Vec::new());
    };
    let (start, begun) = (partial.start, partial.text.as_str());
    if takes_topics(entry) {
        // Names have several words: everything after the command is one topic.
        let start = arguments[0].start;
        return (start, topics(&typed[start..], sources.catalogue));
    }
    let place = Place::after(entry, earlier, sources);
    let offers = match place.offers(begun) {
        Some(offers) => offers,
        None => example_words(entry, earlier.len()),
    };
    let matching = offers
        .into_iter()
        .filter(|(value, _)| starts_with(value, begun))
        .filter(|(value, _)| is_typable(value))
        .map(|(value, about)| (line::quoted(&value).into_owned(), about))
        .collect();
    (start, matching)
}

/// Where in a command's arguments something is to be completed.
struct Place<'a> {
    entry: &'a CatalogueEntry,
    earlier: &'a [Word],
    parser: Parser<'a, ParamEntry>,
    /// Whether each param's flag stands there already.
    flagged: Vec<bool>,
    has_secret: bool,
    sources: &'a Sources<'a>,
}

impl<'a> Place<'a> {
    fn after(entry: &'a CatalogueEntry, earlier: &'a [Word], sources: &'a Sources<'a>) -> Self {
        let mut parser = Parser::new(&entry.params);
        for word in earlier {
            parser.take(&word.text);
        }
        Self {
            entry,
            earlier,
            parser,
            flagged: line::flags_among(earlier, &entry.params),
            has_secret: line::tells_secret(earlier, &entry.params),
            sources,
        }
    }

    /// None where the catalogue says nothing about what could stand there.
    fn offers(&self, begun: &str) -> Option<Vec<Offer>> {
        let takes_flags = self.parser.takes_flags();
        match self.parser.expected(begun) {
            Expected::Value {
                position,
                prefix,
                begun,
            } if !prefix.is_empty() => {
                let values = self.values(position, prefix.strip_suffix('='), begun).into_iter();
                Some(
                    values
                        .map(|(value, about)| (format!("{prefix}{value}"), about))
                        .collect(),
                )
            }
            // A value could begin so too, but a flag is likelier.
            Expected::Value { .. } if takes_flags && begun.starts_with('-') => Some(self.flags()),
            Expected::Value { position, begun, .. } => {
                let values = self.values(position, None, begun);
                let flags_help = values.is_empty() && begun.is_empty() && takes_flags;
                Some(if flags_help { self.flags() } else { values })
            }
            Expected::Flag { .. } => Some(self.flags()),
            Expected::Nothing if takes_flags || self.parser.in_rest() => Some(Vec::new()),
            Expected::Nothing => None,
        }
    }

    fn flags(&self) -> Vec<Offer> {
        let params = self.entry.params.iter().zip(&self.flagged);
        params
            .filter(|(param, flagged)| param.list || !**flagged)
            .filter_map(|(param, _)| Some((param.flag.clone()?, flag_about(param))))
            .collect()
    }

    /// Values for the param at a position; `flag` goes before them in the same word.
    fn values(&self, position: usize, flag: Option<&str>, begun: &str) -> Vec<Offer> {
        let param = &self.entry.params[position];
        let mut values = known_values(param, self.sources);
        // What was typed of a secret goes nowhere before the line itself does.
        if param.complete && !self.has_secret {
            let name = self.entry.name.split_whitespace();
            let earlier = self.earlier.iter().map(|word| word.text.as_str());
            let words = name.chain(earlier).chain(flag).chain([begun]);
            values.extend((self.sources.ask)(Asked::Values {
                words: words.map(str::to_owned).collect(),
            }));
        }
        values
    }
}

/// What follows a flag.
fn flag_about(param: &ParamEntry) -> String {
    if param.is_switch() {
        String::new()
    } else {
        param.name.to_uppercase()
    }
}

/// `help`, and whatever else takes the name of a command.
fn takes_topics(entry: &CatalogueEntry) -> bool {
    let kind = entry.params.first().map(|param| param.kind.as_str());
    kind == Some("command") || (entry.name == "help" && kind.is_some())
}

fn known_values(param: &ParamEntry, sources: &Sources<'_>) -> Vec<Offer> {
    let bare = |values: [&str; 2]| values.map(|value| (value.to_owned(), String::new())).to_vec();
    if !param.choices.is_empty() {
        return param.choices.clone();
    }
    match param.kind.as_str() {
        // What the default catalogue has; the server names no choices.
        "language" => Speech::ALL
            .map(|speech| (speech.language().to_string(), String::new()))
            .to_vec(),
        "person" => (sources.ask)(Asked::People),
        "room" => (sources.ask)(Asked::Rooms),
        "boolean" => bare(["true", "false"]),
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
