//! Cards out of pages of [tldr-pages](https://github.com/tldr-pages/tldr): `caracolad import tldr`.
//!
//! To read this folder, follow a page on its way: `folder` finds it, `page` reads it (`prose` its sentences, `template`
//! its command lines), `card` makes one card of the pages of one name, in all languages and for all `platform`s, finding
//! with `align` and `shape` which examples are the same; `name` and `claim` find it a name that the server has free; `collection` puts
//! the cards together, `file` writes them with `toml_text`, and `report` tells what became of every page.
//!
//! **Invariant**: nothing that a page says is executed or trusted, and no page makes an import fail. What an import gives
//! has been loaded by the catalogue that will load it.

#![forbid(unsafe_code)]

mod align;
mod card;
mod claim;
mod collection;
mod file;
mod folder;
mod name;
mod page;
mod platform;
mod prose;
mod report;
mod shape;
mod template;
#[cfg(test)]
mod tests;
mod toml_text;

use std::path::{Path, PathBuf};

pub use report::Report;
pub use template::OptionForm;

use caracola_catalogue::{Broken, Catalogue};
use caracola_speech::Language;

/// The languages that are to be imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LanguageSelection {
    /// All there are, English first.
    All,
    /// These. The first is the one whose command lines are shown: what stands in them for a value is in some language too.
    These(Vec<Language>),
}

/// What is to be imported, and for whom.
#[derive(Debug)]
pub struct Request<'r> {
    /// The folder with the folders `pages`, `pages.es` and so on.
    pub folder: &'r Path,
    /// In which languages.
    pub languages: LanguageSelection,
    /// How options look that pages spell in two ways.
    pub options: OptionForm,
    /// What the server has already: its built-in commands, and those of the file that will include the cards, but
    /// for the file that they are written to.
    pub existing: &'r Catalogue,
}

/// What came of it.
#[derive(Debug)]
pub struct Imported {
    /// A file to be included, with all cards. It loads.
    pub text: String,
    /// What became of the pages.
    pub report: Report,
}

/// Why there is nothing to write.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// A fault of this module.
    #[error("the cards made of the pages do not load, which is a fault of the import: please report it\n{0}")]
    DoesNotLoad(Broken),
    /// No folder of pages at all.
    #[error("there is no folder `pages` in {}: {}", .folder.display(), advice(.instead.as_deref()))]
    NoPages {
        /// Where pages were searched for.
        folder: PathBuf,
        /// Where they may be.
        instead: Option<PathBuf>,
    },
    /// Pages, but in other languages.
    #[error("there are no pages in {}; there are some in {}", tags(.wanted), tags(.present))]
    NoPagesIn {
        /// The languages asked for.
        wanted: Vec<Language>,
        /// Those there are.
        present: Vec<Language>,
    },
    /// Not one page became a card.
    #[error("none of the pages became a card, so nothing was written")]
    NothingLeft(Box<Report>),
    /// More than an import takes in.
    #[error("there are more than {most} files: this is not a folder of pages, or more than one")]
    TooManyFiles {
        /// How many it takes in.
        most: usize,
    },
    /// More than a catalogue takes in.
    #[error("there are pages in more than {most} languages: choose some with --lang")]
    TooManyLanguages {
        /// How many it takes in.
        most: usize,
    },
    /// More than a catalogue takes in.
    #[error("the cards are larger than {mib} MiB, and would not be loaded: choose fewer languages")]
    TooLarge {
        /// What it takes in.
        mib: usize,
    },
    /// More than an import takes in.
    #[error("the pages have more than {mib} MiB of text: choose fewer languages")]
    TooMuchText {
        /// How much it takes in.
        mib: u64,
    },
    /// The folder itself.
    #[error("{} cannot be read: {error}", .folder.display())]
    Unreadable {
        /// The folder.
        folder: PathBuf,
        /// Why not.
        error: std::io::Error,
    },
}

fn advice(instead: Option<&Path>) -> String {
    match instead {
        Some(folder) => format!("give the folder above it, {}", folder.display()),
        None => "give the folder of a copy of tldr-pages, with pages/common/*.md in it".to_owned(),
    }
}

/// Languages in words: "en, es".
fn tags(languages: &[Language]) -> String {
    let tags: Vec<&str> = languages.iter().map(Language::as_str).collect();
    tags.join(", ")
}

/// Makes cards of the pages in a folder. Reads only; the text is the caller's to write.
pub fn tldr(request: &Request<'_>) -> Result<Imported, ImportError> {
    let mut contents = folder::read(request.folder, &request.languages)?;
    let mut report = Report::new(&mut contents);
    let languages = std::mem::take(&mut contents.languages);
    let file = file::File::new(contents.pages, request, &mut report);
    if report.cards == 0 {
        return Err(ImportError::NothingLeft(Box::new(report)));
    }
    let text = file.text(&languages, request.options)?;
    Ok(Imported { text, report })
}
