//! Which language the person reads, from the flag or the environment.

use caracola_speech::Speech;

/// What the client says itself, and the tag it asks the server to speak.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Language {
    /// A tag such as `es-mx`; absent when the environment names none: the server's own language then.
    pub(crate) tag: Option<String>,
    pub(crate) speech: Speech,
}

impl Language {
    /// The flag, else the first of `LC_ALL`, `LC_MESSAGES` and `LANG` that is set and not empty.
    pub(crate) fn choose(flag: Option<&str>, variable: impl Fn(&str) -> Option<String>) -> Self {
        let named = flag.map(str::to_owned).or_else(|| {
            ["LC_ALL", "LC_MESSAGES", "LANG"]
                .iter()
                .filter_map(|name| variable(name))
                .find(|value| !value.is_empty())
        });
        let tag = named.as_deref().and_then(tag_of_locale);
        let speech = Speech::of_tag(tag.as_deref().unwrap_or_default(), Speech::English);
        Self { tag, speech }
    }
}

/// `es_MX.UTF-8` becomes `es-mx`; `C`, `POSIX` and what is not a tag name no language.
fn tag_of_locale(locale: &str) -> Option<String> {
    let name = locale.split(['.', '@']).next().unwrap_or_default();
    let tag = name.replace('_', "-").to_ascii_lowercase();
    let is_tag = (2..=35).contains(&tag.len())
        && tag
            .split('-')
            .all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    (is_tag && tag != "posix").then_some(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(flag: Option<&str>, variables: &[(&str, &str)]) -> Language {
        Language::choose(flag, |name| {
            variables
                .iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_flag_wins_then_the_variables_in_posix_order() {
        let all = [("LC_ALL", "es_MX.UTF-8"), ("LC_MESSAGES", "fr_FR"), ("LANG", "de")];
        assert_eq!(chosen(Some("en"), &all).tag.as_deref(), Some("en"));
        assert_eq!(chosen(None, &all).tag.as_deref(), Some("es-mx"));
        assert_eq!(chosen(None, &all).speech, Speech::Spanish);
        assert_eq!(chosen(None, &all[1..]).tag.as_deref(), Some("fr-fr"));
        assert_eq!(
            chosen(None, &[("LC_ALL", ""), ("LANG", "de")]).tag.as_deref(),
            Some("de")
        );
    }

    #[test]
    fn the_language_is_that_of_the_tags_base() {
        let speech = |tag| chosen(Some(tag), &[]).speech;
        assert_eq!(speech("es"), Speech::Spanish);
        assert_eq!(speech("ES-mx"), Speech::Spanish);
        assert_eq!(speech("est"), Speech::English);
        assert_eq!(speech(""), Speech::English);
    }

    #[test]
    fn no_language_is_no_tag() {
        for locale in ["C", "C.UTF-8", "POSIX", "", "../../etc", "a\u{1b}b"] {
            assert_eq!(chosen(None, &[("LANG", locale)]).tag, None, "{locale}");
        }
        assert_eq!(chosen(None, &[]).speech, Speech::English);
    }
}
