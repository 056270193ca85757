//! Applies a changed `commands.toml`: on save, and when an operator says `reload`. SIGHUP counts as a save.
//!
//! A new catalogue takes over in one step: a request keeps the one that it began with. A file that doesn't load changes
//! nothing; why is told on the log and to operators who are online. A state of the files counts as seen only once it has been
//! read: after an error that passes it is read again, with growing waits.
//!
//! A reload that nobody asked for reads what has been still for a second, opens nothing ([`caracola_catalogue::Former`]), and
//! brings no code into the server's process that isn't there ([`Plugins::without_new_code`]): such a change waits, as a whole,
//! until somebody asks.

mod sight;
mod thread;

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use caracola_wire::Push;
use tokio::sync::{Notify, mpsc};
use tokio::time::{MissedTickBehavior, interval};

pub use self::sight::Sight;
use self::sight::Watched;
use self::thread::LoaderThread;
use crate::access::afar::guests_run_nothing_from_afar;
use crate::request::exports::encode_ahead;
use crate::request::{Context, ReloadRequest, Reloaded, Reloads};
use crate::rooms::push_bytes;
use caracola_catalogue::{
    Broken, Catalogue, Changes, Diagnostic, Former, Loaded, ReloadOn, Source, listed_names as listed,
};
use caracola_plugin_host::Plugins;
use caracola_quota::LogThrottle;
use caracola_spawner::Spawner;
use caracola_speech::excerpt;
use caracola_speech::{Language, Speech};

/// How often the files are looked at. They are few, and a look costs some microseconds; it works the same for editors that
/// write in place, editors that rename, files that come later, and file systems of other machines.
const LOOK: Duration = Duration::from_millis(250);
/// How long the files must stay as they are before they are read without anybody asking for it: what is being written isn't
/// read half-way.
const STILL: Duration = Duration::from_secs(1);
/// How soon files that couldn't be read are tried again at first; twice as long each time, up to [`LONGEST_WAIT`].
const FIRST_WAIT: Duration = Duration::from_millis(250);
/// See [`FIRST_WAIT`].
const LONGEST_WAIT: Duration = Duration::from_secs(15);
/// Lines of a broken file's errors that operators who are online are shown; the log has all.
const SHOWN: usize = 12;

/// Carries reloads out; see [`Reloader::run`].
#[derive(Debug)]
pub struct Reloader {
    source: Source,
    language: Option<Language>,
    /// When to reload, if the command line says it.
    reload_on: Option<ReloadOn>,
    /// What was there since somebody last asked for a reload.
    former: Arc<Mutex<Former>>,
    requests: mpsc::Receiver<ReloadRequest>,
    /// Told when the files are to be looked at, whether or not they have changed.
    looks: Arc<Notify>,
    plugins: Arc<Plugins>,
    watched: Arc<Mutex<Watched>>,
    /// How everything looked when it was last read, or found to be of no use.
    seen: Sight,
    /// How it looked last, and since when.
    last: (Sight, Instant),
    /// When to try again after an error that passes, and how long to wait after the next.
    retry: (Option<Instant>, Duration),
    /// Whether somebody asked for a reload, or the server started, and an error that passes was met: it is tried again then,
    /// also where nothing is reloaded on save.
    asked: bool,
    passing: LogThrottle,
    thread: LoaderThread,
}

/// Who wants a reload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trigger {
    /// Somebody who says so, by a command.
    Operator,
    /// A file has changed.
    Save,
}

/// How the files of `source` look, to be kept while they are loaded for the first time; see [`pair`].
pub fn look(source: &Source, plugins: &Arc<Plugins>) -> io::Result<Sight> {
    Watched::new(source.clone(), Arc::clone(plugins)).look()
}

/// Both ends: one for whoever asks, one for the task that reloads from `source`, with the language and the
/// moment to reload that the command line set. `loaded` has been made of what looked like `before`; a change of anything is noticed from then on.
pub fn pair(
    source: Source,
    (language, reload_on): (Option<Language>, Option<ReloadOn>),
    plugins: Arc<Plugins>,
    loaded: &Loaded,
    before: Option<Sight>,
) -> (Reloads, Reloader) {
    let (reloads, requests) = Reloads::channel();
    let mut watched = Watched::new(source.clone(), Arc::clone(&plugins));
    watched.follow(loaded.catalogue.plugin_settings().to_vec(), loaded.images.clone());
    let now = watched.look().ok();
    let seen = match (before, now) {
        (Some(before), Some(now)) if !loaded.passing => before.until(now),
        // Something is still to be read.
        _ => Sight::default(),
    };
    let reloader = Reloader {
        source,
        language,
        reload_on,
        former: Arc::default(),
        requests,
        looks: reloads.looks(),
        plugins,
        watched: Arc::new(Mutex::new(watched)),
        last: (seen.clone(), Instant::now()),
        seen,
        retry: (None, FIRST_WAIT),
        asked: loaded.passing,
        passing: LogThrottle::new(),
        thread: LoaderThread::start(),
    };
    (reloads, reloader)
}

impl Reloader {
    /// Reloads until the server stops: when files have changed and been still for a second, and when it is asked to.
    /// `addresses` are those that the server listens on: what may not be served there isn't applied.
    pub async fn run(mut self, context: Arc<Context>, addresses: Vec<SocketAddr>) {
        let hang_ups = Arc::clone(&self.looks);
        let mut looks = interval(LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                request = self.requests.recv() => {
                    let Some(answer) = request else { return };
                    // Whoever asked may have gone; the reload is done all the same.
                    let _ = answer.send(self.reload(&context, &addresses, Trigger::Operator).await);
                }
                _ = looks.tick() => {
                    let trigger = if self.asked { Trigger::Operator } else { Trigger::Save };
                    if (self.asked || self.reloads_on_save(&context)) && self.is_due().await {
                        let _ = self.reload(&context, &addresses, trigger).await;
                    }
                }
                () = hang_ups.notified() => self.hang_up(&context),
                () = context.stopped() => return,
            }
        }
    }

    /// Has the files read again, once they are still, where that may be done without an operator.
    fn hang_up(&mut self, context: &Context) {
        if !self.reloads_on_save(context) {
            tracing::warn!(
                "SIGHUP reloads nothing here, since any program of the server's user can send it: `caracolad reload` does"
            );
            return;
        }
        tracing::info!("SIGHUP: reloading, as when the files are saved");
        self.seen = Sight::default();
        self.retry = (None, FIRST_WAIT);
    }

    /// Whether changed files are applied without anybody asking for it. A server that root started waits for that, also where it
    /// has become another user: what is saved in two steps, a program first and whom it runs as a moment later, would run as
    /// somebody else in between.
    fn reloads_on_save(&self, context: &Context) -> bool {
        let says = self.reload_on.or(context.catalogue.load().settings().server.reload);
        match says {
            Some(when) => when == ReloadOn::Save,
            None => !context.spawner.as_ref().is_some_and(Spawner::is_root),
        }
    }

    /// Whether the files are in a state that hasn't been read, or are to be read again, and have been for long enough.
    async fn is_due(&mut self) -> bool {
        let now = Instant::now();
        if self.retry.0.is_some_and(|at| now < at) {
            return false;
        }
        let Ok(sight) = self.look().await else {
            return false;
        };
        if sight != self.last.0 {
            self.last = (sight, now);
        }
        (self.asked || self.last.0 != self.seen) && now.saturating_duration_since(self.last.1) >= STILL
    }

    /// How everything looks. An error, which passes, is on the log, and it is a while until the next look.
    async fn look(&mut self) -> Result<Sight, String> {
        let watched = Arc::clone(&self.watched);
        let looking = self.thread.run(move || lock(&watched).look());
        let sight = looking.await.map_err(|error| self.will_try_again(&error.to_string()))?;
        sight.map_err(|error| self.will_try_again(&format!("cannot look at the files: {error}")))
    }

    /// Notes an error that passes: the files' state isn't seen, and is read again a while later.
    fn will_try_again(&mut self, error: &str) -> String {
        let wait = self.retry.1;
        self.retry = (Some(Instant::now() + wait), LONGEST_WAIT.min(wait * 2));
        if let Some(repeated) = self.passing.admit() {
            tracing::warn!(error, repeated, "the commands can't be read now: it is tried again");
        }
        format!("{error} (it is tried again)")
    }

    async fn reload(&mut self, context: &Arc<Context>, addresses: &[SocketAddr], trigger: Trigger) -> Reloaded {
        self.asked |= trigger == Trigger::Operator;
        let before = self.look().await?;
        let (source, language) = (self.source.clone(), self.language.clone());
        let plugins = match trigger {
            Trigger::Operator => Arc::clone(&self.plugins),
            Trigger::Save => Arc::new(self.plugins.without_new_code()),
        };
        let for_thread = Arc::clone(&plugins);
        // Thousands of commands take a moment, and as long again to encode, compare and free: none of it on a thread that
        // serves sessions.
        let loading = self.thread.run(move || Catalogue::load(&source, language, &for_thread));
        let loaded = loading.await.map_err(|error| self.will_try_again(&error.to_string()))?;
        let passing = match &loaded {
            Ok(loaded) => {
                let named = loaded.catalogue.plugin_settings().to_vec();
                lock(&self.watched).follow(named, loaded.images.clone());
                loaded.passing.then(|| warnings(loaded))
            }
            Err(broken) => {
                lock(&self.watched).follow(broken.plugins.clone(), broken.images.clone());
                broken.passing.then(|| broken.brief())
            }
        };
        if let Some(error) = passing {
            return Err(self.will_try_again(&error));
        }
        let after = self.look().await?;
        if trigger == Trigger::Save && !before.covers(&after) {
            // Somebody goes on writing, or there are files that nobody has watched until now: they must be still, too.
            self.last = (after, Instant::now());
            return Ok(Changes::default());
        }
        self.seen = before.until(after);
        self.retry = (None, FIRST_WAIT);
        self.asked = false;
        let (context, addresses) = (Arc::clone(context), addresses.to_vec());
        let former = Arc::clone(&self.former);
        let applying = self.thread.run(move || match loaded {
            Ok(loaded) => {
                let mut former = lock(&former);
                apply_if_fit(
                    &context,
                    loaded,
                    &addresses,
                    (trigger, &mut former),
                    &plugins.held_back(),
                )
            }
            Err(broken) => Err(refuse(&context, &broken)),
        });
        applying.await.unwrap_or_else(|error| Err(error.to_string()))
    }
}

/// What panics under the lock leaves nothing half done that a later look doesn't put right.
fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is doubtful, in one line.
fn warnings(loaded: &Loaded) -> String {
    let brief: Vec<_> = loaded.warnings.iter().map(Diagnostic::brief).collect();
    brief.join("; ")
}

/// Replaces the catalogue, unless the server wouldn't start with the new one, the file is somebody's accident, or the change is
/// one that somebody must ask for.
fn apply_if_fit(
    context: &Context,
    loaded: Loaded,
    addresses: &[SocketAddr],
    (trigger, former): (Trigger, &mut Former),
    held_back: &[String],
) -> Reloaded {
    if loaded.is_empty {
        let error = "the file is empty, as a save that failed leaves it: a server without commands of its own has a file that says so, such as [commands]";
        tell_broken(context, error);
        return Err(error.to_owned());
    }
    for warning in &loaded.warnings {
        tracing::warn!("{}", warning.render(false));
    }
    if let Err(error) = guests_run_nothing_from_afar(&loaded.catalogue, addresses) {
        let error = error.to_string();
        tell_broken(context, &error);
        return Err(error);
    }
    let before = context.catalogue.load_full();
    if trigger == Trigger::Operator {
        former.clear();
    } else {
        let opened = former.loosenings(&before, &loaded.catalogue);
        let mut names: Vec<_> = opened.iter().map(ToString::to_string).collect();
        names.extend(held_back.iter().map(|name| format!("the plugin {name} (isolation)")));
        names.sort_unstable();
        names.dedup();
        if !names.is_empty() {
            tell_waiting(context, &names);
            return Err(format!("would open {}", listed(&names, Speech::English)));
        }
        former.remember(&before, &loaded.catalogue);
    }
    Ok(apply(context, loaded.catalogue))
}

/// Tells the log and the operators that a change waits until somebody asks for a reload, and why.
fn tell_waiting(context: &Context, opened: &[String]) {
    tracing::warn!(
        opens = listed(opened, Speech::English),
        "the changed files wait for `caracolad reload`, because they would open something that is shut"
    );
    context.tell_operators(|speech| speech.files_wait_for_reload(listed(opened, speech)));
}

/// Tells everybody concerned why the files can't be used; the same in a line.
fn refuse(context: &Context, broken: &Broken) -> String {
    tell_broken(context, &broken.render(false));
    broken.brief()
}

/// Replaces the catalogue in one step, and tells open shells that there is a new one. Takes its time.
fn apply(context: &Context, catalogue: Catalogue) -> Changes {
    let before = context.catalogue.load_full();
    // Only the reloader replaces it, so this is what it is compared with at the end, too.
    encode_ahead(&before, &catalogue);
    let changes = Catalogue::diff(&before, &catalogue);
    let commands = catalogue.commands().len();
    context.catalogue.store(Arc::new(catalogue));
    tracing::info!(
        commands,
        added = listed(&changes.added, Speech::English),
        changed = listed(&changes.changed, Speech::English),
        removed = listed(&changes.removed, Speech::English),
        plugins_added = listed(&changes.plugins.added, Speech::English),
        plugins_changed = listed(&changes.plugins.changed, Speech::English),
        plugins_removed = listed(&changes.plugins.removed, Speech::English),
        settings = changes.settings.join(", "),
        "reloaded the commands"
    );
    // Which commands it may see, and in which language, each session knows itself: it asks for them by its hash.
    let push = push_bytes(&Push::Catalogue { hash: String::new() });
    for session in context.sessions.list() {
        if session.is_shell() {
            session.outbox.push(push.clone());
        }
    }
    changes
}

fn tell_broken(context: &Context, errors: &str) {
    tracing::error!("the file can't be used, and what was active stays active:\n{errors}");
    let first = excerpt::lines(errors, SHOWN);
    context.tell_operators(|speech| speech.commands_unusable_notice(&first));
}
