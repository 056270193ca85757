//! Which runs were asked for under which key, and how they ended, so that a request that is sent again runs nothing twice.
//!
//! A library that got no answer in time sends its request again, some ten times over. `JOB START key ...` is safe to
//! send again: the key is stored before the program starts, its end is stored before anybody hears of it, and both are kept
//! for a day after that. A key without an end, of a server that is gone, is of a job that was lost with it.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use openssl::error::ErrorStack;

use super::key_quota::{KeyCounts, KeyLimit};
use super::owner::Owner;
use super::record::{End, Record};
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
    entries: Mutex<Entries>,
}

#[derive(Debug, Default)]
struct Entries {
    by_key: HashMap<String, Entry>,
    /// The keys of jobs, by their ids.
    by_job: HashMap<String, String>,
    /// The keys of guests, by the numbers of their sessions.
    by_session: HashMap<u64, HashSet<String>>,
    counts: KeyCounts,
}

#[derive(Debug)]
struct Entry {
    /// What was asked for, without its secrets.
    request: String,
    /// Its secrets, by this process's salt; `None` of what another process stored.
    secrets: Option<[u8; 32]>,
    /// `None` for a file that nobody can read: its key was used, and more is not known.
    record: Option<Record>,
    /// For whom it counts, if that is known.
    tenant: Option<Tenant>,
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
                    let tenant = match &record.owner {
                        Owner::User(name) => Some(Tenant::account(name, false)),
                        Owner::Session(_) => None,
                    };
                    entries.insert(key, Entry::new(request, None, Some(record), tenant));
                }
                None if is_old(&path) => {
                    let _ = fs::remove_file(&path);
                }
                None => {
                    tracing::warn!(file = %path.display(), "no record of a job: its key is refused for a day");
                    entries.insert(key, Entry::new(String::new(), None, None, None));
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
        let entry = Entry::new(
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
            let has_ended = |key: &&String| entries.by_key.get(*key).is_some_and(Entry::has_ended);
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
            if let Owner::Session(session) = record.owner {
                self.by_session.entry(session).or_default().insert(key.clone());
            }
        }
        self.counts.add(entry.tenant.as_ref());
        self.by_key.insert(key, entry);
    }

    fn remove(&mut self, key: &str) {
        let Some(entry) = self.by_key.remove(key) else { return };
        self.counts.remove(entry.tenant.as_ref());
        let Some(record) = entry.record else { return };
        self.by_job.remove(&record.id);
        if let Owner::Session(session) = record.owner
            && let Some(keys) = self.by_session.get_mut(&session)
        {
            keys.remove(key);
            if keys.is_empty() {
                self.by_session.remove(&session);
            }
        }
    }
}

impl Entry {
    fn new(request: String, secrets: Option<[u8; 32]>, record: Option<Record>, tenant: Option<Tenant>) -> Self {
        Self {
            request,
            secrets,
            record,
            tenant,
        }
    }

    fn has_ended(&self) -> bool {
        self.record.as_ref().is_some_and(|record| record.end.is_some())
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
    use caracola_quota::QuotaLimit;

    fn record(id: &str) -> Record {
        Record {
            id: id.to_owned(),
            command: "backup".to_owned(),
            owner: Owner::User("ana".to_owned()),
            since: SystemTime::now(),
            end: None,
        }
    }

    fn ana() -> Tenant {
        Tenant::account("ana", false)
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
        assert_eq!(ledger.remember(&key, record("job1"), &ana())?, Remembered::New);
        assert_eq!(
            ledger.remember(&key, record("job2"), &ana())?,
            Remembered::Same(record_of(&ledger, "job1"))
        );
        let other = ledger.request_key("ana", "k", &["backuphome"], &[]);
        assert_eq!(ledger.remember(&other, record("job2"), &ana())?, Remembered::Other);
        let bens = ledger.request_key("ben", "k", &request, &[]);
        assert_eq!(ledger.remember(&bens, record("job3"), &ana())?, Remembered::New);
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
            ledger.remember(&key, record(id), &ana())?;
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
        ledger.remember(&key, record("job1"), &ana())?;
        let in_two_days = SystemTime::now() + 2 * KEPT;
        assert_eq!(ledger.sweep(in_two_days), 1, "it runs");
        ledger.note_end("job1", End::lost())?;
        assert_eq!(ledger.sweep(SystemTime::now()), 1, "it has just ended");
        assert_eq!(ledger.sweep(in_two_days), 0);
        assert_eq!(ledger.record("job1"), None);
        assert_eq!(fs::read_dir(folder.path())?.count(), 0);
        assert_eq!(ledger.remember(&key, record("job2"), &ana())?, Remembered::New);
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
        ledger.remember(&key(&ledger, "old"), old, &ana())?;
        ledger.remember(&key(&ledger, "damaged"), record("damaged"), &ana())?;
        let mut guests = record("guest's");
        guests.owner = Owner::Session(1);
        ledger.remember(&key(&ledger, "guest's"), guests, &ana())?;
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
        ledger.remember(&key(&ledger, "1234"), record("job1"), &ana())?;
        assert_eq!(known(&ledger, &key(&ledger, "1234")).as_deref(), Some("job1"));
        assert_eq!(known(&ledger, &key(&ledger, "4321")).as_deref(), Some(""));
        // What is on the disk is the same for all secrets: there is nothing to guess them by.
        let file = folder.path().join(key(&ledger, "1234").key);
        let stored = fs::read_to_string(&file)?;
        fs::remove_file(&file)?;
        let ledger = Ledger::open(folder.path())?;
        let mut again = record("job1");
        again.since = Record::read(&stored).expect("a record").0.since;
        ledger.remember(&key(&ledger, "4321"), again, &ana())?;
        assert_eq!(fs::read_to_string(&file)?, stored);
        Ok(())
    }

    #[test]
    fn there_are_only_so_many() -> anyhow::Result<()> {
        let folder = tempfile::tempdir()?;
        let ledger = Ledger::open(folder.path())?;
        {
            let mut entries = ledger.entries();
            for number in 0..KeyLimit(QuotaLimit::Account).most() {
                let record = record(&format!("job{number}"));
                let entry = Entry::new(String::new(), None, Some(record), Some(ana()));
                entries.insert(number.to_string(), entry);
            }
        }
        let key = ledger.request_key("ana", "k", &["backup"], &[]);
        let full = ledger.remember(&key, record("one-more"), &ana());
        assert!(
            matches!(full, Err(LedgerError::Full(KeyLimit(QuotaLimit::Account)))),
            "{full:?}"
        );
        let ben = Tenant::account("ben", false);
        let bens = ledger.request_key("ben", "k", &["backup"], &[]);
        assert_eq!(ledger.remember(&bens, record("ben's"), &ben)?, Remembered::New);
        Ok(())
    }

    #[test]
    fn keys_of_a_guest_go_with_the_session() -> anyhow::Result<()> {
        let folder = tempfile::tempdir()?;
        let ledger = Ledger::open(folder.path())?;
        let guests = Tenant::guests([192, 0, 2, 1].into());
        for (session, id) in [(7, "ended"), (7, "runs"), (8, "another's")] {
            let key = ledger.request_key(&format!("~{session}"), id, &["backup"], &[]);
            let record = Record {
                owner: Owner::Session(session),
                ..record(id)
            };
            ledger.remember(&key, record, &guests)?;
        }
        ledger.note_end("ended", End::lost())?;
        ledger.note_end("another's", End::lost())?;
        ledger.forget_session(7);
        assert_eq!(ledger.record("ended"), None);
        assert!(ledger.record("runs").is_some() && ledger.record("another's").is_some());
        ledger.forget("runs");
        assert!(!ledger.has_keys_of(7) && ledger.has_keys_of(8));
        assert_eq!(fs::read_dir(folder.path())?.count(), 1);
        Ok(())
    }
}
