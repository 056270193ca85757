//! Languages: their tags, text that is given in several of them, and which one a reader gets.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

/// The longest tag accepted, in bytes; BCP 47 asks implementations to take at least 35.
const LONGEST_TAG: usize = 35;

/// A language tag such as `en` or `es-mx`, in lower case.
///
/// Its form is checked (BCP 47: a language of two or three letters, then subtags of up to eight letters or digits), not
/// whether anybody speaks it. Tags that differ only in case are equal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Language(Cow<'static, str>);

impl Language {
    /// English, the language that everything falls back to in the end.
    pub const ENGLISH: Language = Language(Cow::Borrowed("en"));
    /// Spanish, the other language of the server's own sentences.
    pub const SPANISH: Language = Language(Cow::Borrowed("es"));

    /// The tag, in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The language without country, script and the like: `es` for `es-mx`.
    pub fn base(&self) -> &str {
        self.0.split_once('-').map_or(self.as_str(), |(base, _)| base)
    }
}

impl fmt::Display for Language {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

/// Why a text isn't a language tag.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LanguageError {
    /// `C` or `POSIX`: a locale that says which language is wanted by saying that none is.
    #[error("`{0}` is a locale without a language")]
    NoLanguage(String),
    /// Not of the form of a tag.
    #[error("`{0}` is not a language tag; tags look like `en`, `es` or `es-MX`")]
    NotATag(String),
}

impl FromStr for Language {
    type Err = LanguageError;

    /// Reads a tag (`es-MX`) or the name of a POSIX locale (`es_MX.UTF-8`, `sr_RS@latin`).
    fn from_str(text: &str) -> Result<Self, LanguageError> {
        match text {
            "en" => return Ok(Language::ENGLISH),
            "es" => return Ok(Language::SPANISH),
            _ => {}
        }
        let without_encoding = text.split(['.', '@']).next().unwrap_or(text);
        if matches!(without_encoding, "C" | "POSIX") {
            return Err(LanguageError::NoLanguage(text.to_owned()));
        }
        let tag = without_encoding.replace('_', "-").to_ascii_lowercase();
        if is_tag(&tag) {
            Ok(Language(Cow::Owned(tag)))
        } else {
            Err(LanguageError::NotATag(text.to_owned()))
        }
    }
}

fn is_tag(tag: &str) -> bool {
    let mut subtags = tag.split('-');
    let language = subtags.next().unwrap_or_default();
    tag.len() <= LONGEST_TAG
        && (2..=3).contains(&language.len())
        && language.bytes().all(|byte| byte.is_ascii_lowercase())
        && subtags
            .all(|subtag| (1..=8).contains(&subtag.len()) && subtag.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// What our own [sentences](crate::sentences) can be said in. Each is a method of this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Speech {
    /// English.
    #[default]
    English,
    /// Spanish.
    Spanish,
}

impl Speech {
    /// All of them, in the order of the columns in [`sentences`](crate::sentences).
    pub const ALL: [Speech; 2] = [Speech::English, Speech::Spanish];

    /// The speech for a reader of `language`; `default` where there is none for that language.
    pub fn of(language: &Language, default: Speech) -> Speech {
        let mut all = Speech::ALL.into_iter();
        all.find(|speech| speech.language().base() == language.base())
            .unwrap_or(default)
    }

    /// The same for a language that is given as text; `default` also where that isn't a tag.
    pub fn of_tag(tag: &str, default: Speech) -> Speech {
        tag.parse().map_or(default, |language| Speech::of(&language, default))
    }

    /// The language it is.
    pub fn language(self) -> Language {
        match self {
            Speech::English => Language::ENGLISH,
            Speech::Spanish => Language::SPANISH,
        }
    }
}

/// Text for people: one string for everyone, or one for each of some languages. Never without any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    first: (Option<Language>, Box<str>),
    others: Box<[(Language, Box<str>)]>,
}

impl Text {
    /// Text that everyone gets, whatever their language.
    pub fn plain(text: impl Into<Box<str>>) -> Self {
        Text {
            first: (None, text.into()),
            others: Box::default(),
        }
    }

    /// Text by language; `None` when there is no version at all. Of two versions for one language the first counts.
    pub fn by_language(versions: impl IntoIterator<Item = (Language, Box<str>)>) -> Option<Self> {
        let mut versions = versions.into_iter();
        let (language, text) = versions.next()?;
        Some(Text {
            first: (Some(language), text),
            others: versions.collect(),
        })
    }

    /// All that may be shown, whatever the language.
    pub fn versions(&self) -> impl Iterator<Item = &str> {
        let others = self.others.iter().map(|(_, text)| &**text);
        std::iter::once(&*self.first.1).chain(others)
    }

    /// The languages it is given in; none for text that everyone gets.
    pub fn languages(&self) -> impl Iterator<Item = &Language> {
        let others = self.others.iter().map(|(language, _)| language);
        self.first.0.iter().chain(others)
    }

    /// The version for a reader of `language` where the server's own language is `server`.
    ///
    /// The first that exists of: exactly that tag (`es-mx`), its base (`es`), the server's, the base of the server's, `en`,
    /// any.
    pub fn in_language(&self, language: &Language, server: &Language) -> &str {
        if self.others.is_empty() {
            return &self.first.1;
        }
        [
            language.as_str(),
            language.base(),
            server.as_str(),
            server.base(),
            Language::ENGLISH.as_str(),
        ]
        .into_iter()
        .find_map(|tag| self.exactly(tag))
        .unwrap_or(&self.first.1)
    }

    fn exactly(&self, tag: &str) -> Option<&str> {
        if self.first.0.as_ref().is_some_and(|own| own.as_str() == tag) {
            return Some(&self.first.1);
        }
        let found = self.others.iter().find(|(own, _)| own.as_str() == tag);
        found.map(|(_, text)| &**text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn language(tag: &str) -> Language {
        tag.parse().unwrap()
    }

    #[test]
    fn tags_and_locale_names_are_read() {
        for (text, tag) in [
            ("en", "en"),
            ("es-MX", "es-mx"),
            ("ES", "es"),
            ("es_MX.UTF-8", "es-mx"),
            ("sr_RS@latin", "sr-rs"),
            ("zh-Hant-TW", "zh-hant-tw"),
            ("gsw", "gsw"),
        ] {
            assert_eq!(language(text).as_str(), tag, "{text}");
        }
        assert_eq!(language("es_MX.UTF-8").base(), "es");
        assert_eq!(language("en").base(), "en");
    }

    #[test]
    fn other_text_is_refused() {
        for text in [
            "",
            "e",
            "english",
            "es-",
            "-es",
            "es--mx",
            "e5",
            "es mx",
            "es-123456789",
            "ñu",
            ".UTF-8",
        ] {
            assert_eq!(
                text.parse::<Language>(),
                Err(LanguageError::NotATag(text.to_owned())),
                "{text}"
            );
        }
        for text in ["C", "POSIX", "C.UTF-8"] {
            assert_eq!(
                text.parse::<Language>(),
                Err(LanguageError::NoLanguage(text.to_owned()))
            );
        }
    }

    #[test]
    fn speech_goes_by_the_base() {
        assert_eq!(Speech::of(&language("es-mx"), Speech::English), Speech::Spanish);
        assert_eq!(Speech::of(&language("en-gb"), Speech::Spanish), Speech::English);
        assert_eq!(Speech::of(&language("fr"), Speech::Spanish), Speech::Spanish);
        assert_eq!(Speech::of_tag("es-MX", Speech::English), Speech::Spanish);
        assert_eq!(Speech::of_tag("no tag", Speech::Spanish), Speech::Spanish);
    }

    #[test]
    fn a_reader_gets_the_nearest_language() {
        let text = |tags: &[&str]| Text::by_language(tags.iter().map(|tag| (language(tag), Box::from(*tag)))).unwrap();
        for (tags, wanted, server, given) in [
            (&["en", "es", "es-mx"][..], "es-mx", "en", "es-mx"),
            (&["en", "es"], "es-mx", "en", "es"),
            (&["en", "es"], "fr", "es", "es"),
            (&["en", "es"], "fr", "es-ar", "es"),
            (&["en", "es-ar"], "fr", "es-ar", "es-ar"),
            (&["es", "en"], "fr", "de", "en"),
            (&["pt", "es"], "fr", "de", "pt"),
            (&["es-mx"], "en", "en", "es-mx"),
        ] {
            let text = text(tags);
            let got = text.in_language(&language(wanted), &language(server));
            assert_eq!(got, given, "{tags:?} for {wanted} on {server}");
        }
        let everyone = Text::plain("hello");
        assert_eq!(everyone.in_language(&language("es"), &language("en")), "hello");
        assert_eq!(everyone.languages().count(), 0);
        assert_eq!(Text::by_language([]), None);
    }
}
