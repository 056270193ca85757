//! Cards in the making: the pages of one name, in all languages and for all platforms, made into one.

use std::collections::BTreeMap;

use super::align;
use super::folder::Found;
use super::page::Page;
use super::platform::Platform;
use super::prose;
use super::shape::Shape;
use super::template::Template;

/// A card takes no more examples of translations that their original doesn't have once it has this many. In dozens of
/// languages there are dozens, most of them out of date, and everybody would read them.
const MANY_EXAMPLES: usize = 12;

/// Text by the number of its language, in the order of the languages.
pub(super) type Texts = BTreeMap<usize, String>;

/// A card.
#[derive(Debug, Default)]
pub(super) struct Card {
    pub(super) summary: Texts,
    pub(super) examples: Vec<CardExample>,
    /// Names as the pages give them, which need not exist.
    pub(super) see_also: Vec<String>,
    /// The paths of its pages.
    pub(super) pages: Vec<String>,
    /// Where the pages say that there is more to read.
    pub(super) more_information: Vec<String>,
    /// Sentences of the pages that don't stand on the card.
    pub(super) remarks: Vec<String>,
    /// The platforms it has pages for, unless it is for all.
    pub(super) platforms: Vec<Platform>,
    /// The command that all its pages say it is another name of.
    pub(super) alias_of: Option<String>,
    /// Examples of a further platform that it had already.
    pub(super) repeats: usize,
    /// Examples that only translations have and that stand among the remarks.
    pub(super) set_aside: usize,
    /// Whether its summary was cut.
    pub(super) was_cut: bool,
}

/// An example of a card.
#[derive(Debug)]
pub(super) struct CardExample {
    pub(super) command: Template,
    pub(super) about: Texts,
}

/// The pages of one file name for one platform, by language.
#[derive(Debug)]
pub(super) struct Translations {
    platform: Platform,
    stem: String,
    versions: BTreeMap<usize, Found>,
}

/// Sorts the pages of one name: the translations of a page together, and in the order in which they make the card. A
/// translation whose original was moved to another platform joins it there.
pub(super) fn sorted(pages: Vec<Found>) -> Vec<Translations> {
    let mut all: Vec<Translations> = Vec::new();
    for page in pages {
        let own = |set: &&mut Translations| set.platform == page.platform && set.stem == page.stem;
        if let Some(set) = all.iter_mut().find(own) {
            set.versions.insert(page.language, page);
        } else {
            all.push(Translations {
                platform: page.platform.clone(),
                stem: page.stem.clone(),
                versions: BTreeMap::from([(page.language, page)]),
            });
        }
    }
    all.sort_by_cached_key(|set| (set.alias_of().is_some(), set.platform.clone(), set.stem.clone()));
    let (mut originals, strays): (Vec<_>, Vec<_>) = all.into_iter().partition(|set| set.versions.contains_key(&0));
    for stray in strays {
        let fits = |set: &&mut Translations| {
            set.stem == stray.stem
                && stray
                    .versions
                    .keys()
                    .all(|language| !set.versions.contains_key(language))
        };
        match originals.iter_mut().find(fits) {
            Some(original) => original.versions.extend(stray.versions),
            None => originals.push(stray),
        }
    }
    originals
}

impl Translations {
    /// The paths of the pages, that of the one that the others translate first.
    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        self.versions.values().map(|found| found.path.as_str())
    }

    fn pages(&self) -> impl Iterator<Item = (usize, &Page)> {
        self.versions.iter().map(|(language, found)| (*language, &found.page))
    }

    /// The command that the page only leads to, if that is all it does: its one example is `tldr ANOTHER`.
    fn alias_of(&self) -> Option<String> {
        let mut targets = self.pages().map(|(_, page)| match page.examples.as_slice() {
            [only] => target(&only.command),
            _ => None,
        });
        let first = targets.next()??;
        targets.all(|target| target.as_ref() == Some(&first)).then_some(first)
    }

    /// The card of these pages alone.
    fn card(&self) -> Card {
        let mut card = Card {
            alias_of: self.alias_of(),
            pages: self.versions.values().map(|found| found.path.clone()).collect(),
            ..Card::default()
        };
        let has_original = self.versions.contains_key(&0);
        let mut shapes: Vec<Shape> = Vec::new();
        for (language, page) in self.pages() {
            if let Some(summary) = prose::summary(&page.description) {
                card.was_cut |= summary.was_cut;
                card.summary.insert(language, summary.text);
                card.remarks.extend(summary.rest);
            }
            add_new(&mut card.see_also, &page.see_also);
            add_new(&mut card.more_information, page.more_information.as_slice());
            let own: Vec<Shape> = page
                .examples
                .iter()
                .map(|example| Shape::new(&example.command))
                .collect();
            let pairs = align::align(&shapes, &own);
            for ((example, pair), shape) in page.examples.iter().zip(pairs).zip(own) {
                let about = example.about.clone();
                if let Some(number) = pair {
                    card.examples[number].about.insert(language, about);
                } else if language > 0 && has_original && card.examples.len() >= MANY_EXAMPLES {
                    let line = example.command.shown(super::OptionForm::Long);
                    card.remarks.push(format!("{about}: {line}"));
                    card.set_aside += 1;
                } else {
                    let command = example.command.clone();
                    let about = Texts::from([(language, about)]);
                    card.examples.push(CardExample { command, about });
                    shapes.push(shape);
                }
            }
        }
        card
    }
}

/// What `tldr ANOTHER` leads to.
fn target(command: &Template) -> Option<String> {
    let line = command.shown(super::OptionForm::Long);
    let mut words = line.split_whitespace();
    if words.next() != Some("tldr") {
        return None;
    }
    let mut names = Vec::new();
    while let Some(word) = words.next() {
        if matches!(word, "-p" | "--platform") {
            words.next();
        } else if !word.starts_with("--platform=") {
            names.push(word);
        }
    }
    (!names.is_empty()).then(|| names.join(" "))
}

/// Makes one card of the pages of one name. Those that come first make it; the others add to it.
pub(super) fn merged(sets: &[Translations]) -> Card {
    let mut sets = sets.iter();
    let Some(first) = sets.next() else {
        return Card::default();
    };
    let mut card = first.card();
    card.platforms.push(first.platform.clone());
    let mut shapes: Vec<Shape> = card
        .examples
        .iter()
        .map(|example| Shape::new(&example.command))
        .collect();
    for set in sets {
        add(&mut card, &mut shapes, set);
    }
    if card.platforms.iter().any(Platform::is_common) {
        card.platforms.clear();
    }
    let names: Vec<&str> = card.platforms.iter().map(Platform::label).collect();
    if !names.is_empty() {
        let suffix = format!(" ({})", names.join(", "));
        card.summary.values_mut().for_each(|summary| summary.push_str(&suffix));
    }
    card
}

fn add(card: &mut Card, shapes: &mut Vec<Shape>, set: &Translations) {
    let more = set.card();
    let is_other = !set.platform.is_common() && !card.platforms.contains(&set.platform);
    let label = if is_other { set.platform.label() } else { &set.stem };
    card.pages.extend(more.pages);
    card.was_cut |= more.was_cut;
    card.set_aside += more.set_aside;
    add_new(&mut card.see_also, &more.see_also);
    add_new(&mut card.more_information, &more.more_information);
    for (language, summary) in more.summary {
        if let Some(before) = card.summary.get(&language) {
            if *before != summary {
                card.remarks.push(format!("{label}: {summary}"));
            }
        } else if is_other {
            card.remarks.push(format!("{label}: {summary}"));
        } else {
            card.summary.insert(language, summary);
        }
    }
    card.remarks
        .extend(more.remarks.into_iter().map(|remark| format!("{label}: {remark}")));
    card.alias_of = card.alias_of.take().filter(|own| more.alias_of.as_ref() == Some(own));
    match more.alias_of {
        // Elsewhere the name stands for another command: that is worth a look, not an example.
        Some(target) if card.alias_of.is_none() => add_new(&mut card.see_also, &[target]),
        Some(_) => {}
        None => {
            for mut example in more.examples {
                let shape = Shape::new(&example.command);
                if shapes.iter().any(|own| own.repeats(&shape)) {
                    card.repeats += 1;
                    continue;
                }
                if is_other {
                    example
                        .about
                        .values_mut()
                        .for_each(|about| *about = format!("{label}: {about}"));
                }
                card.examples.push(example);
                shapes.push(shape);
            }
        }
    }
    if !card.platforms.contains(&set.platform) {
        card.platforms.push(set.platform.clone());
    }
}

fn add_new(all: &mut Vec<String>, more: &[String]) {
    for one in more {
        if !all.contains(one) {
            all.push(one.clone());
        }
    }
}
