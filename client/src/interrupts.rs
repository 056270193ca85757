//! The signals that people send: Ctrl-C, and a request to end.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Interrupt {
    /// Ctrl-C.
    Cancel,
    /// SIGTERM.
    Terminate,
}

/// From when it is made, neither signal ends the process by itself.
pub(crate) struct Interrupts {
    interrupt: Signal,
    terminate: Signal,
    is_terminated: bool,
}

impl Interrupts {
    /// Must be made before the first prompt: the editor sets the handler of Ctrl-C aside while it reads, and then puts back the one
    /// that it found.
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            is_terminated: false,
        })
    }

    /// Waits for SIGTERM; once it has come, not any more. Cancel safe.
    pub(crate) async fn terminated(&mut self) {
        if !self.is_terminated {
            received(&mut self.terminate).await;
            self.is_terminated = true;
        }
    }

    /// Waits for either. Cancel safe.
    pub(crate) async fn either(&mut self) -> Interrupt {
        if self.is_terminated {
            return Interrupt::Terminate;
        }
        tokio::select! {
            () = received(&mut self.interrupt) => Interrupt::Cancel,
            () = received(&mut self.terminate) => {
                self.is_terminated = true;
                Interrupt::Terminate
            }
        }
    }
}

async fn received(signal: &mut Signal) {
    if signal.recv().await.is_none() {
        std::future::pending::<()>().await;
    }
}
