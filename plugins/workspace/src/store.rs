//! The folders of all people, below the root that the admin gave.

use std::collections::HashMap;
use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::changes::{Changes, Kept};
use crate::config::Limits;
use crate::fault::Fault;
use crate::folder::Folder;
use crate::path::Path;
use crate::person::Place;
use crate::room::{self, GuestFolder, Limit};
use crate::tree;

/// Where files are written before they get their names. Nobody's folder, so that half-written ones are never seen.
const INCOMING: &str = "incoming";
/// After so long, what is left there is abandoned: the process that wrote it has ended.
const STALE: Duration = Duration::from_hours(1);
/// A guest's folder that wasn't used for so long makes place for others.
const UNUSED: Duration = Duration::from_hours(24);
/// When there is no room for another guest, a settled folder makes place after this already: who went can't come back to it
/// by then. An unsettled one does at once, see [`room`]. More than [`USED_WITHIN`], or one that is in use could seem unused.
const UNUSED_WHEN_FULL: Duration = Duration::from_hours(2);
/// How exactly it is known when a guest's folder was used, and after how long coming back to it settles it.
const USED_WITHIN: Duration = Duration::from_mins(1);
/// How long one waits for another process that is at work in the same workspace.
const PATIENCE: Duration = Duration::from_secs(2);
/// People whose usage is remembered.
const REMEMBERED: usize = 1024;

/// The folders of all people.
pub(crate) struct Store {
    root: Folder,
    limits: Limits,
    /// What is known of each person's usage. Whoever changes a workspace holds the inner lock.
    kept: Mutex<HashMap<Place, Arc<Mutex<Kept>>>>,
    /// Held while a guest's folder is made, so that their number is right.
    guests: Mutex<()>,
}

impl Store {
    /// Opens the root, which is made if only it is missing, and removes what a process that was killed has left there.
    pub(crate) fn open(root: &path::Path, limits: Limits) -> io::Result<Self> {
        let root = match Folder::open(root) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                DirBuilder::new().mode(0o700).create(root)?;
                Folder::open(root)?
            }
            opened => opened?,
        };
        if let Ok(incoming) = root.folder(INCOMING) {
            for entry in incoming.list()?.0 {
                if incoming
                    .about(&entry.name)
                    .is_ok_and(|about| is_older(about.changed, STALE))
                {
                    // What can't be removed now will be another time; it does no harm.
                    let _ = tree::remove(&incoming, &entry.name, &|| false);
                }
            }
        }
        Ok(Self {
            root,
            limits,
            kept: Mutex::default(),
            guests: Mutex::default(),
        })
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Opens a person's folder; none if nothing was ever put there.
    pub(crate) fn existing(&self, place: &Place) -> Result<Option<Folder>, Fault> {
        let folder = match self.root.folder(place.parent()).and_then(|all| all.folder(&place.name)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            folder => folder.map_err(Fault::system(&Path::ROOT))?,
        };
        if place.is_guest {
            let about = folder.about_itself().map_err(Fault::system(&Path::ROOT))?;
            if is_older(about.changed, USED_WITHIN) {
                folder.mark_used().map_err(Fault::system(&Path::ROOT))?;
                folder.settle().map_err(Fault::system(&Path::ROOT))?;
            }
        }
        Ok(Some(folder))
    }

    /// Changes a person's folder, alone. It is made if it isn't there and the change `makes` something; otherwise `None`
    /// is handed back.
    pub(crate) fn change<T>(
        &self,
        place: &Place,
        makes: bool,
        is_cancelled: &dyn Fn() -> bool,
        change: impl FnOnce(&mut Changes<'_>) -> Result<T, Fault>,
    ) -> Result<Option<T>, Fault> {
        let kept = self.kept(place);
        let mut kept = lock(&kept);
        let Some(folder) = self.claim(place, makes, &mut kept, is_cancelled)? else {
            return Ok(None);
        };
        let incoming = self.root.make_or_open(INCOMING).map_err(Fault::system(&Path::ROOT))?;
        kept.begin(&folder).map_err(Fault::system(&Path::ROOT))?;
        let mut changes = Changes::new(&folder, &incoming, &self.limits, &mut kept, is_cancelled);
        let result = change(&mut changes);
        if result.is_err() {
            kept.doubt();
        }
        kept.end(&folder).map_err(Fault::system(&Path::ROOT))?;
        result.map(Some)
    }

    /// Opens a person's folder, and locks out other processes, such as an older one of this plugin that hasn't finished.
    fn claim(
        &self,
        place: &Place,
        makes: bool,
        kept: &mut Kept,
        is_cancelled: &dyn Fn() -> bool,
    ) -> Result<Option<Folder>, Fault> {
        const PAUSE: Duration = Duration::from_millis(5);
        let deadline = Instant::now() + PATIENCE;
        loop {
            let folder = match self.existing(place)? {
                None if !makes => return Ok(None),
                None => {
                    // The system may give it the number of one that was removed.
                    kept.doubt();
                    self.make(place)?
                }
                Some(folder) => folder,
            };
            if folder.try_lock().map_err(Fault::system(&Path::ROOT))? {
                // Between opening and locking it may have been removed, if it is a guest's.
                let id = |folder: &Folder| folder.about_itself().map(|about| about.id).ok();
                let current = self.existing(place)?;
                if current.is_some_and(|current| id(&current) == id(&folder)) {
                    return Ok(Some(folder));
                }
            }
            if is_cancelled() {
                return Err(Fault::Cancelled);
            }
            if Instant::now() > deadline {
                return Err(Fault::Busy);
            }
            thread::sleep(PAUSE);
        }
    }

    fn make(&self, place: &Place) -> Result<Folder, Fault> {
        let top = Path::ROOT;
        let fault = Fault::system(&top);
        let all = self.root.make_or_open(place.parent()).map_err(&fault)?;
        if !place.is_guest {
            return all.make_or_open(&place.name).map_err(fault);
        }
        let _guests = lock(&self.guests);
        let mut kept = Vec::new();
        for entry in all.list().map_err(&fault)?.0 {
            let about = all.about(&entry.name);
            let used = about.as_ref().map_or(i64::MAX, |about| about.changed);
            if !(is_older(used, UNUSED) && sweep(&all, &entry.name, UNUSED)) {
                kept.push(GuestFolder {
                    name: entry.name,
                    used,
                    is_settled: about.is_ok_and(|about| about.is_settled),
                });
            }
        }
        if all.about(&place.name).is_err()
            && let Some(room) = room::make(kept, place.name.as_ref(), self.limits.guests)
        {
            let unused = |folder: &GuestFolder| {
                if folder.is_settled {
                    UNUSED_WHEN_FULL
                } else {
                    Duration::ZERO
                }
            };
            let goes = room.candidates.iter().filter(|folder| {
                let unused = unused(folder);
                (unused.is_zero() || is_older(folder.used, unused)) && sweep(&all, &folder.name, unused)
            });
            // More than one only if an admin has lowered the limit since.
            if goes.take(room.excess).count() < room.excess {
                return Err(match room.limit {
                    Limit::Share => Fault::GuestsFromThere(room::share(self.limits.guests)),
                    Limit::All => Fault::Guests(self.limits.guests),
                });
            }
        }
        all.make_or_open(&place.name).map_err(fault)
    }

    fn kept(&self, place: &Place) -> Arc<Mutex<Kept>> {
        let mut all = lock(&self.kept);
        if all.len() >= REMEMBERED && !all.contains_key(place) {
            // Nobody is at work where nobody else has it.
            all.retain(|_, kept| Arc::strong_count(kept) > 1);
        }
        Arc::clone(all.entry(place.clone()).or_default())
    }
}

/// Removes a guest's folder that wasn't used for so long (zero: however lately), unless somebody is at work there.
fn sweep(guests: &Folder, name: &std::ffi::OsStr, unused: Duration) -> bool {
    let Ok(folder) = guests.folder(name) else {
        return false;
    };
    if !folder.try_lock().is_ok_and(|locked| locked) {
        return false;
    }
    // It may just have been used.
    let is_unused = folder
        .about_itself()
        .is_ok_and(|about| unused.is_zero() || is_older(about.changed, unused));
    is_unused && tree::remove(guests, name, &|| false).is_ok()
}

/// Whether a time, in seconds since 1970, is longer ago than `age`.
fn is_older(time: i64, age: Duration) -> bool {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let time = u64::try_from(time).unwrap_or_default();
    now.as_secs().saturating_sub(time) > age.as_secs()
}

/// What is behind a lock, also after another thread has panicked with it: what is kept there is a guess that gets checked.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
