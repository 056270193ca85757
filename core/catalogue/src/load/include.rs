//! Which files an `include` names.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use caracola_spawner::trusted_file::is_passing;

/// The files that `pattern` names, sorted. `*` and `?` may stand in the last part of it, for any characters or one; like in
/// a shell they don't match a dot at the beginning. A pattern that matches nothing names no file; a path without `*` or `?`
/// names that file, whether or not there is one.
pub fn files(folder: &Path, pattern: &str) -> Result<Vec<PathBuf>, IncludeError> {
    let wild = |part: &str| part.contains(['*', '?']);
    let (parent, name) = pattern.rsplit_once('/').unwrap_or(("", pattern));
    if wild(parent) {
        return Err(IncludeError::WildFolder);
    }
    if !wild(name) {
        return Ok(vec![folder.join(pattern)]);
    }
    let parent = match pattern.rfind('/') {
        Some(0) => PathBuf::from("/"),
        _ => folder.join(parent),
    };
    let entries = match std::fs::read_dir(&parent) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(IncludeError::Unreadable(error)),
    };
    let mut files = Vec::new();
    for entry in entries {
        let entry = entry.map_err(IncludeError::Unreadable)?;
        if matches_name(name, &entry.file_name()) {
            files.push(entry.path());
        }
    }
    files.sort();
    Ok(files)
}

/// Why an `include` names no files.
#[derive(Debug, thiserror::Error)]
pub enum IncludeError {
    /// There are wildcards in a folder, not only in the name of a file.
    #[error("`*` and `?` can stand for files only, not for folders")]
    WildFolder,
    /// The folder can't be read.
    #[error("its folder cannot be read: {0}")]
    Unreadable(io::Error),
}

impl IncludeError {
    /// Whether the folder may well be read a moment later.
    pub fn is_passing(&self) -> bool {
        matches!(self, IncludeError::Unreadable(error) if is_passing(error))
    }
}

fn matches_name(pattern: &str, name: &OsStr) -> bool {
    let name = name.as_encoded_bytes();
    if name.first() == Some(&b'.') && !pattern.starts_with('.') {
        return false;
    }
    matches(pattern.as_bytes(), name)
}

/// Goes back to the last `*` only, so the time is bounded by the product of the lengths.
fn matches(pattern: &[u8], name: &[u8]) -> bool {
    let (mut at, mut read) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while read < name.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, read));
                at += 1;
            }
            Some(byte) if *byte == b'?' || *byte == name[read] => {
                at += 1;
                read += 1;
            }
            _ => {
                let Some((star_at, taken)) = star else {
                    return false;
                };
                star = Some((star_at, taken + 1));
                at = star_at + 1;
                read = taken + 1;
            }
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_and_question_marks() {
        let yes = [
            ("*.toml", "a.toml"),
            ("a?c", "abc"),
            ("*", "x"),
            ("a*b*c", "aXbbYc"),
            (".*", ".x"),
        ];
        let no = [
            ("*.toml", "a.toml~"),
            ("*.toml", ".a.toml"),
            ("a?c", "ac"),
            ("a*b", "abx"),
            ("", "x"),
        ];
        for (pattern, name) in yes {
            assert!(matches_name(pattern, OsStr::new(name)), "{pattern} {name}");
        }
        for (pattern, name) in no {
            assert!(!matches_name(pattern, OsStr::new(name)), "{pattern} {name}");
        }
    }

    #[test]
    fn a_pattern_names_sorted_files_and_may_name_none() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("commands.d");
        std::fs::create_dir(&inner).unwrap();
        for name in ["b.toml", "a.toml", ".hidden.toml", "c.txt"] {
            std::fs::write(inner.join(name), "").unwrap();
        }
        let found = files(folder.path(), "commands.d/*.toml").unwrap();
        assert_eq!(found, [inner.join("a.toml"), inner.join("b.toml")]);
        let absolute = format!("{}/*.txt", inner.display());
        assert_eq!(files(Path::new("elsewhere"), &absolute).unwrap(), [inner.join("c.txt")]);
        assert!(files(folder.path(), "nothing.d/*.toml").unwrap().is_empty());
        assert_eq!(files(folder.path(), "x.toml").unwrap(), [folder.path().join("x.toml")]);
        assert!(matches!(
            files(folder.path(), "*/x.toml"),
            Err(IncludeError::WildFolder)
        ));
    }
}
