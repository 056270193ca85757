//! Notices when the spawner ends. It is a child of the server, which is told of nothing else by the kernel, so a thread waits.
//!
//! A server doesn't live on without its spawner: it says how that ended, ends all programs and fails, for the service
//! manager to start a whole server again. A spawner that is stopped is killed.

use std::io;
use std::thread;

use rustix::io::retry_on_intr;
use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};
use tokio::sync::watch::{Receiver, channel};

use super::ended::Ended;

/// The stack of the thread that waits, in bytes: it does nothing else.
const STACK: usize = 64 * 1024;

/// How the spawner ended, once it has. Its process is waited for, so nothing of it stays behind.
pub(super) fn watch(spawner: Pid) -> io::Result<Receiver<Option<Ended>>> {
    let (sender, receiver) = channel(None);
    thread::Builder::new()
        .name("spawner-watch".to_owned())
        .stack_size(STACK)
        .spawn(move || sender.send_replace(Some(end_of(spawner))))?;
    Ok(receiver)
}

fn end_of(spawner: Pid) -> Ended {
    loop {
        let status = match retry_on_intr(|| waitpid(Some(spawner), WaitOptions::UNTRACED)) {
            Ok(Some((_, status))) => status,
            Ok(None) => continue,
            // Somebody else has waited for it.
            Err(_) => return Ended::Lost,
        };
        if status.stopped() {
            // It starts nothing and ends nothing now, and nobody has a reason to stop it but that.
            let _ = kill_process(spawner, Signal::KILL);
        } else {
            let exited = || Ended::Exited(status.exit_status().unwrap_or(0));
            return status.terminating_signal().map_or_else(exited, Ended::Signalled);
        }
    }
}
