//! The format of `commands.toml`: from text to definitions, with all that is wrong in it.

mod keys;

use std::sync::Arc;

use crate::command::Definition;
use crate::diagnostic::{Diagnostic, Problems, SourceFile};
use crate::document::{self, Located, Section};
use crate::group::Group;
use crate::plugin::NamedPlugin;
use crate::settings::Settings;
use crate::{command, group, plugin, settings};

pub(crate) use keys::{DEFINITIONS, FILE};

/// Which file it is: that decides what may stand in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileKind {
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
pub(crate) fn read(file: &Arc<SourceFile>, kind: FileKind, problems: &Problems) -> Contents {
    let keys = if kind == FileKind::Plugin { &DEFINITIONS } else { &FILE };
    document::read_into(problems, file, Some(keys), |whole| match kind {
        FileKind::Plugin => read_functions(&whole),
        FileKind::BuiltIn | FileKind::Main | FileKind::Included => read_sections(&whole, kind),
    })
}

fn read_sections(section: &Section, kind: FileKind) -> Contents {
    reject_sections(section, kind);
    let settings = match kind {
        FileKind::Main => settings::read(section),
        FileKind::BuiltIn | FileKind::Included | FileKind::Plugin => Settings::default(),
    };
    let includes = match kind {
        FileKind::Main => section.value("include").and_then(|value| value.strings()),
        FileKind::BuiltIn | FileKind::Included | FileKind::Plugin => None,
    };
    let plugins = section.named("plugins");
    let definitions: Vec<Definition> = section
        .named("commands")
        .iter()
        .filter_map(|value| command::read(value, kind == FileKind::BuiltIn))
        .collect();
    for definition in &definitions {
        command::warn_unused(definition, section.reader.problems);
    }
    Contents {
        settings,
        includes: includes.unwrap_or_default(),
        groups: section.named("groups").iter().filter_map(group::read).collect(),
        plugins: plugins.iter().filter_map(plugin::read).collect(),
        definitions,
    }
}

/// What a plugin says about its functions.
fn read_functions(section: &Section) -> Contents {
    Contents {
        settings: Settings::default(),
        includes: Vec::new(),
        groups: section.named("groups").iter().filter_map(group::read).collect(),
        plugins: Vec::new(),
        definitions: section
            .named("commands")
            .iter()
            .filter_map(command::read_function)
            .collect(),
    }
}

/// Reports sections that cannot stand in this file.
fn reject_sections(section: &Section, kind: FileKind) {
    const OF_MAIN: [&str; 4] = ["include", "server", "access", "limits"];
    if kind == FileKind::Main {
        return;
    }
    for value in OF_MAIN.iter().filter_map(|key| section.value(key)) {
        let message = format!("`{}` cannot stand in an included file", value.key());
        let help = "move it to the file that includes this one; here are only `[groups]`, `[commands]` and `[plugins]`";
        value.report(Diagnostic::error(value.key_place(), message).help(help));
    }
}
