//! All jobs that run, and those that ended not long ago.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use openssl::error::ErrorStack;

use super::gate::Gates;
use super::job::{Ending, Job, Plan, State};
use super::ledger::Ledger;

/// Jobs that are remembered after their end.
const REMEMBERED: usize = 1000;
/// Bytes of output that ended jobs keep together. Past that the oldest are forgotten.
const OUTPUT: usize = 64 * 1024 * 1024;
/// Characters of an id: no vowels, so that no words come out, and none that look alike. 10 of 28 are 48 bits.
const ALPHABET: &[u8; 28] = b"23456789bcdfghjkmnpqrstvwxyz";
const LENGTH: usize = 10;

/// The registry.
#[derive(Debug)]
pub struct Jobs {
    /// Places for runs.
    pub gates: Gates,
    ledger: Ledger,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    by_id: HashMap<String, Arc<Job>>,
    ended: VecDeque<String>,
    output: usize,
    /// The server stops: what is added now is to end at once.
    stopping: bool,
}

impl Jobs {
    /// No jobs yet; keys of `JOB START` are kept in `ledger`.
    pub fn new(ledger: Ledger) -> Self {
        Self {
            gates: Gates::default(),
            ledger,
            inner: Mutex::new(Inner::default()),
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
                    job.end(Ending::Stopped);
                }
                return Ok(job);
            }
        }
    }

    /// Ends a job for everybody who looks at it; from now on it may be forgotten. One that was begun under a key is on the
    /// disk as ended before that, so that what was told once is told for ever.
    pub(super) async fn end(self: &Arc<Self>, job: &Job, ending: Ending) {
        if self.ledger.record(&job.id).is_some() {
            let (jobs, id, end) = (Arc::clone(self), job.id.clone(), job.end_by(&ending));
            let noted = tokio::task::spawn_blocking(move || jobs.ledger.note_end(&id, end)).await;
            if let Ok(Err(error)) = noted {
                tracing::warn!(job = job.id, %error, "its end could not be stored");
            }
        }
        job.has_ended(ending);
        self.note_end(job);
    }

    fn note_end(&self, job: &Job) {
        let mut inner = self.lock();
        if !inner.by_id.contains_key(&job.id) {
            return;
        }
        inner.ended.push_back(job.id.clone());
        inner.output += job.output(super::Output::bytes);
        while inner.ended.len() > REMEMBERED || inner.output > OUTPUT {
            let Some(oldest) = inner.ended.pop_front() else { break };
            if let Some(oldest) = inner.by_id.remove(&oldest) {
                inner.output -= oldest.output(super::Output::bytes);
            }
        }
    }

    /// Takes a job out that was never begun, or that nobody is to find, whether it has ended or not.
    pub fn forget(&self, job: &Job) {
        let mut inner = self.lock();
        inner.by_id.remove(&job.id);
        // The youngest are at the back.
        if let Some(place) = inner.ended.iter().rposition(|ended| *ended == job.id) {
            inner.ended.remove(place);
            inner.output -= job.output(super::Output::bytes);
        }
        drop(inner);
        job.has_ended(Ending::Cancelled);
    }

    /// The job of that id.
    pub fn find(&self, id: &str) -> Option<Arc<Job>> {
        self.lock().by_id.get(id).cloned()
    }

    /// All jobs, oldest first.
    pub fn list(&self) -> Vec<Arc<Job>> {
        let mut jobs: Vec<_> = self.lock().by_id.values().cloned().collect();
        jobs.sort_by_key(|job| job.started);
        jobs
    }

    /// The server stops: has all jobs end, and returns when they have. Cancel safe: they end all the same.
    pub async fn stop(&self) {
        self.lock().stopping = true;
        for job in self.list() {
            job.end(Ending::Stopped);
        }
        while let Some(job) = self.list().iter().find(|job| !matches!(job.state(), State::Ended(_))) {
            job.ended().await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
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
    use crate::jobs::{Owner, Stream};

    fn plan() -> Plan {
        Plan {
            command: "disk".to_owned(),
            owner: Owner::Session(1),
            limit: 10,
            ok_exit: vec![0],
        }
    }

    #[test]
    fn the_oldest_ended_jobs_are_forgotten() -> anyhow::Result<()> {
        let folder = tempfile::tempdir()?;
        let jobs = Jobs::new(Ledger::open(folder.path())?);
        let running = jobs.add(plan())?;
        let first = jobs.add(plan())?;
        first.wrote(Stream::Out, b"12345");
        first.has_ended(Ending::Exited(0));
        jobs.note_end(&first);
        assert!(jobs.find(&first.id).is_some());
        for _ in 0..REMEMBERED {
            let job = jobs.add(plan())?;
            job.has_ended(Ending::Exited(0));
            jobs.note_end(&job);
        }
        assert!(jobs.find(&first.id).is_none());
        assert!(jobs.find(&running.id).is_some());
        assert_eq!(jobs.list().len(), REMEMBERED + 1);
        Ok(())
    }

    #[test]
    fn what_nobody_is_to_find_leaves_nothing_behind() -> anyhow::Result<()> {
        let jobs = Jobs::new(Ledger::without_keys()?);
        for forgotten_first in [true, false] {
            let job = jobs.add(plan())?;
            job.wrote(Stream::Out, b"12345");
            job.has_ended(Ending::Exited(0));
            if forgotten_first {
                jobs.forget(&job);
                jobs.note_end(&job);
            } else {
                jobs.note_end(&job);
                jobs.forget(&job);
            }
            let inner = jobs.lock();
            assert_eq!((inner.by_id.len(), inner.ended.len(), inner.output), (0, 0, 0));
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
