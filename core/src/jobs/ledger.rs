//! Which runs were asked for under which key, and how they ended, so that a request that is sent again runs nothing twice.
//!
//! A library that got no answer in time sends its request again, some ten times over. `JOB START key ...` is safe to
//! send again: the key is stored before the program starts, its end is stored before anybody hears of it, and both are kept
//! for a day after that. A key without an end, of a server that is gone, is of a job that was lost with it.

mod entries;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use openssl::error::ErrorStack;

use self::entries::{KnownKey, KnownKeys};
use super::key_quota::KeyLimit;
use super::owner::Owner;
use super::record::{EndRecord, Record};
use super::request_key::{RequestKey, Salt};
use crate::state_folder::write_atomically;
use caracola_quota::LogThrottle;
use caracola_quota::Tenant;

/// How long a key is remembered after its job's end.
const KEPT: Duration = Duration::from_hours(24);
/// The longest file that is read as a record. What is written is far shorter.
const LONGEST: u64 = 16 * 1024;

/// The keys, one small file each in a folder, so that storing one never risks another; and the same in memory.
#[derive(Debug)]
pub struct Ledger {
    folder: PathBuf,
    salt: Salt,
    /// Held while files are changed. Whoever looks for a key that is being stored waits here until it is.
    writing: Mutex<()>,
    entries: Mutex<KnownKeys>,
}

/// What is known of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remembered {
    /// Nothing: it is stored now, for the job that was given, which is to be started.
    New,
    /// It was used for the same request before; what became of that.
    Same(Record),
    /// It was used for another request before.
    Other,
}

/// Why a key could not be looked up or stored.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// There are as many keys as there may be.
    #[error("{0}: they are forgotten a day after their jobs' end")]
    Full(KeyLimit),
    /// The folder can't be read or written.
    #[error("cannot remember the key: {0}")]
    Broken(String),
    /// The system has no randomness.
    #[error("no randomness for the ledger of jobs: {0}")]
    Random(#[from] ErrorStack),
}

impl Ledger {
    /// A ledger for runs that nobody asks for under a key. It has no folder, and so can store none.
    pub fn without_keys() -> Result<Self, LedgerError> {
        Self::with_keys(PathBuf::new(), KnownKeys::default())
    }

    fn with_keys(folder: PathBuf, entries: KnownKeys) -> Result<Self, LedgerError> {
        Ok(Self {
            folder,
            salt: Salt::random()?,
            writing: Mutex::new(()),
            entries: Mutex::new(entries),
        })
    }

    /// The ledger in `folder`, which is there. Forgets what is over; jobs that had not ended are lost. Blocks.
    pub fn open(folder: impl Into<PathBuf>) -> Result<Self, LedgerError> {
        let folder = folder.into();
        let mut entries = KnownKeys::default();
        for file in fs::read_dir(&folder).map_err(broken)? {
            let path = file.map_err(broken)?.path();
            let Some(key) = key_of(&path) else {
                if is_draft(&path) {
                    let _ = fs::remove_file(&path);
                }
                continue;
            };
            match load(&path) {
                Some((record, _)) if record.owner == Owner::NOBODY => {
                    let _ = fs::remove_file(&path);
                }
                Some((mut record, request)) => {
                    record.end.get_or_insert_with(EndRecord::lost);
                    let tenant = match &record.owner {
                        Owner::User(name) => Some(Tenant::account(name, false)),
                        Owner::Session(_) => None,
                    };
                    entries.insert(key, KnownKey::new(request, None, Some(record), tenant));
                }
                None if is_old(&path) => {
                    let _ = fs::remove_file(&path);
                }
                None => {
                    tracing::warn!(file = %path.display(), "no record of a job: its key is refused for a day");
                    entries.insert(key, KnownKey::new(String::new(), None, None, None));
                }
            }
        }
        let ledger = Self::with_keys(folder, entries)?;
        ledger.sweep(SystemTime::now());
        Ok(ledger)
    }

    /// The key `key` of `user` for a request, whose secrets stand apart.
    pub fn request_key(&self, user: &str, key: &str, request: &[&str], secrets: &[&str]) -> RequestKey {
        RequestKey::new(&self.salt, user, key, request, secrets)
    }

    /// What is known of a key, except that it is not stored if it is new. A key that is being stored is new still.
    pub fn look_up(&self, key: &RequestKey) -> Option<Remembered> {
        let entries = self.entries();
        let entry = entries.by_key.get(&key.key)?;
        let same = entry.request == key.request && entry.secrets.is_none_or(|secrets| secrets == key.secrets);
        Some(match &entry.record {
            Some(record) if same => Remembered::Same(record.clone()),
            _ => Remembered::Other,
        })
    }

    /// Looks a key up, and stores it for the job of `record` if it is new. Returns after it is on the disk. Blocks.
    pub fn remember(&self, key: &RequestKey, record: Record, tenant: &Tenant) -> Result<Remembered, LedgerError> {
        // Of two that bring the same key at the same moment, one is first.
        let writing = self.lock_files();
        if let Some(known) = self.look_up(key) {
            return Ok(known);
        }
        let now = record.since;
        if self.admit(tenant).is_err() {
            self.sweep_files(now, &writing);
            self.admit(tenant).map_err(LedgerError::Full)?;
        }
        self.store(&key.key, &record, &key.request)?;
        let entry = KnownKey::new(
            key.request.clone(),
            Some(key.secrets),
            Some(record),
            Some(tenant.clone()),
        );
        self.entries().insert(key.key.clone(), entry);
        Ok(Remembered::New)
    }

    fn admit(&self, tenant: &Tenant) -> Result<(), KeyLimit> {
        self.entries().counts.admit(tenant)
    }

    /// Whether a guest's session has keys.
    pub(super) fn has_keys_of(&self, session: u64) -> bool {
        self.entries().by_session.contains_key(&session)
    }

    /// Forgets the keys of a guest's session that is gone, of jobs that have ended: nobody can bring them again. Blocks.
    pub(super) fn forget_session(&self, session: u64) {
        let _writing = self.lock_files();
        let over: Vec<String> = {
            let entries = self.entries();
            let keys = entries.by_session.get(&session).into_iter().flatten();
            let has_ended = |key: &&String| entries.by_key.get(*key).is_some_and(KnownKey::has_ended);
            keys.filter(has_ended).cloned().collect()
        };
        self.forget_files(over);
    }

    /// Forgets the key of a job that is nobody's any more. Blocks.
    pub(super) fn forget(&self, id: &str) {
        let _writing = self.lock_files();
        let key = self.entries().by_job.get(id).cloned();
        self.forget_files(key);
    }

    /// The job of that id, if it was begun under a key.
    pub fn record(&self, id: &str) -> Option<Record> {
        let entries = self.entries();
        entries.by_key.get(entries.by_job.get(id)?)?.record.clone()
    }

    /// Stores how the job of that id ended, if it was begun under a key. Returns after it is on the disk. Blocks.
    pub fn note_end(&self, id: &str, end: EndRecord) -> Result<(), LedgerError> {
        let _writing = self.lock_files();
        let (key, record, request) = {
            let mut entries = self.entries();
            let Some(key) = entries.by_job.get(id).cloned() else {
                return Ok(());
            };
            let Some(entry) = entries.by_key.get_mut(&key) else {
                return Ok(());
            };
            let Some(record) = &mut entry.record else {
                return Ok(());
            };
            // True in memory also if the disk refuses it.
            record.end = Some(end);
            record.since = SystemTime::now();
            (key, record.clone(), entry.request.clone())
        };
        self.store(&key, &record, &request)
    }

    /// Forgets what ended more than a day before `now`. Returns how many keys are left. Blocks.
    pub fn sweep(&self, now: SystemTime) -> usize {
        self.sweep_files(now, &self.lock_files())
    }

    fn sweep_files(&self, now: SystemTime, _writing: &MutexGuard<'_, ()>) -> usize {
        let over: Vec<_> = {
            let entries = self.entries();
            let over = entries.by_key.iter().filter(|(_, entry)| entry.is_over(now));
            over.map(|(key, _)| key.clone()).collect()
        };
        self.forget_files(over);
        self.entries().by_key.len()
    }

    /// Whoever calls this holds the files' lock.
    fn forget_files(&self, keys: impl IntoIterator<Item = String>) {
        for key in keys {
            match fs::remove_file(self.folder.join(&key)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    static KEPT_ON_DISK: LogThrottle = LogThrottle::new();
                    if let Some(repeated) = KEPT_ON_DISK.admit() {
                        tracing::warn!(folder = %self.folder.display(), %error, repeated, "cannot forget an old key");
                    }
                }
                _ => self.entries().remove(&key),
            }
        }
    }

    fn store(&self, key: &str, record: &Record, request: &str) -> Result<(), LedgerError> {
        let text = record
            .write(request)
            .map_err(|error| LedgerError::Broken(error.to_string()))?;
        write_atomically(&self.folder.join(key), text.as_bytes())
            .map_err(|error| LedgerError::Broken(format!("{error:#}")))
    }

    fn lock_files(&self) -> MutexGuard<'_, ()> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn entries(&self) -> MutexGuard<'_, KnownKeys> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The key that a file is for; `None` if it is for none.
fn key_of(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_str()?;
    let is_key = name.len() == RequestKey::LENGTH && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_key.then(|| name.to_owned())
}

/// Whether a crash left it while it was written: `write_atomically` names its drafts so.
fn is_draft(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    name.is_some_and(|name| name.starts_with(".tmp"))
}

/// Whether a file is older than any record in it could be.
fn is_old(path: &Path) -> bool {
    let written = fs::metadata(path).and_then(|about| about.modified());
    let age = written.ok().and_then(|written| written.elapsed().ok());
    age.is_some_and(|age| age >= KEPT)
}

fn load(path: &Path) -> Option<(Record, String)> {
    let about = fs::metadata(path).ok()?;
    if !about.is_file() || about.len() > LONGEST {
        return None;
    }
    Record::read(&fs::read_to_string(path).ok()?)
}

#[expect(clippy::needless_pass_by_value, reason = "it is what `map_err` gives")]
fn broken(error: io::Error) -> LedgerError {
    LedgerError::Broken(error.to_string())
}

#[cfg(test)]
mod tests;
