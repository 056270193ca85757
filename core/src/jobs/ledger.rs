//! Which runs were asked for under which key, so that a request that is sent again runs nothing twice.
//!
//! A library that got no answer in time sends its request again, some ten times over. `JOB START key ...` is safe to
//! send again: the key is stored before the program starts, and kept for a day.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use crate::hex;
use crate::state_folder::write_atomically;

/// How long a key is remembered.
const KEPT: Duration = Duration::from_hours(24);
/// Keys at once: about 4 MB of small files. Past that new ones are refused rather than old ones forgotten.
const MOST: usize = 10_000;

/// The keys, one small file each in a folder, so that storing one never risks another.
#[derive(Debug)]
pub struct Ledger {
    folder: PathBuf,
    writing: Mutex<()>,
}

/// A key and what it stands for, as hashes: words of a request are nothing to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestKey {
    key: String,
    request: String,
}

impl RequestKey {
    /// The key `key` of `user`, for a command and its arguments.
    pub fn new(user: &str, key: &str, request: &[&str]) -> Self {
        Self {
            key: digest(&[user, key]),
            request: digest(request),
        }
    }
}

/// What is known of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remembered {
    /// Nothing: it is stored now, for a job of this id, which is to be started.
    New,
    /// It was used for the same request before; that job's id.
    Same(String),
    /// It was used for another request before.
    Other,
}

/// Why a key could not be looked up or stored.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// There are as many keys as there may be.
    #[error("{MOST} keys are remembered already, which is the most: they are forgotten after a day")]
    Full,
    /// The folder can't be read or written.
    #[error("cannot remember the key: {0}")]
    Broken(String),
}

impl Ledger {
    /// A ledger in `folder`, which is there.
    pub fn open(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            writing: Mutex::new(()),
        }
    }

    /// Looks a key up, and stores it for `job` if it is new. Returns after it is on the disk. Blocks.
    pub fn remember(&self, key: &RequestKey, job: &str) -> Result<Remembered, LedgerError> {
        // Of two that bring the same key at the same moment, one is first.
        let _one = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let path = self.folder.join(&key.key);
        match fs::read_to_string(&path) {
            Ok(line) if self.is_fresh(&path) => {
                let (known, job) = line.trim().split_once(' ').unwrap_or_default();
                if known == key.request {
                    return Ok(Remembered::Same(job.to_owned()));
                }
                return Ok(Remembered::Other);
            }
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(LedgerError::Broken(error.to_string())),
        }
        if self.count()? >= MOST && self.sweep()? >= MOST {
            return Err(LedgerError::Full);
        }
        write_atomically(&path, format!("{} {job}\n", key.request).as_bytes())
            .map_err(|error| LedgerError::Broken(format!("{error:#}")))?;
        Ok(Remembered::New)
    }

    fn count(&self) -> Result<usize, LedgerError> {
        let entries = fs::read_dir(&self.folder).map_err(|error| LedgerError::Broken(error.to_string()))?;
        Ok(entries.count())
    }

    /// Forgets what is older than a day. Returns how many keys are left.
    pub fn sweep(&self) -> Result<usize, LedgerError> {
        let broken = |error: io::Error| LedgerError::Broken(error.to_string());
        let mut left = 0;
        for entry in fs::read_dir(&self.folder).map_err(broken)? {
            let path = entry.map_err(broken)?.path();
            if self.is_fresh(&path) {
                left += 1;
            } else {
                // Somebody else may have been faster.
                let _ = fs::remove_file(&path);
            }
        }
        Ok(left)
    }

    #[expect(clippy::unused_self, reason = "freshness is the ledger's rule, not a path's")]
    fn is_fresh(&self, path: &Path) -> bool {
        let written = fs::metadata(path).and_then(|about| about.modified());
        written.is_ok_and(|written| SystemTime::now().duration_since(written).unwrap_or_default() < KEPT)
    }
}

/// A hash over words that no other words share: each is counted before it is hashed.
fn digest(words: &[&str]) -> String {
    let mut hasher = openssl::sha::Sha256::new();
    for word in words {
        hasher.update(&(word.len() as u64).to_be_bytes());
        hasher.update(word.as_bytes());
    }
    hex::encode(&hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_for_one_request_of_one_user() -> anyhow::Result<()> {
        let folder = tempfile::tempdir()?;
        let ledger = Ledger::open(folder.path());
        let request = ["backup", "home"];
        assert_eq!(
            ledger.remember(&RequestKey::new("ana", "k", &request), "job1")?,
            Remembered::New
        );
        assert_eq!(
            ledger.remember(&RequestKey::new("ana", "k", &request), "job2")?,
            Remembered::Same("job1".into())
        );
        assert_eq!(
            ledger.remember(&RequestKey::new("ana", "k", &["backuphome"]), "job2")?,
            Remembered::Other
        );
        assert_eq!(
            ledger.remember(&RequestKey::new("ben", "k", &request), "job3")?,
            Remembered::New
        );
        // A server that is started anew knows it still.
        let ledger = Ledger::open(folder.path());
        assert_eq!(
            ledger.remember(&RequestKey::new("ana", "k", &request), "job4")?,
            Remembered::Same("job1".into())
        );
        Ok(())
    }

    #[test]
    fn a_key_is_forgotten_after_a_day() -> anyhow::Result<()> {
        let folder = tempfile::tempdir()?;
        let ledger = Ledger::open(folder.path());
        ledger.remember(&RequestKey::new("ana", "k", &["backup"]), "job1")?;
        let file = fs::read_dir(folder.path())?.next().expect("one key")?.path();
        let file = fs::File::options().write(true).open(file)?;
        file.set_modified(SystemTime::now() - KEPT)?;
        assert_eq!(ledger.sweep()?, 0);
        assert_eq!(
            ledger.remember(&RequestKey::new("ana", "k", &["backup"]), "job2")?,
            Remembered::New
        );
        Ok(())
    }
}
