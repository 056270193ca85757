//! A program that runs, or has run.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::net::unix::pipe::Receiver;

use super::control::Control;
use super::ended::Ended;
use super::keepers::Keepers;
use super::message::{self, Report, ToKeeper};

/// A program that was started, with all that it starts in turn. Dropping it ends them: SIGTERM, and SIGKILL after the
/// launch's grace.
pub struct Running {
    /// What the program writes to its standard output. Ends when the program and all that descends from it are gone: a
    /// program that closes its output doesn't end it. What is there when [`wait`](Self::wait) returns is all there is.
    pub stdout: Receiver,
    /// What it writes to its standard error.
    pub stderr: Receiver,
    /// The program itself, to be waited for while its output is read.
    pub program: Program,
}

/// A program that was started, apart from its output.
pub struct Program {
    process: i32,
    keepers: Arc<Keepers>,
    /// `None` when the keeper has been given back or is lost.
    keeper: Option<Control>,
    is_asked_to_end: AtomicBool,
    ended: Ended,
}

impl fmt::Debug for Running {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Running")
            .field("process", &self.program.process)
            .finish_non_exhaustive()
    }
}

impl Running {
    pub(super) fn new(
        keepers: Arc<Keepers>,
        keeper: Control,
        process: i32,
        stdout: Receiver,
        stderr: Receiver,
    ) -> Self {
        Self {
            stdout,
            stderr,
            program: Program {
                process,
                keepers,
                keeper: Some(keeper),
                is_asked_to_end: AtomicBool::new(false),
                ended: Ended::Lost,
            },
        }
    }

    /// See [`Program::process`].
    pub fn process(&self) -> i32 {
        self.program.process()
    }

    /// See [`Program::end`].
    pub fn end(&self) {
        self.program.end();
    }

    /// See [`Program::wait`].
    pub async fn wait(&mut self) -> Ended {
        self.program.wait().await
    }
}

impl Program {
    /// The number of the program's process. It is also that of its session and of its process group.
    pub fn process(&self) -> i32 {
        self.process
    }

    /// Ends the program and everything that descends from it: SIGTERM now, and SIGKILL after the launch's grace. Calling it
    /// again changes nothing.
    pub fn end(&self) {
        if let Some(keeper) = &self.keeper
            && !self.is_asked_to_end.swap(true, Ordering::Relaxed)
        {
            // A keeper that can't be told is dead, and the spawner is ending its tree.
            let _ = message::encode(&ToKeeper::End).and_then(|end| keeper.send(&end, &[]));
        }
    }

    /// Waits until the program and everything that descends from it are gone. What the program leaves running when it ends
    /// is ended, as [`end`](Self::end) does. Cancel safe, and may be called again.
    ///
    /// A program that writes more than a pipe holds waits for a reader: read `stdout` and `stderr` meanwhile.
    pub async fn wait(&mut self) -> Ended {
        let Some(keeper) = &self.keeper else { return self.ended };
        let report = keeper.receive().await;
        let keeper = self.keeper.take();
        self.ended = match report {
            Ok(Report::Exited(status)) => Ended::Exited(status),
            Ok(Report::Signalled(signal)) => Ended::Signalled(signal),
            Ok(Report::Started(_) | Report::Refused(..) | Report::Hidden) | Err(_) => return Ended::Lost,
        };
        if let Some(keeper) = keeper {
            self.keepers.take_back(keeper);
        }
        self.ended
    }
}
