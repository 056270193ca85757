//! Which examples of two pages are the same: pages in two languages, or for two platforms.
//!
//! Pages are translated at different times, so that one may have examples that the other lacks, in another order, or
//! spelled as options were written years ago; and what stands in placeholders is translated too. Position alone proves
//! nothing: the words about `rm -r` would come to stand over `rm -d`. So commands are compared first, and position decides
//! among those that are alike.

use super::template::{Piece, Template};

/// Spellings of one word that are considered at most; a choice within a choice multiplies them.
const MOST_SPELLINGS: usize = 64;

/// What stands for a value in a spelling: whatever it is called, it is a value.
const VALUE: char = '\u{0}';

/// How alike two command lines are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Likeness {
    /// The same but for values that one of them doesn't have.
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
    fn weight(self) -> i64 {
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

/// The spellings of a word.
type Word = Vec<String>;

impl Shape {
    pub(super) fn new(template: &Template) -> Self {
        Shape {
            words: words(template),
            pieces: template.pieces.clone(),
        }
    }

    /// Whether it is the same as another but for names of values and spellings of options.
    pub(super) fn repeats(&self, other: &Shape) -> bool {
        self.likeness(other).is_some_and(|likeness| likeness >= Likeness::Alike)
    }

    fn likeness(&self, other: &Shape) -> Option<Likeness> {
        if self.pieces == other.pieces {
            Some(Likeness::Identical)
        } else if self.words == other.words {
            Some(Likeness::Same)
        } else if all_alike(self.words.iter(), other.words.iter()) {
            Some(Likeness::Alike)
        } else {
            let fixed = |shape: &Shape| shape.words.iter().filter(|word| !is_value(word)).count();
            let own = self.words.iter().filter(|word| !is_value(word));
            let others = other.words.iter().filter(|word| !is_value(word));
            // `cd` and `cd FOLDER` are two things; `stash pop` and `stash pop NAME` hardly are.
            (fixed(self) >= 3 && all_alike(own, others)).then_some(Likeness::Kin)
        }
    }
}

fn all_alike<'w>(one: impl Iterator<Item = &'w Word>, other: impl Iterator<Item = &'w Word>) -> bool {
    let mut other = other;
    for word in one {
        if !other.next().is_some_and(|found| alike(word, found)) {
            return false;
        }
    }
    other.next().is_none()
}

fn alike(one: &Word, other: &Word) -> bool {
    one.iter().any(|spelling| other.contains(spelling))
        || (is_value(one) && looks_like_a_value(other))
        || (is_value(other) && looks_like_a_value(one))
}

/// Whether it is a value and nothing else, perhaps in quotes.
fn is_value(word: &Word) -> bool {
    word.iter()
        .all(|spelling| spelling.trim_matches(['"', '\'']) == VALUE.to_string())
}

/// Whether a word that a page spells out may be a value all the same: `10.0.0.1`, `notes.txt`.
fn looks_like_a_value(word: &Word) -> bool {
    let looks = |spelling: &String| {
        !spelling.starts_with('-')
            && !spelling.contains(VALUE)
            && spelling.contains(char::is_alphanumeric)
            && !spelling.chars().all(char::is_alphabetic)
    };
    word.iter().all(looks)
}

/// The words of a command line, each with its spellings.
fn words(template: &Template) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut open = false;
    let mut add = |parts: &[String], new_word: bool| {
        let before = match words.last_mut() {
            Some(word) if !new_word => word,
            _ => {
                words.push(parts.to_vec());
                return;
            }
        };
        let joined = before
            .iter()
            .flat_map(|start| parts.iter().map(move |part| format!("{start}{part}")));
        *before = joined.take(MOST_SPELLINGS).collect();
    };
    for piece in &template.pieces {
        match piece {
            Piece::Literal(text) => {
                for (number, word) in text.split(char::is_whitespace).enumerate() {
                    open &= number == 0;
                    if !word.is_empty() {
                        add(&[word.to_owned()], !open);
                        open = true;
                    }
                }
            }
            Piece::Value(_) => {
                add(&[VALUE.to_string()], !open);
                open = true;
            }
            Piece::Choice(parts) | Piece::Spellings(parts) => {
                add(parts, !open);
                open = true;
            }
        }
    }
    words
}

/// For each of `others` the number of the one of `own` that it is the same as, if any; none is taken twice.
pub(super) fn align(own: &[Shape], others: &[Shape]) -> Vec<Option<usize>> {
    let mut pairs = in_order(own, others);
    let mut taken: Vec<bool> = vec![false; own.len()];
    for number in pairs.iter().flatten() {
        taken[*number] = true;
    }
    // What was moved to another place in the page.
    for (other, pair) in others.iter().zip(&mut pairs) {
        if pair.is_none() {
            let free = (0..own.len()).rev().filter(|number| !taken[*number]);
            let alike = free.filter_map(|number| Some((own[number].likeness(other)?, number)));
            let best = alike
                .filter(|(likeness, _)| *likeness >= Likeness::Alike)
                .max_by_key(|(likeness, _)| *likeness);
            *pair = best.map(|(_, number)| number);
            if let Some(number) = *pair {
                taken[number] = true;
            }
        }
    }
    pairs
}

/// The heaviest pairs that don't cross, as when two versions of a text are compared. Among equals, those whose positions
/// are nearest.
fn in_order(own: &[Shape], others: &[Shape]) -> Vec<Option<usize>> {
    const OF_WEIGHT: i64 = 1000;
    let width = others.len() + 1;
    let mut best = vec![0_i64; (own.len() + 1) * width];
    let mut paired = vec![false; best.len()];
    for (row, one) in own.iter().enumerate() {
        for (column, other) in others.iter().enumerate() {
            let at = (row + 1) * width + column + 1;
            let without = best[at - 1].max(best[at - width]);
            let with = one.likeness(other).map(|likeness| {
                let apart = i64::try_from(row.abs_diff(column))
                    .unwrap_or(OF_WEIGHT)
                    .min(OF_WEIGHT / 2);
                best[at - width - 1] + likeness.weight() * OF_WEIGHT - apart
            });
            paired[at] = with.is_some_and(|with| with > without);
            best[at] = with.map_or(without, |with| with.max(without));
        }
    }
    let mut pairs = vec![None; others.len()];
    let (mut row, mut column) = (own.len(), others.len());
    while row > 0 && column > 0 {
        let at = row * width + column;
        if paired[at] {
            (row, column) = (row - 1, column - 1);
            pairs[column] = Some(row);
        } else if best[at] == best[at - 1] {
            column -= 1;
        } else {
            row -= 1;
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn aligned(own: &[&str], others: &[&str]) -> Vec<Option<usize>> {
        let shapes =
            |lines: &[&str]| -> Vec<Shape> { lines.iter().map(|line| Shape::new(&Template::parse(line))).collect() };
        align(&shapes(own), &shapes(others))
    }

    #[test]
    fn what_values_are_called_does_not_count() {
        let own = ["quay dock {{path/to/ship}}", "quay -l", "quay \"{{text}}\""];
        let others = ["quay dock {{ruta/al/barco}}", "quay -l", "quay \"{{texto}}\""];
        assert_eq!(aligned(&own, &others), [Some(0), Some(1), Some(2)]);
    }

    #[test]
    fn order_decides_among_equals() {
        let same = ["quay {{ship}} {{pier}}"; 2];
        assert_eq!(aligned(&same, &same), [Some(0), Some(1)]);
        let later = ["quay -l", "quay {{a}} {{b}}", "quay {{c}} {{d}}"];
        assert_eq!(aligned(&later, &same), [Some(1), Some(2)]);
        assert_eq!(aligned(&later, &["quay -x", "quay {{y}} {{z}}"]), [None, Some(1)]);
    }

    #[test]
    fn what_one_lacks_takes_nothing_from_the_others() {
        let own = ["quay", "quay -a", "quay -b", "quay -c"];
        assert_eq!(aligned(&own, &["quay -a", "quay -c"]), [Some(1), Some(3)]);
        assert_eq!(aligned(&["quay -a"], &["quay", "quay -z"]), [None, None]);
        assert_eq!(aligned(&[], &["quay"]), [None]);
        assert_eq!(aligned(&["quay"], &[]), []);
    }

    #[test]
    fn position_alone_proves_nothing() {
        let own = ["rm {{[-r|--recursive]}} {{a}}", "rm {{[-d|--dir]}} {{a}}"];
        assert_eq!(aligned(&own, &["rm -r {{b}}", "rm -f {{b}}"]), [Some(0), None]);
        assert_eq!(aligned(&["quay -a {{x}}"], &["quay -b {{x}}"]), [None]);
        assert_eq!(aligned(&["cd"], &["cd {{folder}}"]), [None]);
        assert_eq!(aligned(&["quay status"], &["quay {{unit}}"]), [None]);
    }

    #[test]
    fn options_may_be_spelled_as_they_were_years_ago() {
        for (now, then) in [
            ("rm {{[-f|--force]}} {{a}}", "rm -f {{b}}"),
            ("cp {{[-vr|--verbose --recursive]}} {{a}}", "cp -vr {{b}}"),
            ("touch {{-a|-m}} {{a}}", "touch -{{a|m}} {{b}}"),
            ("test {{a}} = {{b}}", "test {{a}} {{=|!=}} {{b}}"),
            ("ping 10.0.0.1", "ping {{host}}"),
            ("git stash show {{[-p|--patch]}}", "git stash show -p {{stash@{0}}}"),
        ] {
            assert_eq!(aligned(&[now], &[then]), [Some(0)], "{now} / {then}");
            assert_eq!(aligned(&[then], &[now]), [Some(0)], "{then} / {now}");
        }
    }

    #[test]
    fn what_was_moved_is_found() {
        let own = ["quay -a", "quay -b", "quay -c", "quay -d"];
        let others = ["quay -d", "quay -a", "quay -b", "quay -c"];
        assert_eq!(aligned(&own, &others), [Some(3), Some(0), Some(1), Some(2)]);
        let own = ["quay {{[-s|--ship]}} {{ship}}", "quay {{[-l|--list]}}"];
        assert_eq!(aligned(&own, &["quay -l", "quay -s {{barco}}"]), [Some(1), Some(0)]);
    }

    #[test]
    fn many_choices_do_not_multiply_without_end() {
        let line = format!("quay {}", "{{a|b|c|d}}".repeat(50));
        assert_eq!(aligned(&[&line], &[&line]), [Some(0)]);
        let shape = Shape::new(&Template::parse(&line));
        assert!(shape.words.iter().all(|word| word.len() <= MOST_SPELLINGS));
    }
}
