//! The attacks: each file has those of a kind.
#![expect(clippy::unnecessary_wraps, reason = "all attacks are of one type, and some can fail")]

mod connections;
mod files;
mod floods;
mod hang_up;
mod idle;
mod kills;
mod logins;
mod never_read;
mod output;
mod programs;
mod scarce;

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
    /// Whether keys of jobs and workspaces are on a disk of their own, of a megabyte.
    pub(crate) small_disk: bool,
    /// How many times as long as others it takes, in the long form.
    pub(crate) longer: u32,
    /// Whether it is in the short form: what takes longer to tell, or is nearly another, isn't.
    pub(crate) short: bool,
    /// Bytes that the server may rightly keep of it, such as the output of jobs that can still be read.
    pub(crate) keeps: u64,
    /// What honest people do without, since it cannot go on during this attack.
    pub(crate) without: &'static [Kind],
    /// What honest guests do without besides: to the server, the guests of one address are one, and share what one may have.
    pub(crate) guests_without: &'static [Kind],
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
            small_disk: false,
            longer: 1,
            short: true,
            keeps: 0,
            without: &[],
            guests_without: &[],
            ends_server: false,
            possible: || Ok(()),
            run,
        }
    }

    /// May be in the way of programs of guests: those of all addresses together have as many of a command's places as one
    /// account, so that who has logged in finds one.
    const fn at_guests_cost(mut self) -> Self {
        self.guests_without = &[Kind::Program, Kind::Job, Kind::Visit];
        self
    }

    /// The same attack from the honest people's address.
    const fn at_the_same_address(mut self, name: &'static str) -> Self {
        self.name = name;
        self.same_address = true;
        self
    }

    /// For some times as long, in the long form.
    const fn longer(mut self, times: u32) -> Self {
        self.longer = times;
        self
    }

    /// Not in the short form.
    const fn only_long(mut self) -> Self {
        self.short = false;
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
        logins::ATTACKS,
        programs::ATTACKS,
        output::ATTACKS,
        hang_up::ATTACKS,
        kills::ATTACKS,
        files::ATTACKS,
        scarce::ATTACKS,
    ]
    .into_iter()
    .flatten()
}

/// A command `endure` that waits for a minute, for as many guests at once.
fn endure(max_running: u32) -> String {
    format!(
        "\n[commands.endure]\nsummary = \"Wait for a minute\"\nexec = [\"sleep\", \"60\"]\nmax_running = {max_running}\n\
         roles = [\"guest\"]\nexamples = [{{ run = \"endure\", about = \"Wait\" }}]\n"
    )
}
