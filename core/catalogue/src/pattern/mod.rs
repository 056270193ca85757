//! What the whole of a value must look like.

mod patterns;

use std::fmt;
use std::sync::Arc;

use regex::{Regex, RegexBuilder};

pub(crate) use patterns::Patterns;

/// The most memory that one expression may take, in bytes.
const MOST_BYTES: usize = 256 * 1024;

/// The deepest that groups may lie in each other.
const DEEPEST: u32 = 50;

/// Why a text is not an expression that can be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PatternError {
    /// It says nothing.
    #[error(transparent)]
    Syntax(#[from] Box<regex_syntax::Error>),
    /// It says too much.
    #[error(transparent)]
    Whole(#[from] regex::Error),
}

/// A regular expression that a value matches whole or not at all.
#[derive(Clone)]
pub struct Pattern {
    written: Arc<str>,
    whole: Regex,
}

impl Pattern {
    /// Compiles an expression as the file writes it. Its size is limited, and its running time linear in the value's.
    pub(crate) fn new(written: &str) -> Result<Self, PatternError> {
        // Alone first: one such as `a)|(b` must not reach past the brackets that anchor it.
        let mut alone = regex_syntax::ParserBuilder::new().nest_limit(DEEPEST).build();
        alone.parse(written).map_err(Box::new)?;
        let whole = RegexBuilder::new(&format!("\\A(?:{written})\\z"))
            .size_limit(MOST_BYTES)
            .dfa_size_limit(MOST_BYTES)
            .nest_limit(DEEPEST + 1)
            .build()?;
        let written = written.into();
        Ok(Pattern { written, whole })
    }

    /// Whether all of `value` matches.
    pub fn fits(&self, value: &str) -> bool {
        self.whole.is_match(value)
    }

    /// The expression as the file writes it.
    pub fn as_str(&self) -> &str {
        &self.written
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.written == other.written
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "/{}/", self.written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_matches_whole_or_not_at_all() {
        for (pattern, fits, unfit) in [
            ("[a-z]+", "abc", "abc def"),
            ("a|ab", "ab", "abx"),
            ("a|ab", "a", "xa"),
            ("[a-z]+", "x", "x\n"),
            ("^[a-z]+$", "x", "x\nrm"),
            ("(?m)^[a-z]+$", "x", "x\ny"),
            ("", "", "x"),
            ("(?i)yes", "YES", "yess"),
        ] {
            let pattern = Pattern::new(pattern).unwrap();
            assert!(pattern.fits(fits), "{pattern:?} {fits}");
            assert!(!pattern.fits(unfit), "{pattern:?} {unfit}");
        }
    }

    #[test]
    fn expressions_that_reach_out_or_grow_without_bounds_are_refused() {
        for pattern in ["a)|(?:b", "(", "(?x)a # b", "\\w{1000}{1000}", "a\\"] {
            assert!(Pattern::new(pattern).is_err(), "{pattern}");
        }
    }
}
