//! The languages of a catalogue, numbered.

use caracola_speech::{Language, Text};

/// The most languages one catalogue may have.
pub(crate) const MOST_LANGUAGES: usize = 64;

/// One of the languages of a catalogue: [`crate::Catalogue::language_id`] gives it.
///
/// It means nothing to another catalogue; there it stands for some language, and does no harm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct LanguageId(u8);

/// The languages that occur in a catalogue, `en` first, and which of them is the server's.
#[derive(Debug)]
pub(crate) struct Languages {
    tags: Vec<Language>,
    server: Language,
}

impl Languages {
    /// `others` past the [`MOST_LANGUAGES`]th are left out; reading has reported them.
    pub(crate) fn new(others: impl IntoIterator<Item = Language>, server: Language) -> Self {
        let mut tags = vec![Language::ENGLISH];
        for language in std::iter::once(server.clone()).chain(others) {
            if tags.len() < MOST_LANGUAGES && !tags.contains(&language) {
                tags.push(language);
            }
        }
        tags[1..].sort();
        Languages { tags, server }
    }

    pub(crate) fn tags(&self) -> &[Language] {
        &self.tags
    }

    /// All of them.
    pub(crate) fn all(&self) -> impl Iterator<Item = LanguageId> + use<> {
        (0..self.tags.len()).filter_map(|position| u8::try_from(position).ok().map(LanguageId))
    }

    /// The number of languages, at least one.
    pub(crate) fn count(&self) -> usize {
        self.tags.len()
    }

    /// The first there is of: `wanted`, its base, the server's, its base, `en`.
    pub(crate) fn id(&self, wanted: &Language) -> LanguageId {
        let wanted = [wanted.as_str(), wanted.base(), self.server.as_str()];
        let position = wanted
            .into_iter()
            .find_map(|tag| self.tags.iter().position(|own| own.as_str() == tag));
        LanguageId(position.and_then(|position| u8::try_from(position).ok()).unwrap_or(0))
    }

    /// Its place in an array with an element for each language.
    pub(crate) fn position(&self, id: LanguageId) -> usize {
        usize::from(id.0).min(self.tags.len() - 1)
    }

    pub(crate) fn language(&self, id: LanguageId) -> &Language {
        &self.tags[self.position(id)]
    }

    pub(crate) fn text<'t>(&self, text: &'t Text, id: LanguageId) -> &'t str {
        text.in_language(self.language(id), &self.server)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_follow_the_fallback_rule() {
        let language = |tag: &str| tag.parse::<Language>().unwrap();
        let languages = Languages::new([language("es"), language("pt-br")], language("fr"));
        let tags: Vec<&str> = languages.tags().iter().map(Language::as_str).collect();
        assert_eq!(tags, ["en", "es", "fr", "pt-br"]);
        for (wanted, given) in [
            ("es", "es"),
            ("es-mx", "es"),
            ("pt-br", "pt-br"),
            ("pt", "fr"),
            ("de", "fr"),
            ("en-gb", "en"),
        ] {
            let id = languages.id(&language(wanted));
            assert_eq!(languages.language(id).as_str(), given, "{wanted}");
        }
        let foreign = LanguageId(200);
        assert_eq!(languages.language(foreign).as_str(), "pt-br");
    }
}
