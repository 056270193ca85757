//! One attack, from a new server until it has settled.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use caracola_testing::{TestServer, Usage};

use crate::attacker::{Deeds, Orders};
use crate::attacks::Attack;
use crate::honest::{Crowd, Samples, Stage};
use crate::lab::{self, Lab};
use crate::machine::{Cores, Stolen};
use crate::report::Bounds;
use crate::usage::{Peak, Rest, settle};

/// How long each part of an attack takes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Times {
    /// Honest people alone, before it counts: caches fill, keepers are made.
    pub(crate) warm: Duration,
    /// Honest people alone.
    quiet: Duration,
    /// Honest people beside attackers.
    attack: Duration,
    /// Honest people once the attackers are gone; what fails now fails for the attack.
    recovery: Duration,
    /// What the server may take to be as before.
    pub(crate) settle: Duration,
    /// How long a server rests until its memory is measured that it is to come back to: allocators give back what has been
    /// free for some seconds.
    pub(crate) rest: Duration,
}

impl Times {
    pub(crate) const LONG: Self = Self {
        warm: Duration::from_millis(500),
        quiet: Duration::from_millis(4500),
        attack: Duration::from_secs(5),
        recovery: Duration::from_millis(500),
        settle: Duration::from_secs(30),
        rest: Duration::from_secs(15),
    };
    pub(crate) const SHORT: Self = Self {
        warm: Duration::from_millis(300),
        quiet: Duration::from_millis(1200),
        attack: Duration::from_millis(2400),
        recovery: Duration::from_millis(300),
        settle: Duration::from_secs(10),
        rest: Duration::from_secs(3),
    };

    /// How long an attack takes.
    fn of(&self, attack: &Attack, lab: &Lab) -> Duration {
        if lab.short {
            self.attack
        } else {
            self.attack * attack.longer
        }
    }
}

/// What came of an attack.
#[derive(Debug, Default)]
pub(crate) struct Row {
    /// Why it can't be run here, if it can't.
    pub(crate) not_run: Option<String>,
    /// What the attackers did, and what they should not have been able to do.
    pub(crate) deeds: Deeds,
    /// What honest people saw.
    pub(crate) samples: Samples,
    /// The part of the processors' time that the hypervisor gave to others, in quiet and beside attackers.
    pub(crate) stolen: Option<(f64, f64)>,
    /// What the server took before the attack, while nobody worked; of memory, what it has
    /// once it has given back what it needed to start and for logins.
    pub(crate) before: Option<Usage>,
    /// The most memory that it had during the attack, in bytes.
    pub(crate) peak: u64,
    /// What it took after the attack, while nobody worked.
    pub(crate) after: Option<Rest>,
    /// How the server ended, if it did.
    pub(crate) ended: Option<String>,
    /// Lines that it logged during the attack.
    pub(crate) logged: usize,
}

/// Never fails: what goes wrong is in the row.
pub(crate) fn run(attack: &Attack, lab: &Lab, cores: Cores, times: Times, bounds: &Bounds) -> Row {
    let mut row = Row::default();
    if let Err(error) = (attack.possible)() {
        row.not_run = Some(format!("{error:#}"));
    } else if let Err(error) = fill(&mut row, attack, lab, cores, times, bounds) {
        row.deeds.broke.push(format!("{error:#}"));
    }
    row
}

fn fill(row: &mut Row, attack: &Attack, lab: &Lab, cores: Cores, times: Times, bounds: &Bounds) -> Result<()> {
    let memory = lab.memory(attack, cores, times)?;
    let folder = lab::folder()?;
    let mut server = lab
        .serve(attack, folder.path(), cores)
        .context("the server did not start")?;
    let crowd = Crowd::enter(&server, attack).context("honest people could not come in")?;
    crowd.go_for(Stage::Warm, times.warm);
    crowd.go(Stage::Rest);
    let before = Usage {
        memory,
        ..Usage::of(server.process()).context("the server's usage")?
    };
    let clock = Stolen::start();
    crowd.go_for(Stage::Quiet, times.quiet);
    let quiet = clock.part();
    let logged = lines(&server);
    let peak = Peak::watch(server.process());
    let clock = Stolen::start();
    crowd.go(Stage::Attack);
    row.deeds = attackers(attack, lab, &server, times.of(attack, lab));
    std::thread::sleep(times.recovery);
    row.stolen = quiet.zip(clock.part());
    row.peak = peak.end();
    row.logged = lines(&server) - logged;
    crowd.go(Stage::Rest);
    row.after = settle(server.process(), &before, attack.keeps, bounds, times.settle);
    row.before = Some(before);
    row.samples = crowd.leave();
    row.ended = server.ended()?.map(|status| status.to_string());
    Ok(())
}

/// Lets the attackers work. That they can't is theirs to say.
fn attackers(attack: &Attack, lab: &Lab, server: &TestServer, time: Duration) -> Deeds {
    let began = Instant::now();
    let deeds = Orders::new(attack, lab, server, time).carry_out();
    // Those that could do nothing more have left early; honest people work on.
    std::thread::sleep(time.saturating_sub(began.elapsed()));
    deeds.unwrap_or_else(|error| Deeds {
        did: format!("the attackers failed: {error:#}"),
        broke: Vec::new(),
    })
}

fn lines(server: &TestServer) -> usize {
    server.log().lines().count()
}
