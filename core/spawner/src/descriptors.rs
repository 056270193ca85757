//! Descriptors: how many this process may have open, and for whom some are kept free.
//!
//! Connections from the network may not take the last of them, since the operator's door, a reload and programs need some, and
//! programs may not take those that the door and a reload need. Nothing has to be counted for that: the kernel gives each new
//! descriptor the lowest number that is free, so a high number says that all lower ones are taken.

use std::fs;
use std::os::fd::{AsFd, AsRawFd as _};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// What is kept for the operator's door, a reload and files: a few operators at once, a plugin's library and its process, and
/// a file or two that are written at the same time.
const FOR_THE_DOOR: u64 = 12;
/// What is kept for programs: each has three while it runs and some more while it starts, so a handful fits.
const FOR_PROGRAMS: u64 = 20;
/// The part of all that is kept for programs where that is more.
const PART_FOR_PROGRAMS: u64 = 8;

/// Who wants a descriptor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// A connection from the network.
    Network,
    /// The pipes and files of a program that is started.
    Program,
}

/// Raises the limit to the most that the system allows this user.
pub fn raise_limit() {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    if setrlimit(Resource::Nofile, raised).is_err() {
        tracing::debug!("the limit of open files stays as it is");
    }
}

/// How many this process may have open; the largest number where there is no limit.
pub fn limit() -> u64 {
    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}

/// How many connections from the network there may be beside what is open now; at least one.
pub fn for_connections() -> usize {
    // That of this look is among them.
    let open = fs::read_dir("/proc/self/fd").map_or(0, Iterator::count);
    let open = u64::try_from(open).unwrap_or(u64::MAX);
    let left = most(limit(), Use::Network).saturating_sub(open).max(1);
    usize::try_from(left).unwrap_or(usize::MAX)
}

/// Whether a descriptor that was just made is one of those that are kept from such use: then it is to be closed again.
pub fn is_kept_from(wanted: Use, descriptor: impl AsFd) -> bool {
    let number = u64::try_from(descriptor.as_fd().as_raw_fd()).unwrap_or(0);
    number >= most(limit(), wanted)
}

/// How many of so many may be in use before that use has to stop.
fn most(limit: u64, wanted: Use) -> u64 {
    let kept = match wanted {
        Use::Network => FOR_THE_DOOR + FOR_PROGRAMS.max(limit / PART_FOR_PROGRAMS),
        Use::Program => FOR_THE_DOOR,
    };
    limit.saturating_sub(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_are_kept_however_few_there_are() {
        assert_eq!((most(64, Use::Network), most(64, Use::Program)), (32, 52));
        assert_eq!((most(1024, Use::Network), most(1024, Use::Program)), (884, 1012));
        assert_eq!((most(10, Use::Network), most(10, Use::Program)), (0, 0));
        assert!(most(u64::MAX, Use::Network) > u64::from(u32::MAX));
        assert!(for_connections() >= 1);
        assert!(!is_kept_from(Use::Network, std::io::stdin()));
    }
}
