//! The sentences of pages, made into plain text.

/// The longest text about an example, in columns. The longest in tldr-pages take some 250.
pub(super) const LONGEST_TEXT: usize = 500;

/// How wide a summary may become when further sentences are added to the first, in columns. Lists of commands show
/// summaries, so they should not fill half a screen.
const WIDE_SUMMARY: usize = 200;

use caracola_wire::text::{self, CharacterKind};
use unicode_width::UnicodeWidthStr as _;

use caracola_speech::render;

/// Text without the characters that nobody can see or that move others about, and how many were taken out. Line ends stay,
/// and tabs become blanks.
pub(super) fn visible(text: &str) -> (String, usize) {
    let mut hidden = 0;
    let kept = text.strip_prefix('\u{feff}').unwrap_or(text).chars();
    let kept = kept.filter_map(|character| match character {
        '\n' => Some('\n'),
        '\t' => Some(' '),
        '\r' => None,
        character if is_useless(character) => {
            hidden += 1;
            None
        }
        character => Some(character),
    });
    let kept = kept.collect();
    (kept, hidden)
}

/// What no text has any use for. Joiners have, in some scripts; who shows the text knows where.
fn is_useless(character: char) -> bool {
    text::is_hidden(character) && text::kind(character) != CharacterKind::Joiner
}

/// A line for people to copy has no invisible character at all.
pub(super) fn copyable(line: &str) -> String {
    line.chars().filter(|character| !text::is_hidden(*character)).collect()
}

/// A sentence without Markdown: code and addresses stand without the signs around them.
pub(super) fn plain(text: &str) -> String {
    // Far more is cut later anyway, and looking for the ends of what never ends would take long.
    const MOST: usize = 4 * LONGEST_TEXT;
    if text.len() > MOST
        && let short = render::shortened(text, MOST)
        && short.len() < text.len()
    {
        return plain_of(&short);
    }
    plain_of(text)
}

fn plain_of(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['`', '<']) {
        let (before, marked) = rest.split_at(at);
        plain.push_str(before);
        let inner = code(marked).or_else(|| address(marked));
        let (inner, after) = inner.unwrap_or((&marked[..1], &marked[1..]));
        // Some pages forget the blank before the code.
        if marked.starts_with('`') && plain.ends_with(char::is_alphanumeric) {
            plain.push(' ');
        }
        plain.push_str(inner);
        rest = after;
    }
    plain.push_str(rest);
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The code that marked text begins with, and what follows.
fn code(marked: &str) -> Option<(&str, &str)> {
    marked
        .strip_prefix('`')?
        .split_once('`')
        .filter(|(code, _)| !code.is_empty())
}

/// The address that marked text begins with, and what follows.
fn address(marked: &str) -> Option<(&str, &str)> {
    let (address, after) = marked.strip_prefix('<')?.split_once('>')?;
    is_address(address).then_some((address, after))
}

fn is_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty()) && !text.contains(|character: char| character.is_whitespace())
}

/// The words about an example. Pages end them with a colon; cards don't. Says too whether they had to be cut.
pub(super) fn about(text: &str) -> (String, bool) {
    cut(plain(text).trim_end_matches([':', '：', ' ']))
}

fn cut(text: &str) -> (String, bool) {
    let short = render::shortened(text, LONGEST_TEXT);
    let was_cut = short != text;
    (short, was_cut)
}

/// Where "More information" leads, if that is what this line of a description says.
pub(super) fn more_information(line: &str) -> Option<&str> {
    let (before, after) = line.rsplit_once('<')?;
    let (address, end) = after.split_once('>')?;
    let says = before.trim_end().ends_with([':', '：']) && matches!(end.trim(), "" | "." | "。");
    (says && is_address(address)).then_some(address)
}

/// The commands that a line such as "See also: `a`, `b`." names, in whatever language it says so. A line with other words
/// in it is none.
pub(super) fn see_also(line: &str) -> Option<Vec<String>> {
    const MOST_WORDS: usize = 4;
    let (words, mut rest) = line.split_at(line.find('`')?);
    let words = words.trim_end().strip_suffix([':', '：'])?;
    if words.split_whitespace().count() > MOST_WORDS {
        return None;
    }
    let mut names = Vec::new();
    while !rest.is_empty() {
        let (name, after) = code(rest)?;
        names.push(name.trim().to_owned());
        let between = after.find('`').unwrap_or(after.len());
        if !is_separator(&after[..between]) {
            return None;
        }
        rest = &after[between..];
    }
    Some(names)
}

/// A comma or a full stop, perhaps with a short word such as "and".
fn is_separator(text: &str) -> bool {
    let words = text.split(|character: char| !character.is_alphanumeric());
    text.chars().count() <= 8 && words.filter(|word| !word.is_empty()).count() <= 1
}

/// The summary that a description makes, and those of its sentences that would make it too long.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Summary {
    pub(super) text: String,
    pub(super) rest: Vec<String>,
    pub(super) was_cut: bool,
}

/// The first line, and those after it while the whole stays short. `None` if there is nothing.
pub(super) fn summary(description: &[String]) -> Option<Summary> {
    let mut lines = description.iter().filter(|line| !line.is_empty());
    let first = lines.next()?;
    let mut text = first.clone();
    let mut rest = Vec::new();
    for line in lines {
        if rest.is_empty() && text.width() + 1 + line.width() <= WIDE_SUMMARY {
            text.push(' ');
            text.push_str(line);
        } else {
            rest.push(line.clone());
        }
    }
    let (text, was_cut) = cut(without_full_stop(&text));
    Some(Summary { text, rest, was_cut })
}

/// A summary of one sentence is a heading, and has no full stop.
fn without_full_stop(text: &str) -> &str {
    match text.strip_suffix('.') {
        Some(bare) if !bare.is_empty() && !bare.contains(". ") && !bare.contains("..") && !bare.ends_with("etc") => {
            bare
        }
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_goes_and_its_words_stay() {
        for (text, expected) in [
            ("Print to `stdout`", "Print to stdout"),
            ("Find `regex`es", "Find regexes"),
            ("Lines in`stdin` that", "Lines in stdin that"),
            ("See <https://example.org/a?b=c#d>.", "See https://example.org/a?b=c#d."),
            ("Press <Enter> now", "Press <Enter> now"),
            ("a < b and `c", "a < b and `c"),
            ("an empty `` pair", "an empty `` pair"),
            ("many   blanks\there", "many blanks here"),
            ("[c]reate an archive", "[c]reate an archive"),
        ] {
            assert_eq!(plain(text), expected, "{text}");
        }
    }

    #[test]
    fn words_about_an_example_have_no_colon() {
        assert_eq!(about("List all ships:").0, "List all ships");
        assert_eq!(about("Lister :").0, "Lister");
        assert_eq!(about("列出：").0, "列出");
        assert_eq!(about("Ratio 1:2").0, "Ratio 1:2");
        let (text, was_cut) = about(&"word ".repeat(1000));
        assert!(was_cut && text.width() <= LONGEST_TEXT && text.ends_with('…'));
    }

    #[test]
    fn what_cannot_be_seen_goes() {
        let (text, hidden) = visible("\u{feff}a\tb\r\nc\u{1b}[31md\u{202e}e\u{200b}f\u{7f}\u{9b}\n");
        assert_eq!((text.as_str(), hidden), ("a b\nc[31mdef\n", 5));
        let persian = "می\u{200c}خواهم";
        assert_eq!(visible(persian), (persian.to_owned(), 0));
        assert_eq!(copyable("rm\u{200c} -\u{200d}r"), "rm -r");
    }

    #[test]
    fn the_address_of_more_information_is_found_in_any_language() {
        for line in [
            "More information: <https://example.org/a>.",
            "Más información: <https://example.org/a>.",
            "更多信息：<https://example.org/a>.",
            "Plus d'informations : <https://example.org/a>",
        ] {
            assert_eq!(more_information(line), Some("https://example.org/a"), "{line}");
        }
        for line in [
            "More information: https://example.org/a.",
            "See <https://example.org/a> for more.",
            "Read <https://example.org/a>.",
            "More information: <javascript:x>.",
            "More information: <https://exa mple.org>.",
        ] {
            assert_eq!(more_information(line), None, "{line}");
        }
    }

    #[test]
    fn see_also_is_found_in_any_language() {
        for (line, names) in [
            ("See also: `a`.", &["a"][..]),
            ("Vea también: `a`, `b c`.", &["a", "b c"]),
            ("Siehe auch: `a` und `b`", &["a", "b"]),
            ("另请参阅：`a`、`b`。", &["a", "b"]),
        ] {
            assert_eq!(see_also(line).unwrap(), names, "{line}");
        }
        for line in [
            "See also: `a`, which does the same.",
            "This command is an alias of `a`.",
            "Note that this is quite another thing: `a`.",
            "See also: a.",
            "See also: `a",
        ] {
            assert_eq!(see_also(line), None, "{line}");
        }
    }

    #[test]
    fn a_summary_is_short() {
        let summary = |lines: &[&str]| {
            let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
            summary(&lines)
        };
        assert_eq!(summary(&[]), None);
        assert_eq!(summary(&["", "Dock a ship."]).unwrap().text, "Dock a ship");
        assert_eq!(summary(&["."]).unwrap().text, ".");
        assert_eq!(
            summary(&["Dock ships, boats, etc."]).unwrap().text,
            "Dock ships, boats, etc."
        );
        let both = summary(&["Dock a ship.", "Slowly."]).unwrap();
        assert_eq!((both.text.as_str(), both.rest.len()), ("Dock a ship. Slowly.", 0));
        let long = "long ".repeat(50);
        let some = summary(&["Dock a ship.", &long, "Slowly."]).unwrap();
        assert_eq!((some.text.as_str(), some.rest.len()), ("Dock a ship", 2));
        assert!(summary(&[&"x".repeat(2000)]).unwrap().was_cut);
    }
}
