//! The queue of logins: a few passwords are hashed at once, and those that wait take turns by where and whom they are for.
//!
//! Turns go by whether a login is known, by address and by the name as it was typed. In a full queue whoever has most
//! gives way, so two hundred at once for one account keep no other waiting.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// Passwords hashed at once. Each takes a thread and 19 MiB for tens of milliseconds.
const AT_ONCE: usize = 2;
/// Logins that may wait for their turn: two classes that come in at the same moment.
pub(super) const QUEUE: usize = 128;

/// So many wait already that one more can't.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Crowded;

/// Who waits, as far as the shares go. Turns go round by class, within a class by address, within an address by name; so
/// one name that asks two hundred times at once has its turns, and nobody waits longer for it than for one other name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asker {
    /// Whether anything is known of the asker.
    pub class: Class,
    /// The neighbourhood; `None` at the door.
    pub address: Option<IpAddr>,
    /// The name as it was typed, hashed: unknown names wait like known ones.
    pub name: u64,
}

/// The first division of the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// The operator's door.
    Door,
    /// A name that logged in from that address not long ago, or with a device secret.
    Known,
    /// All others.
    Unknown,
}

/// A part of the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Share {
    Class(Class),
    Address(Class, Option<IpAddr>),
    Name(Class, Option<IpAddr>, u64),
}

impl Asker {
    /// The shares that it is in, the largest first.
    fn shares(self) -> [Share; 3] {
        let Self { class, address, name } = self;
        [
            Share::Class(class),
            Share::Address(class, address),
            Share::Name(class, address, name),
        ]
    }
}

/// The queue. A handful of logins a second pass it, and at most [`QUEUE`] are in it: what it does is linear in that.
#[derive(Debug, Clone, Default)]
pub(super) struct LoginQueue(Arc<Mutex<QueueState>>);

#[derive(Debug, Default)]
struct QueueState {
    running: usize,
    /// By age.
    waiting: Vec<Waiter>,
    /// When each share that has somebody waiting came, or had its last turn.
    turns: HashMap<Share, u64>,
    /// Counts up: the clock of `turns`, and the number of the next waiter.
    clock: u64,
}

#[derive(Debug)]
struct Waiter {
    number: u64,
    asker: Asker,
    turn: oneshot::Sender<Turn>,
}

/// The right to hash one password now. Move it to where the hashing is done and drop it there: a session that ends in
/// the meantime does not stop the thread.
#[derive(Debug)]
pub struct Turn(Option<LoginQueue>);

/// A place in the queue, given up when dropped.
struct LeaveQueueOnDrop<'q> {
    queue: &'q LoginQueue,
    number: u64,
}

impl LoginQueue {
    /// Waits for a turn. Where the queue is full, a share that has more than its part gives way: of it, the one who waits
    /// for the shortest time is refused. Cancel safe.
    pub(super) async fn turn(&self, asker: Asker) -> Result<Turn, Crowded> {
        let (number, turn) = {
            let mut state = self.lock();
            if state.running < AT_ONCE {
                state.running += 1;
                return Ok(Turn(Some(self.clone())));
            }
            if state.waiting.len() >= QUEUE {
                state.make_room(asker)?;
            }
            state.wait(asker)
        };
        let _place = LeaveQueueOnDrop { queue: self, number };
        // Whoever had to give way finds the sender gone.
        turn.await.map_err(|_| Crowded)
    }

    fn lock(&self) -> MutexGuard<'_, QueueState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl QueueState {
    fn wait(&mut self, asker: Asker) -> (u64, oneshot::Receiver<Turn>) {
        self.clock += 1;
        let number = self.clock;
        for share in asker.shares() {
            self.turns.entry(share).or_insert(number);
        }
        let (turn, receiver) = oneshot::channel();
        self.waiting.push(Waiter { number, asker, turn });
        (number, receiver)
    }

    /// Refuses the last of the share that has most, if it has more than the asker's own would have.
    fn make_room(&mut self, asker: Asker) -> Result<(), Crowded> {
        let mut among: Vec<usize> = (0..self.waiting.len()).collect();
        for level in 0..asker.shares().len() {
            let mut counts: HashMap<Share, usize> = HashMap::new();
            for &index in &among {
                *counts.entry(self.waiting[index].asker.shares()[level]).or_default() += 1;
            }
            let own = asker.shares()[level];
            let has = counts.get(&own).copied().unwrap_or(0);
            let most = counts.values().copied().max().unwrap_or(0);
            // Its own share, if that is one of the largest.
            let largest = if has == most {
                own
            } else {
                let largest = counts.iter().find(|(_, count)| **count == most);
                largest.map_or(own, |(share, _)| *share)
            };
            among.retain(|&index| self.waiting[index].asker.shares()[level] == largest);
            if largest != own {
                if has + 1 >= most {
                    break;
                }
                let last = self.largest_last(among, level + 1);
                self.remove(last);
                return Ok(());
            }
        }
        Err(Crowded)
    }

    /// The last of the largest share among some who wait, from `level` on.
    fn largest_last(&self, mut among: Vec<usize>, level: usize) -> usize {
        for level in level..3 {
            let mut counts: HashMap<Share, usize> = HashMap::new();
            for &index in &among {
                *counts.entry(self.waiting[index].asker.shares()[level]).or_default() += 1;
            }
            let largest = counts.into_iter().max_by_key(|(_, count)| *count);
            if let Some((largest, _)) = largest {
                among.retain(|&index| self.waiting[index].asker.shares()[level] == largest);
            }
        }
        among.last().copied().unwrap_or(0)
    }

    /// Whose turn it is: the class, address and name that had none for the longest time, then the oldest.
    fn next(&mut self) -> Option<Waiter> {
        let since = |waiter: &Waiter| {
            let turn = |share| self.turns.get(&share).copied().unwrap_or(0);
            (waiter.asker.shares().map(turn), waiter.number)
        };
        let (index, waiter) = self
            .waiting
            .iter()
            .enumerate()
            .min_by_key(|(_, waiter)| since(waiter))?;
        let shares = waiter.asker.shares();
        self.clock += 1;
        for share in shares {
            self.turns.insert(share, self.clock);
        }
        Some(self.remove(index))
    }

    fn remove(&mut self, index: usize) -> Waiter {
        let waiter = self.waiting.remove(index);
        for (level, share) in waiter.asker.shares().into_iter().enumerate() {
            if !self.waiting.iter().any(|other| other.asker.shares()[level] == share) {
                self.turns.remove(&share);
            }
        }
        waiter
    }
}

impl Drop for LeaveQueueOnDrop<'_> {
    fn drop(&mut self) {
        let mut state = self.queue.lock();
        let index = state.waiting.iter().position(|waiter| waiter.number == self.number);
        if let Some(index) = index {
            state.remove(index);
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let Some(queue) = self.0.take() else { return };
        loop {
            let next = {
                let mut state = queue.lock();
                let next = state.next();
                if next.is_none() {
                    state.running -= 1;
                }
                next
            };
            let Some(next) = next else { return };
            match next.turn.send(Turn(Some(queue.clone()))) {
                Ok(()) => return,
                // Nobody waits any more: the turn stays to be given, and is not dropped once more.
                Err(mut turn) => turn.0 = None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::pin::Pin;

    use super::*;

    type Waiting<'q> = Pin<Box<dyn Future<Output = Result<Turn, Crowded>> + 'q>>;

    const ANA: u64 = 1;
    const BEN: u64 = 2;

    fn asker(class: Class, household: u8, name: u64) -> Asker {
        Asker {
            class,
            address: Some(IpAddr::from([192, 0, 2, household])),
            name,
        }
    }

    fn unknown(household: u8, name: u64) -> Asker {
        asker(Class::Unknown, household, name)
    }

    async fn poll(waiting: &mut Waiting<'_>) -> Option<Result<Turn, Crowded>> {
        std::future::poll_fn(|cx| {
            std::task::Poll::Ready(match waiting.as_mut().poll(cx) {
                std::task::Poll::Ready(turn) => Some(turn),
                std::task::Poll::Pending => None,
            })
        })
        .await
    }

    /// Comes to wait, or is refused at once.
    async fn come(queue: &LoginQueue, asker: Asker) -> Result<Waiting<'_>, Crowded> {
        let mut waiting: Waiting<'_> = Box::pin(queue.turn(asker));
        match poll(&mut waiting).await {
            None => Ok(waiting),
            Some(Ok(_)) => panic!("it had a turn at once"),
            Some(Err(refused)) => Err(refused),
        }
    }

    /// A queue whose turns are all taken, by somebody at the door.
    async fn busy() -> (LoginQueue, Turn, Turn) {
        let queue = LoginQueue::default();
        let door = Asker {
            class: Class::Door,
            address: None,
            name: 0,
        };
        let (first, second) = (queue.turn(door).await, queue.turn(door).await);
        (queue, first.expect("a turn"), second.expect("a turn"))
    }

    #[tokio::test]
    async fn two_at_once_and_a_bounded_queue() {
        let (queue, first, _second) = busy().await;
        let mut waiting = Vec::new();
        for _ in 0..QUEUE {
            waiting.push(come(&queue, unknown(1, ANA)).await.expect("it may wait"));
        }
        assert!(matches!(come(&queue, unknown(1, ANA)).await, Err(Crowded)));
        drop(first);
        let third = poll(&mut waiting.remove(0)).await;
        assert!(matches!(third, Some(Ok(_))));
        assert!(poll(&mut waiting[0]).await.is_none());
        // Somebody who hangs up while waiting leaves the place to others.
        drop(waiting.pop());
        assert!(come(&queue, unknown(1, ANA)).await.is_ok());
        // And a turn that nobody hears of any more goes on.
        waiting.truncate(2);
        drop(third);
        drop(waiting.remove(0));
        assert!(matches!(poll(&mut waiting.remove(0)).await, Some(Ok(_))));
    }

    #[tokio::test]
    async fn one_name_keeps_nobody_out_and_nobody_waiting() {
        let (queue, first, _second) = busy().await;
        let mut crowd = Vec::new();
        for _ in 0..QUEUE {
            crowd.push(come(&queue, unknown(1, ANA)).await.expect("it may wait"));
        }
        // Another name from there, and the same one from elsewhere: each takes the place of the crowd's last.
        let mut ben = come(&queue, unknown(1, BEN)).await.expect("it may wait");
        let mut elsewhere = come(&queue, unknown(2, ANA)).await.expect("it may wait");
        for _ in 0..2 {
            let last = poll(&mut crowd.pop().expect("a last one")).await;
            assert!(matches!(last, Some(Err(Crowded))));
        }
        assert!(matches!(come(&queue, unknown(1, ANA)).await, Err(Crowded)));
        // In three turns all of them have had one.
        let mut turn = first;
        for _ in 0..3 {
            drop(turn);
            let mut next = None;
            for waiting in [&mut ben, &mut elsewhere].into_iter().chain(&mut crowd[..1]) {
                if let Some(Ok(turn)) = poll_once(waiting).await {
                    next = Some(turn);
                }
            }
            turn = next.expect("one of the three had the turn");
        }
    }

    /// Polls what may have resolved already.
    async fn poll_once(waiting: &mut Waiting<'_>) -> Option<Result<Turn, Crowded>> {
        let turn = poll(waiting).await;
        if turn.is_some() {
            *waiting = Box::pin(std::future::pending());
        }
        turn
    }

    #[tokio::test]
    async fn many_addresses_leave_room_to_the_known_and_the_door() {
        let (queue, first, _second) = busy().await;
        let mut crowd = Vec::new();
        for household in 0..128 {
            crowd.push(come(&queue, unknown(household, ANA)).await.expect("it may wait"));
        }
        assert!(
            come(&queue, unknown(200, ANA)).await.is_err(),
            "they all have the same share"
        );
        let mut ana = come(&queue, asker(Class::Known, 201, ANA)).await.expect("it may wait");
        drop(first);
        // The crowd came first.
        let turn = poll(&mut crowd.remove(0)).await;
        assert!(matches!(turn, Some(Ok(_))));
        drop(turn);
        assert!(matches!(poll(&mut ana).await, Some(Ok(_))));
    }
}
