//! Which of several languages a reader gets.

/// Somebody who reads in a language: a [`Call`](crate::Call), or a language's tag such as `"es-MX"`.
pub trait Reader {
    /// The tag of the language.
    fn language(&self) -> &str;
}

impl Reader for str {
    fn language(&self) -> &str {
        self
    }
}

/// The version for a reader: by the lookup of RFC 4647 (section 3.4), whose rule is that the tag loses its last part until
/// there is a version for it. `es-MX` finds `es-MX` or else `es`, and `zh-Hant-TW` also `zh-Hant`; `es` doesn't find
/// `es-MX`. Upper and lower case, `-` and `_` make no difference. The first version is the one for readers of any other
/// language.
///
/// ```
/// use caracola_sdk::in_language;
///
/// let greeting = |tag: &str| in_language(tag, [("en", "Hello"), ("es", "Hola"), ("pt-BR", "Oi")]);
/// assert_eq!(greeting("es-MX"), "Hola");
/// assert_eq!(greeting("pt-br"), "Oi");
/// assert_eq!(greeting("pt"), "Hello");
/// ```
///
/// For whole sentences see [`sentences!`](crate::sentences!), whose languages a test can check.
pub fn in_language<T, const N: usize>(reader: &(impl Reader + ?Sized), versions: [(&str, T); N]) -> T {
    const { assert!(N > 0, "there is no language") };
    let chosen = lookup(reader.language(), &versions.each_ref().map(|(tag, _)| *tag)).unwrap_or(0);
    Vec::from(versions).swap_remove(chosen).1
}

/// Where in `tags` the one is that `wanted` finds.
fn lookup(wanted: &str, tags: &[&str]) -> Option<usize> {
    let mut range = wanted;
    loop {
        if let Some(found) = tags.iter().position(|tag| is_same(tag, range)) {
            return Some(found);
        }
        range = without_last_subtag(range)?;
    }
}

/// Whether two tags are the same but for how they are written.
pub(crate) fn is_same(tag: &str, other: &str) -> bool {
    let letters = |text: &str| -> Vec<u8> {
        text.bytes()
            .map(|byte| if byte == b'_' { b'-' } else { byte.to_ascii_lowercase() })
            .collect()
    };
    letters(tag) == letters(other)
}

/// The range that is tried next: `zh-Hant` after `zh-Hant-TW`. A single letter only introduces what followed it, and goes
/// with that.
fn without_last_subtag(range: &str) -> Option<&str> {
    const SEPARATORS: [char; 2] = ['-', '_'];
    let (shorter, _) = range.rsplit_once(SEPARATORS)?;
    match shorter.rsplit_once(SEPARATORS) {
        Some((before, singleton)) if singleton.len() == 1 => Some(before),
        _ => Some(shorter),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_gets_the_nearest_language() {
        for (wanted, tags, expected) in [
            ("es", &["en", "es"][..], Some(1)),
            ("es-MX", &["en", "es", "es-MX"], Some(2)),
            ("es-MX", &["en", "es"], Some(1)),
            ("ES_mx", &["en", "es-MX"], Some(1)),
            ("pt-BR", &["en", "pt_BR"], Some(1)),
            ("zh-Hant-TW", &["zh", "zh-hant"], Some(1)),
            ("zh-Hant-CN-x-private1-private2", &["en", "zh-Hant-CN"], Some(1)),
            ("zh-Hant-CN-x-private1", &["zh-Hant-CN-x", "zh-Hant-CN"], Some(1)),
            ("es", &["en", "es-MX"], None),
            ("est", &["en", "es"], None),
            ("fr", &["en", "es"], None),
            ("", &["en", "es"], None),
            ("-", &["en", "es"], None),
        ] {
            assert_eq!(lookup(wanted, tags), expected, "{wanted} in {tags:?}");
        }
    }

    #[test]
    fn the_first_version_is_for_all_others() {
        for (wanted, expected) in [("fr", "primera"), ("", "primera"), ("en-GB", "second")] {
            assert_eq!(
                in_language(wanted, [("es", "primera"), ("en", "second")]),
                expected,
                "{wanted}"
            );
        }
    }
}
