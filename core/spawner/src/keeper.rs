//! A keeper: starts one program at a time, reaps whatever descends from it, and ends all of that.

use std::fs::File;
use std::io::Read as _;
use std::os::fd::{AsFd as _, OwnedFd};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::fchown;
use rustix::io::Errno;
use rustix::process::{Gid, Pid, Uid, WaitOptions, WaitStatus, wait};

use super::helper::{self, Inherited};
use super::message::{self, LONGEST_LAUNCH, LONGEST_MESSAGE, LaunchRequest, Report, Step, ToKeeper};
use super::program::{self, Refusal, Stack};
use super::{signals, socket, tree};

/// The first pause before looking again for what survived SIGKILL: it was made meanwhile, or has only now lost its parent.
const FIRST_PAUSE: Duration = Duration::from_millis(5);
/// The longest such pause: a process that waits for a dead disk can't be killed, however often one asks.
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// Serves the server until it is gone and nothing is left to end. For a process that was just forked from the spawner. `held`
/// stays open until then; no program gets it. `outside` is the mount namespace of root's programs, where this one is another, and
/// `users` the user namespace of all others'.
pub(super) fn run(
    control: OwnedFd,
    signals: OwnedFd,
    held: Option<OwnedFd>,
    (outside, users): (Option<OwnedFd>, Option<OwnedFd>),
    inherited: Inherited,
) -> Result<()> {
    let kept = helper::keep_only([Some(control), Some(signals), held, outside, users])?;
    let [Some(control), Some(signals), _held, outside, users] = kept else {
        bail!("a descriptor was lost");
    };
    helper::become_keeper()?;
    let mut keeper = Keeper {
        control: Some(control),
        signals,
        outside,
        users,
        inherited,
        buffer: vec![0; LONGEST_MESSAGE],
        stack: Stack::new(),
        job: None,
    };
    while keeper.control.is_some() || keeper.job.is_some() {
        keeper.turn()?;
    }
    Ok(())
}

struct Keeper {
    /// `None` when the server is gone.
    control: Option<OwnedFd>,
    signals: OwnedFd,
    outside: Option<OwnedFd>,
    users: Option<OwnedFd>,
    inherited: Inherited,
    /// Where messages are read.
    buffer: Vec<u8>,
    stack: Stack,
    job: Option<Job>,
}

struct Job {
    process: Pid,
    grace: Duration,
    /// How the program itself ended, when it has.
    status: Option<WaitStatus>,
    termination: Termination,
    /// The ends that the tree writes to. Held until the end has been reported, so that the server hears of both at once:
    /// an end of file that comes alone, as it does for every short program, would wake it once more.
    pipes: Vec<OwnedFd>,
}

/// How far the end of a tree is.
enum Termination {
    NotRequested,
    /// SIGTERM was sent, and SIGKILL comes when the grace is over.
    SigtermSent {
        kill_at: Instant,
    },
    /// SIGKILL was sent; it is sent again, to what was made since.
    SigkillSent {
        next_at: Instant,
        pause: Duration,
    },
}

impl Keeper {
    fn turn(&mut self) -> Result<()> {
        let timeout = match self.job.as_ref().map(|job| &job.termination) {
            None | Some(Termination::NotRequested) => None,
            Some(Termination::SigtermSent { kill_at: at } | Termination::SigkillSent { next_at: at, .. }) => {
                Some(at.saturating_duration_since(Instant::now()))
            }
        };
        let (is_message, is_child) = wait_for(self.control.as_ref(), &self.signals, timeout)?;
        if is_child {
            signals::drain(&self.signals);
            self.reap();
        }
        if is_message {
            self.listen();
        }
        if let Some(job) = &mut self.job {
            job.continue_ending();
        }
        Ok(())
    }

    /// Buries all children that have ended. When there are no more, the job is over.
    fn reap(&mut self) {
        loop {
            match wait(WaitOptions::NOHANG) {
                Ok(Some((process, status))) => {
                    if let Some(job) = &mut self.job
                        && job.process == process
                    {
                        job.status = Some(status);
                    }
                }
                Err(Errno::CHILD) => return self.finish(),
                // What the program left behind goes with it.
                Ok(None) => {
                    return match &mut self.job {
                        Some(job) if job.status.is_some() => job.end(),
                        _ => {}
                    };
                }
                Err(_) => {}
            }
        }
    }

    fn finish(&mut self) {
        let Some(Job {
            status: Some(status),
            pipes,
            ..
        }) = self.job.take()
        else {
            return;
        };
        self.report(match status.terminating_signal() {
            Some(signal) => Report::Signalled(signal),
            None => Report::Exited(status.exit_status().unwrap_or(0)),
        });
        drop(pipes);
    }

    /// The server may be gone: then nobody wants to know.
    fn report(&self, report: Report) {
        if let Some(control) = &self.control {
            let _ = socket::send_report(control, report, &[]);
        }
    }

    fn listen(&mut self) {
        let Some(control) = &self.control else { return };
        let mut descriptors = Vec::new();
        let length = match socket::receive(control, &mut self.buffer, &mut descriptors) {
            Ok(length) => length,
            Err(Errno::AGAIN) => return,
            // Its descriptors found no room.
            Err(Errno::MSGSIZE) => return self.report(Report::Refused(Step::Prepare, Errno::MFILE)),
            Err(_) => 0,
        };
        if length == 0 {
            self.control = None;
            if let Some(job) = &mut self.job {
                job.end();
            }
            return;
        }
        match message::decode(&self.buffer[..length]) {
            Some(ToKeeper::End) => {
                // Without a job, the program ended by itself meanwhile.
                if let Some(job) = &mut self.job {
                    job.end();
                }
            }
            // The server launches nothing while something runs.
            _ if self.job.is_some() => {}
            message => match self.launch(message, descriptors) {
                Ok(job) => {
                    self.report(Report::Started(job.process.as_raw_pid()));
                    self.job = Some(job);
                }
                Err((step, error)) => self.report(Report::Refused(step, error)),
            },
        }
    }

    fn launch(&mut self, message: Option<ToKeeper>, mut descriptors: Vec<OwnedFd>) -> Result<Job, Refusal> {
        let malformed = (Step::Prepare, Errno::PROTO);
        let message = match message {
            Some(ToKeeper::LaunchInFile) if !descriptors.is_empty() => read_launch(descriptors.remove(0))?,
            message => message,
        };
        let Some(ToKeeper::Launch(request)) = message else {
            return Err(malformed);
        };
        let stdin = if request.has_stdin && !descriptors.is_empty() {
            Some(descriptors.remove(0))
        } else {
            None
        };
        if stdin.is_some() != request.has_stdin || descriptors.len() < 2 {
            return Err(malformed);
        }
        give_away(&request, &descriptors[..2]);
        let borrowed: Vec<_> = descriptors.iter().map(OwnedFd::as_fd).collect();
        let stdin = stdin.as_ref().map(OwnedFd::as_fd);
        let namespaces = (
            self.outside.as_ref().map(OwnedFd::as_fd),
            self.users.as_ref().map(OwnedFd::as_fd),
        );
        let process = program::start(&request, stdin, &borrowed, namespaces, self.inherited, &mut self.stack)?;
        descriptors.truncate(2);
        Ok(Job {
            process,
            grace: request.grace,
            status: None,
            termination: Termination::NotRequested,
            pipes: descriptors,
        })
    }
}

impl Job {
    /// Asks the tree to end, unless that has been done.
    fn end(&mut self) {
        if !matches!(self.termination, Termination::NotRequested) {
            return;
        }
        if !self.grace.is_zero() {
            tree::terminate(|_| false);
        }
        // A grace beyond the clock's range is none at all.
        let now = Instant::now();
        self.termination = Termination::SigtermSent {
            kill_at: now.checked_add(self.grace).unwrap_or(now),
        };
    }

    /// Kills what outlived the grace, again and again until nothing is left.
    fn continue_ending(&mut self) {
        let now = Instant::now();
        let pause = match self.termination {
            Termination::SigtermSent { kill_at } if kill_at <= now => FIRST_PAUSE,
            Termination::SigkillSent { next_at, pause } if next_at <= now => LONGEST_PAUSE.min(pause * 2),
            _ => return,
        };
        tree::kill(|_| false);
        self.termination = Termination::SigkillSent {
            next_at: Instant::now() + pause,
            pause,
        };
    }
}

/// Waits for a message, for a child, or for the time to pass. A closed socket counts as a message.
fn wait_for(control: Option<&OwnedFd>, signals: &OwnedFd, timeout: Option<Duration>) -> Result<(bool, bool)> {
    let timeout = timeout.and_then(|timeout| Timespec::try_from(timeout).ok());
    let mut watched = vec![PollFd::new(signals, PollFlags::IN)];
    watched.extend(control.map(|control| PollFd::new(control, PollFlags::IN)));
    match poll(&mut watched, timeout.as_ref()) {
        Ok(_) | Err(Errno::INTR) => {}
        Err(error) => return Err(error.into()),
    }
    let is_ready = |index: usize| watched.get(index).is_some_and(|watched| !watched.revents().is_empty());
    Ok((is_ready(1), is_ready(0)))
}

/// Reads a launch that was too long for a message; `None` if the file has something else in it.
fn read_launch(file: OwnedFd) -> Result<Option<ToKeeper>, Refusal> {
    let mut bytes = Vec::new();
    let most = u64::try_from(LONGEST_LAUNCH).unwrap_or(u64::MAX);
    match File::from(file).take(most).read_to_end(&mut bytes) {
        Ok(_) => Ok(message::decode(&bytes)),
        Err(_) => Err((Step::Prepare, Errno::IO)),
    }
}

/// Makes the pipes the user's, so that the program can open `/dev/stdout` by its name. Not every program wants to.
fn give_away(request: &LaunchRequest, pipes: &[OwnedFd]) {
    if let Some(identity) = &request.identity {
        for pipe in pipes {
            let _ = fchown(
                pipe,
                Some(Uid::from_raw(identity.uid)),
                Some(Gid::from_raw(identity.gid)),
            );
        }
    }
}
