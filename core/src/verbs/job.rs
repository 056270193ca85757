//! JOB: runs that nobody waits for, or that are looked at later.

use std::sync::Arc;
use std::time::Duration;

use caracola_wire::{Encoder, JobEntry, JobReport, JobState, Request};
use tokio::sync::Notify;

use super::{text, unknown_subcommand};
use crate::access::{self, authorize};
use crate::actions::exec;
use crate::caller::Caller;
use crate::catalogue::{Action, Catalogue};
use crate::context::Context;
use crate::dispatch::{self, Found};
use crate::error::Error;
use crate::jobs::{Ending, Job, Owner, Remembered, RequestKey, State};
use crate::language::Speech;
use crate::later::{Later, Progress};
use crate::phrases;

/// The longest key, in bytes.
const KEY: usize = 128;
/// The longest that `JOB READ ... WAIT` may wait.
const WAIT: Duration = Duration::from_mins(1);
/// Chunks in one answer: some 4 MB at the most.
const CHUNKS: usize = 256;

pub(super) fn serve(
    context: &Arc<Context>,
    catalogue: &Catalogue,
    caller: &mut Caller,
    request: &Request<'_>,
    out: &mut Vec<u8>,
) -> Result<Progress, Error> {
    let subcommand = text(request, 1)?.to_ascii_lowercase();
    match (subcommand.as_str(), request.len()) {
        ("start", 4..) => start(context, catalogue, caller, request),
        ("read", 3 | 4 | 6) => read(context, catalogue, caller, request, out),
        ("list", 2) => {
            list(context, catalogue, caller, out);
            Ok(Progress::Done)
        }
        ("kill", 3) => {
            let job = find(context, catalogue, caller, text(request, 2)?, access::Verb::Kill)?;
            let runs = job.ending().is_none();
            job.end(Ending::Cancelled);
            Encoder::new(out, caller.protocol).integer(i64::from(runs));
            Ok(Progress::Done)
        }
        ("start" | "read" | "list" | "kill", _) => Err(Error::VerbArity("job")),
        _ => Err(unknown_subcommand("JOB", &subcommand)),
    }
}

/// `JOB START key name [arg ...]`: answers the job's id, at once and however often it is sent.
fn start(
    context: &Arc<Context>,
    catalogue: &Catalogue,
    caller: &mut Caller,
    request: &Request<'_>,
) -> Result<Progress, Error> {
    let key = text(request, 2)?;
    if key.is_empty() || key.len() > KEY {
        return Err(Error::VerbArguments("a key has 1 to 128 bytes"));
    }
    let Found { command, after } = dispatch::find(catalogue, caller, request, 3)?;
    let Action::Exec(definition) = &command.action else {
        return Err(Error::VerbArguments("JOB START runs programs: this command is none"));
    };
    let words = dispatch::argument_words(command, request, after)?;
    let arguments = dispatch::arguments(command, caller, &words)?;
    let user = match exec::owner(&caller.user, &caller.session) {
        Owner::User(user) => user,
        // A guest is nobody in particular: its keys end with its session.
        Owner::Session(id) => format!("~{id}@{:?}", context.started_at),
    };
    let whole: Vec<_> = std::iter::once(command.name.as_str())
        .chain(words.iter().copied())
        .collect();
    let request = RequestKey::new(&user, key, &whole);
    let run = exec::prepare(context, caller, command, definition, &arguments)?;
    let job = Arc::clone(&run.job);
    let context = Arc::clone(context);
    let later = Later::new(async move {
        let id = job.id.clone();
        let remembered = tokio::task::spawn_blocking({
            let context = Arc::clone(&context);
            move || context.jobs.ledger().remember(&request, &id)
        });
        let answer = match remembered.await {
            Ok(Ok(Remembered::New)) => {
                let id = job.id.clone();
                run.begin(&context);
                Ok(id)
            }
            Ok(Ok(Remembered::Same(id))) => Ok(id),
            Ok(Ok(Remembered::Other)) => Err(Error::KeyInUse),
            Ok(Err(error)) => Err(Error::KeyNotKept(error.to_string())),
            Err(error) => Err(Error::KeyNotKept(error.to_string())),
        };
        if answer.as_ref().ok() != Some(&job.id) {
            context.jobs.forget(&job);
        }
        move |context: &Arc<Context>, caller: &mut Caller, out: &mut Vec<u8>| {
            let id = answer?;
            // A job that is not known any more was begun by a server that is gone.
            if context.jobs.find(&id).is_none() {
                return Err(Error::Job {
                    id,
                    ending: Ending::Lost,
                });
            }
            Encoder::new(out, caller.protocol).bulk(id.as_bytes());
            Ok(())
        }
    });
    // It is stored before it could be stopped.
    Ok(Progress::Later(later.begun_for_good()))
}

/// `JOB READ id [from [WAIT ms]]`: what a job wrote from a chunk on, and how far it is. With `WAIT` the answer comes once
/// there is something new, or after that time.
fn read(
    context: &Arc<Context>,
    catalogue: &Catalogue,
    caller: &mut Caller,
    request: &Request<'_>,
    out: &mut Vec<u8>,
) -> Result<Progress, Error> {
    let job = find(context, catalogue, caller, text(request, 2)?, access::Verb::Output)?;
    let from = match request.word(3) {
        Some(_) => number(text(request, 3)?)?,
        None => 0,
    };
    let from = usize::try_from(from).unwrap_or(usize::MAX);
    if request.len() < 6 {
        report(&job, from, caller, out);
        return Ok(Progress::Done);
    }
    if !text(request, 4)?.eq_ignore_ascii_case("wait") {
        return Err(Error::VerbArguments(
            "JOB READ takes an id, a chunk's number, and WAIT with milliseconds",
        ));
    }
    let wait = Duration::from_millis(number(text(request, 5)?)?).min(WAIT);
    let cancelled = Arc::new(Notify::new());
    let told = Arc::clone(&cancelled);
    let later = Later::new(async move {
        // Whether something came, the time is over or nobody wants to wait: the answer says how far it is.
        tokio::select! {
            _ = job.chunk(from) => {}
            () = tokio::time::sleep(wait) => {}
            () = told.notified() => {}
        }
        move |context: &Arc<Context>, caller: &mut Caller, out: &mut Vec<u8>| {
            // The right to it may have gone meanwhile.
            if !may(&context.catalogue.load(), caller, &job, access::Verb::Output) {
                return Err(no_job(&job.id));
            }
            report(&job, from, caller, out);
            Ok(())
        }
    });
    Ok(Progress::Later(later.on_cancel(move || cancelled.notify_one())))
}

fn report(job: &Job, from: usize, caller: &Caller, out: &mut Vec<u8>) {
    let output: Vec<_> = job.output(|output| {
        let last = output.len().min(from.saturating_add(CHUNKS));
        let chunks = (from..last).filter_map(|index| output.chunk(index));
        chunks.map(|chunk| (chunk.stream as u8, chunk.bytes.clone())).collect()
    });
    let from = u64::try_from(from).unwrap_or(u64::MAX);
    let report = JobReport {
        entry: entry(job, caller.speech),
        from,
        next: from.saturating_add(output.len() as u64),
        output,
    };
    report.encode(&mut Encoder::new(out, caller.protocol));
}

fn list(context: &Context, catalogue: &Catalogue, caller: &Caller, out: &mut Vec<u8>) {
    let jobs = context.jobs.list();
    let jobs: Vec<_> = jobs
        .iter()
        .filter(|job| may(catalogue, caller, job, access::Verb::Watch))
        .collect();
    let mut encoder = Encoder::new(out, caller.protocol);
    encoder.array(jobs.len());
    for job in jobs {
        entry(job, caller.speech).encode(&mut encoder);
    }
}

fn entry(job: &Job, speech: Speech) -> JobEntry {
    let (state, ending) = match job.state() {
        State::Waiting => (JobState::Waiting, None),
        State::Running => (JobState::Running, None),
        State::Ended(ending) => (JobState::Ended, Some(ending)),
    };
    JobEntry {
        id: job.id.clone(),
        command: job.command.clone(),
        state,
        user: match &job.owner {
            Owner::User(user) => user.clone(),
            Owner::Session(id) => format!("~{id}"),
        },
        ms: u64::try_from(job.took().as_millis()).unwrap_or(u64::MAX),
        status: match &ending {
            Some(Ending::Exited(status)) => Some(i64::from(*status)),
            _ => None,
        },
        signal: match &ending {
            Some(Ending::Signalled(signal)) => Some(phrases::signal(*signal)),
            _ => None,
        },
        ending: match &ending {
            None | Some(Ending::Exited(_) | Ending::Signalled(_)) => None,
            Some(other) => Some(phrases::ending(speech, other)),
        },
        truncated: job.output(crate::jobs::Output::truncated),
        bytes: job.output(crate::jobs::Output::bytes) as u64,
    }
}

/// The job of that id, if the caller may do that with it: else there is none.
fn find(
    context: &Context,
    catalogue: &Catalogue,
    caller: &Caller,
    id: &str,
    verb: access::Verb,
) -> Result<Arc<Job>, Error> {
    let job = context.jobs.find(id).filter(|job| may(catalogue, caller, job, verb));
    job.ok_or_else(|| no_job(id))
}

fn no_job(id: &str) -> Error {
    Error::NoJob(id.chars().take(40).collect())
}

/// One's own jobs are one's own; others' need a right to the command's runs, asked each time.
fn may(catalogue: &Catalogue, caller: &Caller, job: &Job, verb: access::Verb) -> bool {
    if job.owner == exec::owner(&caller.user, &caller.session) {
        return true;
    }
    let command = catalogue.command(&job.command);
    command.is_some_and(|command| authorize(&caller.user, command, verb).is_ok())
}

fn number(text: &str) -> Result<u64, Error> {
    text.parse()
        .map_err(|_| Error::VerbArguments("value is not an integer or out of range"))
}
