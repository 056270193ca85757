//! The mount namespace of the spawner, its keepers and their programs, in which the state folder can be covered.
//!
//! A process without root needs a user namespace to have one. Its user and group stand there for themselves, so files that
//! a program makes are the same user's as ever; other users are shown as `nobody`. No capability in it reaches a program: the
//! spawner alone keeps them, since it mounts once more when the state folder is known.
//!
//! Root's programs stay outside: they may unmount what they like, and their own mounts are for the whole machine. Where root
//! starts the server the spawner stays in the machine's user namespace too, and other users' programs are put into one of their
//! own as they start: what runs as the same user outside, in which the true folder is seen, can't be looked into from there
//! (`/proc/PID/root`). All users are themselves in it.
//!
//! The mount namespace is entered once, before there is any keeper, so a run costs nothing for it. It is tried in a child
//! first, because a machine may allow the namespace and forbid to mount in it.

use std::fs;
use std::os::fd::OwnedFd;

use anyhow::{Context as _, Result};
use rustix::fs::{Mode, OFlags, open};
use rustix::io::{Errno, retry_on_intr};
use rustix::mount::{MountFlags, MountPropagationFlags, mount, mount_bind_recursive, mount_change};
use rustix::process::{
    DumpableBehavior, Pid, Resource, Rlimit, Signal, WaitOptions, getegid, geteuid, getpid, kill_process,
    set_dumpable_behavior, set_parent_process_death_signal, setrlimit, waitpid,
};
use rustix::thread::{CapabilitySet, CapabilitySets, UnshareFlags, set_capabilities, unshare_unsafe};

/// What covers a folder: nothing in it, nothing can be made in it, and with no size of its own it isn't in `df`.
const COVER: &std::ffi::CStr = c"size=0,nr_inodes=0,mode=0555";
/// The highest number that a capability may have; today's kernels have some forty.
const LAST_CAPABILITY: libc::c_ulong = 63;

/// Where the spawner is.
#[derive(Debug)]
pub(super) enum Namespace {
    /// In a mount namespace of its own. For root, with what programs are put into.
    Own {
        /// `None` for anybody but root.
        of_root: Option<OfRoot>,
    },
    /// Where it was: this machine, or the container that it is, allows nothing else.
    Shared(Errno),
}

/// Where root's spawner puts programs, which is not where it is itself.
#[derive(Debug)]
pub(super) struct OfRoot {
    /// The mount namespace that it came from, where root's programs belong.
    pub(super) outside: OwnedFd,
    /// The user namespace of all others' programs, unless this machine allows none.
    pub(super) users: Result<OwnedFd, Errno>,
}

impl OfRoot {
    /// Copies of both, for a keeper.
    pub(super) fn try_clone(&self) -> std::io::Result<(Option<OwnedFd>, Option<OwnedFd>)> {
        let users = self.users.as_ref().ok().map(OwnedFd::try_clone);
        Ok((Some(self.outside.try_clone()?), users.transpose()?))
    }
}

impl Namespace {
    /// Moves this process, which has one thread, into a namespace of its own where that can be had. An error leaves it
    /// half way, fit for nothing.
    pub(super) fn enter() -> Result<Self> {
        match attempt() {
            Ok(()) => Ok(Self::Own {
                of_root: enter().context("cannot enter a mount namespace, though another process could")?,
            }),
            Err(error) => Ok(Self::Shared(error)),
        }
    }
}

/// Covers a folder, told by any path to it, with an empty one that is read-only.
pub(super) fn cover(folder: &str) -> Result<(), Errno> {
    let flags = MountFlags::RDONLY | MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC;
    mount("tmpfs", folder, "tmpfs", flags, COVER)
}

/// Mounts a folder on itself, with all that is mounted in it.
pub(super) fn pin(folder: &str) -> Result<(), Errno> {
    mount_bind_recursive(folder, folder)
}

/// Drops what capabilities a keeper has from the user namespace. Root keeps its own: it becomes other users.
pub(super) fn drop_capabilities() -> Result<(), Errno> {
    if geteuid().is_root() {
        return Ok(());
    }
    let none = CapabilitySet::empty();
    let sets = CapabilitySets {
        effective: none,
        permitted: none,
        inheritable: none,
    };
    set_capabilities(None, sets)
}

/// Tries all of it in a child that ends at once. A machine may allow the namespace and forbid to mount in it, or end who
/// asks, and there is no way back.
fn attempt() -> Result<(), Errno> {
    let child = fork(|| enter().and_then(|_| cover("/")))?;
    end_of(child)
}

/// Has a copy of this process, which has one thread, do something and end.
fn fork(work: impl FnOnce() -> Result<(), Errno>) -> Result<Pid, Errno> {
    // SAFETY: this process has one thread, so its copy is whole and may do anything.
    match unsafe { libc::fork() } {
        -1 => Err(last_error()),
        0 => {
            let outcome = work();
            // SAFETY: always allowed. Errors have numbers below 256.
            unsafe { libc::_exit(outcome.err().map_or(0, Errno::raw_os_error)) }
        }
        child => Pid::from_raw(child).ok_or(Errno::INVAL),
    }
}

/// Waits for what came of the copy's work.
fn end_of(child: Pid) -> Result<(), Errno> {
    let waited = retry_on_intr(|| waitpid(Some(child), WaitOptions::empty()))?;
    match waited.and_then(|(_, status)| status.exit_status()) {
        Some(0) => Ok(()),
        Some(error) => Err(Errno::from_raw_os_error(error)),
        // A system call filter ended it.
        None => Err(Errno::PERM),
    }
}

/// Returns where root's spawner puts programs.
fn enter() -> Result<Option<OfRoot>, Errno> {
    let of_root = if geteuid().is_root() {
        let outside = open(c"/proc/self/ns/mnt", OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())?;
        unshare(UnshareFlags::NEWNS)?;
        let users = users_namespace();
        Some(OfRoot { outside, users })
    } else {
        let (uid, gid) = (geteuid().as_raw(), getegid().as_raw());
        unshare(UnshareFlags::NEWUSER | UnshareFlags::NEWNS)?;
        map(uid, gid)?;
        drop_bounding_set();
        None
    };
    // What the machine mounts later is seen here too; what is mounted here is seen nowhere else.
    mount_change("/", MountPropagationFlags::DOWNSTREAM | MountPropagationFlags::REC)?;
    Ok(of_root)
}

fn unshare(flags: UnshareFlags) -> Result<(), Errno> {
    // SAFETY: descriptors stay shared as they are.
    unsafe { unshare_unsafe(flags) }
}

/// A user namespace in which everybody is who they are here, for root to put programs into. A copy of this process makes it
/// and stops until it is mapped: whoever makes one is in it, and root's powers end there.
fn users_namespace() -> Result<OwnedFd, Errno> {
    let child = fork(|| {
        // What the one who makes it has of these, all programs in it have together.
        for resource in [Resource::Memlock, Resource::Sigpending, Resource::Msgqueue] {
            let _ = setrlimit(
                resource,
                Rlimit {
                    current: None,
                    maximum: None,
                },
            );
        }
        unshare(UnshareFlags::NEWUSER)?;
        set_parent_process_death_signal(Some(Signal::KILL))?;
        // Else it takes a further capability to look at its namespace. It is root's process, as this one is.
        set_dumpable_behavior(DumpableBehavior::Dumpable)?;
        kill_process(getpid(), Signal::STOP)
    })?;
    let stopped = retry_on_intr(|| waitpid(Some(child), WaitOptions::UNTRACED))?;
    if let Some((_, status)) = stopped
        && !status.stopped()
    {
        return Err(status.exit_status().map_or(Errno::PERM, Errno::from_raw_os_error));
    }
    let users = map_all_users(child).and_then(|()| {
        let namespace = format!("/proc/{}/ns/user", child.as_raw_pid());
        open(namespace, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())
    });
    kill_process(child, Signal::KILL)?;
    retry_on_intr(|| waitpid(Some(child), WaitOptions::empty()))?;
    users
}

/// Lets all users and groups that there are here stand for themselves in the namespace of `process`. In a container they aren't
/// all numbers that there could be.
fn map_all_users(process: Pid) -> Result<(), Errno> {
    let of_system = |error: std::io::Error| Errno::from_io_error(&error).unwrap_or(Errno::IO);
    for file in ["uid_map", "gid_map"] {
        let here = fs::read_to_string(format!("/proc/self/{file}")).map_err(of_system)?;
        let map = here.lines().filter_map(|range| {
            let mut fields = range.split_ascii_whitespace();
            // The second is what the first is called further out.
            let (first, count) = (fields.next()?, fields.nth(1)?);
            Some(format!("{first} {first} {count}\n"))
        });
        let map: Vec<String> = map.collect();
        fs::write(format!("/proc/{}/{file}", process.as_raw_pid()), map.concat()).map_err(of_system)?;
    }
    Ok(())
}

/// Lets user and group stand for themselves. The files belong to root while this process isn't dumpable. For as long as it
/// is, another process of the same user could attach to it; but no program of a server: one of ours isn't started yet, and
/// one of a former server is in that one's user namespace.
fn map(uid: u32, gid: u32) -> Result<(), Errno> {
    set_dumpable_behavior(DumpableBehavior::Dumpable)?;
    let write = |file: &str, text: String| {
        fs::write(format!("/proc/self/{file}"), text).map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::IO))
    };
    // Without root nobody may set groups there; the kernel wants that said before.
    let mapped = write("setgroups", "deny".into())
        .and_then(|()| write("uid_map", format!("{uid} {uid} 1")))
        .and_then(|()| write("gid_map", format!("{gid} {gid} 1")));
    set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    mapped
}

/// Lets no program have a capability again, whatever its file says. `no_new_privs` sees to the same.
fn drop_bounding_set() {
    for capability in 0..=LAST_CAPABILITY {
        // SAFETY: takes a number and touches no memory. The kernel refuses numbers that it doesn't know.
        unsafe { libc::prctl(libc::PR_CAPBSET_DROP, capability, 0, 0, 0) };
    }
}

fn last_error() -> Errno {
    // SAFETY: the C library's errno is always readable.
    Errno::from_raw_os_error(unsafe { *libc::__errno_location() })
}
