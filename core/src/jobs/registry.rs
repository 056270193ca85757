//! All jobs that run, and those that ended not long ago.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use openssl::error::ErrorStack;

use super::ending::JobEnd;
use super::job::{Job, JobState, Plan};
use super::ledger::Ledger;
use super::owner::Owner;
use super::rates::RunRates;
use super::record::Record;
use super::retained::Retained;
use caracola_quota::LogThrottle;
use caracola_quota::gate::Gates;

/// Ended jobs whose output is kept.
const KEPT: usize = 1000;
/// Bytes of memory that these cost together. Past that the oldest output is forgotten, of whoever has most of it.
const KEPT_COST: usize = 64 * 1024 * 1024;
/// Ended jobs without their output that are remembered still, so that asking for it says what became of it. Each costs less
/// than half a KiB.
const REMEMBERED: usize = 4000;
/// Characters of an id: no vowels, so that no words come out, and none that look alike. 10 of 28 are 48 bits.
const ALPHABET: &[u8; 28] = b"23456789bcdfghjkmnpqrstvwxyz";
const LENGTH: usize = 10;

/// The registry.
#[derive(Debug)]
pub struct Jobs {
    /// Places for runs.
    pub gates: Gates,
    /// How often they may begin.
    pub rates: RunRates,
    ledger: Ledger,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    by_id: HashMap<String, Arc<Job>>,
    /// The jobs that have ended, by their ids.
    ended: Retained<String>,
    /// Those of which nothing is left but this.
    records: HashMap<String, Record>,
    remembered: Retained<String>,
    /// The server stops: what is added now is to end at once.
    stopping: bool,
}

impl Jobs {
    /// No jobs yet; keys of `JOB START` are kept in `ledger`.
    pub fn new(ledger: Ledger) -> Self {
        Self {
            gates: Gates::default(),
            rates: RunRates::default(),
            ledger,
            inner: Mutex::new(Inner {
                by_id: HashMap::new(),
                ended: Retained::new(KEPT, KEPT_COST),
                records: HashMap::new(),
                remembered: Retained::new(REMEMBERED, usize::MAX),
                stopping: false,
            }),
        }
    }

    /// The keys of `JOB START`.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// A new job under an id that nobody can guess. Fails if the system has no randomness.
    pub fn add(&self, plan: Plan) -> Result<Arc<Job>, ErrorStack> {
        let mut inner = self.lock();
        loop {
            let id = random_id()?;
            if self.ledger.record(&id).is_some() {
                continue;
            }
            if let Entry::Vacant(place) = inner.by_id.entry(id) {
                let job = Arc::new(Job::new(place.key().clone(), plan));
                place.insert(Arc::clone(&job));
                if inner.stopping {
                    job.end(JobEnd::Stopped);
                }
                return Ok(job);
            }
        }
    }

    /// Ends a job for everybody who looks at it; from now on it may be forgotten. One that was begun under a key is on the
    /// disk as ended before that, so that what was told once is told for ever.
    pub(super) async fn end(self: &Arc<Self>, job: &Job, ending: JobEnd) {
        if self.ledger.record(&job.id).is_some() {
            let (jobs, id, end) = (Arc::clone(self), job.id.clone(), job.end_by(&ending));
            let is_detached = job.is_detached();
            let noted = tokio::task::spawn_blocking(move || {
                if is_detached {
                    jobs.ledger.forget(&id);
                    return Ok(());
                }
                jobs.ledger.note_end(&id, end)
            })
            .await;
            if let Ok(Err(error)) = noted {
                static UNSTORED: LogThrottle = LogThrottle::new();
                if let Some(repeated) = UNSTORED.admit() {
                    tracing::error!(job = job.id, %error, repeated, "the end of a job could not be stored");
                }
            }
            // Its guest may have left while its end was stored: then nobody can bring the key again.
            if job.is_detached() && !is_detached {
                let (jobs, id) = (Arc::clone(self), job.id.clone());
                tokio::task::spawn_blocking(move || jobs.ledger.forget(&id));
            }
        }
        job.has_ended(ending);
        self.note_end(job);
    }

    /// A guest's session has ended: so do its jobs, unless their definitions let them go on, and its keys are forgotten. Who
    /// comes again is another guest, and could ask for neither.
    pub fn session_ended(self: &Arc<Self>, session: u64) {
        let owner = Owner::Session(session);
        let theirs: Vec<_> = {
            let inner = self.lock();
            let jobs = inner.by_id.values();
            jobs.filter(|job| job.owner == owner).cloned().collect()
        };
        for job in &theirs {
            job.detach();
        }
        if self.ledger.has_keys_of(session) {
            let jobs = Arc::clone(self);
            tokio::task::spawn_blocking(move || jobs.ledger.forget_session(session));
        }
    }

    fn note_end(&self, job: &Job) {
        let mut inner = self.lock();
        if !inner.by_id.contains_key(&job.id) {
            return;
        }
        let dropped = inner.ended.keep(&job.tenant, job.cost(), job.id.clone());
        for id in dropped {
            if let Some(job) = inner.by_id.remove(&id) {
                inner.remember(&job);
            }
        }
    }

    /// Takes a job out that was never begun, or that nobody is to find, whether it has ended or not.
    pub fn forget(&self, job: &Job) {
        let mut inner = self.lock();
        inner.by_id.remove(&job.id);
        inner.ended.remove(&job.tenant, |id| *id == job.id);
        if inner.records.remove(&job.id).is_some() {
            inner.remembered.remove(&job.tenant, |id| *id == job.id);
        }
        drop(inner);
        job.has_ended(JobEnd::Cancelled);
    }

    /// The job of that id.
    pub fn find(&self, id: &str) -> Option<Arc<Job>> {
        self.lock().by_id.get(id).cloned()
    }

    /// What is remembered of a job whose output is no longer kept: one that was begun under a key, or ended not long ago.
    pub fn record(&self, id: &str) -> Option<Record> {
        let record = self.ledger.record(id);
        record.or_else(|| self.lock().records.get(id).cloned())
    }

    /// All jobs, oldest first.
    pub fn list(&self) -> Vec<Arc<Job>> {
        let mut jobs: Vec<_> = self.lock().by_id.values().cloned().collect();
        jobs.sort_by_key(|job| job.started);
        jobs
    }

    /// Has all jobs of somebody end who has no rights any more, those that wait for a place and those that nobody waits for
    /// too. How many there were. One that is added later must be ended by who adds it.
    pub fn end_all_of(&self, owner: &Owner) -> usize {
        let mut jobs = self.list();
        jobs.retain(|job| job.owner == *owner && job.ending().is_none());
        end_each(&jobs, &JobEnd::Cancelled);
        jobs.len()
    }

    /// The server stops: has all jobs end, and returns when they have. Cancel safe: they end all the same.
    pub async fn stop(&self) {
        self.lock().stopping = true;
        end_each(&self.list(), &JobEnd::Stopped);
        while let Some(job) = self
            .list()
            .iter()
            .find(|job| !matches!(job.state(), JobState::Ended(_)))
        {
            job.ended().await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// Keeps what there is to say of a job that has ended, without its output. The ledger has those with a key.
    fn remember(&mut self, job: &Job) {
        let Some(ending) = job.ending() else { return };
        let record = Record {
            end: Some(job.end_by(&ending)),
            ..job.record()
        };
        self.records.insert(job.id.clone(), record);
        for id in self.remembered.keep(&job.tenant, 1, job.id.clone()) {
            self.records.remove(&id);
        }
    }
}

/// Asks for the end of each. Those that wait for a place come first: the place of one that ends must not let another of them
/// begin.
fn end_each(jobs: &[Arc<Job>], reason: &JobEnd) {
    let (waiting, others): (Vec<_>, Vec<_>) = jobs.iter().partition(|job| matches!(job.state(), JobState::Waiting));
    for job in waiting.into_iter().chain(others) {
        job.end(reason.clone());
    }
}

fn random_id() -> Result<String, ErrorStack> {
    let mut id = String::with_capacity(LENGTH);
    while id.len() < LENGTH {
        let mut bytes = [0; 2 * LENGTH];
        openssl::rand::rand_bytes(&mut bytes)?;
        // Bytes past the last multiple of the alphabet's length would make its first letters more likely.
        let fair = bytes
            .iter()
            .filter(|byte| usize::from(**byte) < 256 - 256 % ALPHABET.len());
        let letters = fair.map(|byte| char::from(ALPHABET[usize::from(*byte) % ALPHABET.len()]));
        id.extend(letters.take(LENGTH - id.len()));
    }
    Ok(id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jobs::Stream;
    use caracola_quota::Tenant;

    fn plan() -> Plan {
        Plan {
            command: "disk".to_owned(),
            owner: Owner::Session(1),
            tenant: Tenant::account("ana", false),
            limit: 10,
            ok_exit: vec![0],
            ends_with_session: true,
        }
    }

    #[test]
    fn the_oldest_ended_jobs_are_forgotten() -> anyhow::Result<()> {
        let folder = tempfile::tempdir()?;
        let jobs = Jobs::new(Ledger::open(folder.path())?);
        let running = jobs.add(plan())?;
        let first = jobs.add(plan())?;
        first.wrote(Stream::Out, b"12345");
        first.has_ended(JobEnd::Exited(0));
        jobs.note_end(&first);
        assert!(jobs.find(&first.id).is_some());
        for _ in 0..KEPT {
            let job = jobs.add(plan())?;
            job.has_ended(JobEnd::Exited(0));
            jobs.note_end(&job);
        }
        assert!(jobs.find(&first.id).is_none());
        assert!(jobs.find(&running.id).is_some());
        assert_eq!(jobs.list().len(), KEPT + 1);
        let record = jobs.record(&first.id).expect("a record");
        let end = record.end.expect("an end");
        assert_eq!((end.ending, end.bytes, end.ok), (JobEnd::Exited(0), 5, true));
        assert_eq!(jobs.record(&running.id), None);
        Ok(())
    }

    /// What others ran stays, whatever one tenant's jobs write.
    #[test]
    fn many_jobs_of_one_push_out_their_own() -> anyhow::Result<()> {
        let jobs = Jobs::new(Ledger::without_keys()?);
        let ended = |tenant: &str, output: &[u8]| {
            let job = jobs.add(Plan {
                tenant: Tenant::account(tenant, false),
                limit: 1 << 20,
                ..plan()
            })?;
            job.wrote(Stream::Out, output);
            job.has_ended(JobEnd::Exited(0));
            jobs.note_end(&job);
            anyhow::Ok(job.id.clone())
        };
        let first = ended("ana", b"hers")?;
        let large = vec![0; 1 << 20];
        for _ in 0..100 {
            ended("ben", &large)?;
        }
        assert!(jobs.find(&first).is_some());
        let cost: usize = jobs.list().iter().map(|job| job.cost()).sum();
        assert!(cost <= KEPT_COST && jobs.list().len() > 50, "{cost}");
        for _ in 0..KEPT + REMEMBERED {
            ended("ben", b"")?;
        }
        assert!(jobs.find(&first).is_some());
        assert_eq!(jobs.lock().records.len(), REMEMBERED);
        Ok(())
    }

    #[test]
    fn what_nobody_is_to_find_leaves_nothing_behind() -> anyhow::Result<()> {
        let jobs = Jobs::new(Ledger::without_keys()?);
        for forgotten_first in [true, false] {
            let job = jobs.add(plan())?;
            job.wrote(Stream::Out, b"12345");
            job.has_ended(JobEnd::Exited(0));
            if forgotten_first {
                jobs.forget(&job);
                jobs.note_end(&job);
            } else {
                jobs.note_end(&job);
                jobs.forget(&job);
            }
            let inner = jobs.lock();
            assert_eq!((inner.by_id.len(), inner.ended.count(), inner.records.len()), (0, 0, 0));
        }
        Ok(())
    }

    #[test]
    fn ids_are_different_and_of_one_form() -> Result<(), ErrorStack> {
        let (one, other) = (random_id()?, random_id()?);
        assert_ne!(one, other);
        assert!(one.len() == LENGTH && one.bytes().all(|byte| ALPHABET.contains(&byte)));
        Ok(())
    }
}
