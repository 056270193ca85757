//! Finds and reads the pages in a folder: `pages/PLATFORM/NAME.md` in English, `pages.LANGUAGE/PLATFORM/NAME.md` in others.
//!
//! **Invariant**: exactly these levels are read, no symbolic link is followed and nothing but regular files is opened, so
//! that no tree can lead astray, loop or block.

use std::fs::{self, DirEntry, OpenOptions};
use std::io::{self, Read as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

use super::page::{self, Page};
use super::platform::Platform;
use super::prose;
use super::{ImportError, LanguageSelection};
use caracola_speech::Language;

/// The largest page read, in bytes. The largest in tldr-pages have some 6 KiB.
const LARGEST_PAGE: u64 = 64 * 1024;

/// The most files looked at. tldr-pages has 38,000.
const MOST_FILES: usize = 400_000;

/// The most languages taken. A catalogue takes 64, and the file that includes the cards may have others.
const MOST_LANGUAGES: usize = 60;

/// The most text read in all, in bytes. tldr-pages has some 45 MiB.
const MOST_TEXT: u64 = 256 * 1024 * 1024;

/// A page and where it was.
#[derive(Debug)]
pub(super) struct Found {
    /// The position of its language in [`Contents::languages`].
    pub(super) language: usize,
    pub(super) platform: Platform,
    /// The file's name without `.md`.
    pub(super) stem: String,
    /// Its path below the folder.
    pub(super) path: String,
    pub(super) page: Page,
}

/// What is in a folder.
#[derive(Debug, Default)]
pub(super) struct Contents {
    /// The languages read, in the order in which they were wanted.
    pub(super) languages: Vec<Language>,
    /// Languages that the folder has and nobody wanted.
    pub(super) unwanted: Vec<Language>,
    /// By language, platform and name.
    pub(super) pages: Vec<Found>,
    /// Paths of what was not read, and why.
    pub(super) skipped: Vec<(String, String)>,
    files: usize,
    bytes: u64,
}

/// Reads all pages in the wanted languages.
pub(super) fn read(folder: &Path, wanted: &LanguageSelection) -> Result<Contents, ImportError> {
    let mut contents = Contents::default();
    let mut by_language = language_folders(folder, &mut contents)?;
    contents.languages = match wanted {
        LanguageSelection::All => {
            let mut all: Vec<Language> = by_language.iter().map(|(language, _)| language.clone()).collect();
            all.sort_by_key(|language| (*language != Language::ENGLISH, language.clone()));
            all
        }
        LanguageSelection::These(languages) => languages.clone(),
    };
    if contents.languages.len() > MOST_LANGUAGES {
        return Err(ImportError::TooManyLanguages { most: MOST_LANGUAGES });
    }
    by_language.sort();
    let present: Vec<Language> = by_language.iter().map(|(language, _)| language.clone()).collect();
    if !contents.languages.iter().any(|language| present.contains(language)) {
        return Err(no_pages(folder, contents.languages, present));
    }
    for (language, path) in by_language {
        match contents.languages.iter().position(|wanted| *wanted == language) {
            Some(number) => contents.language_folder(number, &path)?,
            None => contents.unwanted.push(language),
        }
    }
    Ok(contents)
}

fn no_pages(folder: &Path, wanted: Vec<Language>, present: Vec<Language>) -> ImportError {
    if !present.is_empty() {
        return ImportError::NoPagesIn { wanted, present };
    }
    let inside = folder
        .file_name()
        .is_some_and(|name| name.to_string_lossy().starts_with("pages"));
    let above = fs::canonicalize(folder).ok().filter(|_| inside);
    ImportError::NoPages {
        folder: folder.to_owned(),
        instead: above.as_deref().and_then(Path::parent).map(Path::to_owned),
    }
}

/// The folders `pages` and `pages.LANGUAGE`, each with its language and path below `folder`. What else is there, such as
/// the scripts and guides of tldr-pages, is not meant to be read.
fn language_folders(folder: &Path, contents: &mut Contents) -> Result<Vec<(Language, PathBuf)>, ImportError> {
    let mut found = Vec::new();
    for entry in sorted(folder, &mut contents.files).map_err(|error| unreadable(folder, error))? {
        let name = entry.file_name().to_string_lossy().into_owned();
        let language = match name.strip_prefix("pages") {
            Some("") => Some(Language::ENGLISH),
            Some(tag) => tag.strip_prefix('.').and_then(|tag| tag.parse().ok()),
            None => continue,
        };
        let kind = Entry::of(&entry);
        match (language, kind) {
            (Some(language), Entry::Folder) if found.iter().any(|(other, _)| *other == language) => {
                contents.skip(&name, format!("there is another folder of pages in {language}"));
            }
            (Some(language), Entry::Folder) => found.push((language, entry.path())),
            (_, Entry::Folder) => contents.skip(&name, "its name ends in no language tag"),
            (_, Entry::Link) => contents.skip(&name, "it is a symbolic link"),
            (_, Entry::File | Entry::Other) => {}
        }
    }
    Ok(found)
}

impl Contents {
    fn skip(&mut self, path: &str, why: impl Into<String>) {
        self.skipped.push((prose::copyable(path), why.into()));
    }

    fn language_folder(&mut self, language: usize, folder: &Path) -> Result<(), ImportError> {
        let name = last_part(folder);
        let entries = match sorted(folder, &mut self.files) {
            Ok(entries) => entries,
            Err(error) => return self.unreadable(&name, error),
        };
        let mut platforms = Vec::new();
        for entry in entries {
            let below = format!("{name}/{}", entry.file_name().to_string_lossy());
            match (Entry::of(&entry), entry.file_name().to_str().and_then(Platform::new)) {
                (Entry::Folder, Some(platform)) => platforms.push((platform, entry.path(), below)),
                (Entry::Folder, None) => self.skip(&below, "its name is not a platform's"),
                (Entry::Link, _) => self.skip(&below, "it is a symbolic link"),
                (Entry::File | Entry::Other, _) => self.skip(&below, "it is in no platform's folder"),
            }
        }
        platforms.sort_by(|one, other| one.0.cmp(&other.0));
        for (platform, path, below) in platforms {
            self.platform_folder(language, &platform, &path, &below)?;
        }
        Ok(())
    }

    fn platform_folder(
        &mut self,
        language: usize,
        platform: &Platform,
        folder: &Path,
        name: &str,
    ) -> Result<(), ImportError> {
        let entries = match sorted(folder, &mut self.files) {
            Ok(entries) => entries,
            Err(error) => return self.unreadable(name, error),
        };
        for entry in entries {
            let file = entry.file_name();
            let below = prose::copyable(&format!("{name}/{}", file.to_string_lossy()));
            let stem = file.to_str().and_then(|file| file.strip_suffix(".md"));
            match (Entry::of(&entry), stem) {
                (Entry::File, Some(stem)) if !stem.is_empty() => match self.page(&entry.path())? {
                    Ok(page) => self.pages.push(Found {
                        language,
                        platform: platform.clone(),
                        stem: stem.to_owned(),
                        path: below,
                        page,
                    }),
                    Err(why) => self.skip(&below, why),
                },
                (Entry::File, _) => self.skip(&below, "its name doesn't end in .md"),
                (Entry::Folder, _) => self.skip(&below, "it is a folder in a platform's folder"),
                (Entry::Link, _) => self.skip(&below, "it is a symbolic link"),
                (Entry::Other, _) => self.skip(&below, "it is not a regular file"),
            }
        }
        Ok(())
    }

    /// The page in a file, or why there is none.
    fn page(&mut self, path: &Path) -> Result<Result<Page, String>, ImportError> {
        let bytes = match bytes(path) {
            Ok(bytes) => bytes,
            Err(error) => return Ok(Err(format!("it cannot be read: {error}"))),
        };
        let length = bytes.len() as u64;
        if length > LARGEST_PAGE {
            return Ok(Err(format!("it is larger than {} KiB", LARGEST_PAGE >> 10)));
        }
        self.bytes += length;
        if self.bytes > MOST_TEXT {
            return Err(ImportError::TooMuchText { mib: MOST_TEXT >> 20 });
        }
        let Ok(text) = String::from_utf8(bytes) else {
            return Ok(Err("it is not UTF-8 text".to_owned()));
        };
        Ok(page::read(&text).map_err(|error| error.to_string()))
    }

    /// A folder that can't be read is skipped; one with too much in it ends the import.
    fn unreadable(&mut self, name: &str, error: ReadError) -> Result<(), ImportError> {
        match error {
            ReadError::Io(error) => self.skip(name, format!("it cannot be read: {error}")),
            ReadError::TooMany => return Err(ImportError::TooManyFiles { most: MOST_FILES }),
        }
        Ok(())
    }
}

fn unreadable(folder: &Path, error: ReadError) -> ImportError {
    match error {
        ReadError::Io(error) => ImportError::Unreadable {
            folder: folder.to_owned(),
            error,
        },
        ReadError::TooMany => ImportError::TooManyFiles { most: MOST_FILES },
    }
}

/// What an entry of a folder is, without following links.
enum Entry {
    File,
    Folder,
    Link,
    Other,
}

impl Entry {
    fn of(entry: &DirEntry) -> Self {
        match entry.file_type() {
            Ok(kind) if kind.is_symlink() => Entry::Link,
            Ok(kind) if kind.is_dir() => Entry::Folder,
            Ok(kind) if kind.is_file() => Entry::File,
            _ => Entry::Other,
        }
    }
}

enum ReadError {
    Io(io::Error),
    TooMany,
}

/// The entries of a folder by name; each counts towards `files`.
fn sorted(folder: &Path, files: &mut usize) -> Result<Vec<DirEntry>, ReadError> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder).map_err(ReadError::Io)? {
        entries.push(entry.map_err(ReadError::Io)?);
        *files += 1;
        if *files > MOST_FILES {
            return Err(ReadError::TooMany);
        }
    }
    entries.sort_by_key(DirEntry::file_name);
    Ok(entries)
}

/// At most one byte more than [`LARGEST_PAGE`] of a regular file. It may have been swapped since it was found.
fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(flags.bits().cast_signed())
        .open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("not a regular file"));
    }
    let mut bytes = Vec::new();
    file.take(LARGEST_PAGE + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn last_part(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}
