//! The signals that people send: Ctrl-C, and a request to end.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// From when it is made, neither signal ends the process by itself.
pub(crate) struct Interrupts {
    interrupt: Signal,
    terminate: Signal,
}

impl Interrupts {
    /// Must be made before the first prompt: the editor sets the handler of Ctrl-C aside while it reads, and then puts back the one
    /// that it found.
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// Waits for Ctrl-C, when no editor reads the keyboard. Cancel safe.
    pub(crate) async fn next(&mut self) {
        received(&mut self.interrupt).await;
    }

    /// Waits for SIGTERM. Cancel safe.
    pub(crate) async fn terminated(&mut self) {
        received(&mut self.terminate).await;
    }

    /// Waits for either. Cancel safe.
    pub(crate) async fn either(&mut self) {
        tokio::select! {
            () = received(&mut self.interrupt) => {}
            () = received(&mut self.terminate) => {}
        }
    }
}

async fn received(signal: &mut Signal) {
    if signal.recv().await.is_none() {
        std::future::pending::<()>().await;
    }
}
