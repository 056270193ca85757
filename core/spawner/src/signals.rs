//! Signals of the spawner, the keepers, and of programs before they are programs.
//!
//! Spawner and keepers block all signals for ever and read SIGCHLD from a descriptor. No handler is ever installed, so a
//! child that shares its keeper's memory can't run one, and everything is at its default when the program starts.

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, FromRawFd as _, OwnedFd};
use std::ptr;

use rustix::io::{Errno, read};

/// Blocks every signal that can be blocked.
pub(super) fn block_all() {
    // SAFETY: a set that is filled before it is read; blocking signals harms no invariant of any code.
    unsafe {
        let mut set = MaybeUninit::<libc::sigset_t>::uninit();
        libc::sigfillset(set.as_mut_ptr());
        libc::sigprocmask(libc::SIG_SETMASK, set.as_ptr(), ptr::null_mut());
    }
}

/// Lets every signal through. Async-signal-safe.
pub(super) fn unblock_all() {
    // SAFETY: a set that is emptied before it is read. Called where no handler is installed.
    unsafe {
        let mut set = MaybeUninit::<libc::sigset_t>::uninit();
        libc::sigemptyset(set.as_mut_ptr());
        libc::sigprocmask(libc::SIG_SETMASK, set.as_ptr(), ptr::null_mut());
    }
}

/// Gives every signal its default action back: what the server ignores, its programs shouldn't.
pub(super) fn reset_actions() {
    for signal in 1..=libc::SIGRTMAX() {
        // SAFETY: SIG_DFL is always valid. SIGKILL, SIGSTOP and the two of the C library refuse, which is fine.
        unsafe {
            libc::signal(signal, libc::SIG_DFL);
        }
    }
}

/// A descriptor that is readable when a child has changed. A keeper may use the one it inherits from the spawner: it
/// tells of whoever reads it.
pub(super) fn child_watch() -> io::Result<OwnedFd> {
    // SAFETY: a set that is emptied before it is used; the descriptor is new, and owned by nobody else.
    unsafe {
        let mut set = MaybeUninit::<libc::sigset_t>::uninit();
        libc::sigemptyset(set.as_mut_ptr());
        libc::sigaddset(set.as_mut_ptr(), libc::SIGCHLD);
        match libc::signalfd(-1, set.as_ptr(), libc::SFD_CLOEXEC | libc::SFD_NONBLOCK) {
            -1 => Err(io::Error::last_os_error()),
            descriptor => Ok(OwnedFd::from_raw_fd(descriptor)),
        }
    }
}

/// Takes what waits in [`child_watch`]'s descriptor. Signals of one number don't queue, so one read is all.
pub(super) fn drain(descriptor: impl AsFd) {
    let mut information = [0; size_of::<libc::signalfd_siginfo>()];
    while read(descriptor.as_fd(), &mut information) == Err(Errno::INTR) {}
}
