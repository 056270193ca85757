//! What is told of a job: an entry, and a report with its output.

use std::time::Duration;

use caracola_wire::{self as wire, JobEntry, JobReport};

use crate::jobs::{Job, JobEnd, JobState, Output, Owner, Record, signal_name};
use caracola_speech::Speech;

/// Chunks in one answer: some 4 MB at the most.
const CHUNKS: usize = 256;

/// What a job wrote from the chunk `from` on, and how far it is.
pub(super) fn report(job: &Job, from: usize, speech: Speech) -> JobReport {
    let output: Vec<_> = job.output(|output| {
        let chunks = output.chunks_from(from).take(CHUNKS);
        chunks.map(|chunk| (chunk.stream as u8, chunk.bytes)).collect()
    });
    let from = u64::try_from(from).unwrap_or(u64::MAX);
    JobReport {
        entry: of(job, speech),
        from,
        next: from.saturating_add(output.len() as u64),
        output,
    }
}

/// The report on a job whose output is no longer kept: it goes on behind what there was.
pub(super) fn past_report(record: &Record, from: usize, speech: Speech) -> JobReport {
    let chunks = record.end.as_ref().map_or(0, |end| end.chunks);
    let next = u64::try_from(from.max(chunks)).unwrap_or(u64::MAX);
    JobReport {
        entry: of_past(record, speech),
        from: next,
        next,
        output: Vec::new(),
    }
}

/// A job as it is.
pub(super) fn of(job: &Job, speech: Speech) -> JobEntry {
    let (state, ending) = match job.state() {
        JobState::Waiting => (wire::JobState::Waiting, None),
        JobState::Running => (wire::JobState::Running, None),
        JobState::Ended(ending) => (wire::JobState::Ended, Some(ending)),
    };
    JobEntry {
        id: job.id.clone(),
        command: job.command.clone(),
        state,
        user: shown(&job.owner),
        ms: millis(job.took()),
        ok: job.succeeded(),
        truncated: job.output(Output::truncated),
        bytes: job.output(Output::bytes) as u64,
        forgotten: false,
        ..ended(ending.as_ref(), speech)
    }
}

/// The same of a job that is only remembered.
fn of_past(record: &Record, speech: Speech) -> JobEntry {
    let mut entry = JobEntry {
        id: record.id.clone(),
        command: record.command.clone(),
        user: shown(&record.owner),
        forgotten: true,
        ..ended(record.end.as_ref().map(|end| &end.ending), speech)
    };
    if let Some(end) = &record.end {
        entry.state = wire::JobState::Ended;
        entry.ms = millis(end.took);
        entry.ok = Some(end.ok);
        entry.truncated = end.truncated;
        entry.bytes = end.bytes as u64;
    }
    entry
}

/// What an entry says about how a job ended.
fn ended(ending: Option<&JobEnd>, speech: Speech) -> JobEntry {
    let mut entry = JobEntry::default();
    match ending {
        None => {}
        Some(JobEnd::Exited(status)) => entry.status = Some(i64::from(*status)),
        Some(JobEnd::Signalled(signal)) => entry.signal = Some(signal_name(*signal)),
        Some(other) => entry.ending = Some(other.sentence(speech)),
    }
    entry
}

fn shown(owner: &Owner) -> String {
    match owner {
        Owner::User(user) => user.clone(),
        Owner::Session(id) => format!("~{id}"),
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
