//! What a command line looks like beside another, whatever its values are called.

use super::template::{Piece, Template};

/// Spellings of one word that are considered at most; a choice within a choice multiplies them.
const MOST_SPELLINGS: usize = 64;

/// What stands for a value in a spelling: whatever it is called, it is a value.
const VALUE: char = '\u{0}';

/// How alike two command lines are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Likeness {
    /// The same but for values that one of them doesn't have, or for some words in quotes.
    Kin,
    /// Each word of one may be the same word of the other, spelled otherwise.
    Alike,
    /// The same but for what values are called.
    Same,
    /// The same.
    Identical,
}

impl Likeness {
    /// How much it counts beside others: two lines that are alike outweigh one that is the same.
    pub(super) fn weight(self) -> i64 {
        match self {
            Likeness::Kin => 1,
            Likeness::Alike => 4,
            Likeness::Same => 6,
            Likeness::Identical => 9,
        }
    }
}

/// A command line, taken apart for comparing.
#[derive(Debug)]
pub(super) struct Shape {
    pieces: Vec<Piece>,
    words: Vec<Word>,
}

/// A word of a command line.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Word {
    spellings: Vec<String>,
    /// Whether some of it stands in quotes.
    quoted: bool,
}

impl Shape {
    pub(super) fn new(template: &Template) -> Self {
        Shape {
            words: Words::of(template),
            pieces: template.pieces.clone(),
        }
    }

    /// Whether it is the same as another but for names of values and spellings of options.
    pub(super) fn repeats(&self, other: &Shape) -> bool {
        self.likeness(other).is_some_and(|likeness| likeness >= Likeness::Alike)
    }

    pub(super) fn likeness(&self, other: &Shape) -> Option<Likeness> {
        if self.pieces == other.pieces {
            Some(Likeness::Identical)
        } else if self.words == other.words {
            Some(Likeness::Same)
        } else if all_alike(self.words.iter(), other.words.iter()) {
            Some(Likeness::Alike)
        } else {
            (self.has_more_values(other) || self.says_otherwise(other)).then_some(Likeness::Kin)
        }
    }

    /// `stash pop` and `stash pop NAME` are hardly two things; `cd` and `cd FOLDER` are.
    fn has_more_values(&self, other: &Shape) -> bool {
        const FEWEST: usize = 3;
        let fixed = |word: &&Word| !word.is_value();
        let own = self.words.iter().filter(fixed);
        own.clone().count() >= FEWEST && all_alike(own, other.words.iter().filter(fixed))
    }

    /// What a script in quotes prints may be translated; most of the script is the same.
    fn says_otherwise(&self, other: &Shape) -> bool {
        const FEWEST: usize = 4;
        let quoted = |shape: &Shape| {
            shape
                .words
                .iter()
                .filter(|word| word.quoted)
                .cloned()
                .collect::<Vec<_>>()
        };
        let bare = |word: &&Word| !word.quoted;
        if !all_alike(self.words.iter().filter(bare), other.words.iter().filter(bare)) {
            return false;
        }
        let (own, mut others) = (quoted(self), quoted(other));
        let total = own.len().max(others.len());
        let shared = own.iter().filter(|word| {
            let found = others.iter().position(|other| word.is_like(other));
            found.map(|found| others.swap_remove(found)).is_some()
        });
        let shared = shared.count();
        shared >= FEWEST && shared * 3 >= total * 2
    }
}

fn all_alike<'w>(mut one: impl Iterator<Item = &'w Word>, mut other: impl Iterator<Item = &'w Word>) -> bool {
    one.all(|word| other.next().is_some_and(|found| word.is_like(found))) && other.next().is_none()
}

impl Word {
    fn is_like(&self, other: &Word) -> bool {
        self.spellings.iter().any(|spelling| other.spellings.contains(spelling))
            || (self.is_value() && other.looks_like_a_value())
            || (other.is_value() && self.looks_like_a_value())
    }

    /// Whether it is a value and nothing else, perhaps in quotes.
    fn is_value(&self) -> bool {
        let bare = |spelling: &String| spelling.trim_matches(['"', '\'']).chars().eq([VALUE]);
        self.spellings.iter().all(bare)
    }

    /// Whether a word that a page spells out may be a value all the same: `10.0.0.1`, `notes.txt`.
    fn looks_like_a_value(&self) -> bool {
        let looks = |spelling: &String| {
            !spelling.starts_with('-')
                && !spelling.contains(VALUE)
                && spelling.contains(char::is_alphanumeric)
                && !spelling.chars().all(char::is_alphabetic)
        };
        self.spellings.iter().all(looks)
    }
}

/// Takes a command line apart.
#[derive(Default)]
struct Words {
    all: Vec<Word>,
    /// Whether the last word goes on.
    open: bool,
    /// The quote that is open.
    quote: Option<char>,
}

impl Words {
    fn of(template: &Template) -> Vec<Word> {
        let mut words = Words::default();
        for piece in &template.pieces {
            match piece {
                Piece::Literal(text) => words.literal(text),
                Piece::Value(_) => words.add(&[VALUE.to_string()], words.quote.is_some()),
                Piece::Choice(parts) | Piece::Spellings(parts) => words.add(parts, words.quote.is_some()),
            }
        }
        words.all
    }

    fn literal(&mut self, text: &str) {
        for (number, part) in text.split(char::is_whitespace).enumerate() {
            self.open &= number == 0;
            if part.is_empty() {
                continue;
            }
            let mut quoted = self.quote.is_some();
            for character in part.chars().filter(|character| matches!(character, '"' | '\'')) {
                quoted = true;
                match self.quote {
                    None => self.quote = Some(character),
                    Some(quote) if quote == character => self.quote = None,
                    Some(_) => {}
                }
            }
            self.add(&[part.to_owned()], quoted);
        }
    }

    fn add(&mut self, parts: &[String], quoted: bool) {
        match self.all.last_mut() {
            Some(word) if self.open => {
                let starts = word.spellings.iter();
                let joined = starts.flat_map(|start| parts.iter().map(move |part| format!("{start}{part}")));
                word.spellings = joined.take(MOST_SPELLINGS).collect();
                word.quoted |= quoted;
            }
            _ => self.all.push(Word {
                spellings: parts.to_vec(),
                quoted,
            }),
        }
        self.open = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(line: &str) -> Shape {
        Shape::new(&Template::parse(line))
    }

    #[test]
    fn likeness_comes_in_degrees() {
        let script = |words: &str| format!("awk '{{if ($1 == 2) print \"{words}\"; else print $2}}' {{{{file}}}}");
        for (one, other, likeness) in [
            ("quay {{a}}", "quay {{a}}", Some(Likeness::Identical)),
            ("quay {{a}}", "quay {{b}}", Some(Likeness::Same)),
            ("quay {{[-a|--all]}}", "quay -a", Some(Likeness::Alike)),
            ("quay 'x {{a}}'", "quay 'x {{b}}'", Some(Likeness::Same)),
            ("quay dock all {{a}}", "quay dock all", Some(Likeness::Kin)),
            ("quay {{a}}", "quay", None),
            ("quay {{a}}", "quay --all", None),
            ("quay {{a}}", "quay list", None),
            ("quay {{a}}", "quay 10.0.0.1", Some(Likeness::Alike)),
            (&script("ships"), &script("barcos"), Some(Likeness::Kin)),
            ("awk 'NR%3==1' {{a}}", "awk '{print $1}' {{a}}", None),
            ("quay \"a b c d e\" -x", "quay \"a b c d f\" -y", None),
        ] {
            assert_eq!(shape(one).likeness(&shape(other)), likeness, "{one} / {other}");
            assert_eq!(shape(other).likeness(&shape(one)), likeness, "{other} / {one}");
        }
    }

    #[test]
    fn many_choices_do_not_multiply_without_end() {
        let shape = shape(&format!("quay {}", "{{a|b|c|d}}".repeat(50)));
        assert!(shape.words.iter().all(|word| word.spellings.len() <= MOST_SPELLINGS));
        assert_eq!(shape.likeness(&shape), Some(Likeness::Identical));
    }
}
