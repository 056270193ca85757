//! The action that runs a program: prepares it from checked arguments, starts a job, and follows it for who asked.

use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;

use caracola_wire::{Exit, Push, Reply};

use super::{Call, rate};
use crate::access::User;
use crate::error::Error;
use crate::jobs::{self, Bounds, FailedRun, Job, JobEnd, Owner, Plan, StartFailure, Stream};
use crate::request::{Caller, Context, PendingReply, Response};
use crate::rooms::push_bytes;
use crate::sessions::Session;
use caracola_catalogue::{Arguments, Command, Exec, OnHangup, PrepareError, Prepared};
use caracola_spawner::identity::{self, IdentityError};
use caracola_spawner::{Launch, ResourceLimits, Spawner};

/// Between the request that a program end and the end of it. Long enough to write a file out, short enough for a
/// person who waits.
const GRACE: Duration = Duration::from_secs(2);

/// Runs a program for the caller, who waits for it.
pub(super) fn run(call: &mut Call<'_>, exec: &Exec) -> Result<PendingReply, Error> {
    let run = prepare(call.context, call.caller, call.command, exec, &call.arguments)?;
    let job = Arc::clone(&run.job);
    run.begin(call.context);
    let kill_on_drop = KillOnDrop::new(Arc::clone(&job), exec.on_hangup == OnHangup::End);
    let number = call.caller.requests;
    let session = streams(call.caller).then(|| Arc::clone(&call.caller.session));
    let cancelled = Arc::clone(&job);
    let pending = PendingReply::new(async move {
        if let Some(session) = session {
            send_output(&job, &session, number).await;
        }
        let ending = job.ended().await;
        drop(kill_on_drop);
        move |_: &Arc<Context>, caller: &mut Caller| answer(&job, &ending, caller)
    });
    Ok(pending.on_cancel(move || cancelled.end(JobEnd::Cancelled)))
}

/// A run that is ready to begin, and has an id already.
pub(crate) struct Run {
    /// Its job.
    pub(crate) job: Arc<Job>,
    spawner: Spawner,
    launch: Launch,
    bounds: Bounds,
}

/// Makes a job of a command and its arguments. Nothing is started yet.
pub(crate) fn prepare(
    context: &Context,
    caller: &Caller,
    command: &Command,
    exec: &Exec,
    arguments: &Arguments<'_>,
) -> Result<Run, Error> {
    let spawner = context.spawner.clone().ok_or(Error::NoPrograms)?;
    rate::admit(context, caller, rate::PROGRAM)?;
    let not_started = |failure, error: &dyn Display| not_started(caller, command, exec, failure, error);
    let prepared = exec.prepare(arguments);
    let prepared = prepared.map_err(|error| not_started(preparing(&error), &error))?;
    let launch = launch(exec, prepared);
    let launch = launch.map_err(|error| not_started(StartFailure::Definition, &error))?;
    let job = context.jobs.add(Plan {
        command: command.name.clone(),
        owner: owner(&caller.user, &caller.session),
        tenant: caller.tenant(),
        limit: usize::try_from(exec.max_output).unwrap_or(usize::MAX),
        ok_exit: exec.ok_exit.clone(),
        ends_with_session: exec.on_hangup == OnHangup::End,
    });
    let job = job.map_err(|error| not_started(StartFailure::NoRoom, &error))?;
    // Its account may have gone a moment ago. Who sees to that marks the session first and looks for its jobs then: either
    // this job was there to be seen, or the mark is.
    if let Some(ending) = caller.session.outbox.end_reason()
        && ending.takes_rights()
    {
        job.end(JobEnd::Cancelled);
    }
    Ok(Run {
        job,
        spawner,
        launch,
        bounds: bounds(exec),
    })
}

/// What each run of a definition may use.
pub(crate) fn bounds(exec: &Exec) -> Bounds {
    Bounds {
        timeout: exec.timeout,
        running: exec.max_running as usize,
        waiting: exec.queue as usize,
    }
}

impl Run {
    /// Begins it, in a task of its own.
    pub(crate) fn begin(self, context: &Context) {
        let jobs = Arc::clone(&context.jobs);
        tracing::info!(job = self.job.id, command = self.job.command, "job");
        tokio::spawn(jobs::run(jobs, self.job, self.spawner, self.launch, self.bounds));
    }
}

/// Whether the caller is sent output as it comes.
pub(super) fn streams(caller: &Caller) -> bool {
    caller.shell && caller.stream
}

/// Whose a job is that this user starts in this session.
pub(crate) fn owner(user: &User, session: &Session) -> Owner {
    if user.is_guest() {
        Owner::Session(session.id)
    } else {
        Owner::User(user.label().to_owned())
    }
}

/// Ends its job when it is dropped: when the session that waits for it is gone. Harmless after the job's own end.
pub(super) struct KillOnDrop {
    job: Arc<Job>,
    armed: bool,
}

impl KillOnDrop {
    /// Of this job, which is ended only if `armed`.
    pub(super) fn new(job: Arc<Job>, armed: bool) -> Self {
        Self { job, armed }
    }
}

impl Drop for KillOnDrop {
    fn drop(&mut self) {
        if self.armed {
            self.job.end(JobEnd::HungUp);
        }
    }
}

/// Sends a job's output to a session as it comes, as fast as the session's peer reads.
async fn send_output(job: &Job, session: &Session, request: u64) {
    let mut index = 0;
    while let Some(chunk) = job.chunk(index).await {
        session.outbox.roomy().await;
        session.outbox.push(push_bytes(&Push::Out {
            request,
            stream: chunk.stream as u8,
            bytes: chunk.bytes,
        }));
        index += 1;
    }
}

/// An error of the definition or of the machine, not of the caller's: the admin learns what it was, the caller that it
/// was.
fn not_started(caller: &Caller, command: &Command, exec: &Exec, failure: StartFailure, error: &dyn Display) -> Error {
    let run = FailedRun {
        command: &command.name,
        program: exec.program().written().to_owned(),
        owner: format!("session {}", caller.session.id),
        job: "",
    };
    if failure != StartFailure::ArgumentsTooLong {
        failure.log(&run, error);
    }
    Error::NotStarted(failure)
}

fn preparing(error: &PrepareError) -> StartFailure {
    match error {
        PrepareError::NoProgram(_) => StartFailure::Definition,
        PrepareError::TooLong => StartFailure::ArgumentsTooLong,
        PrepareError::Descriptors(_) => StartFailure::NoRoom,
    }
}

/// What the spawner is told of a definition and what has been made of its arguments. Fails if nobody here is who the
/// program runs as, or may become them.
pub(crate) fn launch(exec: &Exec, prepared: Prepared) -> Result<Launch, IdentityError> {
    let mut argv = prepared.argv.into_iter();
    let identity = identity::resolve(exec.user.as_deref(), exec.group.as_deref())?;
    Ok(Launch {
        program: prepared.program,
        argv0: argv.next().unwrap_or_default(),
        arguments: argv.collect(),
        environment: prepared.environment,
        folder: prepared.folder,
        stdin: prepared.stdin.map(|secret| secret.expose().to_vec().into()),
        identity,
        umask: exec.umask,
        // No definition asks for core dumps: there may be secrets in them.
        limits: ResourceLimits {
            core: Some(0),
            ..exec.limits
        },
        descriptors: prepared.descriptors,
        grace: GRACE,
    })
}

/// The answer to how a job ended. Who was sent the output gets the end of it; everybody else gets the output, or the
/// error that tells why there is none.
fn answer(job: &Job, ending: &JobEnd, caller: &Caller) -> Result<Response, Error> {
    let streamed = streams(caller);
    let succeeded = job.succeeded();
    if !streamed && succeeded == Some(true) {
        let text = job.output(|output| String::from_utf8_lossy(&output.all(Stream::Out)).into_owned());
        // As it was written: a program reads this.
        return Ok(Response::Verbatim(text));
    }
    let exit = match ending {
        JobEnd::Exited(status) => (Some(i64::from(*status)), None),
        JobEnd::Signalled(signal) => (None, Some(jobs::signal_name(*signal))),
        other => {
            return Err(Error::Job {
                id: job.id.clone(),
                ending: other.clone(),
            });
        }
    };
    if !streamed {
        return Err(Error::Failed {
            status: exit.0,
            signal: exit.1,
            job: job.id.clone(),
            line: job.output(jobs::Output::last_line),
        });
    }
    let exit = Exit {
        status: exit.0,
        signal: exit.1,
        ok: succeeded,
        ms: u64::try_from(job.took().as_millis()).unwrap_or(u64::MAX),
        job: Some(job.id.clone()),
        truncated: job.output(jobs::Output::truncated),
    };
    Ok(Response::Reply(Reply::Exit(exit)))
}
