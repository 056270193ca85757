//! Whole trees of pages, from the folder to the file.

mod hostile;
mod merging;
mod naming;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::{ImportError, Imported, LanguageSelection, OptionForm, Request, tldr};
use caracola_catalogue::{Catalogue, Command, LanguageId};
use caracola_speech::Language;

/// A folder of pages of a test's own.
struct Tree(TempDir);

impl Tree {
    fn new() -> Self {
        Tree(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn file(self, path: &str, bytes: impl AsRef<[u8]>) -> Self {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        self
    }

    /// A page with a heading, a description and examples: lines of words, `: ` and a command.
    fn page(self, path: &str, title: &str, description: &str, examples: &[(&str, &str)]) -> Self {
        let mut page = format!("# {title}\n\n");
        for line in description.lines() {
            writeln!(page, "> {line}").unwrap();
        }
        for (about, command) in examples {
            write!(page, "\n- {about}:\n\n`{command}`\n").unwrap();
        }
        self.file(path, page)
    }

    fn import_beside(&self, tags: &[&str], existing: &Catalogue) -> Result<Imported, ImportError> {
        let languages = tags.iter().map(|tag| language(tag)).collect();
        tldr(&Request {
            folder: self.path(),
            languages: LanguageSelection::These(languages),
            options: OptionForm::Long,
            existing,
        })
    }

    fn imported(&self) -> Imported {
        self.import_beside(&["en", "es"], &built_ins())
            .unwrap_or_else(|error| panic!("{error}"))
    }

    fn refused(&self) -> ImportError {
        self.import_beside(&["en", "es"], &built_ins())
            .expect_err("there is nothing to import")
    }
}

fn built_ins() -> Catalogue {
    Catalogue::from_text("").unwrap().catalogue
}

fn language(tag: &str) -> Language {
    tag.parse().unwrap()
}

/// What a server makes of the file.
struct Served(Catalogue);

impl Imported {
    fn served(&self) -> Served {
        Served(Catalogue::from_text(&self.text).unwrap().catalogue)
    }

    fn skipped(&self) -> Vec<(&str, &str)> {
        self.report
            .skipped
            .iter()
            .map(|(path, why)| (path.as_str(), why.as_str()))
            .collect()
    }
}

impl Served {
    /// The names of all that was imported.
    fn names(&self) -> Vec<&str> {
        let own = |command: &&Command| command.group == "tldr" && command.name != "tldr-pages";
        self.0
            .commands()
            .iter()
            .filter(own)
            .map(|command| command.name.as_str())
            .collect()
    }

    fn command(&self, name: &str) -> &Command {
        self.0.command(name).unwrap_or_else(|| panic!("no {name}"))
    }

    fn id(&self, tag: &str) -> LanguageId {
        self.0.language_id(&language(tag))
    }

    fn summary(&self, name: &str, tag: &str) -> &str {
        self.0.text(&self.command(name).summary, self.id(tag))
    }

    /// Examples as "command # words".
    fn examples(&self, name: &str, tag: &str) -> Vec<String> {
        let examples = self.command(name).examples.iter();
        let shown = examples.map(|example| format!("{} # {}", example.run, self.0.text(&example.about, self.id(tag))));
        shown.collect()
    }

    fn see_also(&self, name: &str) -> Vec<&str> {
        let all = self.command(name).see_also.iter().map(String::as_str);
        all.filter(|name| *name != "tldr-pages").collect()
    }
}
