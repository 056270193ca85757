//! Which file a server reads, and how files are found from it.

use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};

/// The file built into the server, for when there is no other.
pub const DEFAULT_FILE: &str = include_str!("../../../../commands.toml");

/// The images that the built-in file names: the path as it stands there, and the bytes.
pub const DEFAULT_IMAGES: &[(&str, &[u8])] = &[
    ("core/assets/cd.png", include_bytes!("../../../assets/cd.png")),
    ("core/assets/cp.png", include_bytes!("../../../assets/cp.png")),
    ("core/assets/ls.png", include_bytes!("../../../assets/ls.png")),
    ("core/assets/mkdir.png", include_bytes!("../../../assets/mkdir.png")),
    ("core/assets/rm.png", include_bytes!("../../../assets/rm.png")),
    ("core/assets/sudo.png", include_bytes!("../../../assets/sudo.png")),
];

/// The file that a server with a system-wide set-up reads.
const SYSTEM: &str = "/etc/caracola/commands.toml";

/// Where the commands come from, and who said so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The `--config` flag.
    Flag(PathBuf),
    /// `$CARACOLA_CONFIG`.
    Environment(PathBuf),
    /// `commands.toml` in the current folder.
    Beside(PathBuf),
    /// `/etc/caracola/commands.toml`.
    System(PathBuf),
    /// The file built into the server.
    BuiltIn,
}

impl Source {
    /// The first there is of: the flag, the environment's (unless empty), `./commands.toml`, the system's, the built-in one.
    /// The first two count whether or not there is such a file: loading says so if there isn't.
    pub fn find(flag: Option<&Path>, environment: Option<&OsStr>) -> Source {
        if let Some(path) = flag {
            return Source::Flag(path.to_owned());
        }
        if let Some(path) = environment.filter(|path| !path.is_empty()) {
            return Source::Environment(path.into());
        }
        let beside = Path::new("commands.toml");
        if beside.exists() {
            return Source::Beside(beside.to_owned());
        }
        let system = Path::new(SYSTEM);
        if system.exists() {
            return Source::System(system.to_owned());
        }
        Source::BuiltIn
    }

    /// The file's path; the built-in one has none.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Source::Flag(path) | Source::Environment(path) | Source::Beside(path) | Source::System(path) => Some(path),
            Source::BuiltIn => None,
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Flag(path) => write!(formatter, "{} (--config)", path.display()),
            Source::Environment(path) => write!(formatter, "{} ($CARACOLA_CONFIG)", path.display()),
            Source::Beside(path) => write!(formatter, "{} (current folder)", path.display()),
            Source::System(path) => write!(formatter, "{} (system)", path.display()),
            Source::BuiltIn => formatter.write_str("commands.toml built into the server"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flag_comes_before_the_environment() {
        let flag = Path::new("a.toml");
        let environment = OsStr::new("b.toml");
        assert_eq!(Source::find(Some(flag), Some(environment)), Source::Flag(flag.into()));
        assert_eq!(
            Source::find(None, Some(environment)),
            Source::Environment("b.toml".into())
        );
        assert_eq!(Source::find(None, Some(OsStr::new(""))), Source::find(None, None));
        assert_eq!(Source::Flag(flag.into()).to_string(), "a.toml (--config)");
    }
}
