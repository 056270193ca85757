//! The format of `commands.toml`: from text to definitions, with all that is wrong in it.

mod keys;

use std::ops::Range;
use std::sync::Arc;

use toml::de::DeTable;

use crate::command::Definition;
use crate::diagnostic::{Diagnostic, Place, Problems, SourceFile, quoted};
use crate::document::{Located, Reader, Section, Value};
use crate::group::Group;
use crate::pattern::Patterns;
use crate::plugin::NamedPlugin;
use crate::program::Programs;
use crate::settings::Settings;
use crate::text::Translations;
use crate::{command, group, plugin, settings};

pub(crate) use keys::{DEFINITIONS, FILE};

/// Which file it is: that decides what may stand in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The definitions of the built-ins.
    BuiltIn,
    /// The admin's file.
    Main,
    /// A file that the admin's file includes.
    Included,
    /// What a plugin says about its functions.
    Plugin,
}

/// What a file says.
#[derive(Debug)]
pub(crate) struct Contents {
    pub(crate) settings: Settings,
    pub(crate) includes: Vec<Located<String>>,
    pub(crate) groups: Vec<Located<Group>>,
    /// The plugins that it names.
    pub(crate) plugins: Vec<NamedPlugin>,
    pub(crate) definitions: Vec<Definition>,
}

/// Reads a file's text. What is wrong with it is added to `problems`, and left out of the contents.
pub(crate) fn read(file: &Arc<SourceFile>, kind: Kind, problems: &Problems) -> Contents {
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
    let keys = if kind == Kind::Plugin { &DEFINITIONS } else { &FILE };
    let whole = Section::whole_file(reader, table.get_ref(), keys);
    let contents = match kind {
        Kind::Plugin => read_functions(&whole),
        Kind::BuiltIn | Kind::Main | Kind::Included => read_sections(&whole, kind),
    };
    if damaged.is_empty() {
        translations.warn(file, problems);
    } else {
        problems.drop_errors(first, |place| {
            damaged.iter().any(|part| part.contains(&place.span().start))
        });
    }
    contents
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
        let place = Place::new(file, error.span().unwrap_or(end..end));
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

fn syntax_error(place: Place, error: &toml::de::Error) -> Diagnostic {
    if error.message() != "duplicate key" {
        let message = format!("this is not TOML: {}", error.message());
        return Diagnostic::error(place, message);
    }
    let key = quoted(&place.file().text()[place.span()]);
    Diagnostic::error(place, format!("{key} is there a second time"))
        .label("duplicate")
        .help("rename one of the two, or take it out")
}

fn read_sections(section: &Section, kind: Kind) -> Contents {
    reject_sections(section, kind);
    let settings = match kind {
        Kind::Main => settings::read(section),
        Kind::BuiltIn | Kind::Included | Kind::Plugin => Settings::default(),
    };
    let includes = match kind {
        Kind::Main => section.value("include").and_then(|value| value.strings()),
        Kind::BuiltIn | Kind::Included | Kind::Plugin => None,
    };
    let plugins = named(section, "plugins");
    let definitions: Vec<Definition> = named(section, "commands")
        .iter()
        .filter_map(|value| command::read(value, kind == Kind::BuiltIn))
        .collect();
    for definition in &definitions {
        command::warn_unused(definition, section.reader.problems);
    }
    Contents {
        settings,
        includes: includes.unwrap_or_default(),
        groups: named(section, "groups").iter().filter_map(group::read).collect(),
        plugins: plugins.iter().filter_map(plugin::read).collect(),
        definitions,
    }
}

/// What a plugin says about its functions.
fn read_functions(section: &Section) -> Contents {
    Contents {
        settings: Settings::default(),
        includes: Vec::new(),
        groups: named(section, "groups").iter().filter_map(group::read).collect(),
        plugins: Vec::new(),
        definitions: named(section, "commands")
            .iter()
            .filter_map(command::read_function)
            .collect(),
    }
}

/// The values of a table whose keys are names of the file's own.
fn named<'t>(section: &Section<'t>, key: &str) -> Vec<Value<'t>> {
    let table = section.value(key).and_then(|value| value.table());
    table.map(|table| table.values()).unwrap_or_default()
}

/// Reports sections that cannot stand in this file.
fn reject_sections(section: &Section, kind: Kind) {
    const OF_MAIN: [&str; 4] = ["include", "server", "access", "limits"];
    if kind == Kind::Main {
        return;
    }
    for value in OF_MAIN.iter().filter_map(|key| section.value(key)) {
        let message = format!("`{}` cannot stand in an included file", value.key());
        let help = "move it to the file that includes this one; here are only `[groups]`, `[commands]` and `[plugins]`";
        value.report(Diagnostic::error(value.key_place(), message).help(help));
    }
}
