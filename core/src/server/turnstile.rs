//! One at a time: connections that are not sessions yet, or no more, sessions with much to send, and sessions that speak to
//! many.
//!
//! The runtime serves tasks in the order in which they are woken, so a session waits for all that were woken before it.
//! Four thousand connections that come, or run out of time, at the same moment would keep every session waiting for four
//! thousand steps. They pass a turnstile instead: between two of them the runtime serves whatever else is ready.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;

use tokio::sync::{Notify, Semaphore};
use tokio::task::{AbortHandle, yield_now};

/// One for each kind of crowd, so that none waits for another.
#[derive(Debug, Clone)]
pub(super) struct Turnstiles {
    /// For the steps of a connection before and after its session.
    pub(super) connections: Arc<Turnstile>,
    /// For output that is more than a few replies.
    pub(super) output: Arc<Turnstile>,
    /// For sessions that said something to many others.
    pub(super) speakers: Arc<Turnstile>,
}

/// Where they wait. The one who has waited longest comes first.
#[derive(Debug)]
pub(super) struct Turnstile {
    shared: Arc<Shared>,
    lane: AbortHandle,
}

#[derive(Debug)]
struct Shared {
    /// One turn at most, given by the lane.
    turns: Semaphore,
    waiting: AtomicUsize,
    asked: Notify,
}

/// Counts somebody who waits, also if they give up.
struct Waiting<'s>(&'s Shared);

impl Turnstiles {
    /// To be called inside the runtime.
    pub(super) fn new() -> Self {
        Self {
            connections: Arc::new(Turnstile::new()),
            output: Arc::new(Turnstile::new()),
            speakers: Arc::new(Turnstile::new()),
        }
    }
}

impl Turnstile {
    /// To be called inside the runtime.
    pub(super) fn new() -> Self {
        let shared = Arc::new(Shared {
            turns: Semaphore::new(0),
            waiting: AtomicUsize::new(0),
            asked: Notify::new(),
        });
        let lane = tokio::spawn(serve(Arc::clone(&shared))).abort_handle();
        Self { shared, lane }
    }

    /// Waits for the right to one step that takes a moment. Cancel safe.
    pub(super) async fn turn(&self) {
        let waiting = Waiting::new(&self.shared);
        // It is closed by nobody.
        if let Ok(turn) = self.shared.turns.acquire().await {
            turn.forget();
        }
        drop(waiting);
    }

    /// Carries `work` out, with a turn for each of its steps. Cancel safe if `work` is.
    pub(super) async fn pace<F: Future>(&self, work: F) -> F::Output {
        let mut work = pin!(work);
        loop {
            self.turn().await;
            if let Poll::Ready(output) = poll_fn(|cx| Poll::Ready(work.as_mut().poll(cx))).await {
                return output;
            }
            // Until it is woken: by what it waits for, or for nothing, which costs one turn.
            let mut is_woken = false;
            poll_fn(|_| {
                if std::mem::replace(&mut is_woken, true) {
                    Poll::Ready(())
                } else {
                    Poll::Pending
                }
            })
            .await;
        }
    }
}

impl Drop for Turnstile {
    fn drop(&mut self) {
        self.lane.abort();
    }
}

impl<'s> Waiting<'s> {
    fn new(shared: &'s Shared) -> Self {
        shared.waiting.fetch_add(1, Ordering::AcqRel);
        shared.asked.notify_one();
        Self(shared)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::AcqRel);
    }
}

/// Gives turns as long as somebody waits, and lets the runtime serve all others in between.
async fn serve(shared: Arc<Shared>) {
    loop {
        shared.asked.notified().await;
        while shared.waiting.load(Ordering::Acquire) > 0 {
            if shared.turns.available_permits() == 0 {
                shared.turns.add_permits(1);
            }
            yield_now().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    const MANY: usize = 500;

    /// Lets many tasks that are woken together take a step each, beside one that is always ready, on one thread: how
    /// many steps there were between two of its own, at most.
    async fn most_steps_at_once(turnstile: Option<Arc<Turnstile>>) -> usize {
        let (ready, steps) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let start = Arc::new(Notify::new());
        for _ in 0..MANY {
            let (ready, steps) = (Arc::clone(&ready), Arc::clone(&steps));
            let (start, turnstile) = (Arc::clone(&start), turnstile.clone());
            tokio::spawn(async move {
                let mut started = pin!(start.notified());
                started.as_mut().enable();
                ready.fetch_add(1, Ordering::Relaxed);
                started.await;
                if let Some(turnstile) = turnstile {
                    turnstile.turn().await;
                }
                steps.fetch_add(1, Ordering::Relaxed);
            });
        }
        while ready.load(Ordering::Relaxed) < MANY {
            yield_now().await;
        }
        start.notify_waiters();
        let (mut seen, mut most) = (0, 0);
        for _ in 0..100 * MANY {
            // Ready at once, and behind all that are ready already.
            tokio::spawn(async {}).await.expect("it does nothing");
            let now = steps.load(Ordering::Relaxed);
            most = most.max(now - seen);
            seen = now;
        }
        assert_eq!(seen, MANY, "some never had their turn");
        most
    }

    #[tokio::test]
    async fn others_are_served_between_two_turns() {
        assert!(most_steps_at_once(None).await > 400, "the test sees no crowd");
        let most = most_steps_at_once(Some(Arc::new(Turnstile::new()))).await;
        assert!(most <= 2, "{most} steps between two of another task's");
    }

    #[tokio::test]
    async fn turns_go_by_age_and_who_gives_up_takes_none() {
        let turnstile = Turnstile::new();
        let order = Mutex::new(Vec::new());
        let step = async |number: usize| {
            turnstile.turn().await;
            order.lock().expect("no panic").push(number);
        };
        let mut given_up = Box::pin(turnstile.turn());
        assert!(futures_poll(given_up.as_mut()).await.is_pending());
        drop(given_up);
        tokio::join!(step(1), step(2), step(3));
        assert_eq!(*order.lock().expect("no panic"), [1, 2, 3]);
        assert_eq!(turnstile.shared.waiting.load(Ordering::Acquire), 0);
    }

    async fn futures_poll<F: Future>(mut future: std::pin::Pin<&mut F>) -> Poll<F::Output> {
        poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx))).await
    }

    #[tokio::test]
    async fn work_is_carried_out_step_by_step() {
        let turnstile = Turnstile::new();
        let work = async {
            let mut steps = 0;
            for _ in 0..3 {
                yield_now().await;
                steps += 1;
            }
            steps
        };
        assert_eq!(turnstile.pace(work).await, 3);
    }
}
