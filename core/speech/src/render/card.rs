//! A card as text, like a short page of a manual.

use caracola_wire::Card;
use unicode_width::UnicodeWidthStr;

use super::wrap;
use crate::{Language, Speech};

/// How far the parts of a card are indented under their headings.
const INDENT: usize = 2;

/// The headings in one language.
struct Headings {
    usage: &'static str,
    params: &'static str,
    examples: &'static str,
    aliases: &'static str,
    see_also: &'static str,
}

const ENGLISH: Headings = Headings {
    usage: "Usage",
    params: "Parameters",
    examples: "Examples",
    aliases: "Also",
    see_also: "See also",
};

const SPANISH: Headings = Headings {
    usage: "Uso",
    params: "Parámetros",
    examples: "Ejemplos",
    aliases: "También",
    see_also: "Ver también",
};

/// The card in at most `width` columns. Its headings are in its own language, or else in `speech`.
pub fn plain(card: &Card, speech: Speech, width: u16) -> String {
    let language = card.language.parse::<Language>();
    let headings = match language.map_or(speech, |language| Speech::of(&language, speech)) {
        Speech::English => &ENGLISH,
        Speech::Spanish => &SPANISH,
    };
    let width = usize::from(width);
    let mut lines = Vec::new();
    let title = format!("{} — {}", card.name, card.summary);
    wrap::indented(&mut lines, &title, "", INDENT, width);
    usage(&mut lines, card, headings, width);
    params(&mut lines, card, headings, width);
    examples(&mut lines, card, headings, width);
    names(&mut lines, card, headings, width);
    if let Some(note) = &card.note {
        lines.push(String::new());
        lines.push(wrap::text(note, width));
    }
    lines.join("\n")
}

fn heading(lines: &mut Vec<String>, heading: &str) {
    lines.push(String::new());
    lines.push(heading.to_owned());
}

fn usage(lines: &mut Vec<String>, card: &Card, headings: &Headings, width: usize) {
    if card.usage.is_empty() {
        return;
    }
    heading(lines, headings.usage);
    for usage in &card.usage {
        wrap::indented(lines, usage, &" ".repeat(INDENT), 2 * INDENT, width);
    }
}

/// Each param beside what it is for, or above it where there is little room.
fn params(lines: &mut Vec<String>, card: &Card, headings: &Headings, width: usize) {
    const GAP: usize = 3;
    if card.params.is_empty() {
        return;
    }
    heading(lines, headings.params);
    let widest = card.params.iter().map(|param| param.name.width()).max().unwrap_or(0);
    let column = INDENT + widest + GAP;
    for param in &card.params {
        if column * 2 > width {
            lines.push(format!("{}{}", " ".repeat(INDENT), param.name));
            wrap::indented(lines, &param.about, &" ".repeat(2 * INDENT), 2 * INDENT, width);
        } else {
            let filling = " ".repeat(column - INDENT - param.name.width());
            let lead = format!("{}{}{filling}", " ".repeat(INDENT), param.name);
            wrap::indented(lines, &param.about, &lead, column, width);
        }
    }
}

fn examples(lines: &mut Vec<String>, card: &Card, headings: &Headings, width: usize) {
    if card.examples.is_empty() {
        return;
    }
    heading(lines, headings.examples);
    for (number, example) in card.examples.iter().enumerate() {
        if number > 0 {
            lines.push(String::new());
        }
        if !example.about.is_empty() {
            wrap::indented(lines, &example.about, &" ".repeat(INDENT), INDENT, width);
        }
        // As it would be typed, so that it can be copied: never broken.
        lines.push(format!("{}{}", " ".repeat(2 * INDENT), example.run));
    }
}

fn names(lines: &mut Vec<String>, card: &Card, headings: &Headings, width: usize) {
    let lists = [(headings.aliases, &card.aliases), (headings.see_also, &card.see_also)];
    let lists = lists.into_iter().filter(|(_, names)| !names.is_empty());
    for (number, (heading, names)) in lists.enumerate() {
        if number == 0 {
            lines.push(String::new());
        }
        let list = format!("{heading}: {}", names.join(", "));
        wrap::indented(lines, &list, "", INDENT, width);
    }
}
