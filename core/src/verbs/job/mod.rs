//! JOB: runs that nobody waits for, or that are looked at later. `start` begins them, `entry` tells of them.

mod entry;
mod start;

use caracola_speech::excerpt;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use super::unknown_subcommand;
use crate::access::{self, authorize};
use crate::actions::exec;
use crate::error::Error;
use crate::jobs::{Job, JobEnd, Owner, Record};
use crate::request::{Caller, Context, Exchange, PendingReply, Progress, Response};
use caracola_catalogue::Catalogue;

/// The longest that `JOB READ ... WAIT` may wait.
const WAIT: Duration = Duration::from_mins(1);

pub(super) fn serve(exchange: &mut Exchange<'_>) -> Result<Progress, Error> {
    let subcommand = exchange.text(1)?.to_ascii_lowercase();
    match (subcommand.as_str(), exchange.request.len()) {
        ("start", 4..) => start::start(exchange),
        ("read", 3 | 4 | 6) => read(exchange),
        ("list", 2) => {
            list(exchange);
            Ok(Progress::Done)
        }
        ("kill", 3) => {
            let runs = match find(exchange, exchange.text(2)?, access::Operation::Kill)? {
                Known::Job(job) => {
                    let runs = job.ending().is_none();
                    job.end(JobEnd::Cancelled);
                    runs
                }
                Known::Record(_) => false,
            };
            exchange.encoder().integer(i64::from(runs));
            Ok(Progress::Done)
        }
        ("start" | "read" | "list" | "kill", _) => Err(Error::VerbArity("job")),
        _ => Err(unknown_subcommand("JOB", &subcommand)),
    }
}

/// `JOB READ id [from [WAIT ms]]`: what a job wrote from a chunk on, and how far it is. With `WAIT` the answer comes once
/// there is something new, or after that time.
fn read(exchange: &mut Exchange<'_>) -> Result<Progress, Error> {
    let known = find(exchange, exchange.text(2)?, access::Operation::Output)?;
    let from = match exchange.request.word(3) {
        Some(_) => number(exchange.text(3)?)?,
        None => 0,
    };
    let from = usize::try_from(from).unwrap_or(usize::MAX);
    let job = match known {
        Known::Job(job) if exchange.request.len() == 6 => job,
        Known::Job(job) => {
            let report = entry::report(&job, from, exchange.caller.speech);
            return Ok(Progress::Response(Response::Job(report)));
        }
        // There is nothing to wait for.
        Known::Record(record) => {
            let report = entry::past_report(&record, from, exchange.caller.speech);
            return Ok(Progress::Response(Response::Job(report)));
        }
    };
    if !exchange.text(4)?.eq_ignore_ascii_case("wait") {
        return Err(Error::VerbArguments(
            "JOB READ takes an id, a chunk's number, and WAIT with milliseconds",
        ));
    }
    let wait = Duration::from_millis(number(exchange.text(5)?)?).min(WAIT);
    let cancelled = Arc::new(Notify::new());
    let told = Arc::clone(&cancelled);
    let pending = PendingReply::new(async move {
        // Whether something came, the time is over or nobody wants to wait: the answer says how far it is.
        tokio::select! {
            _ = job.chunk(from) => {}
            () = tokio::time::sleep(wait) => {}
            () = told.notified() => {}
        }
        move |context: &Arc<Context>, caller: &mut Caller| {
            // The right to it may have gone meanwhile.
            if !may(
                &context.catalogue.load(),
                caller,
                (&job.owner, &job.command),
                access::Operation::Output,
            ) {
                return Err(no_job(&job.id));
            }
            Ok(Response::Job(entry::report(&job, from, caller.speech)))
        }
    });
    Ok(Progress::Pending(pending.on_cancel(move || cancelled.notify_one())))
}

fn list(exchange: &mut Exchange<'_>) {
    let (catalogue, caller) = (exchange.catalogue, &*exchange.caller);
    let jobs = exchange.context.jobs.list();
    let jobs: Vec<_> = jobs
        .iter()
        .filter(|job| may(catalogue, caller, (&job.owner, &job.command), access::Operation::Watch))
        .collect();
    let speech = caller.speech;
    let mut encoder = exchange.encoder();
    encoder.array(jobs.len());
    for job in jobs {
        entry::of(job, speech).encode(&mut encoder);
    }
}

/// A job that somebody asks about.
enum Known {
    /// It runs, or ended not long ago.
    Job(Arc<Job>),
    /// Its end is remembered, and its output is not.
    Record(Record),
}

impl Known {
    fn owner_and_command(&self) -> (&Owner, &str) {
        match self {
            Self::Job(job) => (&job.owner, &job.command),
            Self::Record(record) => (&record.owner, &record.command),
        }
    }
}

/// The job of that id, if the caller may do that with it: else there is none.
fn find(exchange: &Exchange<'_>, id: &str, operation: access::Operation) -> Result<Known, Error> {
    let Exchange {
        context,
        catalogue,
        caller,
        ..
    } = exchange;
    let record = || context.jobs.record(id).map(Known::Record);
    let known = context.jobs.find(id).map(Known::Job).or_else(record);
    let known = known.filter(|known| may(catalogue, caller, known.owner_and_command(), operation));
    known.ok_or_else(|| no_job(id))
}

fn no_job(id: &str) -> Error {
    Error::NoJob(excerpt::word(id))
}

/// One's own jobs are one's own; others' need a right to the command's runs, asked each time.
fn may(catalogue: &Catalogue, caller: &Caller, (owner, command): (&Owner, &str), operation: access::Operation) -> bool {
    if *owner == exec::owner(&caller.user, &caller.session) {
        return true;
    }
    let command = catalogue.command(command);
    command.is_some_and(|command| authorize(&caller.user, command, operation).is_ok())
}

fn number(text: &str) -> Result<u64, Error> {
    text.parse()
        .map_err(|_| Error::VerbArguments("value is not an integer or out of range"))
}
