//! What others send to a session: messages, notices, and the wish that it end.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use caracola_wire::text;
use tokio::sync::Notify;

/// Bytes that a push costs beside its own: its place in a list that grows by doubling, and what keeps it in memory.
const PUSH: usize = 2 * size_of::<Bytes>() + 48;

/// Encoded pushes that wait for one session's task. Anybody may put something in; only the session's task takes out.
/// Bounded: a reader too slow for its own messages is told to go, so that it costs nobody else anything.
#[derive(Debug)]
pub struct Outbox {
    /// True when there is something to take: the task's way to look without the lock.
    ready: AtomicBool,
    /// Whether what is taken out goes to somebody who types requests, with no client before the terminal.
    typed: AtomicBool,
    inner: Mutex<Inner>,
    taken: Notify,
}

#[derive(Debug)]
struct Inner {
    mail: Vec<Bytes>,
    /// What the mail costs.
    bytes: usize,
    limit: usize,
    end_reason: Option<EndReason>,
    /// The session's profile was changed by somebody else.
    nudged: bool,
    waker: Option<Waker>,
}

/// Why a session ends from the server's side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EndReason {
    /// The server stops.
    Stopping,
    /// An operator ended it.
    Kicked,
    /// The account that it was logged in to is gone.
    Removed,
    /// That account has another password.
    PasswordChanged,
    /// It was silent, and another connection needed its place.
    Displaced,
    /// A new connection resumed the same name.
    Resumed,
    /// It does not read what it is sent, and its outbox is full.
    TooSlow,
}

impl EndReason {
    /// Whether nothing that the session sent is run any more, be it here already.
    pub fn takes_rights(&self) -> bool {
        match self {
            Self::Kicked | Self::Removed | Self::PasswordChanged => true,
            Self::Displaced | Self::Stopping | Self::Resumed | Self::TooSlow => false,
        }
    }
}

impl Outbox {
    /// An empty outbox that may cost at most `limit` bytes.
    pub fn new(limit: usize) -> Self {
        Self {
            ready: AtomicBool::new(false),
            typed: AtomicBool::new(false),
            inner: Mutex::new(Inner {
                mail: Vec::new(),
                bytes: 0,
                limit,
                end_reason: None,
                nudged: false,
                waker: None,
            }),
            taken: Notify::new(),
        }
    }

    /// Puts an encoded push in. Over the limit the session is told to go, and the push is dropped.
    pub fn push(&self, bytes: Bytes) {
        let mut inner = self.lock();
        if matches!(inner.end_reason, Some(EndReason::TooSlow)) {
            return;
        }
        let cost = bytes.len() + PUSH;
        if inner.bytes + cost > inner.limit {
            inner.mail = Vec::new();
            inner.end_reason = Some(EndReason::TooSlow);
        } else {
            inner.bytes += cost;
            inner.mail.push(bytes);
        }
        self.wake(inner);
    }

    /// Asks the session to end once it has sent what it has. The first reason stays, unless a later one takes its rights away.
    pub fn end(&self, reason: EndReason) {
        let mut inner = self.lock();
        if reason.takes_rights() {
            inner.end_reason = Some(reason);
        } else {
            inner.end_reason.get_or_insert(reason);
        }
        self.wake(inner);
    }

    /// Notes whether the session's last request was typed: what it is sent is made harmless to a terminal then. Only the
    /// session's task calls this.
    pub fn set_typed(&self, typed: bool) {
        self.typed.store(typed, Ordering::Relaxed);
    }

    /// Whether the session's last request was typed.
    pub fn is_typed(&self) -> bool {
        self.typed.load(Ordering::Relaxed)
    }

    /// Appends all mail to `out` and tells whether the session should end.
    pub fn take(&self, out: &mut Vec<u8>) -> Option<EndReason> {
        if !self.ready.load(Ordering::Acquire) {
            return None;
        }
        let from = out.len();
        let mut inner = self.lock();
        for bytes in inner.mail.drain(..) {
            out.extend_from_slice(&bytes);
        }
        // An idle session keeps no memory for mail that has gone.
        inner.mail = Vec::new();
        inner.bytes = 0;
        let end_reason = inner.end_reason.clone();
        self.ready
            .store(end_reason.is_some() || inner.nudged, Ordering::Release);
        drop(inner);
        if self.is_typed() {
            text::make_harmless(out, from);
        }
        self.taken.notify_waiters();
        end_reason
    }

    /// Waits until so little is in it that a program's output may be added: its reader then decides how fast that goes,
    /// and what people say has room at any time. Cancel safe.
    pub async fn roomy(&self) {
        loop {
            let taken = self.taken.notified();
            {
                let inner = self.lock();
                if inner.bytes <= inner.limit / 4 {
                    return;
                }
            }
            taken.await;
        }
    }

    /// Asks the session to look at its profile: somebody else changed it.
    pub fn nudge(&self) {
        let mut inner = self.lock();
        inner.nudged = true;
        self.wake(inner);
    }

    /// Whether there is a nudge to take. Costs nothing while there is nothing at all.
    pub fn is_nudged(&self) -> bool {
        self.ready.load(Ordering::Acquire) && self.lock().nudged
    }

    /// Whether the session was nudged since it was last asked this. Costs nothing while there is nothing to take.
    pub fn take_nudge(&self) -> bool {
        if !self.ready.load(Ordering::Acquire) {
            return false;
        }
        let mut inner = self.lock();
        let nudged = std::mem::take(&mut inner.nudged);
        let more = inner.end_reason.is_some() || !inner.mail.is_empty();
        self.ready.store(more, Ordering::Release);
        nudged
    }

    /// Whether the session should end, with all mail left where it is.
    pub fn end_reason(&self) -> Option<EndReason> {
        if !self.ready.load(Ordering::Acquire) {
            return None;
        }
        self.lock().end_reason.clone()
    }

    /// Ready when the session should end, whatever mail there is. Only the session's own task may wait here.
    pub fn poll_ending(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut inner = self.lock();
        if inner.end_reason.is_some() {
            return Poll::Ready(());
        }
        inner.wait(cx);
        Poll::Pending
    }

    /// Ready when there is something to take. Only the session's own task may wait here: one waker is kept.
    pub fn poll_ready(&self, cx: &mut Context<'_>) -> Poll<()> {
        if self.ready.load(Ordering::Acquire) {
            return Poll::Ready(());
        }
        let mut inner = self.lock();
        if self.ready.load(Ordering::Acquire) {
            return Poll::Ready(());
        }
        inner.wait(cx);
        Poll::Pending
    }

    fn wake(&self, mut inner: MutexGuard<'_, Inner>) {
        self.ready.store(true, Ordering::Release);
        let waker = inner.waker.take();
        drop(inner);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Nothing that runs under the lock can panic half-way.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn wait(&mut self, cx: &Context<'_>) {
        match &mut self.waker {
            Some(waker) => waker.clone_from(cx.waker()),
            none => *none = Some(cx.waker().clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_comes_out_in_order_and_once() {
        let outbox = Outbox::new(100 + 3 * PUSH);
        outbox.push(Bytes::from_static(b"one "));
        outbox.push(Bytes::from_static(b"two"));
        let mut out = Vec::new();
        assert_eq!(outbox.take(&mut out), None);
        assert_eq!(outbox.take(&mut out), None);
        assert_eq!(out, b"one two");
    }

    #[test]
    fn a_nudge_and_mail_do_not_hide_each_other() {
        let outbox = Outbox::new(100 + 3 * PUSH);
        outbox.nudge();
        outbox.push(Bytes::from_static(b"mail"));
        let mut out = Vec::new();
        assert_eq!(outbox.take(&mut out), None);
        assert!(outbox.take_nudge());
        assert!(!outbox.take_nudge());
        outbox.push(Bytes::from_static(b" more"));
        outbox.nudge();
        assert!(outbox.take_nudge());
        assert_eq!(outbox.take(&mut out), None);
        assert_eq!(out, b"mail more");
    }

    #[test]
    fn who_waits_for_the_end_is_not_woken_for_mail() {
        let outbox = Outbox::new(100 + 3 * PUSH);
        let mut cx = Context::from_waker(Waker::noop());
        outbox.push(Bytes::from_static(b"one"));
        assert!(outbox.poll_ready(&mut cx).is_ready());
        assert!(outbox.poll_ending(&mut cx).is_pending());
        assert_eq!(outbox.end_reason(), None);
        outbox.end(EndReason::Kicked);
        assert!(outbox.poll_ending(&mut cx).is_ready());
        assert_eq!(outbox.end_reason(), Some(EndReason::Kicked));
    }

    #[test]
    fn many_small_pushes_are_not_free() {
        let outbox = Outbox::new(1024 * 1024);
        let mut pushes = 0;
        while outbox.end_reason().is_none() {
            outbox.push(Bytes::from(vec![b'x']));
            pushes += 1;
        }
        assert!(pushes * (size_of::<Bytes>() + 32) <= 1024 * 1024, "{pushes}");
    }

    #[test]
    fn a_full_outbox_ends_its_session_and_takes_no_more() {
        let outbox = Outbox::new(4 + PUSH);
        outbox.push(Bytes::from_static(b"1234"));
        outbox.push(Bytes::from_static(b"5"));
        outbox.push(Bytes::from_static(b"6"));
        let mut out = Vec::new();
        assert_eq!(outbox.take(&mut out), Some(EndReason::TooSlow));
        assert!(out.is_empty());
        assert_eq!(outbox.take(&mut out), Some(EndReason::TooSlow));
    }
}
