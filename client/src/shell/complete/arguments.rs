//! What Tab offers for the arguments of a command: values, flags, topics of `help`, words of a card's examples.

use caracola_wire::line::{self, Word};
use caracola_wire::{CatalogueEntry, ParamEntry};

use super::{Asked, Offer, Sources};
use crate::catalogue::{Index, is_typable};
use crate::params::{self, Role, Sorter};

/// What the default catalogue speaks; offered where a language is wanted and the server names no choices.
const LANGUAGES: [&str; 2] = ["en", "es"];

/// What could stand at the end of `typed`, from the returned place on, in bytes.
pub(super) fn offers(
    typed: &str,
    entry: &CatalogueEntry,
    words: &[Word],
    name_words: usize,
    sources: &Sources<'_>,
) -> (usize, Vec<Offer>) {
    let arguments = &words[name_words.min(words.len())..];
    let is_new_word = typed.ends_with(char::is_whitespace) && words.last().is_none_or(|word| word.open.is_none());
    let (earlier, partial) = match arguments.split_last() {
        Some((last, earlier)) if !is_new_word => (earlier, Some(last)),
        _ => (arguments, None),
    };
    let start = partial.map_or(typed.len(), |word| word.start);
    let begun = partial.map_or("", |word| word.text.as_str());
    if takes_topics(entry) {
        // Names have several words: everything after the command is one topic.
        let start = arguments.first().map_or(typed.len(), |word| word.start);
        return (start, topics(&typed[start..], sources.catalogue));
    }
    let mut place = Place::after(entry, earlier, sources);
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
    sorter: Sorter<'a>,
    /// The params whose flags stand there already.
    flagged: Vec<usize>,
    has_secret: bool,
    sources: &'a Sources<'a>,
}

impl<'a> Place<'a> {
    fn after(entry: &'a CatalogueEntry, earlier: &'a [Word], sources: &'a Sources<'a>) -> Self {
        let mut place = Self {
            entry,
            earlier,
            sorter: Sorter::new(&entry.params),
            flagged: Vec::new(),
            has_secret: false,
            sources,
        };
        for word in earlier {
            match place.sorter.take(&word.text) {
                Role::Flag(number) => place.flagged.push(number),
                Role::Switches(numbers) => place.flagged.extend(numbers),
                Role::FlagWithValue(number) => {
                    place.flagged.push(number);
                    place.has_secret |= params::is_secret(&entry.params[number]);
                }
                Role::Value(number) => place.has_secret |= params::is_secret(&entry.params[number]),
                Role::FlagsEnd | Role::Extra => {}
            }
        }
        place
    }

    /// None where the catalogue says nothing about what could stand there.
    fn offers(&mut self, begun: &str) -> Option<Vec<Offer>> {
        if self.sorter.takes_flags() && begun.starts_with('-') {
            return Some(self.flags_or_value(begun));
        }
        match self.sorter.expected() {
            Some((_, param)) => {
                let values = self.values(param, None, begun);
                let flags_help = values.is_empty() && begun.is_empty() && self.sorter.takes_flags();
                Some(if flags_help { self.flags() } else { values })
            }
            None if self.sorter.takes_flags() => Some(self.flags()),
            None => None,
        }
    }

    /// Flags, or values for the one that ends in `=`.
    fn flags_or_value(&self, begun: &str) -> Vec<Offer> {
        let Some((flag, begun)) = begun.split_once('=') else {
            return self.flags();
        };
        let is_it = |param: &ParamEntry| param.flag.as_deref() == Some(flag);
        let Some(number) = self.entry.params.iter().position(is_it) else {
            return Vec::new();
        };
        self.values(&self.entry.params[number], Some(flag), begun)
            .into_iter()
            .map(|(value, about)| (format!("{flag}={value}"), about))
            .collect()
    }

    fn flags(&self) -> Vec<Offer> {
        let params = self.entry.params.iter().enumerate();
        params
            .filter(|(number, param)| param.list || !self.flagged.contains(number))
            .filter_map(|(_, param)| Some((param.flag.clone()?, flag_about(param))))
            .collect()
    }

    /// Values for a param; `flag` goes before them in the same word.
    fn values(&self, param: &ParamEntry, flag: Option<&str>, begun: &str) -> Vec<Offer> {
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
    if params::is_switch(param) {
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
        "language" => bare(LANGUAGES),
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
