//! One stream, read and written by one task: bytes in, bytes out, and whatever others want of the session.
//!
//! Reading and writing are polled on the one stream, instead of two tasks and a lock: so while it writes it still sees
//! mail, a hang-up and the request to end.

use std::future::poll_fn;
use std::io;
use std::ops::Range;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::ReadBuf;
use tokio::time::{Instant, Sleep, sleep_until};
use zeroize::Zeroize as _;

use super::hang_up::{HangUp, Wire};
use super::turnstile::Turnstile;
use crate::output::Output;
use crate::sessions::{EndReason, Outbox};

/// Output that is gathered before it must be sent: past that no more is served for the peer, and no more mail taken out of
/// its outbox, until it has read.
const GATHER: usize = 64 * 1024;
/// Bytes taken from the stream at once: what one TLS record holds.
const READ: usize = 16 * 1024;
/// Bytes sent at once. What is left then is sent in turns with all others that have so much: the kernel takes megabytes of a
/// peer's output, and to encrypt and copy them takes milliseconds. Sixteen cards fit, two full TLS records.
const SEND: usize = 32 * 1024;
/// Input buffers larger than this are given back once they are empty. Most requests are far smaller.
const KEEP: usize = 1024;
/// How long a peer may take nothing while bytes wait for it, before it is dropped. Long enough for a laptop's lid, far
/// shorter than TCP's own patience.
const STALLED: Duration = Duration::from_mins(1);

/// A stream with what was read and not yet served, and what was answered and not yet sent.
pub(crate) struct Connection<S> {
    stream: S,
    /// Bytes that the decoder has not finished with.
    pub(crate) input: Vec<u8>,
    /// Bytes to send.
    pub(crate) output: Output,
    stall: Option<Pin<Box<Sleep>>>,
    turnstile: Arc<Turnstile>,
    /// The turn that it waits for, if it has much to send.
    turn: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
}

/// What made [`Connection::turn`] return.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// There is more input.
    Input,
    /// All output is sent.
    Sent,
    /// Somebody else changed the session's profile: ask the outbox for the nudge.
    Nudged,
    /// The peer will send nothing more.
    End,
    /// Somebody wants the session to end.
    Ended(EndReason),
    /// The time that was given is over.
    Deadline,
}

impl<S: Wire> Connection<S> {
    /// `turnstile` is what all with much to send pass.
    pub(super) fn new(stream: S, turnstile: Arc<Turnstile>) -> Self {
        Self {
            stream,
            input: Vec::new(),
            output: Output::default(),
            stall: None,
            turnstile,
            turn: None,
        }
    }

    /// Whether the peer must read before there may be more output. What was sent counts until all is, so that a peer that
    /// reads slowly but steadily can't make the buffer grow for ever.
    pub(crate) fn is_full(&self) -> bool {
        self.output.held() >= GATHER
    }

    /// Sends what waits, takes mail, and reads if `read`; returns at the first thing that the session must act on. With
    /// `until_sent` that includes having sent everything. Cancel safe: no byte is lost.
    pub(crate) async fn turn(
        &mut self,
        outbox: &Outbox,
        read: bool,
        until_sent: bool,
        deadline: Option<&mut Pin<Box<Sleep>>>,
    ) -> io::Result<Turn> {
        let mut deadline = deadline;
        poll_fn(|cx| {
            // Mail stays in the outbox, whose limit holds, as long as the peer doesn't read what it has already.
            let end_reason = if self.is_full() {
                outbox.end_reason()
            } else {
                outbox.take(&mut self.output)
            };
            if let Poll::Ready(sent) = self.poll_send(cx) {
                sent?;
                if until_sent {
                    return Poll::Ready(Ok(Turn::Sent));
                }
            }
            if let Some(end_reason) = end_reason {
                return Poll::Ready(Ok(Turn::Ended(end_reason)));
            }
            if outbox.is_nudged() {
                return Poll::Ready(Ok(Turn::Nudged));
            }
            if read && let Poll::Ready(turn) = self.poll_input(cx) {
                return Poll::Ready(turn);
            }
            let ready = if self.is_full() {
                outbox.poll_ending(cx)
            } else {
                outbox.poll_ready(cx)
            };
            if ready.is_ready() {
                cx.waker().wake_by_ref();
            }
            if let Some(deadline) = &mut deadline
                && deadline.as_mut().poll(cx).is_ready()
            {
                return Poll::Ready(Ok(Turn::Deadline));
            }
            Poll::Pending
        })
        .await
    }

    /// Sends what waits and says goodbye to the peer, for at most `patience`. A peer that doesn't read loses the rest.
    pub(crate) async fn close(&mut self, patience: Duration) {
        let goodbye = async {
            poll_fn(|cx| self.poll_send(cx)).await?;
            poll_fn(|cx| Pin::new(&mut self.stream).poll_shutdown(cx)).await
        };
        // Whether it worked makes no difference: the connection is over.
        let _ = tokio::time::timeout(patience, goodbye).await;
    }

    /// Sees the peer hang up, even if its input is not read.
    pub(crate) fn watch(&self) -> io::Result<HangUp> {
        self.stream.watch()
    }

    /// Drops the first `count` bytes of the input.
    pub(crate) fn consume(&mut self, count: usize) {
        if count == self.input.len() {
            self.input.clear();
            if self.input.capacity() > KEEP {
                self.input = Vec::new();
            }
        } else {
            // Not `drain`: what moves to the front would stay behind too, and it may be half a password.
            let rest = self.input.len() - count;
            self.input.copy_within(count.., 0);
            wipe(&mut self.input[rest..]);
            self.input.truncate(rest);
        }
    }

    /// Overwrites a part of the input that held a secret.
    pub(crate) fn wipe(&mut self, part: Range<usize>) {
        self.input[part].zeroize();
    }

    fn poll_send(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut sent = 0;
        while !self.output.unsent().is_empty() {
            if sent >= SEND && self.turn.is_none() {
                let turnstile = Arc::clone(&self.turnstile);
                self.turn = Some(Box::pin(async move { turnstile.turn().await }));
            }
            if let Some(turn) = &mut self.turn {
                ready!(turn.as_mut().poll(cx));
                self.turn = None;
                sent = 0;
            }
            let unsent = self.output.unsent();
            let piece = &unsent[..unsent.len().min(SEND - sent)];
            match Pin::new(&mut self.stream).poll_write(cx, piece) {
                Poll::Ready(Ok(0)) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                Poll::Ready(Ok(count)) => {
                    self.output.advance(count);
                    self.stall = None;
                    sent += count;
                }
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => return self.poll_stall(cx),
            }
        }
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_stall(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let stall = self
            .stall
            .get_or_insert_with(|| Box::pin(sleep_until(Instant::now() + STALLED)));
        match stall.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
        }
    }

    fn poll_input(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<Turn>> {
        let mut scratch = [std::mem::MaybeUninit::uninit(); READ];
        let mut buffer = ReadBuf::uninit(&mut scratch);
        match Pin::new(&mut self.stream).poll_read(cx, &mut buffer) {
            Poll::Ready(Ok(())) if buffer.filled().is_empty() => Poll::Ready(Ok(Turn::End)),
            Poll::Ready(Ok(())) => {
                append(&mut self.input, buffer.filled());
                // The stack isn't a place to leave a password either.
                wipe(buffer.filled_mut());
                Poll::Ready(Ok(Turn::Input))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl<S> Drop for Connection<S> {
    fn drop(&mut self) {
        // What was not served may be a login that never came to its end.
        self.input.zeroize();
    }
}

/// Overwrites bytes that may be secret, many times a second: at the speed of a copy, unlike `zeroize`, which writes byte by
/// byte.
fn wipe(bytes: &mut [u8]) {
    bytes.fill(0);
    // Keeps the compiler from leaving out a write that nothing reads.
    std::hint::black_box(bytes);
}

/// Appends to the input. A buffer that must grow is wiped before it is given back: there may be half a password in it.
fn append(input: &mut Vec<u8>, bytes: &[u8]) {
    let needed = input.len() + bytes.len();
    if needed > input.capacity() && !input.is_empty() {
        let mut larger = Vec::with_capacity(needed.max(2 * input.capacity()));
        larger.extend_from_slice(input);
        input.zeroize();
        *input = larger;
    }
    input.extend_from_slice(bytes);
}
