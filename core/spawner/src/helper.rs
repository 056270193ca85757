//! What spawner and keepers have in common: how a copy of the server becomes something that has nothing of it.

use std::os::fd::{FromRawFd as _, IntoRawFd as _, OwnedFd, RawFd};

use anyhow::{Context as _, Result};
use rustix::fs::{Mode, OFlags, open};
use rustix::io::fcntl_dupfd_cloexec;
use rustix::process::{
    DumpableBehavior, Resource, Rlimit, chdir, getpid, getrlimit, nice, set_child_subreaper, set_dumpable_behavior,
    setrlimit, setsid,
};
use rustix::stdio::{dup2_stderr, dup2_stdin, dup2_stdout};
use rustix::thread::{clear_ambient_capability_set, set_name, set_no_new_privs};

use super::{mark, namespace, signals};

/// By how much programs, and the processes of isolated plugins, are less urgent than the server: they leave it the processor,
/// which then answers at once, and share with each other what it doesn't need.
const NICE: i32 = 10;

/// What the server had when it started, for the programs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Inherited {
    /// The limit of open files. The spawner raises its own.
    pub(super) open_files: Rlimit,
}

/// Makes the process that was just forked from the server the spawner: no terminal, no signals, no folder, no privileges
/// to gain, nothing to be read or traced by a program of the same user; and with the mark that its programs inherit.
pub(super) fn become_spawner() -> Result<Inherited> {
    signals::block_all();
    signals::reset_actions();
    set_name(c"caracola-spawn")?;
    setsid().context("cannot begin a session")?;
    chdir(c"/")?;
    set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    set_no_new_privs(true).context("cannot forbid new privileges")?;
    mark::set().context("cannot mark the programs to come")?;
    // Capabilities that a service was given are not for its programs. An old kernel has none of this kind.
    let _ = clear_ambient_capability_set();
    set_child_subreaper(Some(getpid())).context("cannot become a reaper")?;
    let null = open(c"/dev/null", OFlags::RDWR | OFlags::CLOEXEC, Mode::empty()).context("cannot open /dev/null")?;
    dup2_stdin(&null)?;
    dup2_stdout(&null)?;
    dup2_stderr(&null)?;
    let open_files = getrlimit(Resource::Nofile);
    // A socket for each keeper. Fails where nothing above the present limit is allowed, which is as good.
    let _ = setrlimit(
        Resource::Nofile,
        Rlimit {
            current: open_files.maximum,
            maximum: open_files.maximum,
        },
    );
    Ok(Inherited { open_files })
}

/// Makes the process that was just forked from the spawner a keeper.
pub(super) fn become_keeper() -> Result<()> {
    set_name(c"caracola-keep")?;
    namespace::drop_capabilities().context("cannot drop capabilities")?;
    // What fails here has the lowest priority already.
    let _ = nice(NICE);
    // A fork keeps no reaper's office.
    set_child_subreaper(Some(getpid())).context("cannot become a reaper")
}

/// Gives those that are there the numbers 3, 4, ... and closes everything above, whoever had opened it.
///
/// Only for a process that was just forked and gives up all that it inherited: what other code here believes to own is
/// closed under it, so none of that may be used or dropped any more.
pub(super) fn keep_only<const N: usize>(descriptors: [Option<OwnedFd>; N]) -> Result<[Option<OwnedFd>; N]> {
    let mut end: RawFd = 3;
    let above = end + RawFd::try_from(N)?;
    let mut moved = Vec::with_capacity(N);
    for descriptor in descriptors {
        let copy = descriptor.map(|descriptor| fcntl_dupfd_cloexec(&descriptor, above));
        moved.push(copy.transpose()?);
    }
    let mut kept = [const { None }; N];
    for (kept, descriptor) in kept.iter_mut().zip(moved) {
        let Some(descriptor) = descriptor else { continue };
        // SAFETY: takes the place of whatever had the number, which nobody uses any more, as promised above.
        if unsafe { libc::dup3(descriptor.into_raw_fd(), end, libc::O_CLOEXEC) } == -1 {
            return Err(std::io::Error::last_os_error().into());
        }
        // SAFETY: the number was given to this descriptor alone, and nobody else owns it.
        *kept = Some(unsafe { OwnedFd::from_raw_fd(end) });
        end += 1;
    }
    close_from(end)?;
    Ok(kept)
}

/// Closes all descriptors from this number on.
fn close_from(first: RawFd) -> Result<()> {
    let first_unsigned = libc::c_uint::try_from(first)?;
    // SAFETY: as for `keep_only`, nobody uses what is closed.
    if unsafe { libc::syscall(libc::SYS_close_range, first_unsigned, libc::c_uint::MAX, 0) } == 0 {
        return Ok(());
    }
    // A kernel before 5.9.
    let open: Vec<RawFd> = std::fs::read_dir("/proc/self/fd")
        .context("cannot list the open descriptors")?
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .collect();
    for descriptor in open {
        if descriptor >= first {
            // SAFETY: as above. The one of the list itself is closed already.
            unsafe { libc::close(descriptor) };
        }
    }
    Ok(())
}
