//! What is kept of many for a while, within a bound for all together. Whoever has most of it loses their oldest first: so
//! one who runs thousands of programs pushes out their own, and nobody else's.

use std::collections::{HashMap, VecDeque};

use caracola_quota::Tenant;

/// Things of tenants, oldest first, and what they cost.
#[derive(Debug)]
pub(super) struct Retained<T> {
    by_tenant: HashMap<Tenant, Share<T>>,
    count: usize,
    cost: usize,
    most_count: usize,
    most_cost: usize,
}

#[derive(Debug)]
struct Share<T> {
    things: VecDeque<(usize, T)>,
    cost: usize,
}

impl<T> Retained<T> {
    /// At most `count` things that cost at most `cost` together.
    pub(super) fn new(count: usize, cost: usize) -> Self {
        Self {
            by_tenant: HashMap::new(),
            count: 0,
            cost: 0,
            most_count: count,
            most_cost: cost,
        }
    }

    /// Keeps a thing, and gives back what there is no room for any more.
    pub(super) fn keep(&mut self, tenant: &Tenant, cost: usize, thing: T) -> Vec<T> {
        let share = self.by_tenant.entry(tenant.clone()).or_insert_with(|| Share {
            things: VecDeque::new(),
            cost: 0,
        });
        share.things.push_back((cost, thing));
        share.cost += cost;
        self.count += 1;
        self.cost += cost;
        let mut dropped = Vec::new();
        while self.count > self.most_count || self.cost > self.most_cost {
            let Some(oldest) = self.drop_one() else { break };
            dropped.push(oldest);
        }
        dropped
    }

    /// How many things are kept.
    #[cfg(test)]
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// The oldest thing of whoever has most, by the bound that is exceeded.
    fn drop_one(&mut self) -> Option<T> {
        let by_cost = self.cost > self.most_cost;
        let most = self.by_tenant.iter().max_by_key(|(_, share)| {
            if by_cost {
                (share.cost, share.things.len())
            } else {
                (share.things.len(), share.cost)
            }
        });
        let tenant = most.map(|(tenant, _)| tenant.clone())?;
        self.take(&tenant, 0)
    }

    /// Takes out the youngest thing of a tenant that `is_meant`, if there is one.
    pub(super) fn remove(&mut self, tenant: &Tenant, is_meant: impl Fn(&T) -> bool) -> Option<T> {
        let share = self.by_tenant.get(tenant)?;
        let position = share.things.iter().rposition(|(_, thing)| is_meant(thing))?;
        self.take(tenant, position)
    }

    fn take(&mut self, tenant: &Tenant, position: usize) -> Option<T> {
        let share = self.by_tenant.get_mut(tenant)?;
        let (cost, thing) = share.things.remove(position)?;
        share.cost -= cost;
        if share.things.is_empty() {
            self.by_tenant.remove(tenant);
        }
        self.count -= 1;
        self.cost -= cost;
        Some(thing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_most_loses_their_oldest() {
        let (ana, ben) = (Tenant::account("ana", false), Tenant::account("ben", false));
        let mut retained = Retained::new(10, 1000);
        assert!(retained.keep(&ana, 10, "ana's").is_empty());
        for number in 0..9 {
            assert!(retained.keep(&ben, 10, "ben's").is_empty(), "{number}");
        }
        assert_eq!(retained.keep(&ben, 10, "ben's last"), ["ben's"], "one too many");
        assert_eq!(
            retained.keep(&ana, 800, "ana's large one"),
            ["ben's"],
            "one too many still"
        );
        assert_eq!(
            retained.keep(&ana, 200, "ana's last"),
            ["ana's", "ana's large one"],
            "it costs too much now"
        );
        assert_eq!((retained.count, retained.cost), (9, 280));
        assert!(retained.remove(&ana, |thing| *thing == "ana's last").is_some());
        assert!(retained.remove(&ana, |thing| *thing == "ana's last").is_none());
        assert_eq!((retained.count, retained.cost), (8, 80));
        assert_eq!(retained.keep(&ana, 1001, "larger than all").len(), 1, "no room for it");
        assert_eq!((retained.count, retained.cost), (8, 80));
    }
}
