//! What the compiler doesn't see of a plugin's sentences.

use std::collections::BTreeSet;

use crate::Sentence;
use crate::language::is_same;

/// Sees that each row of [`sentences!`](crate::sentences!) is whole: it has the languages of the first row, in that order, each
/// once; no cell is empty; and each cell has all of the row's placeholders.
///
/// Sentences of several modules are checked together by `&[one::SENTENCES, other::SENTENCES].concat()`.
///
/// # Panics
/// If there are mistakes, with a line for each.
#[track_caller]
pub fn assert_sentences(sentences: &[Sentence]) {
    let mistakes = mistakes(sentences);
    assert!(mistakes.is_empty(), "{}", mistakes.join("\n"));
}

fn mistakes(sentences: &[Sentence]) -> Vec<String> {
    let Some(first) = sentences.first() else {
        return vec!["there are no sentences".into()];
    };
    let mut mistakes = Vec::new();
    for tag in languages(first) {
        if !is_tag(tag) {
            mistakes.push(format!("{}: `{tag}` is not a language tag", first.name));
        }
        if languages(first).filter(|other| is_same(other, tag)).count() > 1 {
            mistakes.push(format!("{}: `{tag}` is there twice", first.name));
        }
    }
    for sentence in sentences {
        if !languages(sentence).eq(languages(first)) {
            mistakes.push(format!(
                "{}: its languages are {}, and those of {} are {}",
                sentence.name,
                listed(languages(sentence)),
                first.name,
                listed(languages(first)),
            ));
        }
        for (tag, text) in sentence.cells {
            if text.trim().is_empty() {
                mistakes.push(format!("{}, {tag}: it is empty", sentence.name));
            }
            let used = placeholders(text);
            for placeholder in sentence.placeholders.iter().filter(|name| !used.contains(*name)) {
                mistakes.push(format!("{}, {tag}: it leaves out {{{placeholder}}}", sentence.name));
            }
        }
    }
    mistakes
}

fn languages(sentence: &Sentence) -> impl Iterator<Item = &'static str> {
    sentence.cells.iter().map(|(tag, _)| *tag)
}

fn listed<'a>(tags: impl Iterator<Item = &'a str>) -> String {
    tags.collect::<Vec<_>>().join(", ")
}

/// Whether a text has the form of a language tag (BCP 47), perhaps with `_` for `-`.
fn is_tag(text: &str) -> bool {
    let mut subtags = text.split(['-', '_']);
    let language = subtags.next().unwrap_or_default();
    (2..=3).contains(&language.len())
        && language.bytes().all(|byte| byte.is_ascii_alphabetic())
        && subtags
            .all(|subtag| (1..=8).contains(&subtag.len()) && subtag.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// The names between braces, without what says how they look: `name` of `{name:>5}`. The compiler has seen that all braces
/// match, and that two together are one that is shown.
fn placeholders(text: &str) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('{') {
        if let Some(shown) = after.strip_prefix('{') {
            rest = shown;
            continue;
        }
        let (placeholder, after) = after.split_once('}').unwrap_or((after, ""));
        names.insert(placeholder.split(':').next().unwrap_or_default().trim());
        rest = after;
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: Sentence = Sentence {
        name: "moved",
        placeholders: &["file", "size"],
        cells: &[
            ("en", "{file} moved: {size:>5} of {{bytes}}"),
            ("pt_BR", "{size:.1} de { file }"),
        ],
    };

    fn told(bad: Sentence) -> String {
        mistakes(&[GOOD, bad]).join("; ")
    }

    #[test]
    fn the_sdks_own_sentences_are_in_every_language() {
        assert_sentences(crate::sentences::SENTENCES);
    }

    #[test]
    fn whole_rows_have_no_mistakes() {
        assert_sentences(&[GOOD]);
        assert_eq!(told(GOOD), "");
    }

    #[test]
    fn each_mistake_of_a_row_is_told() {
        let row = Sentence { name: "bad", ..GOOD };
        for (cells, expected) in [
            (
                &[("en", "{file} {size}")][..],
                "bad: its languages are en, and those of moved are en, pt_BR",
            ),
            (
                &[("pt_BR", "{file} {size}"), ("en", "{file} {size}")],
                "bad: its languages are pt_BR, en, and those of moved are en, pt_BR",
            ),
            (
                &[("en", "{file} {size}"), ("pt_BR", "{file} {{size}}")],
                "bad, pt_BR: it leaves out {size}",
            ),
            (
                &[("en", " \n"), ("pt_BR", "{file} {size}")],
                "bad, en: it is empty; bad, en: it leaves out {file}; bad, en: it leaves out {size}",
            ),
        ] {
            assert_eq!(told(Sentence { cells, ..row }), expected);
        }
    }

    #[test]
    fn each_mistake_of_the_languages_is_told() {
        let row = |cells| Sentence {
            name: "bad",
            placeholders: &[],
            cells,
        };
        for (cells, expected) in [
            (
                &[("en", "x"), ("english", "x")][..],
                "bad: `english` is not a language tag",
            ),
            (&[("en", "x"), ("es-", "x")], "bad: `es-` is not a language tag"),
            (
                &[("en", "x"), ("en", "y")],
                "bad: `en` is there twice; bad: `en` is there twice",
            ),
        ] {
            assert_eq!(mistakes(&[row(cells)]).join("; "), expected);
        }
        assert_eq!(mistakes(&[]), ["there are no sentences"]);
    }

    #[test]
    #[should_panic(expected = "bad, es: it leaves out {name}")]
    fn a_mistake_panics() {
        assert_sentences(&[Sentence {
            name: "bad",
            placeholders: &["name"],
            cells: &[("en", "Hello, {name}!"), ("es", "¡Hola!")],
        }]);
    }
}
