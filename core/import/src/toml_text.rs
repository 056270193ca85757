//! Writes cards as a file for the catalogue.
//!
//! **Invariant**: what a page says reaches the file only through [`quoted`] or [`comment`], so that it can end no string
//! and no line.

use std::fmt::Write as _;

use super::card::Texts;
use super::prose;
use caracola_speech::Language;

/// A value in quotes.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            character if character.is_control() => {
                // Writing to a string cannot fail.
                let _ = write!(quoted, "\\u{:04X}", u32::from(character));
            }
            character => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}

/// A comment of one line.
pub(super) fn comment(out: &mut String, text: &str) {
    out.push_str("# ");
    out.push_str(prose::visible(text).0.replace('\n', " ").trim());
    out.push('\n');
}

/// A key: bare if it can be.
fn key(name: &str) -> String {
    let bare = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if !name.is_empty() && name.bytes().all(bare) {
        name.to_owned()
    } else {
        quoted(name)
    }
}

/// The heading of a command's table.
pub(super) fn heading(out: &mut String, name: &str) {
    let _ = writeln!(out, "[commands.{}]", key(name));
}

/// Text for people. What there is in one language only is for everybody, and so is not by language.
pub(super) fn text(texts: &Texts, languages: &[Language]) -> String {
    if texts.len() == 1
        && let Some(only) = texts.values().next()
    {
        return quoted(only);
    }
    let versions = texts.iter().filter_map(|(number, text)| {
        let language = languages.get(*number)?;
        Some(format!("{} = {}", key(language.as_str()), quoted(text)))
    });
    format!("{{ {} }}", versions.collect::<Vec<_>>().join(", "))
}

/// A list of strings.
pub(super) fn list(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| quoted(name)).collect();
    format!("[{}]", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_back(text: &str) -> String {
        let file = format!("x = {}", quoted(text));
        let table: toml::Table = file.parse().unwrap();
        table["x"].as_str().unwrap().to_owned()
    }

    #[test]
    fn quotes_and_control_characters_are_escaped() {
        for text in [
            "",
            "\"",
            "\\",
            "\\\"",
            "a\nb\r\n",
            "\u{0}\u{1b}[0m\u{7f}\u{85}",
            "\"\"\"",
            "\\u0041",
            "ñ 日 \u{202e}\u{feff}",
            "x\"\n[server]\nname = \"y",
        ] {
            assert_eq!(read_back(text), text, "{text:?}");
        }
        assert_eq!(quoted("a\"b\\\u{7}"), r#""a\"b\\\u0007""#);
    }

    #[test]
    fn keys_are_bare_only_where_that_is_safe() {
        assert_eq!(key("git-commit_2"), "git-commit_2");
        for name in ["git commit", "[", "a.b", "ñ", "", "a\"]\n"] {
            let mut file = String::new();
            heading(&mut file, name);
            let table: toml::Table = file.parse().unwrap();
            assert!(table["commands"].as_table().unwrap().contains_key(name), "{file}");
        }
    }

    #[test]
    fn comments_are_one_line() {
        let mut file = String::new();
        comment(&mut file, "a\nb = 1\r\n\u{85}c = 2\u{0}");
        assert_eq!(file.lines().count(), 1);
        assert!(file.parse::<toml::Table>().unwrap().is_empty());
    }

    #[test]
    fn text_in_one_language_is_for_everybody() {
        let languages = [Language::ENGLISH, Language::SPANISH, "pt-BR".parse().unwrap()];
        let texts = |all: &[(usize, &str)]| all.iter().map(|(number, text)| (*number, (*text).to_owned())).collect();
        assert_eq!(text(&texts(&[(1, "sí")]), &languages), "\"sí\"");
        let three = texts(&[(0, "yes"), (1, "sí"), (2, "sim")]);
        assert_eq!(text(&three, &languages), r#"{ en = "yes", es = "sí", pt-br = "sim" }"#);
    }

    proptest::proptest! {
        #[test]
        fn any_text_comes_back(text in proptest::prelude::any::<String>()) {
            proptest::prop_assert_eq!(read_back(&text), text);
        }

        #[test]
        fn no_comment_says_anything(text in proptest::prelude::any::<String>()) {
            let mut file = String::new();
            comment(&mut file, &text);
            proptest::prop_assert!(file.parse::<toml::Table>().is_ok_and(|table| table.is_empty()));
        }
    }
}
