//! How the files look that a catalogue is made of, so that a change of any is noticed.
//!
//! Files are looked at four times a second rather than watched: that works the same for every editor, for files that
//! come later and on file systems of other machines, and costs some microseconds. They are known by size, number and
//! change time, which nobody can set; their text is read only when that differs.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use caracola_catalogue::{IncludeError, Source, included_files};
use caracola_plugin_host::{PluginSettings, Plugins};
use caracola_spawner::trusted_file::is_passing;

/// How one file looked: its size, its number, and when it last changed, be it only in who may write it. That time is set by
/// nobody, so a copy that keeps the times of its original is noticed as well.
type FileLook = (u64, u64, (i64, i64));
type Looks = BTreeMap<PathBuf, FileLook>;

/// How everything looked that a catalogue is made of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sight {
    /// The file and what it includes.
    files: Looks,
    /// What these name: images, and libraries of plugins.
    named: Looks,
}

impl Sight {
    /// The file and what it includes.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        self.files.keys().map(PathBuf::as_path)
    }

    /// Whether a catalogue that was read between this look and a later one is of what this look saw, all of it.
    pub(super) fn covers(&self, later: &Sight) -> bool {
        let mut named = later.named.iter();
        self.files == later.files && named.all(|(path, look)| self.named.get(path) == Some(look))
    }

    /// What has been read between this look and a later one: as this one saw it, since what has changed meanwhile may have been
    /// read before or after that. Of what only the later look knew to be of importance, as that saw it.
    pub(super) fn until(self, later: Sight) -> Sight {
        let mut named = later.named;
        for (path, look) in &mut named {
            if let Some(before) = self.named.get(path) {
                *look = *before;
            }
        }
        Sight {
            files: self.files,
            named,
        }
    }
}

/// Looks at all files of a catalogue.
#[derive(Debug)]
pub(super) struct Watched {
    source: Source,
    plugins: Arc<Plugins>,
    /// The patterns that the file includes by, as of when it looked like this.
    includes: (Option<FileLook>, Vec<String>),
    /// What the files said about plugins when they were last read.
    plugins_named: Vec<PluginSettings>,
    /// The images that they named then.
    images: Vec<PathBuf>,
}

impl Watched {
    pub(super) fn new(source: Source, plugins: Arc<Plugins>) -> Self {
        Self {
            source,
            plugins,
            includes: (None, Vec::new()),
            plugins_named: Vec::new(),
            images: Vec::new(),
        }
    }

    /// Looks at these libraries and images too, from now on.
    pub(super) fn follow(&mut self, plugins: Vec<PluginSettings>, images: Vec<PathBuf>) {
        self.plugins_named = plugins;
        self.images = images;
    }

    /// How everything looks now. A file that has changed is read and parsed, which takes a moment if it is large: not on a thread
    /// that serves sessions. Fails for reasons that pass only: nothing can be told then.
    pub(super) fn look(&mut self) -> io::Result<Sight> {
        let files = self.files()?;
        let libraries = self.plugins_named.iter();
        let libraries = libraries.filter_map(|settings| self.plugins.file(settings));
        let mut named = Looks::new();
        for path in libraries.chain(self.images.iter().cloned()) {
            if let Some(look) = look(&path)? {
                named.insert(path, look);
            }
        }
        Ok(Sight { files, named })
    }

    /// The file and what it includes. It is read only when it has changed, since it may be large; one that makes no sense
    /// includes what it did before.
    fn files(&mut self) -> io::Result<Looks> {
        let mut looks = Looks::new();
        let Some(path) = self.source.path() else {
            return Ok(looks);
        };
        let (seen, patterns) = &mut self.includes;
        let now = look(path)?;
        if now != *seen {
            match fs::read_to_string(path) {
                Ok(text) => *patterns = includes(&text).unwrap_or_else(|| std::mem::take(patterns)),
                Err(error) if is_passing(&error) => return Err(error),
                Err(_) => {}
            }
            *seen = now;
        }
        looks.extend(now.map(|now| (path.to_owned(), now)));
        let folder = path.parent().unwrap_or(Path::new(""));
        for pattern in patterns {
            let files = match included_files(folder, pattern) {
                Err(IncludeError::Unreadable(error)) if is_passing(&error) => return Err(error),
                files => files.unwrap_or_default(),
            };
            for file in files {
                if let Some(now) = look(&file)? {
                    looks.insert(file, now);
                }
            }
        }
        Ok(looks)
    }
}

/// The `include` patterns of a file, if it is TOML at all.
fn includes(text: &str) -> Option<Vec<String>> {
    let table: toml::Table = text.parse().ok()?;
    let list = table.get("include").and_then(toml::Value::as_array);
    let texts = list.into_iter().flatten().filter_map(toml::Value::as_str);
    Some(texts.map(str::to_owned).collect())
}

/// How a file looks; `None` for what isn't there or is none. Fails for reasons that pass only.
fn look(path: &Path) -> io::Result<Option<FileLook>> {
    use std::os::unix::fs::MetadataExt as _;
    match fs::metadata(path) {
        Ok(about) if about.is_file() => Ok(Some((about.len(), about.ino(), (about.ctime(), about.ctime_nsec())))),
        Err(error) if is_passing(&error) => Err(error),
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_file_includes_nothing_new() {
        assert_eq!(
            includes("include = [\"a.toml\", \"d/*.toml\"]"),
            Some(vec!["a.toml".into(), "d/*.toml".into()])
        );
        assert_eq!(includes("[server]\n"), Some(Vec::new()));
        assert_eq!(includes("include = ["), None);
    }

    fn sight(files: &[(&str, u64)], named: &[(&str, u64)]) -> Sight {
        let looks = |all: &[(&str, u64)]| {
            all.iter()
                .map(|(path, size)| ((*path).into(), (*size, 1, (0, 0))))
                .collect()
        };
        Sight {
            files: looks(files),
            named: looks(named),
        }
    }

    #[test]
    fn what_changes_while_it_is_read_is_not_covered() {
        let before = sight(&[("a", 1)], &[("x.png", 1)]);
        assert!(before.covers(&before));
        assert!(
            before.covers(&sight(&[("a", 1)], &[])),
            "an image that is named no more"
        );
        for later in [
            sight(&[("a", 2)], &[("x.png", 1)]),
            sight(&[("a", 1), ("b", 1)], &[("x.png", 1)]),
            sight(&[], &[("x.png", 1)]),
            sight(&[("a", 1)], &[("x.png", 2)]),
            sight(&[("a", 1)], &[("x.png", 1), ("new.so", 1)]),
        ] {
            assert!(!before.covers(&later), "{later:?}");
        }
        let until = before.until(sight(&[("a", 2)], &[("x.png", 2), ("new.so", 1)]));
        assert_eq!(until, sight(&[("a", 1)], &[("x.png", 1), ("new.so", 1)]));
    }
}
