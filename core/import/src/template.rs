//! A command line as pages write it: `tar {{[-c|--create]}} {{path/to/file}}`.

/// Which spelling of an option cards show, where a page gives two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OptionForm {
    /// `-l`
    Short,
    /// `--long`, which says what it does.
    #[default]
    Long,
}

/// A command line, some parts of which the reader replaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Template {
    pub(super) pieces: Vec<Piece>,
}

/// A part of a command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// Typed as it is.
    Literal(String),
    /// What the reader puts something of their own for: `{{path/to/file}}`.
    Value(String),
    /// One of several words: `{{start|stop}}`.
    Choice(Vec<String>),
    /// Spellings of the same, the short one first: `{{[-s|--long]}}`.
    Spellings(Vec<String>),
}

impl Template {
    /// Reads a command line. Braces that don't pair are part of it.
    pub(super) fn parse(line: &str) -> Self {
        let mut pieces = Vec::new();
        let mut literal = String::new();
        let mut rest = line.trim();
        while let Some(first) = rest.chars().next() {
            if let Some((content, after)) = placeholder(rest) {
                if !literal.is_empty() {
                    pieces.push(Piece::Literal(std::mem::take(&mut literal)));
                }
                pieces.push(Piece::of(&unescaped(content)));
                rest = after;
            } else if let Some(after) = rest.strip_prefix(r"\{\{") {
                literal.push_str("{{");
                rest = after;
            } else if let Some(after) = rest.strip_prefix(r"\}\}") {
                literal.push_str("}}");
                rest = after;
            } else {
                literal.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
        if !literal.is_empty() {
            pieces.push(Piece::Literal(literal));
        }
        Template { pieces }
    }

    /// The line as a card shows it. What the reader replaces stands as it is; a choice is in braces, as in manuals, since
    /// bars alone would read as pipes.
    pub(super) fn shown(&self, form: OptionForm) -> String {
        let mut line = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Literal(text) | Piece::Value(text) => line.push_str(text),
                Piece::Choice(words) => {
                    line.push('{');
                    line.push_str(&words.join("|"));
                    line.push('}');
                }
                Piece::Spellings(spellings) => {
                    let spelling = match form {
                        OptionForm::Short => spellings.first(),
                        OptionForm::Long => spellings.last(),
                    };
                    line.push_str(spelling.map_or("", String::as_str));
                }
            }
        }
        line.trim().to_owned()
    }
}

impl Piece {
    /// What stands between `{{` and `}}`.
    fn of(content: &str) -> Self {
        let spellings = content.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        if let Some(spellings) = spellings.and_then(alternatives) {
            return Piece::Spellings(spellings);
        }
        match alternatives(content) {
            Some(words) => Piece::Choice(words),
            None => Piece::Value(content.to_owned()),
        }
    }
}

/// The placeholder that `text` begins with: what is in it, and what follows. It ends at the last two of a row of closing
/// braces, so that `{{{"a":1}}}` holds `{"a":1}`.
fn placeholder(text: &str) -> Option<(&str, &str)> {
    let inner = text.strip_prefix("{{")?;
    let first = inner.find("}}")?;
    let row = inner[first..].bytes().take_while(|byte| *byte == b'}').count();
    let end = first + row - 2;
    Some((&inner[..end], &inner[end + 2..]))
}

fn unescaped(text: &str) -> String {
    text.replace(r"\{\{", "{{").replace(r"\}\}", "}}")
}

/// The parts between bars, if these separate alternatives: not in `a | b`, `a||b`, `'a|b'` or `file[.gz|.xz]`.
fn alternatives(text: &str) -> Option<Vec<String>> {
    let parts: Vec<&str> = text.split('|').collect();
    let stands_alone = |part: &&str| !part.is_empty() && part.trim() == *part && is_balanced(part);
    (parts.len() > 1 && parts.iter().all(stands_alone)).then(|| parts.into_iter().map(str::to_owned).collect())
}

/// Whether all quotes and brackets of a part are closed in it.
fn is_balanced(part: &str) -> bool {
    let count = |character: char| part.matches(character).count();
    [('(', ')'), ('[', ']'), ('{', '}')]
        .into_iter()
        .all(|(open, close)| count(open) == count(close))
        && ['"', '\''].into_iter().all(|quote| count(quote) % 2 == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn long(line: &str) -> String {
        Template::parse(line).shown(OptionForm::Long)
    }

    fn assert_shown(lines: &[(&str, &str)]) {
        for (line, shown) in lines {
            assert_eq!(long(line), *shown, "{line}");
        }
    }

    #[test]
    fn values_stand_as_they_are() {
        assert_shown(&[
            ("quay {{path/to/ship}}", "quay path/to/ship"),
            (
                "quay {{ship1 ship2 ...}} > {{log.txt}}",
                "quay ship1 ship2 ... > log.txt",
            ),
            ("{{captain}}@{{harbour}}", "captain@harbour"),
            ("  quay  ", "quay"),
            ("quay '{{*.log}}'", "quay '*.log'"),
        ]);
    }

    #[test]
    fn one_spelling_of_an_option_is_shown() {
        assert_shown(&[
            ("quay {{[-d|--dock]}}", "quay --dock"),
            ("quay {{[-dl|--dock --list]}} x", "quay --dock --list x"),
            ("quay {{[l|list]}}", "quay list"),
            ("quay {{[-l|-list|--list]}}", "quay --list"),
        ]);
        let short = |line| Template::parse(line).shown(OptionForm::Short);
        assert_eq!(short("quay {{[-d|--dock]}} {{[l|list]}}"), "quay -d l");
    }

    #[test]
    fn choices_do_not_read_as_pipes() {
        assert_shown(&[
            ("quay {{dock|leave}} {{ship}}", "quay {dock|leave} ship"),
            ("quay -{{b|k|m}}", "quay -{b|k|m}"),
            ("quay {{=|!=}}", "quay {=|!=}"),
            (
                "quay --at \"{{last year|5 hours|...}}\"",
                "quay --at \"{last year|5 hours|...}\"",
            ),
        ]);
    }

    #[test]
    fn bars_of_other_kinds_are_left_alone() {
        assert_shown(&[
            ("{{list | sort}} | quay", "list | sort | quay"),
            ("quay {{a||b}}", "quay a||b"),
            ("quay {{'a|b'}}", "quay 'a|b'"),
            ("quay {{path/to/ship.tar[.gz|.xz]}}", "quay path/to/ship.tar[.gz|.xz]"),
            ("quay {{[file]}}", "quay [file]"),
        ]);
    }

    #[test]
    fn braces_within_braces() {
        assert_shown(&[
            ("quay '{{{\"name\":\"bob\"}}}'", "quay '{\"name\":\"bob\"}'"),
            ("quay {{ship{1..10}}}", "quay ship{1..10}"),
            ("quay {{to/{a,b}/{x,y}}}", "quay to/{a,b}/{x,y}"),
            ("quay {{dock@{0}}} {{b}}", "quay dock@{0} b"),
            ("awk '{print $5}' {} \\;", "awk '{print $5}' {} \\;"),
            ("echo ${{{name}}}", "echo ${name}"),
        ]);
    }

    #[test]
    fn escaped_braces_are_braces() {
        assert_shown(&[
            (r"quay --format '\{\{.Name\}\}'", "quay --format '{{.Name}}'"),
            (r"quay {{\{\{.Name\}\}}}", "quay {{.Name}}"),
        ]);
    }

    #[test]
    fn braces_that_do_not_pair_stay() {
        assert_shown(&[
            ("quay {{ship", "quay {{ship"),
            ("quay ship}}", "quay ship}}"),
            ("quay {{}}", "quay"),
            ("", ""),
        ]);
    }
}
