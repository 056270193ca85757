//! How often programs may be started, for each tenant.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::limits::Bucket;
use caracola_quota::Tenant;

/// Tenants that are remembered before those are forgotten who have begun nothing for so long that it makes no difference.
const REMEMBERED: usize = 1024;

/// The runs that tenants have left, all sessions of each together.
#[derive(Debug, Default)]
pub struct RunRates {
    buckets: Mutex<HashMap<Tenant, Bucket>>,
}

impl RunRates {
    /// Takes a run, or a part of one, of a tenant that may begin `rate` of them a second. Else how long it takes until there
    /// is one. Staff has no limit.
    pub fn take(&self, tenant: &Tenant, rate: u32, cost: f64, now: Instant) -> Result<(), Duration> {
        if tenant.is_staff() {
            return Ok(());
        }
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= REMEMBERED && !buckets.contains_key(tenant) {
            buckets.retain(|_, bucket| !bucket.is_full(now));
        }
        let bucket = buckets.entry(tenant.clone());
        let bucket = bucket.or_insert_with(|| Bucket::full(rate, now));
        bucket.take_part(rate, cost, now)
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    #[test]
    fn each_tenant_has_its_own_rate_and_staff_has_none() {
        let rates = RunRates::default();
        let now = Instant::now();
        let began = |tenant: &Tenant, now| (0..1000).filter(|_| rates.take(tenant, 10, 1.0, now).is_ok()).count();
        let ana = Tenant::account("ana", false);
        assert_eq!(began(&ana, now), 50);
        assert_eq!(began(&Tenant::account("ben", false), now), 50);
        assert_eq!(began(&Tenant::account("olga", true), now), 1000);
        assert_eq!(rates.take(&ana, 10, 1.0, now), Err(Duration::from_millis(100)));
        assert_eq!(began(&ana, now + Duration::from_secs(1)), 10);
    }

    #[test]
    fn tenants_that_went_are_forgotten() {
        let rates = RunRates::default();
        let now = Instant::now();
        for number in 0..10_000_u32 {
            let now = now + Duration::from_secs(10 * u64::from(number));
            let _ = rates.take(&Tenant::guests(IpAddr::from(number.to_be_bytes())), 10, 1.0, now);
        }
        let buckets = rates.buckets.lock().expect("nobody panicked");
        assert!(buckets.len() <= REMEMBERED, "{}", buckets.len());
    }
}
