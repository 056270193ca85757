//! Which file a program is.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fs::Metadata;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

/// The folders where a program that is named without one is looked for, and the `PATH` that programs get. It is fixed: what the
/// server was started with must not choose what runs.
pub const PROGRAM_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// A program as the file writes it, and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    pub(crate) written: String,
    pub(crate) path: Option<PathBuf>,
}

impl Program {
    /// As the file writes it. The program gets this as its own name.
    pub fn written(&self) -> &str {
        &self.written
    }

    /// Its absolute path; none for a name that was in none of the folders of [`PROGRAM_PATH`] when the file was loaded.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }
}

/// What is known about a program's file at load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ProgramState {
    Runnable,
    /// Not there, or nothing that can be run.
    Missing,
    /// Somebody other than root and the server's user can change it.
    WritableByOthers,
}

/// Finds programs, each once.
#[derive(Debug, Default)]
pub(crate) struct Programs {
    found: RefCell<HashMap<String, (Option<PathBuf>, ProgramState)>>,
}

impl Programs {
    /// The program that `written` names in a file in `folder`, and what is known about it.
    pub(crate) fn find(&self, written: &str, folder: Option<&Path>) -> (Program, ProgramState) {
        let mut found = self.found.borrow_mut();
        if !found.contains_key(written) {
            found.insert(written.to_owned(), find(written, folder));
        }
        let (path, state) = found.get(written).cloned().unwrap_or((None, ProgramState::Missing));
        let written = written.to_owned();
        (Program { written, path }, state)
    }
}

fn find(written: &str, folder: Option<&Path>) -> (Option<PathBuf>, ProgramState) {
    if written.contains('/') {
        let path = folder.unwrap_or(Path::new("/")).join(written);
        let path = std::path::absolute(&path).unwrap_or(path);
        let state = state(&path).unwrap_or(ProgramState::Missing);
        return (Some(path), state);
    }
    let candidates = PROGRAM_PATH.split(':').map(|folder| Path::new(folder).join(written));
    candidates
        .filter_map(|path| Some((state(&path)?, path)))
        .map(|(state, path)| (Some(path), state))
        .next()
        .unwrap_or((None, ProgramState::Missing))
}

/// `None` for what cannot be run.
fn state(path: &Path) -> Option<ProgramState> {
    const RUNNABLE: u32 = 0o111;
    let metadata = path.metadata().ok()?;
    if !metadata.is_file() || metadata.permissions().mode() & RUNNABLE == 0 {
        return None;
    }
    Some(if is_open_to_others(&metadata) {
        ProgramState::WritableByOthers
    } else {
        ProgramState::Runnable
    })
}

fn is_open_to_others(metadata: &Metadata) -> bool {
    const WRITABLE_BY_OTHERS: u32 = 0o022;
    let trusted = [0, rustix::process::geteuid().as_raw()];
    !trusted.contains(&metadata.uid()) || metadata.mode() & WRITABLE_BY_OTHERS != 0
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};

    use super::*;

    #[test]
    fn a_bare_name_is_sought_on_the_fixed_path() {
        let programs = Programs::default();
        let (sh, state) = programs.find("sh", None);
        assert!(sh.path().is_some_and(|path| path.is_absolute() && path.ends_with("sh")));
        assert_eq!((sh.written(), state), ("sh", ProgramState::Runnable));
        let (none, state) = programs.find("no-such-program-here", None);
        assert_eq!((none.path(), state), (None, ProgramState::Missing));
        let (folder, state) = programs.find("..", None);
        assert_eq!((folder.path(), state), (None, ProgramState::Missing));
    }

    #[test]
    fn a_path_is_relative_to_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let script = folder.path().join("backup");
        fs::write(&script, "#!/bin/sh\n").unwrap();
        let find = |mode| {
            fs::set_permissions(&script, Permissions::from_mode(mode)).unwrap();
            let (program, state) = Programs::default().find("./backup", Some(folder.path()));
            assert_eq!(program.path(), Some(&*script));
            state
        };
        assert_eq!(find(0o755), ProgramState::Runnable);
        assert_eq!(find(0o644), ProgramState::Missing);
        assert_eq!(find(0o775), ProgramState::WritableByOthers);
    }
}
