//! Which runs were asked for under which key, and how they ended, so that a request that is sent again runs nothing twice.
//!
//! A library that got no answer in time sends its request again, some ten times over. `JOB START key ...` is safe to
//! send again: the key is stored before the program starts, its end is stored before anybody hears of it, and both are kept
//! for a day after that. A key without an end, of a server that is gone, is of a job that was lost with it.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use openssl::error::ErrorStack;

use super::job::Owner;
use super::record::{End, Record};
use super::request_key::{RequestKey, Salt};
use crate::log_throttle::LogThrottle;
use crate::state_folder::write_atomically;

/// How long a key is remembered after its job's end.
const KEPT: Duration = Duration::from_hours(24);
/// Keys at once: at most 40 MB of small files, of one block each. Past that new ones are refused rather than old ones
/// forgotten.
const MOST: usize = 10_000;
/// The longest file that is read as a record. What is written is far shorter.
const LONGEST: u64 = 16 * 1024;

/// The keys, one small file each in a folder, so that storing one never risks another; and the same in memory.
#[derive(Debug)]
pub struct Ledger {
    folder: PathBuf,
    salt: Salt,
    /// Held while files are changed. Whoever looks for a key that is being stored waits here until it is.
    writing: Mutex<()>,
    entries: Mutex<Entries>,
}

#[derive(Debug, Default)]
struct Entries {
    by_key: HashMap<String, Entry>,
    /// The keys of jobs, by their ids.
    by_job: HashMap<String, String>,
}

#[derive(Debug)]
struct Entry {
    /// What was asked for, without its secrets.
    request: String,
    /// Its secrets, by this process's salt; `None` of what another process stored.
    secrets: Option<[u8; 32]>,
    /// `None` for a file that nobody can read: its key was used, and more is not known.
    record: Option<Record>,
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
    #[error("{MOST} keys are remembered already, which is the most: they are forgotten after a day")]
    Full,
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
        Self::of(PathBuf::new(), Entries::default())
    }

    fn of(folder: PathBuf, entries: Entries) -> Result<Self, LedgerError> {
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
        let mut entries = Entries::default();
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
                    record.end.get_or_insert_with(End::lost);
                    entries.insert(key, Entry::new(request, None, Some(record)));
                }
                None if is_old(&path) => {
                    let _ = fs::remove_file(&path);
                }
                None => {
                    tracing::warn!(file = %path.display(), "no record of a job: its key is refused for a day");
                    entries.insert(key, Entry::new(String::new(), None, None));
                }
            }
        }
        let ledger = Self::of(folder, entries)?;
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
    pub fn remember(&self, key: &RequestKey, record: Record) -> Result<Remembered, LedgerError> {
        // Of two that bring the same key at the same moment, one is first.
        let writing = self.lock_files();
        if let Some(known) = self.look_up(key) {
            return Ok(known);
        }
        let now = record.since;
        if self.entries().by_key.len() >= MOST && self.sweep_files(now, &writing) >= MOST {
            return Err(LedgerError::Full);
        }
        self.store(&key.key, &record, &key.request)?;
        let entry = Entry::new(key.request.clone(), Some(key.secrets), Some(record));
        self.entries().insert(key.key.clone(), entry);
        Ok(Remembered::New)
    }

    /// The job of that id, if it was begun under a key.
    pub fn record(&self, id: &str) -> Option<Record> {
        let entries = self.entries();
        entries.by_key.get(entries.by_job.get(id)?)?.record.clone()
    }

    /// Stores how the job of that id ended, if it was begun under a key. Returns after it is on the disk. Blocks.
    pub fn note_end(&self, id: &str, end: End) -> Result<(), LedgerError> {
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
        for key in over {
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
        self.entries().by_key.len()
    }

    fn store(&self, key: &str, record: &Record, request: &str) -> Result<(), LedgerError> {
        write_atomically(&self.folder.join(key), record.write(request).as_bytes())
            .map_err(|error| LedgerError::Broken(format!("{error:#}")))
    }

    fn lock_files(&self) -> MutexGuard<'_, ()> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entries {
    fn insert(&mut self, key: String, entry: Entry) {
        if let Some(record) = &entry.record {
            self.by_job.insert(record.id.clone(), key.clone());
        }
        self.by_key.insert(key, entry);
    }

    fn remove(&mut self, key: &str) {
        let entry = self.by_key.remove(key);
        if let Some(record) = entry.and_then(|entry| entry.record) {
            self.by_job.remove(&record.id);
        }
    }
}

impl Entry {
    fn new(request: String, secrets: Option<[u8; 32]>, record: Option<Record>) -> Self {
        Self {
            request,
            secrets,
            record,
        }
    }

    /// Whether it ended more than a day before. What runs is not forgotten, however long that takes.
    fn is_over(&self, now: SystemTime) -> bool {
        let record = self.record.as_ref().filter(|record| record.end.is_some());
        record.is_some_and(|record| now.duration_since(record.since).is_ok_and(|age| age >= KEPT))
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
mod tests {
    use super::*;
    use crate::jobs::Ending;

    fn record(id: &str) -> Record {
        Record {
            id: id.to_owned(),
            command: "backup".to_owned(),
            owner: Owner::User("ana".to_owned()),
            since: SystemTime::now(),
            end: None,
        }
    }

    /// The id of the job that a key stands for already; empty for another request's.
    fn known(ledger: &Ledger, key: &RequestKey) -> Option<String> {
        ledger.look_up(key).map(|known| match known {
            Remembered::Same(record) => record.id,
            Remembered::Other | Remembered::New => String::new(),
        })
    }

    #[test]
    fn a_key_is_for_one_request_of_one_user() -> anyhow::Result<()> {
        let folder = tempfile::tempdir()?;
        let ledger = Ledger::open(folder.path())?;
        let request = ["backup", "home"];
        let key = ledger.request_key("ana", "k", &request, &[]);
        assert_eq!(ledger.look_up(&key), None);
        assert_eq!(ledger.remember(&key, record("job1"))?, Remembered::New);
        assert_eq!(
            ledger.remember(&key, record("job2"))?,
            Remembered::Same(record_of(&ledger, "job1"))
        );
        let other = ledger.request_key("ana", "k", &["backuphome"], &[]);
        assert_eq!(ledger.remember(&other, record("job2"))?, Remembered::Other);
        let bens = ledger.request_key("ben", "k", &request, &[]);
        assert_eq!(ledger.remember(&bens, record("job3"))?, Remembered::New);
        // A server that is started anew knows it still.
        let ledger = Ledger::open(folder.path())?;
        assert_eq!(known(&ledger, &key).as_deref(), Some("job1"));
        assert_eq!(known(&ledger, &other).as_deref(), Some(""));
        Ok(())
    }

    fn record_of(ledger: &Ledger, id: &str) -> Record {
        ledger.record(id).expect("a record")
    }

    #[test]
    fn an_end_is_remembered_and_its_absence_is_a_loss() -> anyhow::Result<()> {
        let folder = tempfile::tempdir()?;
        let ledger = Ledger::open(folder.path())?;
        for (key, id) in [("k1", "ends"), ("k2", "is-lost")] {
            let key = ledger.request_key("ana", key, &["backup"], &[]);
            ledger.remember(&key, record(id))?;
        }
        let end = End {
            ending: Ending::Exited(3),
            ok: true,
            took: Duration::from_secs(2),
            chunks: 5,
            bytes: 50,
            truncated: false,
        };
        ledger.note_end("ends", end.clone())?;
        ledger.note_end("nobody's", end.clone())?;
        assert_eq!(record_of(&ledger, "is-lost").end, None);
        let ledger = Ledger::open(folder.path())?;
        assert_eq!(record_of(&ledger, "ends").end, Some(end));
        assert_eq!(record_of(&ledger, "is-lost").end, Some(End::lost()));
        assert_eq!(ledger.record("nobody's"), None);
        Ok(())
    }

    #[test]
    fn a_key_is_forgotten_a_day_after_its_end() -> anyhow::Result<()> {
        let folder = tempfile::tempdir()?;
        let ledger = Ledger::open(folder.path())?;
        let key = ledger.request_key("ana", "k", &["backup"], &[]);
        ledger.remember(&key, record("job1"))?;
        let in_two_days = SystemTime::now() + 2 * KEPT;
        assert_eq!(ledger.sweep(in_two_days), 1, "it runs");
        ledger.note_end("job1", End::lost())?;
        assert_eq!(ledger.sweep(SystemTime::now()), 1, "it has just ended");
        assert_eq!(ledger.sweep(in_two_days), 0);
        assert_eq!(ledger.record("job1"), None);
        assert_eq!(fs::read_dir(folder.path())?.count(), 0);
        assert_eq!(ledger.remember(&key, record("job2"))?, Remembered::New);
        Ok(())
    }

    /// At a start, what is old is swept, and so is what a crash left behind; what can't be read isn't taken for unused.
    #[test]
    fn a_start_puts_the_folder_in_order() -> anyhow::Result<()> {
        let folder = tempfile::tempdir()?;
        let ledger = Ledger::open(folder.path())?;
        let key = |ledger: &Ledger, key| ledger.request_key("ana", key, &["backup"], &[]);
        let mut old = record("old");
        old.since -= KEPT;
        ledger.remember(&key(&ledger, "old"), old)?;
        ledger.remember(&key(&ledger, "damaged"), record("damaged"))?;
        let mut guests = record("guest's");
        guests.owner = Owner::Session(1);
        ledger.remember(&key(&ledger, "guest's"), guests)?;
        fs::write(folder.path().join(".tmpAbCdEf"), "half a rec")?;
        fs::write(folder.path().join(key(&ledger, "damaged").key), "half a rec")?;
        let older = folder.path().join(key(&ledger, "older and damaged").key);
        fs::write(&older, "half a rec")?;
        let aged = fs::File::options().write(true).open(&older)?;
        aged.set_modified(SystemTime::now() - 2 * KEPT)?;
        fs::write(folder.path().join("notes"), "an admin's own")?;
        let ledger = Ledger::open(folder.path())?;
        assert_eq!(known(&ledger, &key(&ledger, "old")), None);
        assert_eq!(known(&ledger, &key(&ledger, "older and damaged")), None);
        assert_eq!(known(&ledger, &key(&ledger, "guest's")), None);
        assert_eq!(known(&ledger, &key(&ledger, "damaged")).as_deref(), Some(""));
        assert!(folder.path().join("notes").exists());
        assert_eq!(fs::read_dir(folder.path())?.count(), 2);
        Ok(())
    }

    #[test]
    fn secrets_are_told_apart_and_never_stored() -> anyhow::Result<()> {
        let folder = tempfile::tempdir()?;
        let ledger = Ledger::open(folder.path())?;
        let key = |ledger: &Ledger, pin| ledger.request_key("ana", "k", &["unlock"], &[pin]);
        ledger.remember(&key(&ledger, "1234"), record("job1"))?;
        assert_eq!(known(&ledger, &key(&ledger, "1234")).as_deref(), Some("job1"));
        assert_eq!(known(&ledger, &key(&ledger, "4321")).as_deref(), Some(""));
        // What is on the disk is the same for all secrets: there is nothing to guess them by.
        let file = folder.path().join(key(&ledger, "1234").key);
        let stored = fs::read_to_string(&file)?;
        fs::remove_file(&file)?;
        let ledger = Ledger::open(folder.path())?;
        let mut again = record("job1");
        again.since = Record::read(&stored).expect("a record").0.since;
        ledger.remember(&key(&ledger, "4321"), again)?;
        assert_eq!(fs::read_to_string(&file)?, stored);
        Ok(())
    }

    #[test]
    fn there_are_only_so_many() -> anyhow::Result<()> {
        let folder = tempfile::tempdir()?;
        let ledger = Ledger::open(folder.path())?;
        {
            let mut entries = ledger.entries();
            for number in 0..MOST {
                let record = record(&format!("job{number}"));
                entries.insert(number.to_string(), Entry::new(String::new(), None, Some(record)));
            }
        }
        let key = ledger.request_key("ana", "k", &["backup"], &[]);
        let full = ledger.remember(&key, record("one-more"));
        assert!(matches!(full, Err(LedgerError::Full)), "{full:?}");
        Ok(())
    }
}
