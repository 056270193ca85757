//! Patterns for names, as shells have them: `*`, `?`, `[a-z]`. They become regular expressions, which are matched in a time
//! that grows with the name only, whatever the pattern.

use regex::{Regex, RegexBuilder};

use crate::fault::Fault;

/// How large a compiled expression may be, in bytes.
const MOST_BYTES: usize = 1 << 20;

/// Whether a word is meant as a pattern.
pub(crate) fn is_pattern(word: &str) -> bool {
    word.contains(['*', '?', '['])
}

/// What a whole name must look like. A bracket that isn't closed is a bracket.
pub(crate) fn name(pattern: &str, any_case: bool) -> Result<Regex, Fault> {
    let mut written = String::from(r"(?s)\A");
    let mut rest = pattern;
    while let Some(letter) = rest.chars().next() {
        rest = &rest[letter.len_utf8()..];
        match letter {
            '*' => written.push_str(".*"),
            '?' => written.push('.'),
            '[' => match class(rest) {
                Some((class, length)) => {
                    written.push_str(&class);
                    rest = &rest[length..];
                }
                None => written.push_str(r"\["),
            },
            _ => written.push_str(&regex::escape(letter.encode_utf8(&mut [0; 4]))),
        }
    }
    written.push_str(r"\z");
    build(pattern, &written, any_case)
}

/// A regular expression for lines.
pub(crate) fn line(pattern: &str, any_case: bool) -> Result<Regex, Fault> {
    build(pattern, pattern, any_case)
}

fn build(pattern: &str, written: &str, any_case: bool) -> Result<Regex, Fault> {
    let mut builder = RegexBuilder::new(written);
    builder
        .case_insensitive(any_case)
        .size_limit(MOST_BYTES)
        .dfa_size_limit(MOST_BYTES);
    builder.build().map_err(|error| {
        let error = error.to_string();
        let reason = error.lines().last().unwrap_or_default();
        Fault::Pattern {
            pattern: pattern.to_owned(),
            reason: reason.strip_prefix("error: ").unwrap_or(reason).to_owned(),
        }
    })
}

/// What is between brackets, as an expression has it, and its length with the closing one.
fn class(rest: &str) -> Option<(String, usize)> {
    let (is_not, inner) = match rest.strip_prefix(['!', '^']) {
        Some(inner) => (true, inner),
        None => (false, rest),
    };
    // A closing bracket that comes first is one of the letters.
    let first = inner.chars().next()?.len_utf8();
    let end = first + inner[first..].find(']')?;
    let mut class = String::from(if is_not { "[^" } else { "[" });
    for letter in inner[..end].chars() {
        if letter.is_ascii_punctuation() && letter != '-' {
            class.push('\\');
        }
        class.push(letter);
    }
    class.push(']');
    Some((class, rest.len() - inner.len() + end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_match_as_in_a_shell() {
        for (pattern, fits, fits_not) in [
            ("*.txt", &["a.txt", ".txt", "a\nb.txt"][..], &["a.txt.gz", "atxt"][..]),
            ("a?c", &["abc", "aéc"], &["ac", "abbc"]),
            ("[a-c]x", &["ax", "cx"], &["dx", "-x"]),
            ("[!a-c]x", &["dx"], &["ax"]),
            ("[]]", &["]"], &["["]),
            ("[a&&b]", &["a", "&", "b"], &["c"]),
            ("a[", &["a["], &["a"]),
            ("(a|b)+", &["(a|b)+"], &["a"]),
            ("Ñ*", &["Ñandú"], &["ñandú"]),
        ] {
            let regex = name(pattern, false).unwrap();
            assert!(fits.iter().all(|name| regex.is_match(name)), "{pattern}");
            assert!(!fits_not.iter().any(|name| regex.is_match(name)), "{pattern}");
        }
        assert!(name("ñ*", true).unwrap().is_match("Ñandú"));
    }

    #[test]
    fn a_pattern_that_is_malformed_or_too_large_is_an_error() {
        assert!(matches!(line("(", false), Err(Fault::Pattern { .. })));
        assert!(matches!(line(r"(\w{1000}){1000}", false), Err(Fault::Pattern { .. })));
        assert!(matches!(name("[z-a]", false), Err(Fault::Pattern { .. })));
    }
}
