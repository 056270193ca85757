//! The threads that hash passwords.
//!
//! They are few and stay, so that the memory of a hash is used again for the next one, and they yield to the threads that
//! serve sessions: a crowd that logs in is only the crowd's own delay.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use rustix::process::setpriority_process;
use tokio::sync::oneshot;

use super::login_queue::AT_ONCE;

/// The threads' nice value: that of the programs that the server starts.
const NICE: i32 = 5;

type Work = Box<dyn FnOnce() + Send>;

/// The threads, which are started for the first password.
#[derive(Debug, Default)]
pub(super) struct Hashers(Mutex<Option<Sender<Work>>>);

impl Hashers {
    /// Has `work` done by one of the threads, as soon as one is free. `None` if it panicked, or there is no thread and none
    /// can be started. Once it has begun it goes on, whether somebody still waits or not.
    pub(super) async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let (done, result) = oneshot::channel();
        let work = move || {
            // Nobody may wait for it any more.
            let _ = done.send(work());
        };
        self.hand_over(Box::new(work))?;
        result.await.ok()
    }

    fn hand_over(&self, work: Work) -> Option<()> {
        let mut sender = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if sender.is_none() {
            match start() {
                Ok(started) => *sender = Some(started),
                Err(error) => tracing::error!(%error, "no thread to check passwords"),
            }
        }
        sender.as_ref()?.send(work).ok()
    }
}

/// Starts the threads, or as many as there can be. They end with the sender.
fn start() -> io::Result<Sender<Work>> {
    let (sender, receiver) = channel();
    let receiver = Arc::new(Mutex::new(receiver));
    let mut first = None;
    for _ in 0..AT_ONCE {
        let receiver = Arc::clone(&receiver);
        let started = thread::Builder::new().name("passwords".to_owned());
        let started = started.spawn(move || serve(&receiver)).map(drop);
        first.get_or_insert(started);
    }
    first.unwrap_or(Ok(()))?;
    Ok(sender)
}

fn serve(receiver: &Mutex<Receiver<Work>>) {
    // On Linux this is the calling thread's own. If the system refuses, passwords are checked all the same.
    let _ = setpriority_process(None, NICE);
    loop {
        let work = receiver.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(work) = work else { return };
        // Whoever waits for it finds the answer missing; the thread serves the next one.
        let _ = catch_unwind(AssertUnwindSafe(work));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_is_done_by_few_threads_that_outlive_a_panic() {
        let hashers = Hashers::default();
        for _ in 0..2 * AT_ONCE {
            assert_eq!(hashers.run(|| -> u8 { panic!("on purpose") }).await, None);
        }
        let mut names = Vec::new();
        for _ in 0..20 {
            let worker = || (thread::current().id(), rustix::process::getpriority_process(None));
            names.push(hashers.run(worker).await.expect("a thread is there"));
        }
        names.sort_by_key(|(id, _)| format!("{id:?}"));
        names.dedup_by_key(|(id, _)| *id);
        assert!(names.len() <= AT_ONCE, "{names:?}");
        for (_, nice) in names {
            assert_eq!(nice.expect("a priority"), NICE);
        }
    }

    #[tokio::test]
    async fn what_nobody_waits_for_is_done_all_the_same() {
        let hashers = Hashers::default();
        let (sender, done) = oneshot::channel();
        let mut run = Box::pin(hashers.run(move || sender.send(())));
        // It is handed over by the first poll.
        let _ = std::future::poll_fn(|cx| std::task::Poll::Ready(run.as_mut().poll(cx).is_ready())).await;
        drop(run);
        done.await.expect("it was done");
    }
}
