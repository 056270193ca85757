//! The mark that every program of a server has, and everything that it starts in turn: what a process inherits and can't give
//! itself back. It still tells where a process comes from when all its ancestors are dead, the spawner included.
//!
//! Two things make the mark. Programs may gain no privileges (`no_new_privs`), which tells them apart where the server itself
//! may; under a service manager it mostly may not. And their hard limit of file locks is one below their server's: no kernel
//! since Linux 2.4.25 applies that limit, and only root can raise it again.

use std::fs;
use std::sync::OnceLock;

use rustix::process::{Pid, Resource, Rlimit, getrlimit, setrlimit};

/// The server's hard limit of file locks as it was before there was any program. It counts ever after: another process of the
/// server's user may lower the limit that the server has, and would take the mark away from all programs.
static SERVER_FILE_LOCKS: OnceLock<u64> = OnceLock::new();

/// Remembers the limit that the mark is compared with: for the server, before it forks the spawner.
pub(super) fn remember_server() {
    SERVER_FILE_LOCKS.get_or_init(|| getrlimit(Resource::Locks).maximum.unwrap_or(u64::MAX));
}

/// Gives this process the mark, and so all that it starts: for the spawner.
pub(super) fn set() -> rustix::io::Result<()> {
    let limit = getrlimit(Resource::Locks);
    // None is not a limit, the largest number.
    let lower = Some(limit.maximum.unwrap_or(u64::MAX).saturating_sub(1));
    setrlimit(
        Resource::Locks,
        Rlimit {
            current: lower,
            maximum: lower,
        },
    )
}

/// Whether a process has the mark of this server's programs, of an earlier server's or of another one's. `None` if `/proc`
/// doesn't tell.
pub(super) fn is_on(process: Pid) -> Option<bool> {
    let (own, other) = (Inherited::of_server()?, Inherited::read(&process.to_string())?);
    Some(other.is_below(own))
}

/// Whether a program of this server would be recognized by its mark.
pub(super) fn tells_programs() -> bool {
    Inherited::of_server().is_some_and(|own| !own.gains_nothing || own.file_locks > 0)
}

/// What the mark is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Inherited {
    /// `no_new_privs` is set.
    gains_nothing: bool,
    /// The hard limit; the largest number is none.
    file_locks: u64,
}

impl Inherited {
    fn read(process: &str) -> Option<Self> {
        let read = |file| fs::read_to_string(format!("/proc/{process}/{file}")).ok();
        Self::parse(&read("status")?, &read("limits")?)
    }

    /// What the server's own processes have, from before the first program.
    fn of_server() -> Option<Self> {
        Some(Self::read("self")?.with_limit(SERVER_FILE_LOCKS.get().copied()))
    }

    /// The same with the limit that was remembered, if one was: nobody but the process itself can set the other half.
    fn with_limit(self, remembered: Option<u64>) -> Self {
        Self {
            file_locks: remembered.unwrap_or(self.file_locks),
            ..self
        }
    }

    fn parse(status: &str, limits: &str) -> Option<Self> {
        let flag = status.lines().find_map(|line| line.strip_prefix("NoNewPrivs:"));
        let locks = limits.lines().find_map(|line| line.strip_prefix("Max file locks"))?;
        // The soft limit comes first.
        let file_locks = match locks.split_ascii_whitespace().nth(1)? {
            "unlimited" => u64::MAX,
            number => number.parse().ok()?,
        };
        Some(Self {
            // A kernel before 4.10 doesn't tell.
            gains_nothing: flag.is_some_and(|flag| flag.trim() == "1"),
            file_locks,
        })
    }

    /// Whether a process with this may be a program of a server with `server`.
    fn is_below(self, server: Self) -> bool {
        (self.gains_nothing && !server.gains_nothing) || self.file_locks < server.file_locks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: &str = "Limit                     Soft Limit           Hard Limit           Units     \n\
        Max processes             31337                31337                processes \n\
        Max file locks            5                    LOCKS                locks     \n";

    fn inherited(flag: u8, locks: &str) -> Option<Inherited> {
        Inherited::parse(
            &format!("Name:\tNoNewPrivs:\nNoNewPrivs:\t{flag}\n"),
            &LIMITS.replace("LOCKS", locks),
        )
    }

    #[test]
    fn either_half_of_the_mark_tells() {
        let server = inherited(0, "unlimited").unwrap();
        let fenced = inherited(1, "unlimited").unwrap();
        let program = inherited(1, "18446744073709551614").unwrap();
        assert_eq!(program.file_locks, u64::MAX - 1);
        assert!(program.is_below(server) && program.is_below(fenced));
        assert!(
            fenced.is_below(server),
            "what may gain no privileges where the server may"
        );
        assert!(!server.is_below(fenced) && !fenced.is_below(fenced) && !server.is_below(server));
        // A server that is itself a program of another one, and its operator there.
        assert!(!program.is_below(program) && !server.is_below(program));
        assert!(inherited(1, "18446744073709551613").unwrap().is_below(program));
        assert_eq!(inherited(0, "many"), None);
    }

    #[test]
    fn a_limit_of_the_server_that_is_lowered_later_takes_no_mark_away() {
        let lowered = inherited(1, "0").unwrap();
        let program = inherited(1, "18446744073709551614").unwrap();
        assert!(!program.is_below(lowered));
        assert!(program.is_below(lowered.with_limit(Some(u64::MAX))));
        assert_eq!(lowered.with_limit(None), lowered);
    }

    #[test]
    fn a_parent_has_no_mark() {
        let parent = rustix::process::getppid().unwrap();
        assert_eq!(is_on(parent), Some(false));
    }
}
