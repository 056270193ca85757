//! The mount namespace of the spawner, its keepers and their programs, in which the state folder can be covered.
//!
//! A process without root needs a user namespace to have one. Its user and group stand there for themselves, so files that
//! a program makes are the same user's as ever; other users are shown as `nobody`. No capability in it reaches a program: the
//! spawner alone keeps them, since it mounts once more when the state folder is known.
//!
//! Root's programs stay outside: they may unmount what they like, and their own mounts are for the whole machine.
//!
//! The namespaces are entered once, before there is any keeper, so a run costs nothing for them. It is tried in a child
//! first, because a machine may allow the namespace and forbid to mount in it.

use std::fs;
use std::os::fd::OwnedFd;

use anyhow::{Context as _, Result};
use rustix::fs::{Mode, OFlags, open};
use rustix::io::{Errno, retry_on_intr};
use rustix::mount::{MountFlags, MountPropagationFlags, mount, mount_change};
use rustix::process::{DumpableBehavior, Pid, WaitOptions, getegid, geteuid, set_dumpable_behavior, waitpid};
use rustix::thread::{CapabilitySet, CapabilitySets, UnshareFlags, set_capabilities, unshare_unsafe};

/// What covers a folder: nothing in it, nothing can be made in it, and with no size of its own it isn't in `df`.
const COVER: &std::ffi::CStr = c"size=0,nr_inodes=0,mode=0555";
/// The highest number that a capability may have; today's kernels have some forty.
const LAST_CAPABILITY: libc::c_ulong = 63;

/// Where the spawner is.
#[derive(Debug)]
pub(super) enum Namespace {
    /// In a mount namespace of its own. For root, with the one it came from, where root's programs belong.
    Own {
        /// A descriptor of `/proc/self/ns/mnt`.
        outside: Option<OwnedFd>,
    },
    /// Where it was: this machine, or the container that it is, allows nothing else.
    Shared(Errno),
}

impl Namespace {
    /// Moves this process, which has one thread, into a namespace of its own where that can be had. An error leaves it
    /// half way, fit for nothing.
    pub(super) fn enter() -> Result<Self> {
        match attempt() {
            Ok(()) => Ok(Self::Own {
                outside: enter().context("cannot enter a mount namespace, though another process could")?,
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
    // SAFETY: this process has one thread, so its copy is whole and may do anything.
    let child = match unsafe { libc::fork() } {
        -1 => return Err(last_error()),
        0 => {
            let outcome = enter().and_then(|_| cover("/"));
            // SAFETY: always allowed. Errors have numbers below 256.
            unsafe { libc::_exit(outcome.err().map_or(0, Errno::raw_os_error)) }
        }
        child => Pid::from_raw(child).ok_or(Errno::INVAL)?,
    };
    let waited = retry_on_intr(|| waitpid(Some(child), WaitOptions::empty()))?;
    match waited.and_then(|(_, status)| status.exit_status()) {
        Some(0) => Ok(()),
        Some(error) => Err(Errno::from_raw_os_error(error)),
        // A system call filter ended it.
        None => Err(Errno::PERM),
    }
}

/// Returns the namespace that root came from.
fn enter() -> Result<Option<OwnedFd>, Errno> {
    let outside = if geteuid().is_root() {
        let outside = open(c"/proc/self/ns/mnt", OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())?;
        // SAFETY: descriptors stay shared as they are.
        unsafe { unshare_unsafe(UnshareFlags::NEWNS) }?;
        Some(outside)
    } else {
        let (uid, gid) = (geteuid().as_raw(), getegid().as_raw());
        // SAFETY: as above.
        unsafe { unshare_unsafe(UnshareFlags::NEWUSER | UnshareFlags::NEWNS) }?;
        map(uid, gid)?;
        drop_bounding_set();
        None
    };
    // What the machine mounts later is seen here too; what is mounted here is seen nowhere else.
    mount_change("/", MountPropagationFlags::DOWNSTREAM | MountPropagationFlags::REC)?;
    Ok(outside)
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
