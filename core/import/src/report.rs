//! What became of every page, told at the end.

use std::collections::BTreeMap;
use std::fmt;

use super::folder::Contents;
use super::tags;
use caracola_speech::Language;

/// Lines of one kind that are told one by one; thousands would hide the others.
const MOST_TOLD: usize = 500;

/// Columns that lists are broken at.
const WIDTH: usize = 100;

/// What an import read, wrote, changed and left out.
#[derive(Debug, Default)]
pub struct Report {
    /// The languages, each with the number of pages read and of cards that have a summary in it.
    pub languages: Vec<(Language, usize, usize)>,
    /// Languages that the folder has too.
    pub unwanted: Vec<Language>,
    /// Cards written.
    pub cards: usize,
    /// Pages that only lead to another, and the card whose alias each became.
    pub aliases: Vec<(String, String)>,
    /// Cards made of several pages, each with those pages.
    pub merged: Vec<(String, Vec<String>)>,
    /// Headings of pages, the names that their cards got, and why.
    pub renamed: Vec<(String, String, String)>,
    /// Paths that no card was made of, and why.
    pub skipped: Vec<(String, String)>,
    /// What was left out of pages: where, and what.
    pub oddities: Vec<(String, &'static str)>,
    /// Commands that pages tell the reader to see too, and that are none of the cards; each with how often.
    pub unknown: BTreeMap<String, usize>,
    /// Examples for a further platform that a card had already.
    pub repeats: usize,
    /// Examples that only translations have, of cards that have many.
    pub set_aside: usize,
    /// Sentences that would have made a summary too long, or summaries of further platforms.
    pub remarks: usize,
}

impl Report {
    /// Begins with what was read.
    pub(super) fn new(contents: &mut Contents) -> Self {
        let count = |number: usize| contents.pages.iter().filter(|page| page.language == number).count();
        let languages = contents.languages.iter().enumerate();
        let mut oddities = Vec::new();
        for found in &contents.pages {
            for oddity in &found.page.oddities {
                let place = match oddity.line {
                    0 => found.path.clone(),
                    line => format!("{}:{line}", found.path),
                };
                oddities.push((place, oddity.what));
            }
        }
        Report {
            languages: languages
                .map(|(number, language)| (language.clone(), count(number), 0))
                .collect(),
            unwanted: std::mem::take(&mut contents.unwanted),
            skipped: std::mem::take(&mut contents.skipped),
            oddities,
            ..Report::default()
        }
    }

    /// Counts a card that has a summary in the languages of these numbers.
    pub(super) fn count_card<'n>(&mut self, languages: impl Iterator<Item = &'n usize>) {
        self.cards += 1;
        for number in languages {
            if let Some((_, _, cards)) = self.languages.get_mut(*number) {
                *cards += 1;
            }
        }
    }

    fn details(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let merged = self
            .merged
            .iter()
            .map(|(name, pages)| format!("{name}: {}", pages.join(", ")));
        several(out, "Cards made of several pages", merged)?;
        let aliases = self.aliases.iter().map(|(alias, name)| format!("{alias} -> {name}"));
        listed(out, "Pages that only lead to another, now its aliases", aliases)?;
        let unknown = self.unknown.iter().map(|(name, times)| match times {
            1 => name.clone(),
            times => format!("{name} ({times} times)"),
        });
        listed(
            out,
            "Commands to see also that are not cards, and are not named",
            unknown,
        )?;
        let renamed = self
            .renamed
            .iter()
            .map(|(title, name, why)| format!("{title} -> {name}: {why}"));
        several(out, "Cards with another name than their page", renamed)?;
        let oddities = self.oddities.iter().map(|(place, what)| format!("{place}: {what}"));
        several(out, "Parts of pages that were left out", oddities)?;
        let skipped = self.skipped.iter().map(|(path, why)| format!("{path}: {why}"));
        several(out, "Skipped", skipped)
    }
}

/// A heading and a line for each item.
fn several(out: &mut fmt::Formatter<'_>, heading: &str, items: impl ExactSizeIterator<Item = String>) -> fmt::Result {
    let count = items.len();
    if count > 0 {
        writeln!(out, "{heading}:")?;
    }
    for item in items.take(MOST_TOLD) {
        writeln!(out, "  {item}")?;
    }
    match count.saturating_sub(MOST_TOLD) {
        0 => Ok(()),
        more => writeln!(out, "  ... and {more} more"),
    }
}

/// A heading and all items in a paragraph.
fn listed(out: &mut fmt::Formatter<'_>, heading: &str, items: impl ExactSizeIterator<Item = String>) -> fmt::Result {
    let last = items.len().saturating_sub(1);
    let mut used = WIDTH;
    for (number, item) in items.enumerate() {
        if number == 0 {
            write!(out, "{heading}:")?;
        }
        let length = item.chars().count() + 2;
        if used + length > WIDTH {
            write!(out, "\n ")?;
            used = 2;
        }
        write!(out, " {item}{}", if number < last { "," } else { "\n" })?;
        used += length;
    }
    Ok(())
}

/// A number of things: "1 page", "2 pages".
fn count(number: usize, one: &str, several: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        number => format!("{number} {several}"),
    }
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.details(out)?;
        let read = self
            .languages
            .iter()
            .map(|(language, pages, _)| format!("{pages} in {language}"));
        let read = read.collect::<Vec<_>>().join(", ");
        writeln!(out, "Pages read: {read}")?;
        if !self.unwanted.is_empty() {
            writeln!(out, "There are pages in {} too (--lang)", tags(&self.unwanted))?;
        }
        let summaries = self
            .languages
            .iter()
            .map(|(language, _, cards)| format!("{cards} in {language}"));
        let summaries = summaries.collect::<Vec<_>>().join(", ");
        writeln!(
            out,
            "Cards written: {} ({summaries}), with {}",
            self.cards,
            count(self.aliases.len(), "alias", "aliases")
        )?;
        let totals = [
            ("made of several pages", self.merged.len()),
            ("with another name than their page", self.renamed.len()),
        ];
        for (what, number) in totals.into_iter().filter(|(_, number)| *number > 0) {
            writeln!(out, "Cards {what}: {number}")?;
        }
        if self.remarks + self.set_aside > 0 {
            writeln!(
                out,
                "In comments only: {}, {}",
                count(self.remarks, "sentence", "sentences"),
                count(self.set_aside, "example of a translation", "examples of translations")
            )?;
        }
        if self.repeats + self.unknown.len() + self.oddities.len() > 0 {
            writeln!(
                out,
                "Left out: {}, {}, {}",
                count(
                    self.repeats,
                    "example that its card had already",
                    "examples that their cards had already"
                ),
                count(self.unknown.len(), "command to see also", "commands to see also"),
                count(self.oddities.len(), "other part of a page", "other parts of pages")
            )?;
        }
        write!(out, "Skipped: {}", self.skipped.len())
    }
}
