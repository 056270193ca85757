//! Which examples of two pages are the same: pages in two languages, or for two platforms.
//!
//! Pages are translated at different times, so that one may have examples that the other lacks, in another order, or
//! spelled as options were written years ago; and what stands in placeholders is translated too. Position alone proves
//! nothing: the words about `rm -r` would come to stand over `rm -d`. So commands are compared first, and position decides
//! among those that are alike.

use super::shape::{Likeness, Shape};

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
    let columns = others.len() + 1;
    let mut best = vec![0_i64; (own.len() + 1) * columns];
    let mut paired = vec![false; best.len()];
    for (row, one) in own.iter().enumerate() {
        for (column, other) in others.iter().enumerate() {
            let at = (row + 1) * columns + column + 1;
            let without = best[at - 1].max(best[at - columns]);
            let with = one.likeness(other).map(|likeness| {
                let apart = i64::try_from(row.abs_diff(column))
                    .unwrap_or(OF_WEIGHT)
                    .min(OF_WEIGHT / 2);
                best[at - columns - 1] + likeness.weight() * OF_WEIGHT - apart
            });
            paired[at] = with.is_some_and(|with| with > without);
            best[at] = with.map_or(without, |with| with.max(without));
        }
    }
    let mut pairs = vec![None; others.len()];
    let (mut row, mut column) = (own.len(), others.len());
    while row > 0 && column > 0 {
        let at = row * columns + column;
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
    use crate::template::Template;

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
}
