//! Libraries as the server loads them: copies that nobody can change, each once.

use std::collections::HashMap;
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};
use rustix::io::{Errno, write};

use super::file::{self, PluginFile};
use crate::library::{self, Library};
use crate::load_error::LoadError;

/// The libraries that this process has loaded, by the hashes of their files: the same bytes are loaded once. Those that turned
/// out to be no plugin are among them, since they stay, too, and would be there once more after each reload.
static LOADED: Mutex<Option<Libraries>> = Mutex::new(None);
type Libraries = HashMap<[u8; 32], Result<&'static Library, LoadError>>;

/// Loads a library into this process, unless it is there already. Runs what the library does at its beginning.
pub(super) fn load(file: &PluginFile) -> Result<&'static Library, LoadError> {
    let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
    let loaded = loaded.get_or_insert_default();
    if let Some(known) = loaded.get(&file.digest) {
        return known.clone();
    }
    let opened = open(copy(&file.bytes)?);
    let library = opened.map(|library| &*Box::leak(Box::new(library)));
    // Of what is not a library nothing stays, and what it lacked may be there next time.
    if !matches!(library, Err(LoadError::NotALibrary(_) | LoadError::Passing(_))) {
        loaded.insert(file.digest, library.clone());
    }
    library
}

/// Loads the library in a file that nobody can change any more, such as [`copy`] makes. To be called once for each file.
pub(super) fn load_copy(file: OwnedFd) -> Result<&'static Library, LoadError> {
    Ok(Box::leak(Box::new(open(file)?)))
}

/// A copy of a library that nobody else has a name for, and nobody can change. A loaded file that somebody overwrites
/// crashes the process.
pub(super) fn copy(bytes: &[u8]) -> Result<OwnedFd, LoadError> {
    let copied = || {
        // Kernels before 6.3 don't know the second flag, and do what it asks for.
        let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
        let file = match memfd_create(c"caracola-plugin", flags | MemfdFlags::EXEC) {
            Err(Errno::INVAL) => memfd_create(c"caracola-plugin", flags),
            made => made,
        }?;
        let mut rest = bytes;
        while !rest.is_empty() {
            rest = &rest[write(&file, rest)?..];
        }
        fcntl_add_seals(
            &file,
            SealFlags::WRITE | SealFlags::GROW | SealFlags::SHRINK | SealFlags::SEAL,
        )?;
        Ok(file)
    };
    copied().map_err(|error: Errno| {
        file::load_error(&error.into(), |error| {
            LoadError::NotALibrary(format!("no room for a copy: {error}"))
        })
    })
}

/// Opens such a file, and keeps it open for ever if it was loaded: the loader knows libraries by their paths, and the number
/// in this one must not come to mean another file.
fn open(file: OwnedFd) -> Result<Library, LoadError> {
    let path = PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()));
    let opened = library::open(&path);
    if !matches!(opened, Err(LoadError::NotALibrary(_))) {
        std::mem::forget(file);
    }
    opened
}
