//! Puts a changed `commands.toml` in force: on save, on SIGHUP, and when an operator says `reload`.
//!
//! A new catalogue takes over in one step: a request keeps the one that it began with. A file that doesn't load changes
//! nothing; why is told on the log and to operators who are online.

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use caracola_wire::Push;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{MissedTickBehavior, interval};

use crate::access::Role;
use crate::access::afar::guests_run_nothing_from_afar;
use crate::catalogue::{Catalogue, Changes, Source, included_files, listed_names as listed};
use crate::context::Context;
use crate::excerpt;
use crate::language::{Language, Speech};
use crate::phrases;
use crate::plugins::{PluginSettings, Plugins};
use crate::rooms::{notify, push_bytes};
use crate::verbs::encode_ahead;

/// How often the files are looked at. They are few, and a look costs some microseconds; it works the same for editors that
/// write in place, editors that rename, files that come later, and file systems of other machines.
const LOOK: Duration = Duration::from_millis(250);
/// Lines of a broken file's errors that operators who are online are shown; the log has all.
const SHOWN: usize = 12;

/// What came of a reload: what it changed, or what is wrong with the files, in one line.
pub type Reloaded = Result<Changes, String>;

/// Asks for reloads. Part of the context.
#[derive(Debug, Clone)]
pub struct Reloads {
    wishes: mpsc::Sender<oneshot::Sender<Reloaded>>,
}

/// Carries reloads out; see [`Reloader::run`].
#[derive(Debug)]
pub struct Reloader {
    source: Source,
    language: Option<Language>,
    wishes: mpsc::Receiver<oneshot::Sender<Reloaded>>,
    /// The patterns that the file includes by, as of when it looked like this.
    includes: (Option<Look>, Vec<String>),
    plugins: Arc<Plugins>,
    /// What the files said about plugins when they were last read.
    named: Vec<PluginSettings>,
    /// How everything looked when it was last read.
    in_force: Sight,
    bench: Bench,
}

/// The one thread that loads catalogues. The system's allocator keeps what a thread has freed for the next one that uses the
/// same part of its memory: on threads of a pool each would keep as much as a catalogue takes, again and again.
#[derive(Debug)]
struct Bench {
    /// `None` where the system has no further thread.
    work: Option<std::sync::mpsc::Sender<Work>>,
}

type Work = Box<dyn FnOnce() + Send>;

impl Bench {
    fn start() -> Self {
        let (work, orders) = std::sync::mpsc::channel::<Work>();
        let thread = std::thread::Builder::new().name("reload".to_owned());
        // One that fails mustn't be the last. Nothing is left half done by it: a catalogue is put in force in one step.
        let carry_out = |work: Work| drop(catch_unwind(AssertUnwindSafe(work)));
        let started = thread.spawn(move || orders.into_iter().for_each(carry_out));
        Self {
            work: started.is_ok().then_some(work),
        }
    }

    /// Has the thread do something. Fails if it can't.
    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, NoBench> {
        let (answer, done) = oneshot::channel();
        let bench = self.work.as_ref().ok_or(NoBench)?;
        let ordered = bench.send(Box::new(move || {
            // Whoever asked may have gone.
            let _ = answer.send(work());
        }));
        ordered.map_err(|_| NoBench)?;
        done.await.map_err(|_| NoBench)
    }
}

/// Nothing came of a reload, not even an error.
#[derive(Debug, thiserror::Error)]
#[error(
    "the commands could not be loaded, by a mistake of the server's own (see standard error): what is in force stays so"
)]
struct NoBench;

/// What the files looked like: of each its size, its number, and when it last changed, be it only in who may write it. That
/// time is set by nobody, so a copy that keeps the times of its original is noticed as well.
type Snapshot = BTreeMap<PathBuf, Look>;
type Look = (u64, u64, (i64, i64));

/// How everything looked that a catalogue is made of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Sight {
    files: Snapshot,
    libraries: Snapshot,
}

/// Both ends: one for whoever asks, one for the task that reloads from `source`, with the language that the command line
/// set. What has been loaded from it named these plugins; a change of anything is noticed from now on.
pub fn pair(
    source: Source,
    language: Option<Language>,
    plugins: Arc<Plugins>,
    named: Vec<PluginSettings>,
) -> (Reloads, Reloader) {
    // Who asks while others wait already waits for room here.
    let (sender, wishes) = mpsc::channel(8);
    let mut reloader = Reloader {
        source,
        language,
        wishes,
        includes: (None, Vec::new()),
        plugins,
        named,
        in_force: Sight::default(),
        bench: Bench::start(),
    };
    reloader.in_force = reloader.look();
    (Reloads { wishes: sender }, reloader)
}

impl Reloads {
    /// Reloads, whether or not a file has changed. `None` when the server is about to stop. Cancel safe: a reload that was
    /// begun goes on.
    pub async fn now(&self) -> Option<Reloaded> {
        let (answer, reloaded) = oneshot::channel();
        self.wishes.send(answer).await.ok()?;
        reloaded.await.ok()
    }
}

impl Reloader {
    /// Reloads until the server stops: when a file has changed and stayed as it is for one look, and when it is asked to.
    /// `addresses` are those that the server listens on: what may not be served there isn't put in force.
    pub async fn run(mut self, context: Arc<Context>, addresses: Vec<SocketAddr>) {
        let mut looks = interval(LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut last = self.in_force.clone();
        loop {
            tokio::select! {
                wish = self.wishes.recv() => {
                    let Some(answer) = wish else { return };
                    self.in_force = self.look();
                    // Whoever asked may have gone; the reload is done all the same.
                    let _ = answer.send(self.reload(&context, &addresses).await);
                    last.clone_from(&self.in_force);
                }
                _ = looks.tick() => {
                    let now = self.look();
                    // A file that is being written is not read half-way.
                    let is_new = now != self.in_force && now == last;
                    last = now;
                    if is_new {
                        self.in_force.clone_from(&last);
                        let _ = self.reload(&context, &addresses).await;
                        last.clone_from(&self.in_force);
                    }
                }
                () = context.stopped() => return,
            }
        }
    }

    async fn reload(&mut self, context: &Arc<Context>, addresses: &[SocketAddr]) -> Reloaded {
        let (source, language, context) = (self.source.clone(), self.language.clone(), Arc::clone(context));
        let plugins = Arc::clone(&self.plugins);
        let addresses = addresses.to_vec();
        // Thousands of commands take a moment, and as long again to encode, compare and free: none of it on a thread that
        // serves sessions.
        let reloading = self
            .bench
            .run(move || match Catalogue::load(&source, language, &plugins) {
                Ok(loaded) => {
                    let named = loaded.catalogue.plugin_settings().to_vec();
                    for warning in &loaded.warnings {
                        tracing::warn!("{}", warning.render(false));
                    }
                    if let Err(error) = guests_run_nothing_from_afar(&loaded.catalogue, &addresses) {
                        let error = error.to_string();
                        tell_broken(&context, &error);
                        return (Err(error), named);
                    }
                    (Ok(put_in_force(&context, loaded.catalogue)), named)
                }
                Err(broken) => {
                    tell_broken(&context, &broken.render(false));
                    (Err(broken.brief()), broken.plugins)
                }
            });
        match reloading.await {
            Ok((reloaded, named)) => {
                self.named = named;
                self.follow();
                reloaded
            }
            Err(error) => Err(error.to_string()),
        }
    }

    /// How everything looks now that a catalogue is made of.
    fn look(&mut self) -> Sight {
        let libraries = self.libraries();
        let libraries = libraries.filter_map(|library| Some((library.clone(), look(&library)?)));
        Sight {
            libraries: libraries.collect(),
            files: self.snapshot(),
        }
    }

    /// Minds the libraries that the files name by now. Of those that they named before, what was loaded counts: one that has
    /// changed since is still to be loaded.
    fn follow(&mut self) {
        let before = std::mem::take(&mut self.in_force.libraries);
        let libraries = self.libraries().filter_map(|library| {
            let seen = before.get(&library).copied().or_else(|| look(&library))?;
            Some((library, seen))
        });
        self.in_force.libraries = libraries.collect();
    }

    /// The libraries of plugins, as far as they are anywhere.
    fn libraries(&self) -> impl Iterator<Item = PathBuf> {
        self.named.iter().filter_map(|settings| self.plugins.file(settings))
    }

    /// How the file and what it includes look now. It is read only when it has changed, since it may be large; one that can't
    /// be read includes what it did before.
    fn snapshot(&mut self) -> Snapshot {
        let mut snapshot = Snapshot::new();
        let Some(path) = self.source.path() else {
            return snapshot;
        };
        let (seen, patterns) = &mut self.includes;
        let now = look(path);
        if now != *seen {
            // A large one takes a moment: sessions of this thread are served by others meanwhile.
            let read = tokio::task::block_in_place(|| includes(&fs::read_to_string(path).ok()?));
            if let Some(read) = read {
                *patterns = read;
            }
            *seen = now;
        }
        snapshot.extend(now.map(|now| (path.to_owned(), now)));
        let folder = path.parent().unwrap_or(Path::new(""));
        for pattern in patterns {
            for file in included_files(folder, pattern).unwrap_or_default() {
                if let Some(now) = look(&file) {
                    snapshot.insert(file, now);
                }
            }
        }
        snapshot
    }
}

/// The `include` patterns of a file, if it is TOML at all.
fn includes(text: &str) -> Option<Vec<String>> {
    let table: toml::Table = text.parse().ok()?;
    let list = table.get("include").and_then(toml::Value::as_array);
    let texts = list.into_iter().flatten().filter_map(toml::Value::as_str);
    Some(texts.map(str::to_owned).collect())
}

/// How a file looks; `None` for what isn't there or is none.
fn look(path: &Path) -> Option<Look> {
    use std::os::unix::fs::MetadataExt as _;
    let about = fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
    Some((about.len(), about.ino(), (about.ctime(), about.ctime_nsec())))
}

/// Replaces the catalogue in one step, and tells open shells that there is a new one. Takes its time.
fn put_in_force(context: &Context, catalogue: Catalogue) -> Changes {
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
    tracing::error!("the file can't be used, and what was in force stays so:\n{errors}");
    let first = excerpt::lines(errors, SHOWN);
    let sessions = context.sessions.list();
    let operators = sessions
        .iter()
        .filter(|session| session.profile().user.role() >= Role::Operator);
    notify(operators, None, "server", |speech| phrases::broken_file(speech, &first));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_file_includes_nothing_new() {
        assert_eq!(
            includes("include = [\"a.toml\", \"d/*.toml\"]"),
            Some(vec!["a.toml".into(), "d/*.toml".into()])
        );
        assert_eq!(includes("[server]\n"), Some(Vec::new()));
        assert_eq!(includes("include = ["), None);
    }
}
