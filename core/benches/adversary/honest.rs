//! The people who work while a server is attacked.

mod kind;
mod person;
mod samples;

use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::Result;
use caracola_testing::TestServer;

use crate::attacks::Attack;
use person::Person;

pub(crate) use kind::Kind;
use samples::Sample;
pub(crate) use samples::{Baseline, Percentiles, Samples};

/// How many there are.
pub(crate) const PEOPLE: usize = 50;

/// What they do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Nothing: they stay connected, and no request is under way.
    Rest,
    /// They work; what they see is thrown away.
    Warm,
    /// They work, and nobody attacks.
    Quiet,
    /// They work beside attackers.
    Attack,
    /// They leave.
    Over,
}

/// All of them, connected to one server.
#[derive(Debug)]
pub(crate) struct Crowd {
    watch: Arc<Watch>,
    people: Vec<JoinHandle<Vec<Sample>>>,
}

/// What they look at between two requests.
#[derive(Debug)]
pub(crate) struct Watch {
    /// The stage, and how many rest.
    state: Mutex<(Stage, usize)>,
    changed: Condvar,
}

/// Where they work, and what they leave alone because the attack is on exactly that.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) address: std::net::SocketAddr,
    pub(crate) certificate: PathBuf,
    pub(crate) without: &'static [Kind],
    /// The same of guests alone.
    pub(crate) guests_without: &'static [Kind],
}

impl Crowd {
    /// Lets everybody in. Fails if one can't come in.
    pub(crate) fn enter(server: &TestServer, attack: &Attack) -> Result<Self> {
        let place = Place {
            address: server.address(),
            certificate: server.certificate(),
            without: attack.without,
            guests_without: attack.guests_without,
        };
        let watch = Arc::new(Watch {
            state: Mutex::new((Stage::Rest, 0)),
            changed: Condvar::new(),
        });
        let people = (0..PEOPLE)
            .map(|number| Person::enter(place.clone(), number))
            .collect::<Result<Vec<_>>>()?;
        let people = people.into_iter().map(|mut person| {
            let watch = Arc::clone(&watch);
            thread::spawn(move || person.live(&watch))
        });
        let people = people.collect();
        Ok(Self { watch, people })
    }

    /// Lets everybody go over to a stage. [`Stage::Rest`] is waited for: no request is under way after it.
    pub(crate) fn go(&self, stage: Stage) {
        let mut guard = self.watch.state();
        guard.0 = stage;
        self.watch.changed.notify_all();
        while stage == Stage::Rest && guard.1 < self.people.len() {
            guard = self.watch.wait(guard);
        }
    }

    /// The same for some time.
    pub(crate) fn go_for(&self, stage: Stage, time: Duration) {
        self.go(stage);
        thread::sleep(time);
    }

    /// Lets everybody leave, and gives what they saw.
    pub(crate) fn leave(self) -> Samples {
        self.go(Stage::Over);
        let seen = self.people.into_iter().map(|person| person.join().unwrap_or_default());
        Samples::new(seen.flatten().collect())
    }
}

impl Watch {
    /// The stage, once it is not to rest.
    fn stage(&self) -> Stage {
        let mut state = self.state();
        if state.0 != Stage::Rest {
            return state.0;
        }
        state.1 += 1;
        self.changed.notify_all();
        while state.0 == Stage::Rest {
            state = self.wait(state);
        }
        state.1 -= 1;
        state.0
    }

    fn state(&self) -> MutexGuard<'_, (Stage, usize)> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'g>(&self, guard: MutexGuard<'g, (Stage, usize)>) -> MutexGuard<'g, (Stage, usize)> {
        self.changed.wait(guard).unwrap_or_else(PoisonError::into_inner)
    }
}
