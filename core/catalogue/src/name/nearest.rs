//! The words that someone who mistyped one may have meant.

use super::fold;

/// How many are offered.
const MOST_OFFERED: usize = 3;

/// Text longer than this, in bytes, is not a mistyped name.
const LONGEST_TYPED: usize = 96;

/// Words that can be meant, each with what it belongs to.
#[derive(Debug, Clone)]
pub(crate) struct Candidates<T> {
    words: Vec<Candidate<T>>,
}

#[derive(Debug, Clone)]
struct Candidate<T> {
    word: Box<str>,
    /// The word folded, where that makes a difference.
    folded: Option<Box<str>>,
    letters: Letters,
    belongs_to: T,
}

impl<T> Candidate<T> {
    fn folded(&self) -> &str {
        self.folded.as_ref().unwrap_or(&self.word)
    }
}

/// Which letters occur in a word and how long it is: tells most words apart without comparing them.
#[derive(Debug, Clone, Copy)]
struct Letters {
    set: u64,
    count: usize,
}

impl Letters {
    fn of(folded: &str) -> Self {
        let bit = |character: char| 1 << (u32::from(character) % 64);
        Letters {
            set: folded.chars().map(bit).fold(0, |set: u64, bit: u64| set | bit),
            count: folded.chars().count(),
        }
    }

    /// Whether words with these letters may be within `distance`: an edit changes the length by at most one, and which
    /// letters occur by at most two.
    fn within(self, other: Letters, distance: usize) -> bool {
        self.count.abs_diff(other.count) <= distance && (self.set ^ other.set).count_ones() as usize <= 2 * distance
    }
}

impl<T: Copy + PartialEq> Candidates<T> {
    pub(crate) fn new<'w>(words: impl Iterator<Item = (&'w str, T)>) -> Self {
        let words = words.map(|(word, belongs_to)| {
            let folded = fold(word);
            Candidate {
                word: word.into(),
                letters: Letters::of(&folded),
                folded: (folded != word).then(|| folded.into()),
                belongs_to,
            }
        });
        Candidates { words: words.collect() }
    }

    /// The likeliest first, at most three, and of those that belong to one thing only the likeliest. A candidate of two
    /// words is compared with the first two words typed, and so on, so that arguments don't count.
    pub(crate) fn nearest(&self, typed: &str, wanted: impl Fn(T) -> bool) -> Vec<&str> {
        let prefixes = prefixes(typed);
        let mut found: Vec<(usize, &Candidate<T>)> = Vec::new();
        for candidate in &self.words {
            let words = candidate.folded().matches(' ').count();
            let Some((typed, letters)) = prefixes.get(words).or(prefixes.last()) else {
                return Vec::new();
            };
            if let Some(distance) = distance(typed, *letters, candidate)
                && wanted(candidate.belongs_to)
            {
                found.push((distance, candidate));
            }
        }
        found.sort_by(|(near, one), (far, other)| {
            (near, one.letters.count, one.folded()).cmp(&(far, other.letters.count, other.folded()))
        });
        let mut offered: Vec<&Candidate<T>> = Vec::new();
        for (_, candidate) in found {
            if offered.len() < MOST_OFFERED && offered.iter().all(|other| other.belongs_to != candidate.belongs_to) {
                offered.push(candidate);
            }
        }
        offered.into_iter().map(|candidate| &*candidate.word).collect()
    }
}

/// The first word typed, the first two, and so on up to four, folded.
fn prefixes(typed: &str) -> Vec<(String, Letters)> {
    if typed.len() > LONGEST_TYPED {
        return Vec::new();
    }
    let mut prefixes = Vec::new();
    let mut prefix = String::new();
    for word in typed.split_whitespace().take(super::MOST_WORDS) {
        if !prefix.is_empty() {
            prefix.push(' ');
        }
        prefix.push_str(&fold(word));
        prefixes.push((prefix.clone(), Letters::of(&prefix)));
    }
    prefixes
}

/// How far a candidate is from what was typed, when it is near enough to be offered: a slip for every three letters. What
/// begins with what was typed is offered after all that is.
fn distance<T>(typed: &str, letters: Letters, candidate: &Candidate<T>) -> Option<usize> {
    let farthest = (letters.count / 3).max(1);
    if letters.within(candidate.letters, farthest) {
        let distance = strsim::osa_distance(typed, candidate.folded());
        let shared = distance < letters.count.max(candidate.letters.count);
        if distance <= farthest && shared {
            return Some(distance);
        }
    }
    (letters.count >= 2 && candidate.folded().starts_with(typed)).then_some(farthest + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nearest(words: &[&str], typed: &str) -> Vec<String> {
        let numbered = words.iter().enumerate();
        let candidates = Candidates::new(numbered.map(|(number, word)| (*word, number)));
        let found = candidates.nearest(typed, |_| true);
        found.into_iter().map(str::to_owned).collect()
    }

    #[test]
    fn slips_of_the_finger_are_understood() {
        let words = [
            "ls",
            "less",
            "mkdir",
            "cd",
            "grep",
            "git commit",
            "git",
            "quién",
            "whoami",
        ];
        for (typed, meant) in [
            ("lss", &["ls", "less"][..]),
            ("mkdri", &["mkdir"]),
            ("MKDRI", &["mkdir"]),
            ("gerp", &["grep"]),
            ("dc", &["cd"]),
            ("gti comit -m hello", &["git", "git commit"]),
            ("quien", &["quién"]),
            ("who", &["whoami"]),
            ("x", &[]),
            ("frobnicate", &[]),
            ("", &[]),
            ("   ", &[]),
        ] {
            assert_eq!(nearest(&words, typed), meant, "{typed}");
        }
        assert!(nearest(&words, &"l".repeat(1000)).is_empty());
    }

    #[test]
    fn three_at_most_the_likeliest_first_and_one_for_each_thing() {
        assert_eq!(nearest(&["cat", "cut", "cot", "cit", "ca"], "ct").len(), 3);
        let same = [("who", 1), ("whoo", 1), ("whom", 2)];
        let candidates = Candidates::new(same.into_iter());
        assert_eq!(candidates.nearest("whoo", |_| true), ["whoo", "whom"]);
        assert_eq!(candidates.nearest("whoo", |thing| thing == 2), ["whom"]);
    }

    proptest::proptest! {
        #[test]
        fn telling_by_letters_loses_nothing(typed in "[a-f ]{0,8}", word in "[a-f]{1,8}") {
            let letters = Letters::of(&typed);
            let farthest = (letters.count / 3).max(1);
            if strsim::osa_distance(&typed, &word) <= farthest {
                assert!(letters.within(Letters::of(&word), farthest));
            }
        }
    }
}
