//! Keeps one plugin's process running: starts it again when it ends, and starts another when a call overstays.

use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{oneshot, watch};
use tokio::time::{sleep, timeout};

use super::backoff::Backoff;
use super::connection::{HelperConnection, OVERSTAYED};
use super::process::{End, Helper, Plan, STOP};
use crate::library::Described;
use crate::load_error::LoadError;
use crate::server::counters::Counters;

/// Who answers at the moment.
#[derive(Debug, Clone)]
pub(super) enum Current {
    /// This process.
    Ready {
        /// Its number.
        process: i32,
        /// How to ask it.
        connection: Arc<HelperConnection>,
    },
    /// None; why the last one isn't there any more.
    Down(String),
}

/// What looks after one plugin's process.
pub(super) struct Supervisor {
    plan: Plan,
    counters: Arc<Counters>,
    current: watch::Sender<Current>,
    /// What holds the process that was started last.
    fence: Arc<Mutex<String>>,
    /// The process, while it is the current one.
    helper: Option<Helper>,
}

impl Supervisor {
    pub(super) fn new(
        plan: Plan,
        counters: Arc<Counters>,
        current: watch::Sender<Current>,
        fence: Arc<Mutex<String>>,
    ) -> Self {
        Self {
            plan,
            counters,
            current,
            fence,
            helper: None,
        }
    }

    /// Starts the plugin and says in `first` what came of it. If it began, keeps it running until `needed` is closed, and
    /// stops it then.
    pub(super) async fn run(
        mut self,
        first: SyncSender<Result<Described, LoadError>>,
        mut needed: oneshot::Receiver<()>,
    ) {
        tokio::select! {
            () = self.keep(first) => {}
            _ = &mut needed => {}
        }
        if let Some(mut helper) = self.helper.take() {
            helper.connection.socket.part();
            if timeout(STOP, &mut helper.life).await.is_err() {
                helper.killed.notify_one();
            }
        }
    }

    /// Returns only if the first start fails.
    async fn keep(&mut self, first: SyncSender<Result<Described, LoadError>>) {
        let mut backoff = Backoff::default();
        let mut first = Some(first);
        let mut described = None;
        loop {
            let started = self.plan.start().await;
            let (how, pause) = match started.and_then(|helper| helper.if_as_before(described.as_ref())) {
                Ok(helper) => {
                    self.tell_of_fence(&helper, first.is_some());
                    described = Some(helper.described.clone());
                    self.current.send_replace(Current::Ready {
                        process: helper.process,
                        connection: Arc::clone(&helper.connection),
                    });
                    if let Some(first) = first.take() {
                        // Whoever asked may have lost patience, and then needs nothing any more.
                        let _ = first.send(Ok(helper.described.clone()));
                    }
                    let began = Instant::now();
                    match self.ended(helper).await {
                        Some(End { how, at_work }) => (how, backoff.ended(began.elapsed(), at_work)),
                        None => (OVERSTAYED.to_owned(), Duration::ZERO),
                    }
                }
                Err(error) => {
                    if let Some(first) = first.take() {
                        let _ = first.send(Err(error));
                        return;
                    }
                    (error.to_string(), backoff.did_not_begin())
                }
            };
            // Not by the plugin's own logger, which it may have filled.
            let (plugin, pause_ms) = (&self.plan.outset.beginning.name, pause.as_millis());
            tracing::warn!(plugin, how, pause_ms, "a plugin's process is started again");
            self.current.send_replace(Current::Down(how));
            self.counters.restart();
            sleep(pause).await;
        }
    }

    /// Waits until the process has ended, or none may be asked any more of it: then it ends by itself, when those who wait
    /// for it have what they wait for.
    async fn ended(&mut self, helper: Helper) -> Option<End> {
        let helper = self.helper.insert(helper);
        let ended = tokio::select! {
            ended = &mut helper.life => Some(ended.unwrap_or_else(|_| End {
                how: "what watched it is gone".into(),
                at_work: true,
            })),
            () = helper.retired.notified() => None,
        };
        self.helper = None;
        ended
    }

    fn tell_of_fence(&self, helper: &Helper, is_first: bool) {
        let held = helper.held.to_string();
        if is_first && !helper.held.is_whole() {
            let plugin = &self.plan.outset.beginning.name;
            tracing::warn!(plugin, held, "a plugin's process isn't held to all of its settings");
        }
        *self.fence.lock().unwrap_or_else(PoisonError::into_inner) = held;
    }
}
