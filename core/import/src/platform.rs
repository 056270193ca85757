//! The folders in which pages are sorted by the systems that their commands are for.

use std::cmp::Ordering;

use super::prose;

/// The longest name of such a folder, in characters.
const LONGEST: usize = 32;

/// A system, by its folder's name: `common` for all, `linux`, `osx`, `windows` and so on.
///
/// In order: what is for all comes first, then Linux, then the others by name. Where several have a page of one name, the
/// first makes the card and the others add to it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Platform(String);

impl Platform {
    /// `None` for a name that could not be shown.
    pub(super) fn new(folder: &str) -> Option<Self> {
        let shown = prose::copyable(folder);
        let fits = !folder.trim().is_empty() && shown == folder && folder.chars().count() <= LONGEST;
        fits.then(|| Platform(folder.to_owned()))
    }

    /// Whether it is not a system in particular.
    pub(super) fn is_common(&self) -> bool {
        self.0 == "common"
    }

    /// The system's own name, as people write it in any language.
    pub(super) fn label(&self) -> &str {
        match self.0.as_str() {
            "android" => "Android",
            "cisco-ios" => "Cisco IOS",
            "dos" => "DOS",
            "freebsd" => "FreeBSD",
            "linux" => "Linux",
            "netbsd" => "NetBSD",
            "openbsd" => "OpenBSD",
            "osx" => "macOS",
            "sunos" => "SunOS",
            "windows" => "Windows",
            other => other,
        }
    }

    fn rank(&self) -> usize {
        ["common", "linux"]
            .iter()
            .position(|first| *first == self.0)
            .unwrap_or(2)
    }
}

impl Ord for Platform {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.rank(), &self.0).cmp(&(other.rank(), &other.0))
    }
}

impl PartialOrd for Platform {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_comes_first_then_linux() {
        let mut all: Vec<Platform> = ["windows", "android", "linux", "osx", "common"]
            .into_iter()
            .filter_map(Platform::new)
            .collect();
        all.sort();
        let names: Vec<&str> = all.iter().map(|platform| platform.0.as_str()).collect();
        assert_eq!(names, ["common", "linux", "android", "osx", "windows"]);
    }

    #[test]
    fn names_that_cannot_be_shown_are_none() {
        for name in ["", " ", "a\nb", "a\u{1b}b", "a\u{202e}b", &"x".repeat(33)] {
            assert_eq!(Platform::new(name), None, "{name:?}");
        }
        assert_eq!(Platform::new("osx").unwrap().label(), "macOS");
        assert_eq!(Platform::new("plan9").unwrap().label(), "plan9");
    }
}
