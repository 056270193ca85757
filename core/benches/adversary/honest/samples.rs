//! What honest people saw.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{Kind, Stage};

/// Requests of a kind in each of two stages that it takes for their 99th percentiles to be compared: of fewer, it would be
/// the slowest.
const ENOUGH: usize = 100;

/// One request.
#[derive(Debug)]
pub(crate) struct Sample {
    pub(crate) kind: Kind,
    pub(crate) stage: Stage,
    pub(crate) time: Duration,
    pub(crate) failure: Option<String>,
}

/// All requests of one attack.
#[derive(Debug, Default)]
pub(crate) struct Samples(Vec<Sample>);

/// How long requests took while nobody attacked, on all servers so far: two or three slow ones among those of a single server
/// would decide what counts as slow.
#[derive(Debug, Default)]
pub(crate) struct Baseline(BTreeMap<Kind, Vec<Duration>>);

/// One kind's 99th percentiles.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Percentiles {
    pub(crate) kind: Kind,
    pub(crate) quiet: Duration,
    pub(crate) attack: Duration,
    /// Whether there are enough requests for their ratio to mean something.
    pub(crate) comparable: bool,
}

impl Percentiles {
    pub(crate) fn ratio(&self) -> f64 {
        self.attack.as_secs_f64() / self.quiet.as_secs_f64().max(f64::MIN_POSITIVE)
    }
}

impl Samples {
    pub(crate) fn new(samples: Vec<Sample>) -> Self {
        Self(samples)
    }

    /// How many were answered well beside attackers.
    pub(crate) fn done(&self) -> usize {
        let done = |sample: &&Sample| sample.stage == Stage::Attack && sample.failure.is_none();
        self.0.iter().filter(done).count()
    }

    /// How many weren't, whether somebody attacked or not.
    pub(crate) fn failed(&self) -> usize {
        self.0.iter().filter(|sample| sample.failure.is_some()).count()
    }

    /// Why they weren't, and how often each.
    pub(crate) fn failures(&self) -> BTreeMap<&str, usize> {
        let mut failures = BTreeMap::new();
        for failure in self.0.iter().filter_map(|sample| sample.failure.as_deref()) {
            // The same failure of another job is the same failure.
            let failure = failure.split(" (job ").next().unwrap_or_default();
            *failures.entry(failure).or_default() += 1;
        }
        failures
    }

    /// Of each kind that was asked for in both stages. Failed requests count with the time that they took.
    pub(crate) fn percentiles(&self, baseline: &Baseline) -> Vec<Percentiles> {
        let of_kind = |kind| {
            let quiet = baseline.0.get(&kind)?;
            let attack = self.times(kind, Stage::Attack);
            Some(Percentiles {
                kind,
                quiet: p99(quiet)?,
                attack: p99(&attack)?,
                comparable: quiet.len() >= ENOUGH && attack.len() >= ENOUGH,
            })
        };
        Kind::ALL.into_iter().filter_map(of_kind).collect()
    }

    /// In order.
    fn times(&self, kind: Kind, stage: Stage) -> Vec<Duration> {
        let of_both = self
            .0
            .iter()
            .filter(|sample| sample.kind == kind && sample.stage == stage);
        let mut times: Vec<_> = of_both.map(|sample| sample.time).collect();
        times.sort_unstable();
        times
    }
}

impl Baseline {
    /// Adds what one server's people saw in quiet.
    pub(crate) fn add(&mut self, samples: &Samples) {
        for kind in Kind::ALL {
            let times = self.0.entry(kind).or_default();
            times.extend(samples.times(kind, Stage::Quiet));
            times.sort_unstable();
        }
    }
}

fn p99(sorted: &[Duration]) -> Option<Duration> {
    sorted.get(sorted.len().checked_sub(1)? * 99 / 100).copied()
}
