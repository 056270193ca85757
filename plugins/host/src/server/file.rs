//! The file of a plugin: where it is, and what is in it.

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use openssl::sha::sha256;

use super::elf;
use crate::load_error::LoadError;
use caracola_spawner::trusted_file::{self, is_passing};

/// The largest library, in bytes. Those with all that a debugger wants are large.
const MOST: u64 = 512 * 1024 * 1024;

/// A library as it was when it was read. Whoever overwrites the file later changes nothing of it.
#[derive(Debug, Clone)]
pub(super) struct PluginFile {
    /// Where it was.
    pub(super) path: PathBuf,
    /// What was in it.
    pub(super) bytes: Arc<[u8]>,
    /// SHA-256 of the bytes.
    pub(super) digest: [u8; 32],
}

impl PluginFile {
    /// Reads a library that nobody but root and the server's user can write.
    pub(super) fn read(path: &Path) -> Result<Self, LoadError> {
        let bytes = trusted_file::read(path, MOST).map_err(|error| {
            if error.is_passing() {
                return LoadError::Passing(format!("{} {error}", path.display()));
            }
            let help = error.help(path, "check the path").map(|help| format!("; {help}"));
            LoadError::File {
                path: path.to_owned(),
                reason: format!("{error}{}", help.unwrap_or_default()),
            }
        })?;
        elf::check(&bytes).map_err(|error| LoadError::NotALibrary(error.to_string()))?;
        Ok(Self {
            path: path.to_owned(),
            digest: sha256(&bytes),
            bytes: bytes.into(),
        })
    }
}

/// What an error of the system means that is either the machine's, and passes, or as `lasting` tells it.
pub(super) fn load_error(error: &io::Error, lasting: impl FnOnce(String) -> LoadError) -> LoadError {
    if is_passing(error) {
        LoadError::Passing(error.to_string())
    } else {
        lasting(error.to_string())
    }
}

/// Where the library of a `path` in the file is: an absolute path is itself, a bare name is searched for in `folders`.
pub(super) fn find(path: &Path, folders: &[PathBuf]) -> Result<PathBuf, LoadError> {
    if path.is_absolute() {
        return Ok(path.to_owned());
    }
    let file = format!("{DLL_PREFIX}{}{DLL_SUFFIX}", path.display());
    let mut candidates = folders.iter().map(|folder| folder.join(&file));
    candidates
        .find(|candidate| candidate.exists())
        .ok_or(LoadError::Missing {
            file,
            sought: folders.to_vec(),
        })
}
