//! Reads a whole file, whatever is wrong with it.

use std::ops::Range;
use std::sync::Arc;

use toml::de::DeTable;

use super::keys::Keys;
use super::section::{Reader, Section};
use crate::diagnostic::{Diagnostic, Problems, SourceFile, SourceSpan, quoted};
use crate::pattern::Patterns;
use crate::program::Programs;
use crate::text::Translations;

/// Reads a file that isn't `commands.toml` as that is read: `read` gets all of it, and reports what it finds wrong. Without a
/// fault, what it made of it; else all faults, in the order of the file.
pub fn read<T>(file: &Arc<SourceFile>, read: impl FnOnce(Section<'_>) -> T) -> Result<T, Vec<Diagnostic>> {
    let problems = Problems::default();
    let made = read_into(&problems, file, None, read);
    match problems.finish(&[file.name().to_owned()]) {
        Ok(_) => Ok(made),
        Err(broken) => Err(broken.diagnostics),
    }
}

/// Reads a file that may have `keys`, or any if there are none. What is wrong with it is added to `problems`.
pub(crate) fn read_into<T>(
    problems: &Problems,
    file: &Arc<SourceFile>,
    keys: Option<&'static Keys>,
    read: impl FnOnce(Section<'_>) -> T,
) -> T {
    let (table, errors) = DeTable::parse_recoverable(file.text());
    let damaged = report_syntax(file, &errors, problems);
    let first = problems.error_count();
    let translations = Translations::default();
    let programs = Programs::default();
    let patterns = Patterns::default();
    let reader = Reader {
        file,
        problems,
        translations: &translations,
        programs: &programs,
        patterns: &patterns,
    };
    let made = read(Section::whole_file(reader, table.get_ref(), keys));
    if damaged.is_empty() {
        translations.warn(file, problems);
    } else {
        problems.drop_errors(first, |place| {
            damaged.iter().any(|part| part.contains(&place.span().start))
        });
    }
    made
}

/// Reports what isn't TOML, the first of it in each line since one mistake often makes several, and gives the parts of the
/// file that cannot be relied on: from the heading before an error to the one after it.
fn report_syntax(file: &Arc<SourceFile>, errors: &[toml::de::Error], problems: &Problems) -> Vec<Range<usize>> {
    if errors.is_empty() {
        return Vec::new();
    }
    let end = file.text().len();
    let headings = headings(file.text());
    let mut damaged = Vec::new();
    let mut last_line = 0;
    for error in errors {
        let place = SourceSpan::new(file, error.span().unwrap_or(end..end));
        let start = place.span().start;
        let next = headings.partition_point(|heading| *heading <= start);
        let before = next.checked_sub(1).map_or(0, |before| headings[before]);
        damaged.push(before..headings.get(next).copied().unwrap_or(end + 1));
        let line = place.line();
        if line != last_line {
            problems.syntax_error(syntax_error(place, error));
        }
        last_line = line;
    }
    damaged
}

/// Where each line begins that looks like the heading of a table.
fn headings(text: &str) -> Vec<usize> {
    let mut start = 0;
    let lines = text.split_inclusive('\n').map(|line| {
        start += line.len();
        (start - line.len(), line)
    });
    lines
        .filter(|(_, line)| line.trim_start().starts_with('['))
        .map(|(start, _)| start)
        .collect()
}

fn syntax_error(place: SourceSpan, error: &toml::de::Error) -> Diagnostic {
    if error.message() != "duplicate key" {
        let message = format!("this is not TOML: {}", error.message());
        return Diagnostic::error(place, message);
    }
    let key = quoted(&place.file().text()[place.span()]);
    Diagnostic::error(place, format!("{key} is there a second time"))
        .label("duplicate")
        .help("rename one of the two, or take it out")
}
