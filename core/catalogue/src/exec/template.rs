//! Text with placeholders: `--mount={mount}`. A placeholder takes a whole value; nothing in a value is ever read as a
//! placeholder, a blank or a quote, because what comes out is put together piece by piece and never taken apart again.

use std::borrow::Cow;
use std::ops::Range;

use crate::param::is_name;

/// A part of a text as it is written, before it is known whether there is such a param.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part<'t> {
    /// Text that stays as it is; `{{` and `}}` in it have become single braces.
    Literal(Cow<'t, str>),
    /// `{name}`, and where it stands in the text, braces included.
    Placeholder { name: &'t str, range: Range<usize> },
}

/// Braces that make no sense, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BraceError {
    /// `{` without `}`.
    #[error("this `{{` has no `}}`")]
    Unclosed(Range<usize>),
    /// `}` without `{`.
    #[error("this `}}` has no `{{`")]
    Unopened(Range<usize>),
    /// What stands between braces cannot be the name of a param.
    #[error("what is between these braces is not the name of a param")]
    NoName(Range<usize>),
}

impl BraceError {
    pub(crate) fn range(&self) -> Range<usize> {
        match self {
            BraceError::Unclosed(range) | BraceError::Unopened(range) | BraceError::NoName(range) => range.clone(),
        }
    }
}

/// Takes a text apart; neighbouring literals are one.
pub(crate) fn parse(text: &str) -> Result<Vec<Part<'_>>, BraceError> {
    let mut parts = Vec::new();
    let mut from = 0;
    while let Some(at) = text[from..].find(['{', '}']).map(|at| from + at) {
        push(&mut parts, &text[from..at]);
        let doubled = text[at + 1..].starts_with(&text[at..=at]);
        if doubled {
            push(&mut parts, &text[at..=at]);
            from = at + 2;
        } else if text[at..].starts_with('}') {
            return Err(BraceError::Unopened(at..at + 1));
        } else {
            let Some(length) = text[at..].find('}') else {
                return Err(BraceError::Unclosed(at..at + 1));
            };
            let range = at..at + length + 1;
            let name = &text[at + 1..at + length];
            if !is_name(name) {
                return Err(BraceError::NoName(range));
            }
            from = range.end;
            parts.push(Part::Placeholder { name, range });
        }
    }
    push(&mut parts, &text[from..]);
    Ok(parts)
}

fn push<'t>(parts: &mut Vec<Part<'t>>, literal: &'t str) {
    if literal.is_empty() {
        return;
    }
    if let Some(Part::Literal(before)) = parts.last_mut() {
        before.to_mut().push_str(literal);
    } else {
        parts.push(Part::Literal(Cow::Borrowed(literal)));
    }
}

/// A text whose placeholders are known to be params.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Template(pub(crate) Vec<Piece>);

/// A piece of a [`Template`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    Literal(Box<str>),
    /// The value of the param at this position.
    Value(usize),
}

/// What one element of an argv template becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Element {
    /// One element, always the same.
    Literal(Box<str>),
    /// One element for each value of a param; before each, its flag if it has one. None at all without a value.
    Values { param: usize, flag: Option<Box<str>> },
    /// The flag of a boolean that is true, or nothing.
    Switch { param: usize, flag: Box<str> },
    /// One element; nothing if one of its params has no value.
    Joined(Template),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn literal(text: &str) -> Part<'_> {
        Part::Literal(text.into())
    }

    #[test]
    fn placeholders_are_told_from_braces() {
        assert_eq!(parse("plain"), Ok(vec![literal("plain")]));
        assert_eq!(parse(""), Ok(vec![]));
        assert_eq!(parse("{{}}"), Ok(vec![literal("{}")]));
        assert_eq!(parse("a{{b}}c"), Ok(vec![literal("a{b}c")]));
        let name = |name, range| Part::Placeholder { name, range };
        assert_eq!(parse("{año-1}"), Ok(vec![name("año-1", 0..8)]));
        assert_eq!(parse("--x={x}"), Ok(vec![literal("--x="), name("x", 4..7)]));
        assert_eq!(parse("{{{x}}}"), Ok(vec![literal("{"), name("x", 2..5), literal("}")]));
        assert_eq!(
            parse("{a}:{b}"),
            Ok(vec![name("a", 0..3), literal(":"), name("b", 4..7)])
        );
    }

    #[test]
    fn braces_that_make_no_sense_are_told() {
        assert_eq!(parse("a{b"), Err(BraceError::Unclosed(1..2)));
        assert_eq!(parse("a}b"), Err(BraceError::Unopened(1..2)));
        assert_eq!(parse("{}"), Err(BraceError::NoName(0..2)));
        assert_eq!(parse("{print $1}"), Err(BraceError::NoName(0..10)));
        assert_eq!(parse("{ x }"), Err(BraceError::NoName(0..5)));
        assert_eq!(parse("{x}}"), Err(BraceError::Unopened(3..4)));
    }
}
