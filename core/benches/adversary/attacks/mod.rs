//! The attacks: each file has those of a kind.
#![expect(clippy::unnecessary_wraps, reason = "all attacks are of one type, and some can fail")]

mod connections;
mod floods;
mod idle;
mod never_read;
mod programs;

use anyhow::Result;

use crate::attacker::{Deeds, Target};
use crate::honest::Kind;

/// One attack.
#[derive(Debug)]
pub(crate) struct Attack {
    /// What `--attack` calls it.
    pub(crate) name: &'static str,
    /// The item of the list of what an adversary broke that it belongs to; `held` for what held at that time.
    pub(crate) item: &'static str,
    /// In a few words.
    pub(crate) about: &'static str,
    /// What it needs in the `commands.toml` besides what honest people use; in the short form, if the argument says so.
    pub(crate) config: fn(bool) -> String,
    /// Whether attackers come from the honest people's address.
    pub(crate) same_address: bool,
    /// The server's limit of descriptors, if not the usual.
    pub(crate) descriptors: Option<u32>,
    /// What honest people do without, since it cannot go on during this attack.
    pub(crate) without: &'static [Kind],
    /// Whether it is an attack after which the server must end by itself. Then nothing is asked of honest requests.
    pub(crate) ends_server: bool,
    /// Fails, with a reason, where it can't be run.
    pub(crate) possible: fn() -> Result<()>,
    /// What the attackers do, in their own process, until their time is over.
    pub(crate) run: fn(&Target) -> Result<Deeds>,
}

impl Attack {
    /// One that needs nothing special.
    const fn new(
        name: &'static str,
        item: &'static str,
        about: &'static str,
        run: fn(&Target) -> Result<Deeds>,
    ) -> Self {
        Self {
            name,
            item,
            about,
            config: |_| String::new(),
            same_address: false,
            descriptors: None,
            without: &[],
            ends_server: false,
            possible: || Ok(()),
            run,
        }
    }

    /// The same attack from the honest people's address.
    const fn at_the_same_address(mut self, name: &'static str) -> Self {
        self.name = name;
        self.same_address = true;
        self
    }

    /// With more in the `commands.toml`.
    const fn with_config(mut self, config: fn(bool) -> String) -> Self {
        self.config = config;
        self
    }
}

/// All of them, in the order of the table.
pub(crate) fn all() -> impl Iterator<Item = &'static Attack> {
    [
        idle::ATTACKS,
        connections::ATTACKS,
        floods::ATTACKS,
        never_read::ATTACKS,
        programs::ATTACKS,
    ]
    .into_iter()
    .flatten()
}
