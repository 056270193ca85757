//! From a [`LaunchRequest`] to a running program.
//!
//! The child borrows its keeper's memory and the keeper sleeps until the child executes the program or ends
//! (`CLONE_VM | CLONE_VFORK`): no page tables are copied, and what went wrong can be read from memory. In return the child
//! may only make system calls; everything it needs is prepared before.

use std::cell::Cell;
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};
use std::ptr;

use rustix::fs::{FileType, Mode, stat};
use rustix::io::{Errno, fcntl_dupfd_cloexec, retry_on_intr};
use rustix::process::{
    Gid, Pid, Resource, Rlimit, Uid, WaitOptions, chdir, geteuid, getrlimit, setrlimit, setsid, umask, waitpid,
};
use rustix::thread::{
    LinkNameSpaceType, move_into_link_name_space, set_thread_groups, set_thread_res_gid, set_thread_res_uid,
};

use super::helper::Inherited;
use super::launch::{Identity, ResourceLimits};
use super::message::{LaunchRequest, Step};
use super::signals;
use super::socket::MOST_DESCRIPTORS;

/// What could not be done, and why.
pub(super) type Refusal = (Step, Errno);

/// Where a child runs until it is a program. Its functions are few and shallow.
pub(super) struct Stack(Vec<u128>);

impl Stack {
    const BYTES: usize = 64 * 1024;

    pub(super) fn new() -> Self {
        Self(vec![0; Self::BYTES / size_of::<u128>()])
    }

    /// Stacks grow downwards, from an address that is a multiple of 16.
    fn top(&mut self) -> *mut c_void {
        self.0.as_mut_ptr_range().end.cast()
    }
}

/// Starts the program. `descriptors` become its 0, 1, 2, ...; without a first one its standard input is this process's,
/// which is `/dev/null`. A program of root's runs in the mount namespace `outside`, if there is one, another's in the user
/// namespace `users`.
pub(super) fn start(
    request: &LaunchRequest,
    stdin: Option<BorrowedFd<'_>>,
    descriptors: &[BorrowedFd<'_>],
    (outside, users): (Option<BorrowedFd<'_>>, Option<BorrowedFd<'_>>),
    inherited: Inherited,
    stack: &mut Stack,
) -> Result<Pid, Refusal> {
    let arguments = pointers(&request.arguments);
    let environment = pointers(&request.environment);
    let groups: Vec<Gid> = request
        .identity
        .iter()
        .flat_map(|identity| &identity.groups)
        .map(|group| Gid::from_raw(*group))
        .collect();
    let sources: Vec<RawFd> = std::iter::once(stdin.map_or(0, |stdin| stdin.as_raw_fd()))
        .chain(descriptors.iter().map(AsRawFd::as_raw_fd))
        .collect();
    if sources.len() > MOST_DESCRIPTORS {
        return Err((Step::Prepare, Errno::INVAL));
    }
    let is_roots = request.identity.as_ref().is_none_or(|identity| identity.uid == 0);
    let child = Child {
        request,
        arguments: arguments.as_ptr(),
        environment: environment.as_ptr(),
        groups: &groups,
        sources: &sources,
        limits: &resource_limits(&request.limits, inherited),
        outside: outside.filter(|_| is_roots),
        users: users.filter(|_| !is_roots),
        refusal: Cell::new(None),
    };
    let flags = libc::CLONE_VM | libc::CLONE_VFORK | libc::SIGCHLD;
    let context = (&raw const child).cast_mut().cast();
    // SAFETY: the stack is aligned, large enough for `run` and used by nobody else; `child` and all it points to outlive
    // the call, which returns when the child doesn't use this memory any more. All signals are blocked and no handler is
    // installed, so nothing else runs in the child.
    let process = unsafe { libc::clone(run, stack.top(), flags, context) };
    let process = match Pid::from_raw(process) {
        Some(process) if process.as_raw_pid() > 0 => process,
        _ => return Err((Step::Prepare, last_error())),
    };
    let Some((step, error)) = child.refusal.get() else {
        return Ok(process);
    };
    // It is ending; and its number must not be taken for a program's.
    let _ = retry_on_intr(|| waitpid(Some(process), WaitOptions::empty()));
    Err((
        step,
        if step == Step::Execute {
            explained(&request.program, error)
        } else {
            error
        },
    ))
}

/// Pointers for execve(2): a null pointer ends them.
fn pointers(words: &[CString]) -> Vec<*const c_char> {
    words.iter().map(|word| word.as_ptr()).chain([ptr::null()]).collect()
}

/// The limits to set. Only root may have more than the server has.
fn resource_limits(limits: &ResourceLimits, inherited: Inherited) -> Vec<(Resource, Rlimit)> {
    let is_root = geteuid().is_root();
    let wanted = [
        (Resource::Cpu, limits.cpu_seconds),
        (Resource::As, limits.address_space),
        (Resource::Fsize, limits.file_size),
        (Resource::Nofile, limits.open_files),
        (Resource::Nproc, limits.processes),
        (Resource::Core, limits.core),
    ];
    let mut all = Vec::new();
    for (resource, wanted) in wanted {
        match (wanted, resource) {
            (Some(wanted), _) => {
                let most = if is_root { None } else { getrlimit(resource).maximum };
                let at_most = |value: u64| Some(most.map_or(value, |most| value.min(most)));
                // SIGXCPU tells what happened; the SIGKILL of the hard limit comes a second later.
                let hard = wanted.saturating_add(u64::from(resource == Resource::Cpu));
                all.push((
                    resource,
                    Rlimit {
                        current: at_most(wanted),
                        maximum: at_most(hard),
                    },
                ));
            }
            (None, Resource::Nofile) => all.push((resource, inherited.open_files)),
            (None, _) => {}
        }
    }
    all
}

/// Tells a file that is not a program from one that may not be executed or isn't there: the kernel says the same for a
/// missing file and a missing interpreter, and for a missing permission bit and a forbidden folder.
fn explained(program: &CStr, error: Errno) -> Errno {
    let Ok(file) = stat(program) else { return error };
    let executable = FileType::from_raw_mode(file.st_mode).is_file()
        && Mode::from_raw_mode(file.st_mode).intersects(Mode::XUSR | Mode::XGRP | Mode::XOTH);
    match error {
        Errno::NOENT => Errno::NOEXEC,
        Errno::ACCESS if !executable => Errno::NOEXEC,
        error => error,
    }
}

/// All that the child needs, in its keeper's memory.
struct Child<'a> {
    request: &'a LaunchRequest,
    arguments: *const *const c_char,
    environment: *const *const c_char,
    groups: &'a [Gid],
    /// The descriptors that become 0, 1, 2, ...
    sources: &'a [RawFd],
    limits: &'a [(Resource, Rlimit)],
    /// The mount namespace to go to.
    outside: Option<BorrowedFd<'a>>,
    /// The user namespace to go to.
    users: Option<BorrowedFd<'a>>,
    /// Written by the child, read by the keeper when the child is gone.
    refusal: Cell<Option<Refusal>>,
}

extern "C" fn run(context: *mut c_void) -> c_int {
    // SAFETY: `start` passes a `Child` that outlives this process's use of it, and sleeps meanwhile.
    let child = unsafe { &*context.cast::<Child<'_>>() };
    let refusal = child.become_program();
    child.refusal.set(Some(refusal));
    127
}

impl Child<'_> {
    /// Returns only what went wrong. System calls only from here on.
    fn become_program(&self) -> Refusal {
        match self.prepare() {
            Err(refusal) => return refusal,
            Ok(()) => signals::unblock_all(),
        }
        // SAFETY: strings and arrays end with null, as execve wants them.
        unsafe { libc::execve(self.request.program.as_ptr(), self.arguments, self.environment) };
        (Step::Execute, last_error())
    }

    fn prepare(&self) -> Result<(), Refusal> {
        let at = |step| move |error| (step, error);
        setsid().map_err(at(Step::Prepare))?;
        if let Some(outside) = self.outside {
            move_into_link_name_space(outside, Some(LinkNameSpaceType::Mount)).map_err(at(Step::Prepare))?;
        }
        // Needed later: not in the way of a target.
        let beyond = RawFd::try_from(self.sources.len()).map_err(|_| (Step::Prepare, Errno::INVAL))?;
        let users = self.users.map(|users| fcntl_dupfd_cloexec(users, beyond));
        let users = users.transpose().map_err(at(Step::Prepare))?;
        self.place_descriptors().map_err(at(Step::Prepare))?;
        for (resource, limit) in self.limits {
            setrlimit(*resource, *limit).map_err(at(Step::Prepare))?;
        }
        umask(Mode::from_raw_mode(self.request.umask));
        // After the limits, which nobody may raise there; before the user is another, who may not go there.
        if let Some(users) = users {
            move_into_link_name_space(users.as_fd(), Some(LinkNameSpaceType::User)).map_err(at(Step::Identity))?;
        }
        self.close_others().map_err(at(Step::Prepare))?;
        if let Some(identity) = &self.request.identity {
            self.become_user(identity).map_err(at(Step::Identity))?;
        }
        chdir(self.request.folder.as_c_str()).map_err(at(Step::Folder))
    }

    /// The calls of one thread: those of the C library would look for the keeper's other threads, in its memory.
    fn become_user(&self, identity: &Identity) -> Result<(), Errno> {
        let (uid, gid) = (Uid::from_raw(identity.uid), Gid::from_raw(identity.gid));
        set_thread_groups(self.groups)?;
        set_thread_res_gid(gid, gid, gid)?;
        set_thread_res_uid(uid, uid, uid)
    }

    /// Sources that are in the way of a target are moved up first.
    fn place_descriptors(&self) -> Result<(), Errno> {
        let count = RawFd::try_from(self.sources.len()).map_err(|_| Errno::INVAL)?;
        let mut moved = [0; MOST_DESCRIPTORS];
        for (place, source) in moved.iter_mut().zip(self.sources) {
            *place = *source;
            if *source != 0 && *source < count {
                // SAFETY: makes a new descriptor of this process; its table is its own.
                *place = checked(unsafe { libc::fcntl(*source, libc::F_DUPFD_CLOEXEC, count) })?;
            }
        }
        for (target, source) in (0..count).zip(moved) {
            if source != target {
                // SAFETY: replaces what this process, which has a table of its own, doesn't need as a program.
                checked(unsafe { libc::dup2(source, target) })?;
            }
        }
        Ok(())
    }

    /// Closes everything that is not a target. It would be closed on exec anyway; a second lock for the one door that matters.
    /// An old kernel has no such call.
    fn close_others(&self) -> Result<(), Errno> {
        let first = libc::c_uint::try_from(self.sources.len()).map_err(|_| Errno::INVAL)?;
        // SAFETY: closes what this process, which has a table of its own, doesn't need as a program.
        unsafe { libc::syscall(libc::SYS_close_range, first, libc::c_uint::MAX, 0) };
        Ok(())
    }
}

fn checked(result: c_int) -> Result<c_int, Errno> {
    if result == -1 { Err(last_error()) } else { Ok(result) }
}

fn last_error() -> Errno {
    // SAFETY: the C library's errno is always readable.
    Errno::from_raw_os_error(unsafe { *libc::__errno_location() })
}
