//! Carries one job out: waits for its place, starts its program, keeps its output, and sees to its end.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::unix::pipe;
use tokio::task::yield_now;
use tokio::time::{Instant, sleep_until};

use super::ending::JobEnd;
use super::job::Job;
use super::output::{BLOCK, Stream};
use super::registry::Jobs;
use super::start_failure::{FailedRun, StartFailure};
use caracola_quota::LogThrottle;
use caracola_quota::gate::Full;
use caracola_spawner::{Ended, Launch, Running, Spawner};

/// Bytes read from a program at once.
const READ: usize = BLOCK;

/// What one run may use, beside what the kernel holds its program to.
#[derive(Debug, Clone)]
pub struct Bounds {
    /// How long the program may run. Waiting for a place doesn't count.
    pub timeout: Duration,
    /// Runs of the command at once.
    pub running: usize,
    /// Runs that may wait for a place.
    pub waiting: usize,
}

/// Runs `job` to its end, whatever way it comes to it. Meant for a task of its own; if that is dropped, the program and
/// all that it started are ended with it.
pub async fn run(jobs: Arc<Jobs>, job: Arc<Job>, spawner: Spawner, launch: Launch, bounds: Bounds) {
    let ending = carry_out(&jobs, &job, &spawner, launch, &bounds).await;
    jobs.end(&job, ending).await;
}

async fn carry_out(jobs: &Jobs, job: &Job, spawner: &Spawner, launch: Launch, bounds: &Bounds) -> JobEnd {
    let gate = jobs.gates.gate(&job.command, bounds.running, bounds.waiting);
    let place = gate.enter(&job.tenant);
    let _pass = tokio::select! {
        // What nobody wants any more isn't begun, even if it could be.
        biased;
        reason = job.end_requested() => return reason,
        pass = place => match pass {
            Ok(pass) => pass,
            Err(full) => {
                log_full(job, full);
                return JobEnd::Busy(full);
            }
        },
    };
    let program = launch.program.display().to_string();
    match spawner.launch(launch).await {
        Ok(running) => {
            job.runs();
            follow(job, running, bounds.timeout).await
        }
        Err(error) => {
            let run = FailedRun {
                command: &job.command,
                program,
                owner: job.owner.to_string(),
                job: &job.id,
            };
            let failure = StartFailure::from(&error);
            failure.log(&run, &error);
            job.not_started(error);
            JobEnd::NotStarted(failure)
        }
    }
}

/// Tells the admin that a run found no place, once a minute.
fn log_full(job: &Job, full: Full) {
    static WRITTEN: LogThrottle = LogThrottle::new();
    if let Some(repeated) = WRITTEN.admit() {
        let (command, tenant) = (&job.command, &job.tenant);
        tracing::warn!(command, %tenant, limit = %full, repeated, "no place to run or to wait: refused");
    }
}

/// Follows a program until it and all that it started are gone.
async fn follow(job: &Job, running: Running, timeout: Duration) -> JobEnd {
    let deadline = Instant::now() + timeout;
    let Running {
        stdout,
        stderr,
        mut program,
    } = running;
    let mut pipes = Pipes {
        out: Some(stdout),
        err: Some(stderr),
    };
    let mut why = None;
    let ended = loop {
        tokio::select! {
            // What was written before the end is there when the end is told: output first.
            biased;
            // One that writes without end keeps no session waiting for more than a block of it.
            () = pipes.pump(job), if pipes.open() => yield_now().await,
            ended = program.wait() => break ended,
            () = sleep_until(deadline), if why.is_none() => {
                why = Some(JobEnd::TimedOut(timeout));
                program.end();
            }
            reason = job.end_requested(), if why.is_none() => {
                why = Some(reason);
                program.end();
            }
        }
    };
    pipes.drain(job);
    why.unwrap_or(match ended {
        Ended::Exited(status) => JobEnd::Exited(status),
        Ended::Signalled(signal) => JobEnd::Signalled(signal),
        Ended::Lost => JobEnd::Lost,
    })
}

/// A program's two streams. Each is closed at its end, or once there is more than is kept: the program then gets
/// SIGPIPE, like one before `head`.
struct Pipes {
    out: Option<pipe::Receiver>,
    err: Option<pipe::Receiver>,
}

impl Pipes {
    fn open(&self) -> bool {
        self.out.is_some() || self.err.is_some()
    }

    /// Keeps the next piece of output. Cancel safe: what was read is kept before anything else is awaited.
    async fn pump(&mut self, job: &Job) {
        let stream = tokio::select! {
            () = readable(self.out.as_ref()) => Stream::Out,
            () = readable(self.err.as_ref()) => Stream::Err,
        };
        self.read(job, stream);
    }

    fn keep(&mut self, job: &Job, stream: Stream, bytes: &[u8]) {
        if !bytes.is_empty() && job.wrote(stream, bytes) {
            return;
        }
        if !bytes.is_empty() {
            // Over the limit: neither stream has anything more to say.
            self.out = None;
            self.err = None;
        } else if stream == Stream::Out {
            self.out = None;
        } else {
            self.err = None;
        }
    }

    /// Keeps what is in a pipe, once the runtime has heard that there is something.
    fn read(&mut self, job: &Job, stream: Stream) {
        let mut bytes = [0; READ];
        let count = match self.pipe(stream).map(|pipe| pipe.try_read(&mut bytes)) {
            Some(Ok(count)) => count,
            None => return,
            Some(Err(error)) if error.kind() == io::ErrorKind::WouldBlock => return,
            // A pipe that breaks has ended.
            Some(Err(_)) => 0,
        };
        self.keep(job, stream, &bytes[..count]);
    }

    fn pipe(&self, stream: Stream) -> Option<&pipe::Receiver> {
        match stream {
            Stream::Out => self.out.as_ref(),
            Stream::Err => self.err.as_ref(),
        }
    }

    /// Keeps what is in the pipes already: nobody writes into them any more. The kernel is asked, since the runtime may
    /// hear of the program's end before it hears of its last words.
    fn drain(&mut self, job: &Job) {
        for stream in [Stream::Out, Stream::Err] {
            let mut bytes = [0; READ];
            while let Some(pipe) = self.pipe(stream)
                && let Ok(count @ 1..) = rustix::io::read(pipe, &mut bytes)
            {
                self.keep(job, stream, &bytes[..count]);
            }
        }
    }
}

/// Waits until there is something to read, or the end. For ever where there is no pipe.
async fn readable(pipe: Option<&pipe::Receiver>) {
    match pipe {
        // A pipe that can't be waited for is read, and says why.
        Some(pipe) => drop(pipe.readable().await),
        None => std::future::pending().await,
    }
}
