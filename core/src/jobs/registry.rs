//! All jobs that run, and those that ended not long ago.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use openssl::error::ErrorStack;

use super::gate::Gates;
use super::job::{Ending, Job, Owner};
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

    /// A new job of `owner`, under an id that nobody can guess. Fails if the system has no randomness.
    pub fn add(&self, command: &str, owner: Owner, limit: usize) -> Result<Arc<Job>, ErrorStack> {
        let mut inner = self.lock();
        loop {
            let id = random_id()?;
            if let Entry::Vacant(place) = inner.by_id.entry(id) {
                let job = Arc::new(Job::new(place.key().clone(), command.to_owned(), owner, limit));
                place.insert(Arc::clone(&job));
                return Ok(job);
            }
        }
    }

    /// Notes that a job has ended: from now on it may be forgotten. Nothing happens to one that has been.
    pub fn note_end(&self, job: &Job) {
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

    /// Asks all jobs that still run to end: the server stops.
    pub fn end_all(&self) {
        for job in self.list() {
            job.end(Ending::Cancelled);
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
    use crate::jobs::Stream;

    #[test]
    fn the_oldest_ended_jobs_are_forgotten() -> Result<(), ErrorStack> {
        let jobs = Jobs::new(Ledger::open("/nonexistent"));
        let running = jobs.add("disk", Owner::Session(1), 10)?;
        let first = jobs.add("disk", Owner::Session(1), 10)?;
        first.wrote(Stream::Out, b"12345");
        first.has_ended(Ending::Exited(0));
        jobs.note_end(&first);
        assert!(jobs.find(&first.id).is_some());
        for _ in 0..REMEMBERED {
            let job = jobs.add("disk", Owner::Session(1), 10)?;
            job.has_ended(Ending::Exited(0));
            jobs.note_end(&job);
        }
        assert!(jobs.find(&first.id).is_none());
        assert!(jobs.find(&running.id).is_some());
        assert_eq!(jobs.list().len(), REMEMBERED + 1);
        Ok(())
    }

    #[test]
    fn what_nobody_is_to_find_leaves_nothing_behind() -> Result<(), ErrorStack> {
        let jobs = Jobs::new(Ledger::open("/nonexistent"));
        for forgotten_first in [true, false] {
            let job = jobs.add("disk", Owner::Session(1), 10)?;
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
