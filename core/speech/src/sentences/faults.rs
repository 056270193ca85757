//! What can be wrong with a row, though it compiles.

use std::collections::BTreeSet;

use crate::Speech;

use super::Sentence;

/// What is wrong with a sentence; nothing, if it may stay.
pub(super) fn of(sentence: &Sentence) -> Vec<String> {
    let mut faults = Vec::new();
    let languages: Vec<_> = sentence.cells.iter().map(|(language, _)| *language).collect();
    if languages != Speech::ALL {
        faults.push(format!("its columns are {languages:?}, not {:?}", Speech::ALL));
    }
    let wanted: BTreeSet<_> = sentence.placeholders.iter().copied().collect();
    for (language, cell) in sentence.cells {
        let used = placeholders(cell);
        if used != wanted {
            faults.push(format!("{language:?} puts in {used:?}, and the row has {wanted:?}"));
        }
        if cell.is_empty() {
            faults.push(format!("{language:?} is empty"));
        }
        if cell.starts_with(char::is_whitespace) || cell.lines().any(|line| line.ends_with(char::is_whitespace)) {
            faults.push(format!("{language:?} begins, or has a line that ends, with a blank"));
        }
        if cell.ends_with('\n')
            || cell
                .chars()
                .any(|character| character.is_control() && character != '\n')
        {
            faults.push(format!("{language:?} ends with a line end, or has a control character"));
        }
    }
    faults
}

/// The names in braces in a text for `format!`, which has been compiled as one: `{name}` and `{name:?}`, but not `{{name}}`.
fn placeholders(cell: &str) -> BTreeSet<&str> {
    let mut found = BTreeSet::new();
    let mut rest = cell;
    while let Some(begin) = rest.find('{') {
        rest = &rest[begin + 1..];
        if let Some(after) = rest.strip_prefix('{') {
            rest = after;
            continue;
        }
        let inside = rest.split('}').next().unwrap_or_default();
        found.insert(inside.split(':').next().unwrap_or_default());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(placeholders: &'static [&'static str], cells: &'static [(Speech, &'static str)]) -> usize {
        of(&Sentence {
            name: "example",
            placeholders,
            cells,
        })
        .len()
    }

    /// The number of faults in a row whose English is right.
    fn faults_of_spanish(cell: &'static str) -> usize {
        let cells = vec![(Speech::English, "{name} joined"), (Speech::Spanish, cell)];
        faults(&["name"], cells.leak())
    }

    #[test]
    fn a_row_with_its_cells_is_right() {
        assert_eq!(faults_of_spanish("entró {name}"), 0);
        assert_eq!(faults_of_spanish("entró {name:?}: {name}\n  {{room}}, {name}"), 0);
    }

    #[test]
    fn a_cell_that_is_not_right_is_found() {
        for cell in [
            "entró",
            "entró {nombre}",
            "{name} entró en {room}",
            "{{name}} entró",
            "{} entró",
            " entró {name}",
            "entró {name} ",
            "entró {name} \nhoy",
            "entró {name}\n",
            "entró\t{name}",
        ] {
            assert_ne!(faults_of_spanish(cell), 0, "{cell:?}");
        }
        // Empty, and without the name.
        assert_eq!(faults_of_spanish(""), 2);
    }

    #[test]
    fn a_column_that_is_missing_twice_there_or_elsewhere_is_found() {
        use Speech::{English, Spanish};
        for cells in [
            &[(English, "hi")][..],
            &[(English, "hi"), (English, "hi")],
            &[(Spanish, "hola"), (English, "hi")],
        ] {
            assert_eq!(faults(&[], cells), 1, "{cells:?}");
        }
        assert_eq!(faults(&[], &[(English, "hi"), (Spanish, "hola")]), 0);
    }
}
