//! The prompt: who you are, where, and which room hears you.

use crate::conversation::Place;
use crate::layout::{Page, sanitize, wrap};

/// Where the terminal is narrower than this many columns, the prompt names only you.
const WIDE: usize = 60;
/// Columns that the prompt may take at most.
const MAX_COLUMNS: usize = 40;

/// With fewer columns than this for it, a plugin's word is left out.
const SHORTEST: usize = 4;

/// The prompt without and with colours; both take the same room.
pub(crate) type Prompt = (String, String);

/// `~ana@lab lobby> `, with a plugin's word `~ana@lab /notes> `; `~ana> ` or `~ana /notes> ` where there is less room, and of
/// a long word the end.
pub(crate) fn prompt(place: &Place, page: Page) -> Prompt {
    let palette = page.palette;
    let name = sanitize::line(&place.name);
    let server = sanitize::line(&place.server);
    let said = if place.aside.is_empty() {
        &place.room
    } else {
        &place.aside
    };
    let said = sanitize::line(said);
    let is_wide = page.columns.is_none_or(|columns| columns >= WIDE);
    let whole = format!("{name}@{server} {said}> ");
    if is_wide && !server.is_empty() && !said.is_empty() && wrap::width(&whole) <= MAX_COLUMNS {
        let styled = format!("{}@{server} {}> ", palette.person(&name), palette.place(&said));
        return (whole, styled);
    }
    let name = wrap::truncate(&name, MAX_COLUMNS);
    let room = MAX_COLUMNS.min(page.columns.map_or(MAX_COLUMNS, |columns| columns / 2));
    // Beside the word there are a space, `> `, and perhaps the mark that something was left out.
    let room = room.saturating_sub(wrap::width(&name) + 4);
    if place.aside.is_empty() || room < SHORTEST {
        return (format!("{name}> "), format!("{}> ", palette.person(&name)));
    }
    let word = ending(&said, room);
    let styled = format!("{} {}> ", palette.person(&name), palette.place(&word));
    (format!("{name} {word}> "), styled)
}

/// As much of the end of a text as fits into so many columns, with a mark if that isn't all.
fn ending(text: &str, columns: usize) -> String {
    // From its end: the text may be as long as a server likes.
    let mut start = text.len();
    let mut used = 0;
    for (place, character) in text.char_indices().rev() {
        used += wrap::width(character.encode_utf8(&mut [0; 4]));
        if used > columns {
            return format!("…{}", &text[start..]);
        }
        start = place;
    }
    text.to_owned()
}

/// While there is no connection.
pub(crate) fn disconnected(page: Page) -> Prompt {
    let text = format!("({})> ", page.speech.prompt_disconnected());
    (text.clone(), page.palette.dim(&text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::color::{Depth, Palette};
    use crate::layout::tests::plain;

    fn place(name: &str) -> Place {
        Place {
            name: name.to_owned(),
            server: "lab".to_owned(),
            room: "lobby".to_owned(),
            aside: String::new(),
        }
    }

    #[test]
    fn is_short_where_there_is_little_room() {
        assert_eq!(prompt(&place("~ana"), plain(80)).0, "~ana@lab lobby> ");
        assert_eq!(prompt(&place("~ana"), plain(40)).0, "~ana> ");
        assert_eq!(prompt(&place(&"x".repeat(40)), plain(80)).0.chars().count(), 42);
    }

    #[test]
    fn tells_what_a_plugin_wants_told() {
        let aside = |aside: &str| Place {
            aside: aside.to_owned(),
            ..place("ana")
        };
        assert_eq!(prompt(&aside("/notes"), plain(80)).0, "ana@lab /notes> ");
        assert_eq!(prompt(&aside("/notes"), plain(44)).0, "ana /notes> ");
        let deep = "/school/networks/exercises/sockets/drafts";
        assert_eq!(
            prompt(&aside(deep), plain(80)).0,
            "ana …networks/exercises/sockets/drafts> "
        );
        assert_eq!(prompt(&aside(deep), plain(30)).0, "ana …s/drafts> ");
        assert_eq!(prompt(&aside(deep), plain(20)).0, "ana> ");
        assert_eq!(prompt(&aside("\x1b[2J\u{202e}/x"), plain(80)).0.find('\x1b'), None);
    }

    #[test]
    fn both_forms_take_the_same_room_and_are_harmless() {
        let page = Page {
            palette: Palette { depth: Depth::Indexed },
            ..plain(80)
        };
        let (plain, styled) = prompt(&place("a\x1b[2J\u{202e}"), page);
        assert_eq!(wrap::width(&plain), wrap::width(&styled));
        assert!(!plain.contains('\x1b') && !styled.contains("[2J\x1b") && !styled.contains('\u{202e}'));
    }
}
