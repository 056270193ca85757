//! Puts a changed `commands.toml` in force: on save, on SIGHUP, and when an operator says `reload`.
//!
//! A new catalogue takes over in one step: a request keeps the one that it began with. A file that doesn't load changes
//! nothing; why is told on the log and to operators who are online.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use caracola_wire::Push;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{MissedTickBehavior, interval};

use crate::access::Role;
use crate::catalogue::{Catalogue, Changes, Source};
use crate::context::Context;
use crate::language::{Language, Speech};
use crate::phrases;
use crate::rooms::{notify, push_bytes};
use crate::verbs::encode_ahead;

/// How often the files are looked at. They are few, and a look costs some microseconds; it works the same for editors that
/// write in place, editors that rename, files that come later, and file systems of other machines.
const LOOK: Duration = Duration::from_millis(250);
/// Lines of a broken file's errors that operators who are online are shown; the log has all.
const SHOWN: usize = 12;

/// What came of a reload: what it changed, or all that is wrong with the files, underlined.
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
    includes: Vec<PathBuf>,
    /// What the file looked like from which `includes` is.
    read: Option<Stamp>,
}

/// What the files looked like.
type Snapshot = BTreeMap<PathBuf, Stamp>;

/// A file's time, size and number.
type Stamp = (SystemTime, u64, u64);

/// Both ends: one for whoever asks, one for the task that reloads from `source`, with the language that the command line
/// set.
pub fn pair(source: Source, language: Option<Language>) -> (Reloads, Reloader) {
    // Who asks while others wait already waits for room here.
    let (sender, wishes) = mpsc::channel(8);
    let reloader = Reloader {
        source,
        language,
        wishes,
        includes: Vec::new(),
        read: None,
    };
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
    pub async fn run(mut self, context: Arc<Context>) {
        let mut looks = interval(LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut in_force = self.snapshot().await;
        let mut last = in_force.clone();
        loop {
            tokio::select! {
                wish = self.wishes.recv() => {
                    let Some(answer) = wish else { return };
                    in_force = self.snapshot().await;
                    // Whoever asked may have gone; the reload is done all the same.
                    let _ = answer.send(self.reload(&context).await);
                }
                _ = looks.tick() => {
                    let now = self.snapshot().await;
                    // A file that is being written is not read half-way.
                    if now != in_force && now == last {
                        in_force.clone_from(&now);
                        let _ = self.reload(&context).await;
                    }
                    last = now;
                }
                () = context.stopped() => return,
            }
        }
    }

    async fn reload(&self, context: &Arc<Context>) -> Reloaded {
        let (source, language, context) = (self.source.clone(), self.language.clone(), Arc::clone(context));
        // Thousands of commands take a moment, and as long again to encode, compare and free: none of it on a thread that
        // serves sessions.
        let reloaded = tokio::task::spawn_blocking(move || match Catalogue::load(&source, language) {
            Ok(loaded) => {
                for warning in &loaded.warnings {
                    tracing::warn!("{}", warning.render(false));
                }
                Ok(put_in_force(&context, loaded.catalogue))
            }
            Err(broken) => {
                let errors = broken.render(false);
                tell_broken(&context, &errors);
                Err(errors)
            }
        });
        reloaded.await.unwrap_or_else(|error| Err(error.to_string()))
    }

    /// How the file and what it includes look now. A file that can't be read includes what it did before.
    async fn snapshot(&mut self) -> Snapshot {
        let mut snapshot = Snapshot::new();
        let Some(path) = self.source.path().map(Path::to_owned) else {
            return snapshot;
        };
        note(&path, &mut snapshot);
        let stamp = snapshot.get(&path).copied();
        if self.read != stamp {
            self.read = stamp;
            let file = path.clone();
            // As large as it may be, it is read and parsed only when it is another.
            let read = tokio::task::spawn_blocking(move || includes(&fs::read_to_string(file).ok()?));
            if let Some(patterns) = read.await.ok().flatten() {
                let folder = path.parent().unwrap_or(Path::new(""));
                self.includes = patterns.iter().map(|pattern| folder.join(pattern)).collect();
            }
        }
        for pattern in &self.includes {
            note(pattern, &mut snapshot);
            for entry in pattern
                .parent()
                .and_then(|folder| fs::read_dir(folder).ok())
                .into_iter()
                .flatten()
                .flatten()
            {
                note(&entry.path(), &mut snapshot);
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

fn note(path: &Path, snapshot: &mut Snapshot) {
    use std::os::unix::fs::MetadataExt as _;
    if let Ok(about) = fs::metadata(path)
        && about.is_file()
    {
        let written = about.modified().unwrap_or(SystemTime::UNIX_EPOCH);
        snapshot.insert(path.to_owned(), (written, about.len(), about.ino()));
    }
}

/// Replaces the catalogue in one step, and tells open shells that there is a new one. Takes its time.
fn put_in_force(context: &Context, catalogue: Catalogue) -> Changes {
    let before = context.catalogue.load_full();
    // Only the reloader replaces it, so this is what it is compared with at the end, too.
    encode_ahead(&before, &catalogue);
    let changes = Catalogue::diff(&before, &catalogue);
    tracing::info!(
        commands = catalogue.commands().len(),
        changes = changes.sentence(Speech::English),
        "reloaded the commands"
    );
    context.catalogue.store(Arc::new(catalogue));
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
    let first: Vec<_> = errors.lines().take(SHOWN).collect();
    let first = first.join("\n");
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
