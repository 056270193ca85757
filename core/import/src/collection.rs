//! The cards of an import: which there are, what they are called, and how they lead to each other.

use std::collections::{BTreeMap, HashMap};

use super::card::{self, Card};
use super::claim::Claims;
use super::folder::Found;
use super::name::{self, fold};
use super::platform::Platform;
use super::report::Report;

/// The most pages of one name, in all languages and for all platforms. tldr-pages has some 200 of one name.
const MOST_PAGES: usize = 2000;

/// The most pages of one name that aren't translations of each other.
const MOST_ORIGINALS: usize = 32;

/// What is told of more.
const MANY: &str = "there are too many pages of its name";

/// A card that has its name.
#[derive(Debug)]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) aliases: Vec<String>,
    pub(super) card: Card,
}

/// A card and the name that its page gives it.
#[derive(Debug)]
struct Draft {
    title: String,
    card: Card,
}

/// Makes cards of pages, sorted by name. Each leads to the command `credit` too. The report is told what became of the
/// pages that make no card of their own.
pub(super) fn cards(pages: Vec<Found>, credit: &str, claims: &mut Claims<'_>, report: &mut Report) -> Vec<Named> {
    let drafts = drafts(pages, report);
    let numbers: HashMap<String, usize> = (0..)
        .zip(&drafts)
        .filter_map(|(number, draft)| Some((key(&draft.title)?, number)))
        .collect();
    let mut cards = named(drafts, &numbers, claims, report);
    lead_on(&mut cards, &numbers, credit, claims, report);
    let mut cards: Vec<Named> = cards.into_values().collect();
    cards.sort_by_cached_key(|named| fold(&named.name));
    for named in &cards {
        report.count_card(named.card.summary.keys());
    }
    cards
}

/// What names are compared by.
fn key(name: &str) -> Option<String> {
    name::fit(name).ok().map(|fitted| fold(&fitted.name))
}

/// Puts the pages of one name together. Translations go by the name of the page that they translate.
fn drafts(pages: Vec<Found>, report: &mut Report) -> Vec<Draft> {
    let originals: HashMap<(Platform, String), String> = pages
        .iter()
        .filter(|found| found.language == 0)
        .map(|found| ((found.platform.clone(), found.stem.clone()), found.page.title.clone()))
        .collect();
    let mut by_name: BTreeMap<String, Vec<(String, Found)>> = BTreeMap::new();
    for found in pages {
        let original = originals.get(&(found.platform.clone(), found.stem.clone()));
        let title = original.unwrap_or(&found.page.title).clone();
        match name::fit(&title) {
            Ok(fitted) => {
                let others = by_name.entry(fold(&fitted.name)).or_default();
                if others.len() < MOST_PAGES {
                    others.push((title, found));
                } else {
                    report.skipped.push((found.path, MANY.to_owned()));
                }
            }
            Err(why) => report.skipped.push((found.path, why.to_string())),
        }
    }
    let drafts = by_name.into_values().filter_map(|pages| draft(pages, report));
    drafts.collect()
}

fn draft(pages: Vec<(String, Found)>, report: &mut Report) -> Option<Draft> {
    let titles: HashMap<String, String> = pages
        .iter()
        .map(|(title, found)| (found.path.clone(), title.clone()))
        .collect();
    let mut sets = card::sorted(pages.into_iter().map(|(_, found)| found).collect());
    if sets.len() > MOST_ORIGINALS {
        let more = sets.split_off(MOST_ORIGINALS);
        let paths = more.iter().flat_map(card::Translations::paths);
        report
            .skipped
            .extend(paths.map(|path| (path.to_owned(), MANY.to_owned())));
    }
    let several = sets.len() > 1;
    let card = card::merged(&sets);
    let title = card
        .pages
        .first()
        .and_then(|path| titles.get(path))
        .cloned()
        .unwrap_or_default();
    if card.summary.is_empty() {
        let why = "it has no description (`> ...`)".to_owned();
        report
            .skipped
            .extend(card.pages.into_iter().map(|path| (path, why.clone())));
        return None;
    }
    if several {
        let originals = sets.iter().filter_map(|set| set.paths().next()).map(str::to_owned);
        report.merged.push((title.clone(), originals.collect()));
    }
    report.repeats += card.repeats;
    report.set_aside += card.set_aside;
    report.remarks += card.remarks.len() - card.set_aside;
    if card.was_cut {
        let what = "a summary longer than 500 columns was cut";
        report.oddities.push((card.pages.join(", "), what));
    }
    Some(Draft { title, card })
}

/// Gives each card its name. Those that only lead to another card become an alias of it. The cards by their numbers.
fn named(
    drafts: Vec<Draft>,
    numbers: &HashMap<String, usize>,
    claims: &mut Claims<'_>,
    report: &mut Report,
) -> BTreeMap<usize, Named> {
    let target = |draft: &Draft| {
        let number = *numbers.get(&key(draft.card.alias_of.as_deref()?)?)?;
        drafts[number].card.alias_of.is_none().then_some(number)
    };
    let targets: Vec<Option<usize>> = drafts.iter().map(target).collect();
    let mut cards: BTreeMap<usize, Named> = BTreeMap::new();
    let (leading, own): (Vec<_>, Vec<_>) = (0..).zip(drafts).zip(targets).partition(|(_, target)| target.is_some());
    for ((number, draft), _) in own {
        name_one(number, draft, claims, &mut cards, report);
    }
    for ((number, mut draft), target) in leading {
        let target = target.and_then(|target| Some((target, cards.get_mut(&target)?)));
        let fitted = name::fit(&draft.title).ok().filter(|fitted| fitted.changes.is_empty());
        match (target, fitted) {
            (Some((target, card)), Some(alias)) if claims.claim_alias(&alias.name, target) => {
                report.aliases.push((alias.name.clone(), card.name.clone()));
                let summaries = draft.card.summary.into_values();
                let remarks = summaries.chain(draft.card.remarks);
                let remarks: Vec<String> = remarks.map(|remark| format!("{}: {remark}", alias.name)).collect();
                report.remarks += remarks.len();
                card.card.remarks.extend(remarks);
                card.card.pages.append(&mut draft.card.pages);
                card.aliases.push(alias.name);
            }
            _ => {
                draft.card.see_also.extend(draft.card.alias_of.clone());
                name_one(number, draft, claims, &mut cards, report);
            }
        }
    }
    cards
}

fn name_one(
    number: usize,
    draft: Draft,
    claims: &mut Claims<'_>,
    cards: &mut BTreeMap<usize, Named>,
    report: &mut Report,
) {
    let Draft { title, card } = draft;
    match claims.claim(&title, number) {
        Ok(claimed) => {
            if !claimed.changes.is_empty() {
                report
                    .renamed
                    .push((title, claimed.name.clone(), claimed.changes.join("; ")));
            }
            let aliases = Vec::new();
            let name = claimed.name;
            cards.insert(number, Named { name, aliases, card });
        }
        Err(why) => {
            let why = why.to_string();
            report
                .skipped
                .extend(card.pages.into_iter().map(|path| (path, why.clone())));
        }
    }
}

/// Replaces what pages say to see too by names that exist. `numbers` are those of the cards by what their pages call them,
/// which on this server may be something else.
fn lead_on(
    cards: &mut BTreeMap<usize, Named>,
    numbers: &HashMap<String, usize>,
    credit: &str,
    claims: &Claims<'_>,
    report: &mut Report,
) {
    let names: HashMap<usize, String> = cards
        .iter()
        .map(|(number, named)| (*number, named.name.clone()))
        .collect();
    for named in cards.values_mut() {
        let mut found: Vec<String> = Vec::new();
        for wanted in std::mem::take(&mut named.card.see_also) {
            let fitted = name::fit(&wanted).map(|fitted| fitted.name).unwrap_or_default();
            let page = numbers.get(&fold(&fitted)).and_then(|number| names.get(number));
            let card = page.or_else(|| names.get(&claims.number(&fitted)?));
            let name = card.cloned().or_else(|| claims.is_seen(&fitted).then_some(fitted));
            match name {
                Some(name) if name == named.name || found.contains(&name) => {}
                Some(name) => found.push(name),
                None => *report.unknown.entry(wanted).or_default() += 1,
            }
        }
        found.push(credit.to_owned());
        named.card.see_also = found;
    }
}
