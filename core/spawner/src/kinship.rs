//! Whether a process was started by the spawner, or by an earlier server's: such a one is not an operator, though it may be the
//! server's own user. Its ancestors tell as long as they live, and its mark always does.

use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};

use nix::sys::socket::{getsockopt, sockopt};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::Pid;

use super::mark;
use super::tree::Status;

/// The most ancestors that are looked at.
const MOST: usize = 4096;
/// How often one begins again, because the ancestors changed under the look.
const ATTEMPTS: usize = 8;

/// What a process is to the spawner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kinship {
    /// The spawner itself, a keeper, or something that was started by one, however indirectly.
    Descendant,
    /// It has the mark of such a process, and its ancestors are dead, or those of an earlier server.
    Marked,
    /// Nothing of that.
    Stranger,
    /// It can't be told; why.
    Unknown(&'static str),
}

/// What the process at the other end of `peer` is to the spawner. Its number alone would prove nothing: when it ends, the
/// number may become another's. So it is asked at the end whether it has lived all the time.
/// `spawner` is `None` when that has ended.
pub(super) fn determine(spawner: Option<Pid>, peer: BorrowedFd<'_>, process: i32) -> Kinship {
    let Some(process) = Pid::from_raw(process) else {
        // It is in a namespace above the server's; the spawner's descendants never are.
        return Kinship::Stranger;
    };
    // A kernel before 6.5 doesn't tell.
    let descriptor = getsockopt(&peer, sockopt::PeerPidfd).ok();
    let kinship = match spawner {
        Some(spawner) => (0..ATTEMPTS).find_map(|_| climb(spawner, process)),
        None => Some(Kinship::Stranger),
    };
    let is_marked = mark::is_on(process);
    if descriptor.as_ref().is_some_and(has_ended) {
        return Kinship::Unknown("it has ended already");
    }
    match (kinship, is_marked) {
        (Some(Kinship::Descendant), _) => Kinship::Descendant,
        (_, Some(true)) => Kinship::Marked,
        (_, None) => Kinship::Unknown("/proc does not tell what it inherited"),
        (None, _) => Kinship::Unknown("its parents keep ending"),
        // Programs that have lost their parents would be taken for strangers.
        (Some(_), _) if spawner.is_none() && !mark::tells_programs() => {
            Kinship::Unknown("the process that starts programs is gone, and nothing else tells its programs")
        }
        (Some(kinship), Some(false)) => kinship,
    }
}

/// Looks at the process, its parent, and so on; `None` if one of them changed meanwhile.
fn climb(spawner: Pid, process: Pid) -> Option<Kinship> {
    let mut process = process;
    let mut status = Status::read(process);
    for _ in 0..MOST {
        if process == spawner {
            return Some(Kinship::Descendant);
        }
        let Some(now) = status else {
            return Some(Kinship::Unknown("/proc does not show it or one of its parents"));
        };
        let Some(parent) = Pid::from_raw(now.parent) else {
            return Some(Kinship::Stranger);
        };
        let above = Status::read(parent);
        // As long as it has this parent, that number is its parent's and nobody else's.
        let again = Status::read(process)?;
        if (again.parent, again.started) != (now.parent, now.started) {
            return None;
        }
        (process, status) = (parent, above);
    }
    Some(Kinship::Unknown("it has too many parents"))
}

/// A descriptor of a process is readable once that has ended.
fn has_ended(process: &OwnedFd) -> bool {
    let mut watched = [PollFd::from_borrowed_fd(process.as_fd(), PollFlags::IN)];
    !matches!(poll(&mut watched, Some(&Timespec::default())), Ok(0))
}

#[cfg(test)]
mod tests {
    use rustix::process::getpid;

    use super::*;

    #[test]
    fn an_operator_is_a_stranger_when_the_spawner_is_gone() {
        let (one, _other) = std::os::unix::net::UnixStream::pair().unwrap();
        let own = getpid().as_raw_pid();
        assert_eq!(determine(None, one.as_fd(), own), Kinship::Stranger);
        assert_eq!(determine(Some(getpid()), one.as_fd(), own), Kinship::Descendant);
    }

    #[test]
    fn a_child_descends_and_a_parent_does_not() {
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let pid = Pid::from_child(&child);
        assert_eq!(climb(getpid(), pid), Some(Kinship::Descendant));
        assert_eq!(climb(getpid(), getpid()), Some(Kinship::Descendant));
        assert_eq!(climb(pid, getpid()), Some(Kinship::Stranger));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(matches!(climb(getpid(), pid), Some(Kinship::Unknown(_))));
    }
}
