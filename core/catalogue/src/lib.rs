//! The catalogue: the immutable set of active commands, made from `commands.toml`.
//!
//! A [`Catalogue`] that exists is valid. To read this folder, follow a file on its way in:
//!
//! - `load` says which file it is, reads it, what it includes, and the images, and has plugins loaded;
//! - `file` turns a file's text into definitions, by the readers of the nouns: `param`, `command`, `exec`, `group`, `plugin`
//!   and `settings`. Each has its model, its `reader` and its `keys`: the one list that reading, schema and reference go by.
//!   `document` is what the readers have in common, and `diagnostic` shows what is wrong, all of it at once, with the line of
//!   source underlined;
//! - `assemble` sees whether the definitions of all files fit together, and makes [`Command`]s of them;
//! - `name` finds commands by what was typed, or what may have been meant, and `search` by what they are about. `param` checks
//!   what comes after the name, `completion` says how it could go on, and `exec` makes of it what a program gets. `export` is
//!   what a client's completion needs;
//! - `changes` and `loosening` compare two catalogues; `schema` tells the format to editors and `reference` to people.
//!
//! **Invariant**: nothing in a catalogue changes after it was made, and nothing is read from disk then. A new file makes a
//! new catalogue. What takes time to encode, cards and exports, is encoded when it is first asked for, and kept.

#![forbid(unsafe_code)]

mod assemble;
mod changes;
mod command;
mod completion;
mod diagnostic;
pub mod document;
mod exec;
mod export;
mod file;
mod group;
mod image;
mod load;
mod loosening;
mod name;
mod param;
mod pattern;
mod plugin;
mod program;
mod reference;
mod role;
mod schema;
mod search;
mod settings;
mod text;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use caracola_wire::line::{self, LineError};

pub use changes::{Changes, listed as listed_names};
pub use command::{Action, Builtin, CardForm, Command, DefinedAt, Example, Expectation, Function, Lookup, inside};
pub use diagnostic::{Broken, Diagnostic, Severity, SourceFile, SourceSpan, nearest_word};
pub use exec::{DESCRIPTOR_FOLDER, Exec, FIRST_DESCRIPTOR, LONGEST_ELEMENT, OnHangup, PrepareError, Prepared};
pub use export::Exported;
pub use group::Group;
pub use image::ImageFile;
pub use load::{DEFAULT_FILE, DEFAULT_IMAGES, IncludeError, Source, files as included_files};
pub use loosening::{Former, Loosening};
pub use name::{LONGEST_NAME, MOST_WORDS};
pub use param::{
    Apart, ArgumentError, Arguments, Choice, Completer, Confined, Fault, HIDDEN, Param, ParamKind, PathFault, PathKind,
    PathRule, Secret, Value,
};
pub use pattern::Pattern;
pub use program::{PROGRAM_PATH, Program};
pub use reference::{Item, Reference, Section, reference};
pub use role::{Role, UnknownRole};
pub use schema::{SCHEMA_FILE, schema};
pub use settings::{Access, Limits, ReloadOn, Server, Settings, WELCOME_VARIABLES};
pub use text::LanguageId;

use self::diagnostic::Problems;
use self::export::Exports;
use self::name::{Candidates, Names};
use self::text::Languages;

use caracola_plugin_host::{Plugin, PluginSettings, Plugins};
use caracola_spawner::trusted_file::FileError;
use caracola_speech::{Language, Text};

/// All commands of a server, and what its file says about the server itself.
#[derive(Debug)]
pub struct Catalogue {
    /// No two catalogues of a process have the same.
    number: u64,
    settings: Settings,
    languages: Arc<Languages>,
    /// Sorted by name, without regard to case.
    commands: Vec<Command>,
    names: Names,
    nearby: Candidates<u32>,
    groups: Vec<Group>,
    images: HashMap<String, Arc<ImageFile>>,
    exports: Exports,
    /// In the order of the files.
    plugins: Vec<Arc<Plugin>>,
    plugin_settings: Vec<PluginSettings>,
}

/// A catalogue, and what is doubtful about its files.
#[derive(Debug)]
pub struct Loaded {
    /// The catalogue.
    pub catalogue: Catalogue,
    /// In the order of the files and of the places in them.
    pub warnings: Vec<Diagnostic>,
    /// Whether an optional plugin is missing for a reason that passes: the same files may make more a moment later.
    pub passing: bool,
    /// The files of images that it is made of.
    pub images: Vec<PathBuf>,
    /// Whether the admin's file says nothing at all.
    pub is_empty: bool,
}

/// A command that was typed.
#[derive(Debug, Clone, Copy)]
pub struct Found<'c> {
    /// The command.
    pub command: &'c Command,
    /// How many of the words are its name; the others are arguments.
    pub words: usize,
}

impl Catalogue {
    /// What the main file says about the server itself, before anything else of it is read; defaults for what makes no
    /// sense. Fails where the file can't be read now, and perhaps a moment later.
    pub fn settings_of(source: &Source) -> Result<Settings, FileError> {
        load::settings(source)
    }

    /// Reads the definitions of the built-ins, the file that `source` leads to, and what it includes. `language` is the
    /// server's when a flag says it; otherwise the file says it, or it is English.
    ///
    /// Has `plugins` load those that the files name, and so blocks, for some seconds at most.
    pub fn load(source: &Source, language: Option<Language>, plugins: &Plugins) -> Result<Loaded, Broken> {
        let problems = Problems::default();
        let files = load::from_source(source, None, plugins, &problems);
        made(files, language, problems)
    }

    /// The same, as if none of the files included the one at `left_out`, whether or not that is there.
    pub fn load_without(source: &Source, left_out: &Path, plugins: &Plugins) -> Result<Loaded, Broken> {
        let problems = Problems::default();
        let files = load::from_source(source, Some(left_out), plugins, &problems);
        made(files, None, problems)
    }

    /// Reads `text` as if it were the admin's file. It can include nothing and has no images.
    pub fn from_text(text: &str) -> Result<Loaded, Broken> {
        let problems = Problems::default();
        let files = load::from_text(text, &Plugins::new(None, None), &problems);
        made(files, None, problems)
    }

    /// The plugins that are loaded, in the order of the files.
    pub fn plugins(&self) -> &[Arc<Plugin>] {
        &self.plugins
    }

    /// What the files say about plugins, also about those that aren't loaded.
    pub fn plugin_settings(&self) -> &[PluginSettings] {
        &self.plugin_settings
    }

    /// A number that no other catalogue of this process has: by it a session notices that there is a new one.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// What the file says about the server itself.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The languages that occur in it and the server's own, `en` first.
    pub fn languages(&self) -> &[Language] {
        self.languages.tags()
    }

    /// The language for a reader of `wanted`: the first there is of that tag, its base, the server's, `en`.
    pub fn language_id(&self, wanted: &Language) -> LanguageId {
        self.languages.id(wanted)
    }

    /// The language that an id stands for.
    pub fn language(&self, id: LanguageId) -> &Language {
        self.languages.language(id)
    }

    /// The version of a text of this catalogue for a reader.
    pub fn text<'t>(&self, text: &'t Text, language: LanguageId) -> &'t str {
        self.languages.text(text, language)
    }

    /// All commands, sorted by name.
    pub fn commands(&self) -> &[Command] {
        &self.commands
    }

    /// The command of exactly this name or alias, without regard to case.
    pub fn command(&self, name: &str) -> Option<&Command> {
        self.at(self.names.exactly(name)?)
    }

    /// The command that a line of words begins with: the longest name there is, without regard to case. A word that isn't
    /// UTF-8 is in no name. Allocates nothing for a name of one word in lower-case ASCII.
    pub fn find<'w>(&self, words: impl Iterator<Item = &'w [u8]> + Clone) -> Option<Found<'_>> {
        let (number, words) = self.names.find(words)?;
        let command = self.at(number)?;
        Some(Found { command, words })
    }

    /// The words that a shell sends for a line, and the command that it would run.
    pub fn typed(&self, line: &str) -> Result<(Vec<String>, Option<Found<'_>>), LineError> {
        let words = line::words(line);
        let found = self.find(words.iter().map(|word| word.text.as_bytes()));
        let (name_words, params) = found.map_or((0, &[][..]), |found| (found.words, found.command.params.as_slice()));
        Ok((line::arguments_of(line, name_words, params)?, found))
    }

    /// At most three names or aliases that someone who typed `typed` may have meant, the likeliest first; only of commands
    /// that are `visible`. Arguments after the name do no harm.
    pub fn nearest(&self, typed: &str, visible: impl Fn(&Command) -> bool) -> Vec<&str> {
        self.nearby
            .nearest(typed, |number| self.at(number).is_some_and(&visible))
    }

    /// The groups that commands are in: the built-ins', then the file's in its order.
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// The programs that people may run without login, which the file has not said to be meant so.
    pub fn guest_exec_commands(&self) -> impl Iterator<Item = &Command> {
        let access = self.settings.access;
        let told = access.guest && !access.guest_exec;
        let commands = self.commands.iter().filter(move |_| told);
        commands.filter(|command| command.role == Role::Guest && matches!(command.action, Action::Exec(_)))
    }

    /// An image by its hash.
    pub fn image(&self, hash: &str) -> Option<&ImageFile> {
        self.images.get(hash).map(Arc::as_ref)
    }

    fn at(&self, number: u32) -> Option<&Command> {
        self.commands.get(usize::try_from(number).ok()?)
    }
}

/// The catalogue that files make. If they don't, what they say about plugins is told all the same: a library that comes to
/// its place may be what was missing.
fn made(files: load::Files, language: Option<Language>, problems: Problems) -> Result<Loaded, Broken> {
    let plugins = files
        .plugins
        .iter()
        .filter_map(|known| known.settings.clone())
        .collect();
    let is_empty = files.is_empty;
    let loaded = assemble::catalogue(files, language, problems).map_err(|broken| Broken { plugins, ..broken })?;
    Ok(Loaded { is_empty, ..loaded })
}

#[cfg(test)]
mod tests;
