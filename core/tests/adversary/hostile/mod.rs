//! What strangers may do to a server: each gets a clear error or a closed connection, and nobody else notices.

mod before_tls;
mod crowd;
mod malformed;
mod slow;

use anyhow::{Context as _, Result};
use caracola_testing::{Connection, TestServer};
use caracola_wire::{Push, Reply};

use crate::builder;

/// Two people who came before the trouble and go on while it lasts.
struct Neighbours {
    ana: Connection,
    ben: Connection,
    checks: u32,
}

impl Neighbours {
    fn move_in(server: &TestServer) -> Result<Self> {
        Ok(Self {
            ana: server.shell("ana")?,
            ben: server.shell("ben")?,
            checks: 0,
        })
    }

    /// They read a card and talk to each other.
    fn notice_nothing(&mut self) -> Result<()> {
        self.checks += 1;
        let card = self.ana.run_typed(&["ls"]).context("Ana reads a card")?;
        assert!(matches!(card, Reply::Card(card) if card.name == "ls"));
        let words = format!("are you there? {}", self.checks);
        self.ana
            .request(&["RUN", "tell", "ben", &words])
            .context("Ana speaks")?;
        let told = self.ben.push_where(|push| matches!(push, Push::Tell { .. }));
        assert!(matches!(told.context("Ben listens")?, Push::Tell { text, .. } if text == words));
        Ok(())
    }
}
