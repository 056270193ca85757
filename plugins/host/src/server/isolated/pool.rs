//! The helper's threads. One of them reads; when it has read a call it leaves the reading to another, and does the call
//! itself. So no call is handed from thread to thread, and there is always one that hears of a cancellation.

use std::collections::HashMap;
use std::io::{self, BufReader, Write as _};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use super::protocol::{self, FromHelper, LONGEST_TO_HELPER, ToHelper};
use crate::call::Invocation;
use crate::collector::{Collector, Purpose, Sink};
use crate::instance::Instance;

/// How long the plugin may take to stop: less than the server's patience.
const STOP: Duration = Duration::from_secs(2);

/// The helper's way to say something. Each frame is written whole.
pub(super) struct Writer(Mutex<UnixStream>);

impl Writer {
    pub(super) fn new(socket: UnixStream) -> Self {
        Self(Mutex::new(socket))
    }

    /// Says something. Waits while the server has no room for it, which it always has soon.
    pub(super) fn say(&self, message: &FromHelper) -> io::Result<()> {
        let frame = protocol::frame(message).map_err(io::Error::other)?;
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write_all(&frame)
    }
}

/// The threads that serve calls, and what they share.
pub(super) struct WorkerPool {
    reader: Mutex<BufReader<UnixStream>>,
    writer: Arc<Writer>,
    /// `None` when it has been stopped.
    instance: RwLock<Option<Instance>>,
    /// What is being worked at, to be cancelled.
    open: Mutex<HashMap<u64, Arc<Collector>>>,
    threads: Mutex<Threads>,
    is_ending: AtomicBool,
}

struct Threads {
    /// Those that read, or wait for their turn to.
    free: u32,
    all: u32,
    most: u32,
}

/// A call that was read and is known to those who may cancel it.
struct Task {
    id: u64,
    purpose: Purpose,
    invocation: Invocation,
    collector: Arc<Collector>,
}

impl WorkerPool {
    /// Threads for `at_once` calls, and one to read meanwhile.
    pub(super) fn new(
        reader: BufReader<UnixStream>,
        writer: Arc<Writer>,
        instance: Instance,
        at_once: u32,
    ) -> Arc<Self> {
        Arc::new(Self {
            reader: Mutex::new(reader),
            writer,
            instance: RwLock::new(Some(instance)),
            open: Mutex::default(),
            threads: Mutex::new(Threads {
                free: 1,
                all: 1,
                most: at_once.saturating_add(1),
            }),
            is_ending: AtomicBool::new(false),
        })
    }

    /// Works on this thread and others until the server closes the connection; then stops the plugin and ends the process.
    pub(super) fn serve(self: &Arc<Self>) -> ! {
        // One more from the beginning, so that the first call needn't wait for it.
        self.have_another_thread();
        self.work()
    }

    fn work(self: &Arc<Self>) -> ! {
        while let Some(task) = self.next() {
            self.take_thread();
            self.carry_out(&task);
            self.threads().free += 1;
        }
        self.end()
    }

    /// The first thread that hears of the end sees to it; the others, which hear of it too, wait for it.
    fn end(self: &Arc<Self>) -> ! {
        if !self.is_ending.swap(true, Ordering::Relaxed) {
            self.stop();
            std::process::exit(0);
        }
        loop {
            std::thread::park();
        }
    }

    /// The next call; `None` at the end. Only one thread is here at a time, and what it reads is in its place before
    /// another reads on: so a cancellation finds its call.
    fn next(self: &Arc<Self>) -> Option<Task> {
        let mut reader = lock(&self.reader);
        loop {
            match protocol::read(&mut *reader, LONGEST_TO_HELPER) {
                Ok(Some(ToHelper::Call { id, invocation })) => return Some(self.open(id, Purpose::Call, invocation)),
                Ok(Some(ToHelper::Complete { id, invocation })) => {
                    return Some(self.open(id, Purpose::Completion, invocation));
                }
                Ok(Some(ToHelper::Cancel { id })) => {
                    if let Some(collector) = lock(&self.open).get(&id) {
                        collector.cancel();
                    }
                }
                Ok(None) => return None,
                // The plugin has broken the connection: nothing can be done here any more.
                Ok(Some(ToHelper::Begin(_))) | Err(_) => std::process::exit(1),
            }
        }
    }

    fn open(&self, id: u64, purpose: Purpose, invocation: Invocation) -> Task {
        let writer = Arc::clone(&self.writer);
        let sink = invocation.streams.then(|| -> Sink {
            Box::new(move |stream, bytes: &[u8]| {
                let bytes = bytes.to_vec();
                writer.say(&FromHelper::Chunk { id, stream, bytes }).is_ok()
            })
        });
        let collector = Collector::new(purpose, &invocation, sink);
        lock(&self.open).insert(id, Arc::clone(&collector));
        Task {
            id,
            purpose,
            invocation,
            collector,
        }
    }

    #[expect(clippy::print_stderr, reason = "the server logs what a plugin's process prints")]
    fn carry_out(&self, task: &Task) {
        let (id, invocation, collector) = (task.id, &task.invocation, &task.collector);
        let instance = self.instance.read().unwrap_or_else(PoisonError::into_inner);
        let Some(instance) = &*instance else { return };
        let message = match task.purpose {
            Purpose::Call => FromHelper::Answer {
                id,
                answer: instance.call(invocation, collector),
            },
            Purpose::Completion => FromHelper::Candidates {
                id,
                candidates: instance.complete(invocation, collector),
            },
        };
        lock(&self.open).remove(&id);
        match self.writer.say(&message) {
            Ok(()) => {}
            // Without a server nobody waits for it, and whoever reads hears of that.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
            // The plugin has closed the connection, or broken it in another way: who waits is told at once when this ends.
            Err(error) => {
                eprintln!("plugin-helper: cannot answer: {error}");
                std::process::exit(1);
            }
        }
    }

    /// This thread has something to do; if it was the last free one, there is another from now on.
    fn take_thread(self: &Arc<Self>) {
        let is_last = {
            let mut threads = self.threads();
            threads.free -= 1;
            threads.free == 0
        };
        if is_last {
            self.have_another_thread();
        }
    }

    fn have_another_thread(self: &Arc<Self>) {
        {
            let mut threads = self.threads();
            if threads.all >= threads.most {
                return;
            }
            threads.all += 1;
            threads.free += 1;
        }
        let pool = Arc::clone(self);
        let started = std::thread::Builder::new()
            .name("plugin-call".into())
            .spawn(move || pool.work());
        if started.is_err() {
            // The limit of processes: cancellations wait until a call has ended.
            let mut threads = self.threads();
            threads.all -= 1;
            threads.free -= 1;
        }
    }

    /// Stops the plugin when its calls have returned, if that is soon.
    fn stop(self: &Arc<Self>) {
        for collector in lock(&self.open).values() {
            collector.cancel();
        }
        let pool = Arc::clone(self);
        let (sender, stopped) = channel();
        let stopping = std::thread::Builder::new().name("plugin-stop".into()).spawn(move || {
            let instance = pool.instance.write().unwrap_or_else(PoisonError::into_inner).take();
            drop(instance);
            // Whoever waited may have given up.
            let _ = sender.send(());
        });
        if stopping.is_ok() {
            // What isn't stopped by then ends with the process.
            let _ = stopped.recv_timeout(STOP);
        }
    }

    fn threads(&self) -> MutexGuard<'_, Threads> {
        lock(&self.threads)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
