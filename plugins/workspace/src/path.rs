//! Paths as people type them: `/` is the workspace, and nothing is above it.

use std::fmt;

use caracola_wire::text::is_hidden;

/// The longest name of a file or folder, in bytes: what file systems take.
pub(crate) const LONGEST_NAME: usize = 255;
/// The longest path, in bytes. Two of them fit into what a session keeps.
pub(crate) const LONGEST_PATH: usize = 1024;
/// The most folders within each other.
pub(crate) const DEEPEST: usize = 32;

/// Why something typed is not a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PathFault {
    /// No name at all.
    Empty,
    /// A name with letters that can't be seen.
    Invisible(String),
    /// A name that is too long for a file system.
    LongName(String),
    /// A path that is too long.
    LongPath,
}

/// The way from the workspace's top to something in it: names only, never `.` or `..`. Whether it is there is another question.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Path {
    names: Vec<String>,
    /// Whether it was written with a slash at its end, as only a folder is.
    says_folder: bool,
}

impl Path {
    /// The workspace's top.
    pub(crate) const ROOT: Path = Path {
        names: Vec::new(),
        says_folder: true,
    };

    /// Reads what was typed in the folder `here`. `..` is taken off the names and never off the top; `~` is the top, as
    /// everybody's own folder is.
    pub(crate) fn parse(typed: &str, here: &Path) -> Result<Self, PathFault> {
        if typed.is_empty() {
            return Err(PathFault::Empty);
        }
        let rest = match typed.strip_prefix('~') {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => Some(rest),
            _ => typed.strip_prefix('/'),
        };
        let mut names = if rest.is_some() { Vec::new() } else { here.names.clone() };
        for name in rest.unwrap_or(typed).split('/') {
            match name {
                "" | "." => {}
                ".." => drop(names.pop()),
                _ if name.len() > LONGEST_NAME => return Err(PathFault::LongName(name.to_owned())),
                _ if name.contains(is_hidden) => return Err(PathFault::Invisible(name.to_owned())),
                _ => names.push(name.to_owned()),
            }
        }
        let last = typed.rsplit('/').next().unwrap_or_default();
        let path = Self {
            says_folder: names.is_empty() || matches!(last, "" | "." | ".."),
            names,
        };
        if path.names.iter().map(|name| name.len() + 1).sum::<usize>() > LONGEST_PATH {
            return Err(PathFault::LongPath);
        }
        Ok(path)
    }

    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// How many folders it is below the top.
    pub(crate) fn depth(&self) -> usize {
        self.names.len()
    }

    pub(crate) fn is_root(&self) -> bool {
        self.names.is_empty()
    }

    /// Whether it was written as a folder's.
    pub(crate) fn says_folder(&self) -> bool {
        self.says_folder
    }

    /// The names of the folder that it is in, and its own; none for the top.
    pub(crate) fn split(&self) -> Option<(&[String], &str)> {
        let (name, folder) = self.names.split_last()?;
        Some((folder, name))
    }

    /// Something in it. The name was found there, or checked.
    pub(crate) fn join(&self, name: &str) -> Self {
        let mut names = self.names.clone();
        names.push(name.to_owned());
        Self {
            names,
            says_folder: false,
        }
    }

    /// Whether it is `other` or in it.
    pub(crate) fn is_within(&self, other: &Path) -> bool {
        self.names.starts_with(&other.names)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.names.is_empty() {
            return formatter.write_str("/");
        }
        self.names
            .iter()
            .try_for_each(|name| write!(formatter, "/{}", shown(name)))
    }
}

/// A name as it may stand in a line: what can't be seen is written out.
pub(crate) fn shown(name: &str) -> String {
    let mut shown = String::with_capacity(name.len());
    for letter in name.chars() {
        if is_hidden(letter) {
            shown.extend(letter.escape_default());
        } else {
            shown.push(letter);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(typed: &str, here: &str) -> Result<String, PathFault> {
        let here = Path::parse(here, &Path::ROOT)?;
        Path::parse(typed, &here).map(|path| path.to_string())
    }

    #[test]
    fn nothing_is_above_the_top() {
        for (typed, expected) in [
            (".", "/a/b"),
            ("..", "/a"),
            ("../../..", "/"),
            ("../../../etc/passwd", "/etc/passwd"),
            ("c/../../..", "/"),
            ("/..", "/"),
            ("/../etc", "/etc"),
            ("//c///d/", "/c/d"),
            ("./c/.", "/a/b/c"),
            ("~", "/"),
            ("~/c", "/c"),
            ("~/../c", "/c"),
            ("~c", "/a/b/~c"),
            ("...", "/a/b/..."),
            ("a b", "/a/b/a b"),
            ("\\..\\..", "/a/b/\\..\\.."),
        ] {
            assert_eq!(path(typed, "/a/b").as_deref(), Ok(expected), "{typed:?}");
        }
    }

    #[test]
    fn names_that_are_no_names_are_refused() {
        for typed in [
            "",
            "a\0b",
            "a\nb",
            "\u{1b}[2J",
            "a\u{202e}txt",
            "x/\u{7f}/y",
            "\u{200b}",
        ] {
            assert!(path(typed, "/").is_err(), "{typed:?}");
        }
        assert!(path(&"x".repeat(255), "/").is_ok());
        assert!(path(&"x".repeat(256), "/").is_err());
        assert!(path(&"ñ".repeat(128), "/").is_err(), "256 bytes");
        assert!(path(&"abc/".repeat(300), "/").is_err());
    }

    #[test]
    fn a_slash_at_the_end_says_folder() {
        let says = |typed: &str| Path::parse(typed, &Path::ROOT).map(|path| path.says_folder());
        for typed in ["a/", "a/.", "a/b/..", "/", "~"] {
            assert_eq!(says(typed), Ok(true), "{typed}");
        }
        assert_eq!(says("a"), Ok(false));
    }
}
