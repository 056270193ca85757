//! What a value can be: which dangerous forms its param lets through.
//!
//! Judged in favour of a warning only where the param really allows the form: a list of choices, a number or a host can't be
//! `.shell`, and neither can a value that must match `[a-z]+`.

use regex_syntax::hir::{Class, Hir, HirKind};

use super::super::template::{Element, Piece, Template};
use crate::param::{Freedom, Param, ParamKind};

/// What makes a value dangerous at some place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// It begins like this: `.shell x`.
    Start(&'static str),
    /// It has each of these characters.
    Has(&'static str),
    /// It has one of these characters.
    Any(&'static str),
    /// It names a file: any, not only those that a path's `root` confines it to.
    File,
    /// It names a file whose content is run or loaded: a path's `root` doesn't help.
    Content,
    /// It is any text at all.
    Free,
}

/// Characters by which a text reaches out of a word of a shell's code.
pub(super) const SHELL: Form = Form::Any(" \t\n;&|$`()<>'\"\\*?[{~#!");
/// Characters by which a text reaches out of a value in a query.
pub(super) const QUERY: Form = Form::Any("'\"; \\(`\n");

/// A value where it stands: what comes before it in its word, and its param.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot<'a> {
    pub(super) before: &'a str,
    pub(super) param: &'a Param,
}

impl<'a> Slot<'a> {
    /// The first value in an element, if there is any.
    pub(super) fn of(element: &'a Element, params: &'a [Param]) -> Option<Self> {
        match element {
            Element::Values { param, .. } => Some(Slot {
                before: "",
                param: params.get(*param)?,
            }),
            Element::Joined(template) => Slot::all(template, params).into_iter().next(),
            Element::Literal(_) | Element::Switch { .. } => None,
        }
    }

    /// All values in a template. Behind another value it is not known what comes before.
    pub(super) fn all(template: &'a Template, params: &'a [Param]) -> Vec<Self> {
        let mut before = "";
        let mut slots = Vec::new();
        for piece in &template.0 {
            match piece {
                Piece::Literal(literal) => before = literal,
                Piece::Value(param) => slots.extend(params.get(*param).map(|param| Slot { before, param })),
            }
        }
        slots
    }

    /// Whether a value here can be of that form.
    pub(super) fn can_be(&self, form: Form) -> bool {
        let Some(reach) = Reach::of(self.param) else {
            return false;
        };
        let long_enough = |least: usize| self.param.max_len.is_none_or(|most| most >= least);
        match form {
            Form::Free | Form::Content => true,
            // Out of a folder leads only a slash: what the folder has that a program starts in is the file's own choice.
            Form::File if self.before.is_empty() => self.param.path.is_none() && reach.has('/') && long_enough(2),
            Form::File => self.param.path.is_none() && reach.has('/') && reach.has('.') && long_enough(3),
            Form::Has(characters) => {
                long_enough(characters.chars().count()) && characters.chars().all(|character| reach.has(character))
            }
            Form::Any(characters) => characters.chars().any(|character| reach.has(character)),
            Form::Start(text) => {
                // What stands before the value is the beginning of it, or that is not its beginning.
                let Some(rest) = text.strip_prefix(self.before) else {
                    return self.before.starts_with(text);
                };
                let mut characters = rest.chars();
                let Some(first) = characters.next() else {
                    return true;
                };
                let begins = if self.before.is_empty() {
                    reach.begins_with(first, self.param)
                } else {
                    reach.has(first)
                };
                begins
                    && long_enough(rest.chars().count())
                    && characters.all(|character| character.is_alphanumeric() || reach.has(character))
            }
        }
    }
}

/// Ranges of characters.
type Set = Vec<(char, char)>;

/// The characters that values of a param can have.
#[derive(Debug, Default)]
struct Reach {
    first: Set,
    any: Set,
    /// Whether there is a text without a character.
    is_nullable: bool,
}

const ALL: (char, char) = ('\u{1}', char::MAX);

impl Reach {
    /// `None` for what is not a text of the caller's choice: one of a list, a number, a host.
    fn of(param: &Param) -> Option<Self> {
        if !param.choices.is_empty() {
            return None;
        }
        let reach = |first, any| Reach {
            first: vec![first],
            any: vec![any],
            is_nullable: false,
        };
        match param.kind.freedom() {
            Freedom::None => None,
            Freedom::Path => Some(reach(('/', '/'), ALL)),
            Freedom::Url => Some(reach(('a', 'z'), ('!', char::MAX))),
            Freedom::Text => match &param.pattern {
                None => Some(reach(ALL, ALL)),
                // One that can't be read again lets everything through.
                Some(pattern) => {
                    let hir = regex_syntax::parse(pattern.as_str());
                    Some(hir.map_or_else(|_| reach(ALL, ALL), |hir| Reach::of_pattern(&hir)))
                }
            },
        }
    }

    /// More than the pattern lets through at most, never less. Patterns are no deeper than the reader of files allows.
    fn of_pattern(hir: &Hir) -> Self {
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => Reach {
                is_nullable: true,
                ..Reach::default()
            },
            HirKind::Literal(literal) => {
                let text = String::from_utf8_lossy(&literal.0);
                Reach {
                    first: text.chars().take(1).map(|first| (first, first)).collect(),
                    any: text.chars().map(|character| (character, character)).collect(),
                    is_nullable: false,
                }
            }
            HirKind::Class(class) => {
                let ranges: Set = match class {
                    Class::Unicode(class) => class.iter().map(|range| (range.start(), range.end())).collect(),
                    Class::Bytes(class) => class
                        .iter()
                        .map(|range| (range.start().into(), range.end().into()))
                        .collect(),
                };
                Reach {
                    first: ranges.clone(),
                    any: ranges,
                    is_nullable: false,
                }
            }
            HirKind::Repetition(repetition) => {
                let mut reach = Reach::of_pattern(&repetition.sub);
                reach.is_nullable |= repetition.min == 0;
                reach
            }
            HirKind::Capture(capture) => Reach::of_pattern(&capture.sub),
            HirKind::Concat(parts) => {
                let mut whole = Reach {
                    is_nullable: true,
                    ..Reach::default()
                };
                for part in parts.iter().map(Reach::of_pattern) {
                    if whole.is_nullable {
                        whole.first.extend(part.first);
                    }
                    whole.any.extend(part.any);
                    whole.is_nullable &= part.is_nullable;
                }
                whole
            }
            HirKind::Alternation(ways) => {
                let mut whole = Reach::default();
                for way in ways.iter().map(Reach::of_pattern) {
                    whole.first.extend(way.first);
                    whole.any.extend(way.any);
                    whole.is_nullable |= way.is_nullable;
                }
                whole
            }
        }
    }

    fn has(&self, character: char) -> bool {
        self.any.iter().any(|(from, to)| (*from..=*to).contains(&character))
    }

    fn begins_with(&self, character: char, param: &Param) -> bool {
        let is_option = character == '-' && !param.allow_dash;
        !is_option && self.first.iter().any(|(from, to)| (*from..=*to).contains(&character))
    }
}

/// Whether a URL can have this scheme; true for all that is not a URL.
pub(super) fn allows_scheme(param: &Param, start: &str) -> bool {
    let scheme = start.split(':').next().unwrap_or_default();
    param.kind != ParamKind::Url || param.schemes.iter().any(|known| known == scheme)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern::Pattern;

    fn can(pattern: &str, form: Form) -> bool {
        let mut param = Param::new("x");
        param.pattern = Some(Pattern::new(pattern).unwrap());
        Slot {
            before: "",
            param: &param,
        }
        .can_be(form)
    }

    #[test]
    fn a_pattern_that_lets_nothing_dangerous_through_is_safe() {
        let shell = Form::Start(".shell x");
        for (pattern, form, dangerous) in [
            ("[a-z]+", shell, false),
            ("[a-z. ]+", shell, true),
            ("[a-z][a-z. ]*", shell, false),
            ("x?[. a-z]*", shell, true),
            ("(?:select|\\.tables) .*", shell, true),
            ("select .*", shell, false),
            ("^[A-Z]{2}$", shell, false),
            (".*", shell, true),
            ("[^.]+", shell, false),
            ("[\\w.-]+", Form::File, false),
            ("[\\w./-]+", Form::File, true),
            ("[0-9,]+", SHELL, false),
            ("[0-9; ]+", SHELL, true),
            ("[a-z]+", QUERY, false),
            ("[A-Z]+=[a-z]+", Form::Has("="), true),
        ] {
            assert_eq!(can(pattern, form), dangerous, "{pattern} {form:?}");
        }
    }
}
