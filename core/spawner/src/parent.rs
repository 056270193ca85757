//! The spawner's own process: forks keepers, and cleans up after those that are killed.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::ffi::OsStrExt as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::Duration;

use anyhow::{Result, bail};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags, open};
use rustix::io::Errno;
use rustix::process::{Pid, Resource, Signal, WaitOptions, getrlimit, kill_process, wait};

use super::helper::{self, Inherited};
use super::message::{self, LONGEST_TO_SPAWNER, Report, Step, ToSpawner};
use super::namespace::Namespace;
use super::{cover, keeper, signals, socket, tree};

/// The most keepers at once, idle ones included; fewer where fewer files may be open.
const MOST_KEEPERS: usize = 4096;
/// The descriptors of the spawner that aren't keepers', and some to spare.
const OTHER_DESCRIPTORS: u64 = 16;
/// The first pause between two attempts to kill what a lost keeper left behind.
const FIRST_PAUSE: Duration = Duration::from_millis(5);
/// The longest such pause.
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// Is the spawner until the server is gone and every keeper is done. For a process that was just forked.
pub(super) fn run(server: OwnedFd) -> ! {
    let ended = catch_unwind(AssertUnwindSafe(|| serve(server)));
    end(matches!(ended, Ok(Ok(()))));
}

/// Ends a forked process without what the server wanted to be done at its own exit.
fn end(is_good: bool) -> ! {
    // SAFETY: always allowed.
    unsafe { libc::_exit(i32::from(!is_good)) }
}

fn serve(server: OwnedFd) -> Result<()> {
    let [Some(server)] = helper::keep_only([Some(server)])? else {
        bail!("the server's socket was lost");
    };
    let namespace = Namespace::enter()?;
    let inherited = helper::become_spawner()?;
    let mut parent = Parent {
        server: Some(server),
        signals: signals::child_watch()?,
        inherited,
        held: None,
        namespace,
        most_keepers: most_keepers(),
        keepers: HashMap::new(),
        lost: Vec::new(),
        pause: None,
    };
    while parent.server.is_some() || !parent.keepers.is_empty() || parent.pause.is_some() {
        parent.turn()?;
    }
    Ok(())
}

fn most_keepers() -> usize {
    let open_files = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    let keepers = usize::try_from(open_files.saturating_sub(OTHER_DESCRIPTORS)).unwrap_or(MOST_KEEPERS);
    keepers.min(MOST_KEEPERS)
}

struct Parent {
    /// `None` when the server is gone.
    server: Option<OwnedFd>,
    signals: OwnedFd,
    inherited: Inherited,
    /// What the server wants to be held open until here and in every keeper all has ended. Nobody reads or writes it.
    held: Option<OwnedFd>,
    namespace: Namespace,
    most_keepers: usize,
    /// The living keepers, each with a copy of its end of the socket to the server: the server sees the end closed when
    /// both are, and that is when nothing is left of a keeper's job, even if the keeper was killed.
    keepers: HashMap<Pid, OwnedFd>,
    /// The copies of keepers that were killed, until their orphans are dead.
    lost: Vec<OwnedFd>,
    /// There may be orphans; how long to wait before the next look.
    pause: Option<Duration>,
}

impl Parent {
    fn turn(&mut self) -> Result<()> {
        let timeout = self.pause.and_then(|pause| Timespec::try_from(pause).ok());
        let mut watched = vec![PollFd::new(&self.signals, PollFlags::IN)];
        watched.extend(self.server.as_ref().map(|server| PollFd::new(server, PollFlags::IN)));
        match poll(&mut watched, timeout.as_ref()) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        let is_ready = |index: usize| watched.get(index).is_some_and(|watched| !watched.revents().is_empty());
        let (is_child, is_message) = (is_ready(0), is_ready(1));
        if is_child {
            signals::drain(&self.signals);
        }
        if is_child || self.pause.is_some() {
            self.reap();
            self.kill_orphans();
        }
        if is_message {
            self.listen();
        }
        Ok(())
    }

    fn reap(&mut self) {
        while let Ok(Some((process, status))) = wait(WaitOptions::NOHANG | WaitOptions::UNTRACED) {
            if status.stopped() {
                // Nobody has a reason to stop a keeper but to keep it from its duty.
                if self.keepers.contains_key(&process) {
                    let _ = kill_process(process, Signal::KILL);
                }
                continue;
            }
            match self.keepers.remove(&process) {
                Some(_) if status.exit_status() == Some(0) => {}
                Some(socket) => {
                    self.lost.push(socket);
                    self.pause = Some(FIRST_PAUSE);
                }
                // An orphan, whose children are orphans now.
                None => self.pause = Some(FIRST_PAUSE),
            }
        }
    }

    /// Whatever is a child here and no keeper has lost its keeper.
    fn kill_orphans(&mut self) {
        let Some(pause) = self.pause else { return };
        let is_keeper = |process| self.keepers.contains_key(&process);
        if tree::has_children(is_keeper) {
            tree::kill(is_keeper);
            self.pause = Some(LONGEST_PAUSE.min(pause * 2));
        } else {
            self.pause = None;
            self.lost.clear();
        }
    }

    /// Serves all requests that have come.
    fn listen(&mut self) {
        while let Some(server) = &self.server {
            let mut message = [0; LONGEST_TO_SPAWNER];
            let mut descriptors = Vec::new();
            match socket::receive(server, &mut message, &mut descriptors) {
                Err(Errno::AGAIN) => return,
                // The machine has no descriptor left for it: that keeper's socket is closed again.
                Err(Errno::MSGSIZE) => {}
                Ok(0) | Err(_) => self.server = None,
                Ok(length) => match (message::decode(&message[..length]), descriptors.pop()) {
                    (Some(ToSpawner::NewKeeper), Some(control)) => self.make_keeper(control),
                    (Some(ToSpawner::Hold), Some(descriptor)) => self.held = Some(descriptor),
                    (Some(ToSpawner::CanHide), Some(reply)) => self.hide(None, &reply),
                    (Some(ToSpawner::Hide { path, pinned }), Some(reply)) => {
                        let folder = descriptors.pop();
                        let folder = folder.map(|folder| (folder, Path::new(OsStr::from_bytes(path)), pinned));
                        self.hide(folder, &reply);
                    }
                    _ => {}
                },
            }
        }
    }

    /// Covers the folder, if there is one, with those on the way to it pinned, and reports to the server.
    fn hide(&self, folder: Option<(OwnedFd, &Path, Vec<u16>)>, reply: &OwnedFd) {
        let at = |step| move |error| (step, error);
        let of_root = match &self.namespace {
            Namespace::Shared(error) => {
                let _ = socket::send_report(reply, Report::Refused(Step::Namespace, *error), &[]);
                return;
            }
            Namespace::Own { of_root } => of_root,
        };
        // What can be had is had, also where it isn't all.
        let hidden = folder.map_or(Ok(()), |(folder, path, pinned)| {
            let pinned = cover::pin(path, &pinned).map_err(at(Step::Pin));
            cover::cover(folder, path).map_err(at(Step::Cover)).and(pinned)
        });
        let apart = match of_root.as_ref().map(|of_root| &of_root.users) {
            Some(Err(error)) => Err((Step::Users, *error)),
            _ => Ok(()),
        };
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let root = open(c"/", flags, Mode::empty()).map_err(at(Step::Cover));
        let report = match hidden.and(apart).and(root.as_ref().map(|_| ()).map_err(|error| *error)) {
            Ok(()) => Report::Hidden,
            Err((step, error)) => Report::Refused(step, error),
        };
        let descriptors: Vec<_> = root.iter().map(OwnedFd::as_fd).collect();
        let _ = socket::send_report(reply, report, &descriptors);
    }

    fn make_keeper(&mut self, control: OwnedFd) {
        match self.fork_keeper(control) {
            Ok(()) => {}
            Err((control, error)) => {
                let _ = socket::send_report(&control, Report::Refused(Step::Keeper, error), &[]);
            }
        }
    }

    fn fork_keeper(&mut self, control: OwnedFd) -> Result<(), (OwnedFd, Errno)> {
        if self.keepers.len() >= self.most_keepers {
            return Err((control, Errno::AGAIN));
        }
        // SAFETY: this process has one thread, so its copy is whole and may do anything.
        match unsafe { libc::fork() } {
            -1 => Err((control, Errno::AGAIN)),
            0 => self.be_keeper(control),
            process => {
                if let Some(process) = Pid::from_raw(process) {
                    self.keepers.insert(process, control);
                }
                Ok(())
            }
        }
    }

    /// In the copy: never returns to what it is a copy of, and drops nothing of that.
    fn be_keeper(&mut self, control: OwnedFd) -> ! {
        let (inherited, held) = (self.inherited, self.held.take());
        let namespaces = match &self.namespace {
            Namespace::Own { of_root: Some(of_root) } => of_root.try_clone(),
            Namespace::Own { of_root: None } | Namespace::Shared(_) => Ok((None, None)),
        };
        let ended = namespaces.and_then(|namespaces| {
            let signals = self.signals.try_clone()?;
            Ok(catch_unwind(|| {
                keeper::run(control, signals, held, namespaces, inherited)
            }))
        });
        end(matches!(ended, Ok(Ok(Ok(())))))
    }
}
