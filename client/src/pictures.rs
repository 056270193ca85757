//! Images that servers sent, kept by the hash of their bytes: the same picture is fetched once, from whichever server.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use openssl::sha::sha256;

use crate::folders;

/// A larger file is not taken as a picture for a card.
const MAX_BYTES: usize = 4 * 1024 * 1024;
/// When so many are kept, no more are: a server must not fill the disk.
const MAX_FILES: usize = 512;

/// The cache; without a folder nothing is kept.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pictures {
    folder: Option<PathBuf>,
}

impl Pictures {
    pub(crate) fn in_folder(folder: Option<PathBuf>) -> Self {
        Self { folder }
    }

    /// The file whose SHA-256 is `hash`, if it is kept and whole.
    pub(crate) fn find(&self, hash: &str) -> Option<Vec<u8>> {
        let path = self.path(hash)?;
        if fs::metadata(&path).ok()?.len() > MAX_BYTES as u64 {
            return None;
        }
        fs::read(path).ok().filter(|bytes| has_hash(bytes, hash))
    }

    /// Takes what a server sent as the file with this hash; none if it is something else. A disk that can't keep it does no harm.
    pub(crate) fn keep(&self, hash: &str, bytes: Vec<u8>) -> Option<Vec<u8>> {
        if !has_hash(&bytes, hash) {
            return None;
        }
        if let Some(path) = self.path(hash)
            && !self.is_full()
        {
            let _ = folders::replace(&path, &bytes);
        }
        Some(bytes)
    }

    fn path(&self, hash: &str) -> Option<PathBuf> {
        is_hash(hash).then(|| self.folder.as_ref().map(|folder| folder.join(format!("{hash}.png"))))?
    }

    fn is_full(&self) -> bool {
        let entries = self.folder.as_ref().and_then(|folder| fs::read_dir(folder).ok());
        entries.is_some_and(|entries| entries.take(MAX_FILES).count() == MAX_FILES)
    }
}

/// Whether a text is a hash at all, and so harmless as the name of a file.
pub(crate) fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn has_hash(bytes: &[u8], hash: &str) -> bool {
    let mut hex = String::with_capacity(64);
    for byte in sha256(bytes) {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
    }
    bytes.len() <= MAX_BYTES && hex == hash
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SHA-256 of `abc`, from FIPS 180-2.
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn what_was_kept_is_found_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let pictures = Pictures::in_folder(Some(folder.path().join("images")));
        assert_eq!(pictures.find(ABC), None);
        assert_eq!(pictures.keep(ABC, b"abc".to_vec()), Some(b"abc".to_vec()));
        assert_eq!(pictures.find(ABC), Some(b"abc".to_vec()));
    }

    #[test]
    fn what_has_another_hash_is_refused_and_a_damaged_file_isnt_used() {
        let folder = tempfile::tempdir().expect("a folder");
        let pictures = Pictures::in_folder(Some(folder.path().to_owned()));
        assert_eq!(pictures.keep(ABC, b"abd".to_vec()), None);
        fs::write(folder.path().join(format!("{ABC}.png")), b"abd").expect("written");
        assert_eq!(pictures.find(ABC), None);
    }

    #[test]
    fn a_hash_is_no_path() {
        let folder = tempfile::tempdir().expect("a folder");
        let pictures = Pictures::in_folder(Some(folder.path().to_owned()));
        for hash in ["../../etc/passwd", "", "/etc/passwd", &ABC.to_uppercase()] {
            assert_eq!(pictures.path(hash), None, "{hash}");
        }
    }

    #[test]
    fn without_a_folder_nothing_is_kept() {
        let pictures = Pictures::default();
        assert_eq!(pictures.keep(ABC, b"abc".to_vec()), Some(b"abc".to_vec()));
        assert_eq!(pictures.find(ABC), None);
    }
}
