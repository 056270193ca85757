//! A command's card, like a short page of a manual.

use std::fmt::Write as _;

use caracola_speech::Speech;
use caracola_wire::Card;

use super::image::{self, Picture};
use super::{Page, sanitize, wrap};

/// Blanks before what stands under a heading.
const INDENT: usize = 2;
/// Blanks before what explains the line above.
const DEEPER: usize = 6;

/// The card; its headings are in the card's own language, whatever the client speaks.
pub(crate) fn render(card: &Card, picture: Option<&Picture>, page: Page) -> String {
    let speech = Speech::of_tag(&card.language, Speech::English);
    let columns = page.card_columns();
    let mut out = title(card, columns, page);
    if let Some(shown) = &card.image {
        out.push('\n');
        out.push_str(&image::render(shown, picture, page, speech));
    }
    let section = |out: &mut String, title: String| {
        // Writing to a String cannot fail.
        let _ = write!(out, "\n{}\n", page.palette.heading(&title));
    };
    if !card.usage.is_empty() {
        section(&mut out, speech.card_usage());
        for usage in &card.usage {
            push_command(&mut out, usage, page);
        }
    }
    if !card.params.is_empty() {
        section(&mut out, speech.card_parameters());
        for param in &card.params {
            push_explained(&mut out, &param.name, &param.about, page, false);
        }
    }
    if !card.examples.is_empty() {
        section(&mut out, speech.card_examples());
        for example in &card.examples {
            push_explained(&mut out, &example.run, &example.about, page, true);
        }
    }
    if !card.aliases.is_empty() || !card.see_also.is_empty() {
        out.push('\n');
    }
    push_names(&mut out, &speech.heading_also_called(), &card.aliases, page);
    push_names(&mut out, &speech.heading_see_also(), &card.see_also, page);
    if let Some(note) = &card.note {
        out.push('\n');
        for line in wrap::fold(&sanitize::text(note), columns) {
            out.push_str(&page.palette.dim(&line));
            out.push('\n');
        }
    }
    out
}

fn title(card: &Card, columns: usize, page: Page) -> String {
    let name = sanitize::line(&card.name);
    let summary = sanitize::line(&card.summary);
    if summary.is_empty() {
        return format!("{}\n", page.palette.bold(&name));
    }
    let whole = format!("{} — {summary}", page.palette.bold(&name));
    if wrap::width(&whole) <= columns {
        return format!("{whole}\n");
    }
    let summary = wrap::indented(&summary, INDENT, columns);
    format!("{}\n{summary}", page.palette.bold(&name))
}

fn push_command(out: &mut String, line: &str, page: Page) {
    let line = sanitize::line(line);
    for part in wrap::fold(&line, page.card_columns().saturating_sub(INDENT)) {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{:INDENT$}{}", "", page.palette.command(&part));
    }
}

/// A term, and what it is about on the lines below it.
fn push_explained(out: &mut String, term: &str, about: &str, page: Page, is_command: bool) {
    if is_command {
        push_command(out, term, page);
    } else {
        let term = sanitize::line(term);
        let _ = writeln!(out, "{:INDENT$}{}", "", page.palette.bold(&term));
    }
    if !about.is_empty() {
        out.push_str(&wrap::indented(&sanitize::text(about), DEEPER, page.card_columns()));
    }
}

fn push_names(out: &mut String, title: &str, names: &[String], page: Page) {
    if names.is_empty() {
        return;
    }
    let names: Vec<String> = names
        .iter()
        .map(|name| page.palette.command(&sanitize::line(name)))
        .collect();
    let line = format!("{}: {}", page.palette.heading(title), names.join(", "));
    for part in wrap::fold(&line, page.card_columns()) {
        out.push_str(&part);
        out.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use caracola_wire::{CardParam, Example, Image};

    use super::*;
    use crate::layout::color::{Depth, Palette};
    use crate::layout::tests::plain;

    fn card() -> Card {
        Card {
            name: "ls".to_owned(),
            summary: "List what a directory contains".to_owned(),
            language: "en".to_owned(),
            usage: vec!["ls [ARGUMENT...]".to_owned()],
            aliases: vec!["dir".to_owned()],
            params: vec![CardParam {
                name: "folder".to_owned(),
                about: "which one; without it the current one".to_owned(),
            }],
            examples: vec![Example {
                run: "ls -l".to_owned(),
                about: "One entry a line, with details".to_owned(),
            }],
            see_also: vec!["cd".to_owned(), "pwd".to_owned()],
            image: Some(Image {
                alt: "a drawer of files".to_owned(),
                ..Image::default()
            }),
            note: Some("Nothing was run.".to_owned()),
        }
    }

    #[test]
    fn has_everything_in_order() {
        assert_eq!(
            render(&card(), None, plain(80)),
            "ls — List what a directory contains\n\n\
             [Image: a drawer of files]\n\n\
             Usage\n  ls [ARGUMENT...]\n\n\
             Parameters\n  folder\n      which one; without it the current one\n\n\
             Examples\n  ls -l\n      One entry a line, with details\n\n\
             Also called: dir\nSee also: cd, pwd\n\n\
             Nothing was run.\n"
        );
    }

    #[test]
    fn fits_a_narrow_terminal() {
        let shown = render(&card(), None, plain(24));
        assert!(shown.lines().all(|line| wrap::width(line) <= 24), "{shown}");
        assert!(
            shown.starts_with("ls\n  List what a directory\n  contains\n"),
            "{shown}"
        );
    }

    #[test]
    fn headings_speak_the_cards_language() {
        let spanish = Card {
            language: "es-MX".to_owned(),
            ..card()
        };
        let shown = render(&spanish, None, plain(80));
        for heading in [
            "Uso",
            "Parámetros",
            "Ejemplos",
            "También se llama: dir",
            "Véase también: cd, pwd",
        ] {
            assert!(shown.contains(heading), "{heading} in {shown}");
        }
    }

    #[test]
    fn what_is_missing_leaves_no_heading() {
        let bare = Card {
            name: "x".to_owned(),
            ..Card::default()
        };
        assert_eq!(render(&bare, None, plain(80)), "x\n");
    }

    #[test]
    fn hostile_cards_are_harmless() {
        let hostile = "\x1b[2J\x1b]0;x\x07\u{202e}".to_owned();
        let card = Card {
            name: hostile.clone(),
            summary: hostile.clone(),
            usage: vec![hostile.clone()],
            aliases: vec![hostile.clone()],
            params: vec![CardParam {
                name: hostile.clone(),
                about: hostile.clone(),
            }],
            examples: vec![Example {
                run: hostile.clone(),
                about: hostile.clone(),
            }],
            see_also: vec![hostile.clone()],
            image: Some(Image {
                alt: hostile.clone(),
                ..Image::default()
            }),
            note: Some(hostile),
            ..Card::default()
        };
        let page = Page {
            palette: Palette { depth: Depth::Indexed },
            ..plain(80)
        };
        let shown = render(&card, None, page);
        assert!(!shown.contains("\x1b[2J") && !shown.contains("\x1b]") && !shown.contains('\u{202e}'));
        assert!(!shown.contains('\x07'));
    }
}
