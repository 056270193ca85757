//! A card as text, like a short page of a manual.

use caracola_wire::Card;
use unicode_width::UnicodeWidthStr;

use super::wrap;
use crate::Speech;

/// How far the parts of a card are indented under their headings.
const INDENT: usize = 2;

/// The card in at most `width` columns. Its headings are in its own language, or else in `speech`.
pub fn plain(card: &Card, speech: Speech, width: u16) -> String {
    let speech = Speech::of_tag(&card.language, speech);
    let width = usize::from(width);
    let mut lines = Vec::new();
    let title = format!("{} — {}", card.name, card.summary);
    wrap::indented(&mut lines, &title, "", INDENT, width);
    usage(&mut lines, card, speech, width);
    params(&mut lines, card, speech, width);
    examples(&mut lines, card, speech, width);
    names(&mut lines, card, speech, width);
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

fn usage(lines: &mut Vec<String>, card: &Card, speech: Speech, width: usize) {
    if card.usage.is_empty() {
        return;
    }
    heading(lines, &speech.card_usage());
    for usage in &card.usage {
        wrap::indented(lines, usage, &" ".repeat(INDENT), 2 * INDENT, width);
    }
}

/// Each param beside what it is for, or above it where there is little room.
fn params(lines: &mut Vec<String>, card: &Card, speech: Speech, width: usize) {
    const GAP: usize = 3;
    if card.params.is_empty() {
        return;
    }
    heading(lines, &speech.card_parameters());
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

fn examples(lines: &mut Vec<String>, card: &Card, speech: Speech, width: usize) {
    if card.examples.is_empty() {
        return;
    }
    heading(lines, &speech.card_examples());
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

fn names(lines: &mut Vec<String>, card: &Card, speech: Speech, width: usize) {
    if card.aliases.is_empty() && card.see_also.is_empty() {
        return;
    }
    lines.push(String::new());
    if !card.aliases.is_empty() {
        let list = speech.card_aliases(card.aliases.join(", "));
        wrap::indented(lines, &list, "", INDENT, width);
    }
    if !card.see_also.is_empty() {
        let list = speech.card_see_also(card.see_also.join(", "));
        wrap::indented(lines, &list, "", INDENT, width);
    }
}
