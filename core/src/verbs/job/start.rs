//! JOB START: begins a run once, however often it is asked to.
//!
//! A key is looked up before its request's arguments are checked: the first run may have changed what they mean, and
//! the second request is to be answered as the first. Storing the key and starting the program is a task of its own,
//! which a hang-up or a `CANCEL` can't tear in two.

use caracola_quota::LogThrottle;
use std::fmt::Display;
use std::sync::Arc;

use crate::actions::exec;
use crate::error::Error;
use crate::jobs::{EndRecord, Job, JobEnd, KeyLimit, LedgerError, Owner, Remembered, RequestKey};
use crate::request::resolve::{self, Resolved};
use crate::request::{Caller, Context, Exchange, PendingReply, Progress, Response};
use caracola_catalogue::{Action, Command};

/// The longest key, in bytes.
const KEY: usize = 128;

/// `JOB START key name [arg ...]`: answers the job's id, at once and however often it is sent.
pub(super) fn start(exchange: &mut Exchange<'_>) -> Result<Progress, Error> {
    let key = exchange.text(2)?;
    let Exchange {
        context,
        catalogue,
        caller,
        request,
        ..
    } = exchange;
    if key.is_empty() || key.len() > KEY {
        return Err(Error::VerbArguments("a key has 1 to 128 bytes"));
    }
    let Resolved { command, after } = resolve::command(catalogue, caller, request, 3)?;
    let Action::Exec(definition) = &command.action else {
        return Err(Error::VerbArguments("JOB START runs programs: this command is none"));
    };
    let words = resolve::words(command, request, after)?;
    let key = request_key(context, caller, command, key, &words)?;
    // Before anything is asked of the arguments: the first run may have changed what they mean.
    if let Some(known) = context.jobs.ledger().look_up(&key) {
        return begun_before(known).map(|id| Progress::Response(Response::JobId(id)));
    }
    let arguments = resolve::arguments(command, caller, &words)?;
    let run = exec::prepare(context, caller, command, definition, &arguments)?;
    // A task of its own: a session that ends now may come back to ask what became of it.
    let begun = tokio::spawn(begin(Arc::clone(context), key, run, caller.session.id));
    let pending = PendingReply::new(async move {
        let answer = begun.await;
        move |_: &Arc<Context>, caller: &mut Caller| {
            let id = answer.unwrap_or_else(|error| Err(not_stored(caller.session.id, "", &error)));
            id.map(Response::JobId)
        }
    });
    Ok(Progress::Pending(pending.begun_for_good()))
}

/// The key as the ledger knows it.
fn request_key(
    context: &Context,
    caller: &Caller,
    command: &Command,
    key: &str,
    words: &[&str],
) -> Result<RequestKey, Error> {
    let user = match exec::owner(&caller.user, &caller.session) {
        Owner::User(user) => user,
        // A guest is nobody in particular: its keys end with its session.
        Owner::Session(id) => format!("~{id}@{:?}", context.started_at),
    };
    let apart = command.apart(words);
    let apart = apart.map_err(|error| Error::Arguments(error.message(command, caller.speech)))?;
    let open = apart.open.iter().map(|word| &**word);
    let whole: Vec<&str> = std::iter::once(command.name.as_str()).chain(open).collect();
    Ok(context.jobs.ledger().request_key(&user, key, &whole, &apart.secret))
}

/// Stores the key and begins the run, unless the key is known by then. Returns the id of the job that it stands for.
async fn begin(context: Arc<Context>, key: RequestKey, run: exec::Run, session: u64) -> Result<String, Error> {
    let job = Arc::clone(&run.job);
    let remembered = tokio::task::spawn_blocking({
        let (context, record) = (Arc::clone(&context), job.record());
        let tenant = job.tenant.clone();
        move || context.jobs.ledger().remember(&key, record, &tenant)
    });
    let known = match remembered.await {
        Ok(Ok(Remembered::New)) => {
            run.begin(&context);
            return Ok(job.id.clone());
        }
        Ok(Ok(known)) => begun_before(known),
        Ok(Err(LedgerError::Full(limit))) => {
            log_full(&job, limit);
            Err(Error::TooManyKeys(limit))
        }
        Ok(Err(error)) => Err(not_stored(session, &job.command, &error)),
        Err(error) => Err(not_stored(session, &job.command, &error)),
    };
    context.jobs.forget(&job);
    known
}

/// An error of the machine: the admin learns the path and what the system said, the caller that nothing was started.
fn not_stored(session: u64, command: &str, error: &dyn Display) -> Error {
    static THROTTLE: LogThrottle = LogThrottle::new();
    if let Some(repeated) = THROTTLE.admit() {
        tracing::error!(session, command, %error, repeated, "the key of a job could not be stored");
    }
    Error::KeyNotStored
}

/// Tells the admin that a key found no place, once a minute.
fn log_full(job: &Job, limit: KeyLimit) {
    static WRITTEN: LogThrottle = LogThrottle::new();
    if let Some(repeated) = WRITTEN.admit() {
        let (command, tenant) = (&job.command, &job.tenant);
        tracing::warn!(command, %tenant, %limit, repeated, "no room for another key: refused");
    }
}

/// The id of the job that a key stood for before, unless a server was lost with it.
fn begun_before(known: Remembered) -> Result<String, Error> {
    match known {
        Remembered::Same(record) => match record.end {
            Some(EndRecord {
                ending: JobEnd::Lost, ..
            }) => Err(Error::Job {
                id: record.id,
                ending: JobEnd::Lost,
            }),
            _ => Ok(record.id),
        },
        Remembered::New | Remembered::Other => Err(Error::KeyInUse),
    }
}
