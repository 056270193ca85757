//! Places: how many may be at something at once, and how many may wait for that. Shared fairly between tenants.
//!
//! - Staff comes first in line, and of four places or more a quarter is kept for it.
//! - Of the others' places one tenant has at most three quarters, rounded down, but always one: where there are two, there is
//!   one for somebody else. Of the line one tenant has at most half.
//! - The guests of all addresses together have as many places as one account, and three quarters of the line, so that who has
//!   logged in finds one. Of the guests' places, if there are four or more, a quarter is kept from those of any one address.
//! - Tenants that wait take turns, however many of their own each has in line.
//!
//! The number of places is never exceeded: it is what the admin lets the machine bear.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

use crate::Tenant;

/// Some places, and a line before them.
#[derive(Debug)]
pub struct Gate {
    places: usize,
    queue: usize,
    line: Mutex<Line>,
}

#[derive(Debug, Default)]
struct Line {
    /// Places taken.
    taken: usize,
    /// Those of them that staff doesn't have.
    taken_by_others: usize,
    /// Those that guests have.
    taken_by_guests: usize,
    /// Places taken, by tenants that aren't staff.
    by_tenant: HashMap<Tenant, usize>,
    staff: VecDeque<Waiter>,
    /// Those who wait, in the order of their turns.
    others: VecDeque<(Tenant, VecDeque<Waiter>)>,
    last_waiter: u64,
}

#[derive(Debug)]
struct Waiter {
    number: u64,
    turn: oneshot::Sender<Pass>,
}

/// Which line is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Full {
    /// The tenant's own share of it.
    #[error("one user may not have more of them")]
    Share,
    /// The share of the guests of all addresses together.
    #[error("guests may not have more of them together")]
    Guests,
    /// All of it.
    #[error("there may be no more of them")]
    All,
}

/// A place. Gives it back when dropped.
#[derive(Debug)]
pub struct Pass {
    gate: Arc<Gate>,
    tenant: Tenant,
}

/// Somebody in line. Leaves it when dropped.
struct InLine<'g> {
    gate: &'g Gate,
    tenant: &'g Tenant,
    number: u64,
}

impl Gate {
    /// `places`, and a line for `queue` waiters.
    pub fn new(places: usize, queue: usize) -> Arc<Self> {
        Arc::new(Self {
            places,
            queue,
            line: Mutex::default(),
        })
    }

    /// Whether the gate is of this size.
    pub fn is_of(&self, places: usize, queue: usize) -> bool {
        self.places == places && self.queue == queue
    }

    /// Waits for a place. Cancel safe: who stops waiting leaves the line.
    pub async fn enter(self: &Arc<Self>, tenant: &Tenant) -> Result<Pass, Full> {
        let (number, turn) = {
            let mut line = self.lock();
            if self.may_pass(&line, tenant) {
                return Ok(self.admit(&mut line, tenant));
            }
            self.has_room(&line, tenant)?;
            line.last_waiter += 1;
            let number = line.last_waiter;
            let (sender, turn) = oneshot::channel();
            let waiter = Waiter { number, turn: sender };
            line.push(tenant, waiter);
            (number, turn)
        };
        let _in_line = InLine {
            gate: self,
            tenant,
            number,
        };
        // The gate gives up no waiter that hasn't left.
        turn.await.map_err(|_| Full::All)
    }

    /// Places that others than staff may have together.
    fn open_places(&self) -> usize {
        self.places - self.places / 4
    }

    /// Places that one account may have that isn't staff's, or all guests together.
    fn share(&self) -> usize {
        three_quarters(self.open_places())
    }

    /// Places that the guests of one address may have.
    fn share_of_address(&self) -> usize {
        let guests = self.share();
        guests - guests / 4
    }

    /// Whether a tenant may have a place now. Nobody who waits may: they would have got it.
    fn may_pass(&self, line: &Line, tenant: &Tenant) -> bool {
        let has = line.by_tenant.get(tenant).copied().unwrap_or(0);
        let has_share = if tenant.is_guests() {
            has < self.share_of_address() && line.taken_by_guests < self.share()
        } else {
            has < self.share()
        };
        line.taken < self.places && (tenant.is_staff() || (line.taken_by_others < self.open_places() && has_share))
    }

    fn has_room(&self, line: &Line, tenant: &Tenant) -> Result<(), Full> {
        if tenant.is_staff() {
            // As many again as a quarter of the line, at least one where there is a line at all.
            let most = self.queue + (self.queue / 4).max(1).min(self.queue);
            return if line.waiting() < most { Ok(()) } else { Err(Full::All) };
        }
        let others = line.others.iter();
        let own = others.clone().find(|(other, _)| other == tenant);
        let own = own.map_or(0, |(_, waiters)| waiters.len());
        let all: usize = others.clone().map(|(_, waiters)| waiters.len()).sum();
        let guests = others.filter(|(other, _)| other.is_guests());
        let guests: usize = guests.map(|(_, waiters)| waiters.len()).sum();
        if all >= self.queue {
            Err(Full::All)
        } else if own >= self.queue.div_ceil(2) {
            Err(Full::Share)
        } else if tenant.is_guests() && guests >= self.queue - self.queue / 4 {
            Err(Full::Guests)
        } else {
            Ok(())
        }
    }

    fn admit(self: &Arc<Self>, line: &mut Line, tenant: &Tenant) -> Pass {
        line.taken += 1;
        if !tenant.is_staff() {
            line.taken_by_others += 1;
            line.taken_by_guests += usize::from(tenant.is_guests());
            *line.by_tenant.entry(tenant.clone()).or_default() += 1;
        }
        Pass {
            gate: Arc::clone(self),
            tenant: tenant.clone(),
        }
    }

    /// Gives free places to those whose turn it is.
    fn call_next(self: &Arc<Self>) {
        loop {
            let (waiter, pass) = {
                let mut line = self.lock();
                let next = if line.taken >= self.places {
                    None
                } else if let Some(waiter) = line.staff.pop_front() {
                    Some((Tenant::DOOR, waiter))
                } else {
                    let turn = line.others.iter().position(|(tenant, _)| self.may_pass(&line, tenant));
                    turn.and_then(|turn| line.take_turn(turn))
                };
                let Some((tenant, waiter)) = next else { return };
                let pass = self.admit(&mut line, &tenant);
                (waiter, pass)
            };
            // Outside of the lock: if nobody waits there any more, the place is given back at once.
            let _ = waiter.turn.send(pass);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What one may have of so many: never all where there are two, and never nothing.
fn three_quarters(places: usize) -> usize {
    (places - places.div_ceil(4)).max(1)
}

impl Line {
    fn waiting(&self) -> usize {
        let others = self.others.iter().map(|(_, waiters)| waiters.len());
        self.staff.len() + others.sum::<usize>()
    }

    fn push(&mut self, tenant: &Tenant, waiter: Waiter) {
        if tenant.is_staff() {
            self.staff.push_back(waiter);
        } else if let Some((_, waiters)) = self.others.iter_mut().find(|(other, _)| other == tenant) {
            waiters.push_back(waiter);
        } else {
            self.others.push_back((tenant.clone(), VecDeque::from([waiter])));
        }
    }

    /// The first waiter of the tenant at that position, who comes last in line with all others of theirs.
    fn take_turn(&mut self, position: usize) -> Option<(Tenant, Waiter)> {
        let (tenant, mut waiters) = self.others.remove(position)?;
        let first = waiters.pop_front();
        if !waiters.is_empty() {
            self.others.push_back((tenant.clone(), waiters));
        }
        first.map(|waiter| (tenant, waiter))
    }

    fn leave(&mut self, tenant: &Tenant, number: u64) {
        if tenant.is_staff() {
            self.staff.retain(|waiter| waiter.number != number);
            return;
        }
        for (_, waiters) in self.others.iter_mut().filter(|(other, _)| other == tenant) {
            waiters.retain(|waiter| waiter.number != number);
        }
        self.others.retain(|(_, waiters)| !waiters.is_empty());
    }

    fn give_back(&mut self, tenant: &Tenant) {
        self.taken -= 1;
        if tenant.is_staff() {
            return;
        }
        self.taken_by_others -= 1;
        self.taken_by_guests -= usize::from(tenant.is_guests());
        if let Some(count) = self.by_tenant.get_mut(tenant) {
            *count -= 1;
            if *count == 0 {
                self.by_tenant.remove(tenant);
            }
        }
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        self.gate.lock().give_back(&self.tenant);
        self.gate.call_next();
    }
}

impl Drop for InLine<'_> {
    fn drop(&mut self) {
        self.gate.lock().leave(self.tenant, self.number);
    }
}

/// The gates of all commands, by name.
#[derive(Debug, Default)]
pub struct Gates {
    by_command: Mutex<HashMap<String, Arc<Gate>>>,
}

impl Gates {
    /// The gate of `command`; a new one if the definition has changed. Runs that passed the old one finish on it.
    pub fn gate(&self, command: &str, places: usize, queue: usize) -> Arc<Gate> {
        let mut gates = self.by_command.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(gate) = gates.get(command).filter(|gate| gate.is_of(places, queue)) {
            return Arc::clone(gate);
        }
        let gate = Gate::new(places, queue);
        gates.insert(command.to_owned(), Arc::clone(&gate));
        gate
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    fn guests(last: u8) -> Tenant {
        Tenant::guests(IpAddr::from([192, 0, 2, last]))
    }

    /// As many places as a tenant gets at once.
    async fn take_all(gate: &Arc<Gate>, tenant: &Tenant) -> Vec<Pass> {
        let mut passes = Vec::new();
        while gate.may_pass(&gate.lock(), tenant) {
            passes.push(gate.enter(tenant).await.expect("a place"));
        }
        passes
    }

    /// Waits in a task of its own, and is in line when this returns.
    async fn wait(gate: &Arc<Gate>, tenant: &Tenant) -> tokio::task::JoinHandle<Result<Pass, Full>> {
        let before = gate.lock().waiting();
        let (inner, tenant) = (Arc::clone(gate), tenant.clone());
        let waiter = tokio::spawn(async move { inner.enter(&tenant).await });
        while gate.lock().waiting() == before && !waiter.is_finished() {
            tokio::task::yield_now().await;
        }
        waiter
    }

    #[tokio::test]
    async fn one_runs_one_waits_and_one_is_told_to_come_again() {
        let gates = Gates::default();
        let gate = gates.gate("disk", 1, 1);
        let ana = Tenant::account("ana", false);
        let first = gate.enter(&ana).await.expect("a place");
        let waiter = wait(&gate, &ana).await;
        assert_eq!(gates.gate("disk", 1, 1).enter(&ana).await.err(), Some(Full::All));
        drop(first);
        assert!(waiter.await.expect("no panic").is_ok());
    }

    #[tokio::test]
    async fn nobody_takes_all_places_nor_all_of_the_line() {
        let gate = Gate::new(8, 16);
        let mut running = take_all(&gate, &guests(1)).await;
        assert_eq!(running.len(), 3);
        running.extend(take_all(&gate, &guests(2)).await);
        assert_eq!(running.len(), 4, "another address finds a place");
        let mut waiting = Vec::new();
        for _ in 0..8 {
            waiting.push(wait(&gate, &guests(1)).await);
        }
        assert_eq!(gate.enter(&guests(1)).await.err(), Some(Full::Share));
        assert!(
            take_all(&gate, &guests(3)).await.is_empty(),
            "guests have no more together"
        );
        running.extend(take_all(&gate, &Tenant::account("ana", false)).await);
        assert_eq!(running.len(), 6, "who has logged in finds what guests can't take");
        running.extend(take_all(&gate, &Tenant::account("olga", true)).await);
        assert_eq!(running.len(), 8);
        // With all places taken and the line full, there is still a place in line for who looks after the server.
        for _ in 0..4 {
            waiting.push(wait(&gate, &guests(2)).await);
        }
        assert_eq!(gate.enter(&guests(3)).await.err(), Some(Full::Guests));
        for _ in 0..4 {
            waiting.push(wait(&gate, &Tenant::account("ana", false)).await);
        }
        assert_eq!(gate.enter(&Tenant::account("ben", false)).await.err(), Some(Full::All));
        let olga = wait(&gate, &Tenant::account("olga", true)).await;
        running.pop();
        assert!(olga.await.expect("no panic").is_ok());
        for waiter in waiting {
            waiter.abort();
        }
    }

    /// How many of each number of places (1 to 16) others than staff have together, one account, and the guests of one address.
    #[tokio::test]
    async fn of_any_number_of_places_one_user_leaves_one_to_others() {
        let table = [
            (1, 1, 1, 1),
            (2, 2, 1, 1),
            (3, 3, 2, 2),
            (4, 3, 2, 2),
            (5, 4, 3, 3),
            (6, 5, 3, 3),
            (7, 6, 4, 3),
            (8, 6, 4, 3),
            (9, 7, 5, 4),
            (10, 8, 6, 5),
            (11, 9, 6, 5),
            (12, 9, 6, 5),
            (13, 10, 7, 6),
            (14, 11, 8, 6),
            (15, 12, 9, 7),
            (16, 12, 9, 7),
        ];
        for (places, open, share, of_address) in table {
            for (one, other, most) in [
                (Tenant::account("ana", false), Tenant::account("ben", false), share),
                (guests(1), Tenant::account("ben", false), of_address),
            ] {
                let gate = Gate::new(places, 0);
                let mut taken = take_all(&gate, &one).await;
                assert_eq!(taken.len(), most, "{one:?} of {places}");
                let others = take_all(&gate, &other).await;
                assert_eq!(others.is_empty(), open == 1, "{other:?} beside {most} of {places}");
                taken.extend(others);
                taken.extend(take_all(&gate, &Tenant::account("cleo", false)).await);
                assert_eq!(taken.len(), open, "all of them of {places}");
                assert_eq!(
                    take_all(&gate, &Tenant::account("olga", true)).await.len(),
                    places - open
                );
            }
        }
    }

    #[tokio::test]
    async fn tenants_take_turns_and_staff_comes_first() {
        let gate = Gate::new(1, 20);
        let (ana, ben, olga) = (
            Tenant::account("ana", false),
            Tenant::account("ben", false),
            Tenant::account("olga", true),
        );
        let mut place = gate.enter(&ana).await.expect("a place");
        let mut waiting = Vec::new();
        for (name, tenant) in [
            ("a", &ana),
            ("a", &ana),
            ("a", &ana),
            ("b", &ben),
            ("b", &ben),
            ("o", &olga),
        ] {
            waiting.push((name, wait(&gate, tenant).await));
        }
        let mut order = String::new();
        while !waiting.is_empty() {
            drop(place);
            let position = loop {
                match waiting.iter().position(|(_, waiter)| waiter.is_finished()) {
                    Some(position) => break position,
                    None => tokio::task::yield_now().await,
                }
            };
            let (name, waiter) = waiting.remove(position);
            order.push_str(name);
            place = waiter.await.expect("no panic").expect("a place");
        }
        assert_eq!(order, "oababa");
    }

    #[tokio::test]
    async fn who_stops_waiting_leaves_nothing_behind() {
        let gate = Gate::new(1, 2);
        let ana = Tenant::account("ana", false);
        let place = gate.enter(&ana).await.expect("a place");
        for _ in 0..10 {
            let waiter = wait(&gate, &ana).await;
            waiter.abort();
            assert!(waiter.await.is_err());
        }
        assert_eq!(gate.lock().waiting(), 0);
        drop(place);
        let line = gate.lock();
        assert_eq!((line.taken, line.by_tenant.len(), line.others.len()), (0, 0, 0));
    }
}
