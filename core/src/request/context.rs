//! What all sessions share.

use caracola_speech::Speech;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};

use arc_swap::ArcSwap;
use caracola_wire::RequestLimits;
use tokio::sync::watch;

use super::Reloads;
use crate::access::users::{Refreshed, UserFileError};
use crate::access::{Accounts, Logins, Role, User, Users};
use crate::completions::Completions;
use crate::jobs::{Jobs, Owner};
use crate::metrics::Metrics;
use crate::pictures::Pictures;
use crate::rooms::{self, Rooms};
use crate::sessions::{Capacity, Sessions};
use caracola_catalogue::Catalogue;
use caracola_plugin_host::Plugins;
use caracola_spawner::Spawner;

/// The server's version.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
/// The Redis version whose replies libraries may expect of us: they switch features by it.
pub const REDIS_COMPATIBILITY: &str = "7.0.15";

/// Everything that a request may need beside its own session. Nothing here is blocking for longer than a copy.
pub struct Context {
    /// The active commands. Replaced whole; a request keeps the one that it began with.
    pub catalogue: ArcSwap<Catalogue>,
    /// Who is connected.
    pub sessions: Sessions,
    /// Who may log in.
    pub users: Users,
    /// What logging in may cost.
    pub logins: Logins,
    /// Where they talk.
    pub rooms: Rooms,
    /// What starts programs; `None` where that can't be had.
    pub spawner: Option<Spawner>,
    /// The runs of programs.
    pub jobs: Arc<Jobs>,
    /// What completed arguments a moment ago.
    pub completions: Completions,
    /// What finds and loads plugins. Those that are active are the catalogue's.
    pub plugins: Arc<Plugins>,
    /// The pictures that plugins answered with.
    pub pictures: Pictures,
    /// Where reloads are asked for.
    pub reloads: Reloads,
    /// What has been done.
    pub metrics: Metrics,
    /// When the server began.
    pub started: Instant,
    /// The same by the calendar.
    pub started_at: SystemTime,
    /// How many sessions there are descriptors for.
    most_sessions: AtomicUsize,
    stop: watch::Sender<bool>,
}

/// What a server is given to work with, beside its commands and users.
pub struct Parts {
    /// What starts programs.
    pub spawner: Option<Spawner>,
    /// Their runs.
    pub jobs: Jobs,
    /// What finds and loads plugins.
    pub plugins: Arc<Plugins>,
    /// Where reloads are asked for.
    pub reloads: Reloads,
    /// What logging in may cost.
    pub logins: Logins,
}

impl Context {
    /// A server that nobody has come to yet.
    pub fn new(catalogue: Catalogue, users: Users, parts: Parts) -> Arc<Self> {
        let sessions = Sessions::default();
        sessions.set_accounts(users.in_force());
        Arc::new(Self {
            catalogue: ArcSwap::from_pointee(catalogue),
            sessions,
            users,
            logins: parts.logins,
            rooms: Rooms::default(),
            spawner: parts.spawner,
            jobs: Arc::new(parts.jobs),
            completions: Completions::default(),
            plugins: parts.plugins,
            pictures: Pictures::default(),
            reloads: parts.reloads,
            metrics: Metrics::default(),
            started: Instant::now(),
            started_at: SystemTime::now(),
            most_sessions: AtomicUsize::new(usize::MAX),
            stop: watch::Sender::new(false),
        })
    }

    /// Asks the server to stop: what a signal, the door's `stop` and the end of a private server's input do.
    pub fn stop(&self) {
        self.stop.send_replace(true);
    }

    /// Returns once [`Context::stop`] was called. Cancel safe.
    pub async fn stopped(&self) {
        let mut stop = self.stop.subscribe();
        // The sender is in `self`, so it can't be gone.
        let _ = stop.wait_for(|stop| *stop).await;
    }

    /// Lets there be no more sessions than this, whatever the settings say.
    pub fn bound_sessions(&self, most: usize) {
        self.most_sessions.store(most, Ordering::Relaxed);
    }

    /// How many may come in, by the active settings and the machine's limits.
    pub fn capacity(&self) -> Capacity {
        let catalogue = self.catalogue.load();
        let limits = &catalogue.settings().limits;
        Capacity {
            sessions: (limits.sessions as usize).min(self.most_sessions.load(Ordering::Relaxed)),
            per_address: limits.sessions_per_address as usize,
            outbox: usize::try_from(limits.outbox).unwrap_or(usize::MAX),
        }
    }

    /// Tells the operators that are here a sentence about the server.
    pub fn tell_operators(&self, sentence: impl Fn(Speech) -> String) {
        let sessions = self.sessions.list();
        let operators = sessions
            .iter()
            .filter(|session| session.profile().user.role() >= Role::Operator);
        rooms::notify(operators, None, "server", sentence);
    }

    /// Looks whether the users' file changed, and has every session know. Blocks on the disk for a moment.
    pub fn refresh_users(&self) -> Refreshed {
        let refreshed = self.users.refresh(|accounts| self.set_accounts(accounts));
        if matches!(refreshed, Refreshed::Useless) {
            self.tell_operators(Speech::users_unusable_notice);
        }
        refreshed
    }

    /// The same because somebody asks for it: reads the file in any case, and says why it can't be used.
    pub fn reload_users(&self) -> Result<(), UserFileError> {
        self.users.refresh_now(|accounts| self.set_accounts(accounts))
    }

    fn set_accounts(&self, accounts: &Arc<Accounts>) {
        let changes = self.sessions.set_accounts(Arc::clone(accounts));
        for affected in changes.affected {
            let session = affected.session;
            if let Some(user) = affected.user {
                tracing::info!(session, user = user.label(), role = %user.role(), "has another role");
            } else {
                tracing::info!(session, "its account is gone, or has another password");
            }
        }
        // After the sessions: what one of them begins from now on is ended by itself (`actions/exec.rs`).
        for user in changes.revoked {
            let jobs = self.jobs.end_all_of(&Owner::User(user.clone()));
            tracing::info!(
                user,
                jobs,
                "its account is gone, or has another password: its sessions and jobs end"
            );
        }
    }

    /// What one request of a user may be like, by the active settings.
    pub fn request_limits(&self, user: &User) -> RequestLimits {
        if !user.is_guest() {
            RequestLimits::USER
        } else if self.catalogue.load().settings().access.guest {
            RequestLimits::GUEST
        } else {
            RequestLimits::STRANGER
        }
    }

    /// How long a handshake may take, by the active settings.
    pub fn handshake(&self) -> Duration {
        self.catalogue.load().settings().limits.handshake
    }
}
