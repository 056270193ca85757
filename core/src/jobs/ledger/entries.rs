//! The keys in memory.

use std::collections::{HashMap, HashSet};
use std::time::SystemTime;

use super::KEPT;
use crate::jobs::key_quota::KeyCounts;
use crate::jobs::owner::Owner;
use crate::jobs::record::Record;
use caracola_quota::Tenant;

/// All keys, by what they are looked up by.
#[derive(Debug, Default)]
pub(super) struct KnownKeys {
    pub(super) by_key: HashMap<String, KnownKey>,
    /// The keys of jobs, by their ids.
    pub(super) by_job: HashMap<String, String>,
    /// The keys of guests, by the numbers of their sessions.
    pub(super) by_session: HashMap<u64, HashSet<String>>,
    pub(super) counts: KeyCounts,
}

/// What is known of one key.
#[derive(Debug)]
pub(super) struct KnownKey {
    /// What was asked for, without its secrets.
    pub(super) request: String,
    /// Its secrets, by this process's salt; `None` of what another process stored.
    pub(super) secrets: Option<[u8; 32]>,
    /// `None` for a file that nobody can read: its key was used, and more is not known.
    pub(super) record: Option<Record>,
    /// For whom it counts, if that is known.
    pub(super) tenant: Option<Tenant>,
}

impl KnownKeys {
    pub(super) fn insert(&mut self, key: String, entry: KnownKey) {
        if let Some(record) = &entry.record {
            self.by_job.insert(record.id.clone(), key.clone());
            if let Owner::Session(session) = record.owner {
                self.by_session.entry(session).or_default().insert(key.clone());
            }
        }
        self.counts.add(entry.tenant.as_ref());
        self.by_key.insert(key, entry);
    }

    pub(super) fn remove(&mut self, key: &str) {
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

impl KnownKey {
    pub(super) fn new(
        request: String,
        secrets: Option<[u8; 32]>,
        record: Option<Record>,
        tenant: Option<Tenant>,
    ) -> Self {
        Self {
            request,
            secrets,
            record,
            tenant,
        }
    }

    pub(super) fn has_ended(&self) -> bool {
        self.record.as_ref().is_some_and(|record| record.end.is_some())
    }

    /// Whether it ended more than a day before. What runs is not forgotten, however long that takes.
    pub(super) fn is_over(&self, now: SystemTime) -> bool {
        let record = self.record.as_ref().filter(|record| record.end.is_some());
        record.is_some_and(|record| now.duration_since(record.since).is_ok_and(|age| age >= KEPT))
    }
}
