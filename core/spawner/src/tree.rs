//! Everything that descends from this process: found in `/proc`, and signalled without ever hitting a stranger that was
//! given the number of a process that has ended.
//!
//! A single look can miss some: processes are made while one looks. That is why what must succeed is repeated, and why
//! nobody concludes from a look that all are gone (wait(2) knows: whatever loses its parent becomes a child of ours).

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;

use rustix::process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open, pidfd_send_signal};

/// The most processes that one look takes note of; the next sees the others.
const MOST: usize = 65_536;
/// The most bytes of a list of children: numbers of seven digits for [`MOST`].
const MOST_LIST_BYTES: u64 = 512 * 1024;
/// How often one looks for processes that are not stopped yet, at most, before killing those that are.
const STOPPING_LOOKS: usize = 16;
/// How often one looks for processes that were made while SIGTERM was being sent.
const TERMINATING_LOOKS: usize = 4;

/// A process, told apart from a later one of the same number by when it started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Process {
    pid: Pid,
    /// Clock ticks since the machine started.
    started: u64,
}

/// What `/proc/PID/stat` says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Status {
    state: u8,
    pub(super) parent: i32,
    threads: u32,
    pub(super) started: u64,
}

impl Status {
    pub(super) fn read(pid: Pid) -> Option<Self> {
        let mut bytes = [0; 1024];
        let mut file = File::open(format!("/proc/{pid}/stat")).ok()?;
        let length = file.read(&mut bytes).ok()?;
        Self::parse(&bytes[..length])
    }

    /// The second field is a name in parentheses in which anything may be; the numbers are counted from behind it.
    fn parse(line: &[u8]) -> Option<Self> {
        let name_end = line.iter().rposition(|byte| *byte == b')')?;
        let mut fields = std::str::from_utf8(&line[name_end + 1..])
            .ok()?
            .split_ascii_whitespace();
        let state = *fields.next()?.as_bytes().first()?;
        let parent = fields.next()?.parse().ok()?;
        let threads = fields.nth(15)?.parse().ok()?;
        let started = fields.nth(1)?.parse().ok()?;
        Some(Self {
            state,
            parent,
            threads,
            started,
        })
    }

    /// A process whose first thread has ended is shown as a zombie too, as long as the others run.
    pub(super) fn is_dead(&self) -> bool {
        matches!(self.state, b'Z' | b'X') && self.threads <= 1
    }

    fn is_stopped(&self) -> bool {
        matches!(self.state, b'T' | b't')
    }
}

impl Process {
    fn status(self) -> Option<Status> {
        Status::read(self.pid).filter(|status| status.started == self.started)
    }

    /// Sends the signal to this process or to none. Where the kernel has no descriptors of processes (before 5.3, or
    /// forbidden), there is an instant between the look and the signal.
    fn send(self, signals: &[Signal]) {
        let descriptor = pidfd_open(self.pid, PidfdFlags::empty());
        if self.status().is_none() {
            return;
        }
        for signal in signals {
            // It may have ended meanwhile: that is what is wanted.
            let _ = match &descriptor {
                Ok(descriptor) => pidfd_send_signal(descriptor, *signal),
                Err(_) => kill_process(self.pid, *signal),
            };
        }
    }
}

/// Sends SIGTERM to all descendants but those that are `spared`, with theirs; wakes those that are stopped, so that they
/// hear it.
pub(super) fn terminate(spared: impl Fn(Pid) -> bool) {
    let mut told = HashSet::new();
    for _ in 0..TERMINATING_LOOKS {
        let mut fresh = Vec::new();
        look(None, &spared, |process, _| {
            if told.insert(process) {
                fresh.push(process);
            }
        });
        if fresh.is_empty() {
            return;
        }
        for process in fresh {
            process.send(&[Signal::TERM, Signal::CONT]);
        }
    }
}

/// Sends SIGKILL to all descendants but those that are `spared`, with theirs. They are stopped first, the nearest first,
/// because what is stopped makes no others. Returns how many it found alive.
pub(super) fn kill(spared: impl Fn(Pid) -> bool) -> usize {
    kill_below(None, spared)
}

/// The same for descendants of all threads of this process, which `kill` is not for.
pub(super) fn kill_below_all_threads(spared: impl Fn(Pid) -> bool) -> usize {
    kill_below(Some(rustix::process::getpid()), spared)
}

fn kill_below(root: Option<Pid>, spared: impl Fn(Pid) -> bool) -> usize {
    for _ in 0..STOPPING_LOOKS {
        let mut moving = 0;
        look(root, &spared, |process, status| {
            if !status.is_stopped() {
                moving += 1;
                process.send(&[Signal::STOP]);
            }
        });
        if moving == 0 {
            break;
        }
    }
    let mut all = Vec::new();
    look(root, &spared, |process, _| all.push(process));
    for process in &all {
        process.send(&[Signal::KILL]);
    }
    all.len()
}

/// Whether this process has a child that isn't `spared`, be it a dead one. Reliable: only this process can take one from
/// the list of its children, and those that are added meanwhile come with the SIGCHLD of somebody's death.
pub(super) fn has_children(spared: impl Fn(Pid) -> bool) -> bool {
    let mut found = false;
    for_children_of(None, |child| found |= !spared(child));
    found
}

/// Visits every living descendant of `root` once, which for `None` is this thread: parents before their children, and the
/// children are looked for after the visit.
fn look(root: Option<Pid>, spared: impl Fn(Pid) -> bool, mut visit: impl FnMut(Process, &Status)) {
    let mut waiting = Vec::new();
    let mut visited = 0;
    for_children_of(root, |child| {
        if !spared(child) {
            wait_for_visit(child, None, &mut waiting);
        }
    });
    while let Some(process) = waiting.pop() {
        let Some(status) = process.status() else { continue };
        if status.is_dead() {
            continue;
        }
        visited += 1;
        if visited > MOST {
            return;
        }
        visit(process, &status);
        let before = waiting.len();
        for_children_of(Some(process.pid), |child| {
            wait_for_visit(child, Some(process.pid), &mut waiting);
        });
        // The list may have been that of a later process of the same number: then it is none of ours.
        if process.status().is_none() {
            waiting.truncate(before);
        }
    }
}

fn wait_for_visit(pid: Pid, parent: Option<Pid>, waiting: &mut Vec<Process>) {
    if waiting.len() < MOST
        && let Some(status) = Status::read(pid)
        && parent.is_none_or(|parent| parent.as_raw_pid() == status.parent)
    {
        waiting.push(Process {
            pid,
            started: status.started,
        });
    }
}

/// Calls for each child of the process; of this one for `None`.
fn for_children_of(parent: Option<Pid>, mut call: impl FnMut(Pid)) {
    // This process has one thread; others may have many, each with children of its own.
    let Some(parent) = parent else {
        if !read_list(Path::new("/proc/thread-self/children"), &mut call) {
            search_children_of(rustix::process::getpid(), call);
        }
        return;
    };
    let Ok(threads) = fs::read_dir(format!("/proc/{parent}/task")) else {
        return;
    };
    for thread in threads.flatten() {
        let list = thread.path().join("children");
        if !read_list(&list, &mut call) && thread.path().exists() {
            return search_children_of(parent, call);
        }
    }
}

/// Reads a `children` file; false if there is none.
fn read_list(path: &Path, call: &mut impl FnMut(Pid)) -> bool {
    let Ok(file) = File::open(path) else { return false };
    let mut text = String::new();
    if file.take(MOST_LIST_BYTES).read_to_string(&mut text).is_err() {
        // The thread ended under the read: its children have another parent now.
        return true;
    }
    // A list that was cut off ends in half a number: the next look has it.
    let whole = text.rfind(' ').map_or("", |end| &text[..end]);
    whole.split_ascii_whitespace().filter_map(pid_of).for_each(call);
    true
}

/// Looks at every process of the machine: for kernels that keep no list of children.
fn search_children_of(parent: Pid, mut call: impl FnMut(Pid)) {
    let Ok(all) = fs::read_dir("/proc") else { return };
    for entry in all.flatten() {
        if let Some(pid) = entry.file_name().to_str().and_then(pid_of)
            && Status::read(pid).is_some_and(|status| status.parent == parent.as_raw_pid())
        {
            call(pid);
        }
    }
}

fn pid_of(text: &str) -> Option<Pid> {
    text.parse().ok().and_then(Pid::from_raw)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_look_like_fields() {
        let line = b"42 (a) S 1 (b)) T 7 42 42 0 -1 4194304 0 0 0 0 0 0 0 0 20 0 3 0 98765 0 0";
        let status = Status::parse(line).unwrap();
        assert_eq!(
            status,
            Status {
                state: b'T',
                parent: 7,
                threads: 3,
                started: 98765
            }
        );
        assert_eq!(Status::parse(b"42 (a"), None);
        assert_eq!(Status::parse(b"42 (a) S 1"), None);
    }

    #[test]
    fn the_search_finds_what_the_list_has() {
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let pid = Pid::from_child(&child);
        let mut found = Vec::new();
        search_children_of(rustix::process::getpid(), |pid| found.push(pid));
        assert!(found.contains(&pid));
        found.clear();
        for_children_of(Some(rustix::process::getpid()), |pid| found.push(pid));
        assert!(found.contains(&pid));
        child.kill().unwrap();
        child.wait().unwrap();
    }
}
