//! How often a tenant may have something begun that costs more than a copy: a program, or a call of an isolated plugin.

use std::time::Instant;

use crate::error::Error;
use crate::request::{Caller, Context};
use caracola_quota::LogThrottle;

/// What starting a program counts.
pub(super) const PROGRAM: f64 = 1.0;
/// What a call of an isolated plugin counts: two wake-ups instead of a new process.
pub(super) const PLUGIN: f64 = 0.02;

/// Counts something that the caller is about to begin, or says that it is too much.
pub(super) fn admit(context: &Context, caller: &Caller, cost: f64) -> Result<(), Error> {
    static WRITTEN: LogThrottle = LogThrottle::new();
    let rate = context.catalogue.load().settings().limits.runs_per_second;
    let tenant = caller.tenant();
    let taken = context.jobs.rates.take(&tenant, rate, cost, Instant::now());
    taken.map_err(|wait| {
        if let Some(repeated) = WRITTEN.admit() {
            tracing::warn!(%tenant, limit = "runs_per_second", rate, repeated, "too many runs: refused");
        }
        Error::TooManyRuns {
            by_guests: tenant.is_guests(),
            rate,
            wait,
        }
    })
}
