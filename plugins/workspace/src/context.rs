//! One use of a command: who asks, from which folder, and which files are meant.

use caracola_sdk::Call;

use crate::changes::Changes;
use crate::fault::{Fault, Missing};
use crate::folder::Folder;
use crate::path::Path;
use crate::pattern;
use crate::person::Place;
use crate::space::Space;
use crate::store::Store;
use crate::whereabouts::Whereabouts;

/// One use of a command.
pub(crate) struct Context<'a> {
    pub(crate) call: &'a Call<'a>,
    pub(crate) store: &'a Store,
    pub(crate) whereabouts: Whereabouts,
    place: Place,
    root: Option<Folder>,
}

/// A file or folder that is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    /// As it was typed; what a pattern found is written as the pattern was.
    pub(crate) typed: String,
    pub(crate) path: Path,
}

impl<'a> Context<'a> {
    pub(crate) fn new(call: &'a Call<'a>, store: &'a Store) -> Result<Self, Fault> {
        let place = Place::of(call.person())?;
        Ok(Self {
            call,
            store,
            whereabouts: Whereabouts::of(call),
            root: store.existing(&place)?,
            place,
        })
    }

    /// For looking at what is there.
    pub(crate) fn space(&self) -> Space<'_> {
        Space::new(self.root.as_ref())
    }

    /// Changes the workspace, which is made if it isn't there.
    pub(crate) fn make<T>(&self, change: impl FnOnce(&mut Changes<'_>) -> Result<T, Fault>) -> Result<T, Fault> {
        let changed = self.store.change(&self.place, true, &self.cancelled(), change)?;
        changed.ok_or(Fault::Busy)
    }

    /// Changes what is there. If there is nothing, `absent` is what wasn't found.
    pub(crate) fn change<T>(
        &self,
        absent: &Path,
        change: impl FnOnce(&mut Changes<'_>) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let changed = self.store.change(&self.place, false, &self.cancelled(), change)?;
        changed.ok_or_else(|| Fault::Absent(absent.clone()))
    }

    /// Whether nobody waits any more.
    pub(crate) fn cancelled(&self) -> impl Fn() -> bool + use<'a> {
        let call = self.call;
        move || call.is_cancelled()
    }

    /// The current folder, which is there.
    pub(crate) fn here(&self) -> Result<Target, Fault> {
        self.target(".")
    }

    /// Reads a path as it was typed.
    pub(crate) fn target(&self, typed: &str) -> Result<Target, Fault> {
        if typed.starts_with('-') {
            return Err(Fault::Dash(typed.to_owned()));
        }
        let path = Path::parse(typed, &self.whereabouts.here)?;
        let is_absolute = typed.starts_with('/') || typed == "~" || typed.starts_with("~/");
        if !is_absolute {
            self.whereabouts.check(self.call, self.space())?;
        }
        Ok(Target {
            typed: typed.to_owned(),
            path,
        })
    }

    /// The path that a param must have.
    pub(crate) fn one(&self, param: &str) -> Result<Target, Fault> {
        let typed = self.call.argument(param).ok_or(Fault::Missing(Missing::Paths))?;
        self.target(typed)
    }

    /// The paths of a list, as they were typed. At least one.
    pub(crate) fn several(&self, param: &str) -> Result<Vec<Target>, Fault> {
        let targets: Vec<Target> = self
            .call
            .values(param)
            .map(|typed| self.target(typed))
            .collect::<Result<_, _>>()?;
        if targets.is_empty() {
            return Err(Fault::Missing(Missing::Paths));
        }
        Ok(targets)
    }

    /// The paths of a list of things that are there, and what its patterns find; the current folder if there are none.
    pub(crate) fn found_or_here(&self, param: &str) -> Result<Vec<Target>, Fault> {
        if self.call.argument(param).is_none() {
            return Ok(vec![self.here()?]);
        }
        self.found(&self.several(param)?)
    }

    /// The same, with what patterns find in place of each pattern that isn't a name. Only the last name of a path may be a pattern.
    pub(crate) fn found(&self, targets: &[Target]) -> Result<Vec<Target>, Fault> {
        let mut found = Vec::new();
        for target in targets {
            match target.path.split() {
                Some((_, name)) if pattern::is_pattern(name) && self.space().find(&target.path)?.is_none() => {
                    found.extend(self.matching(target, name)?);
                }
                _ => found.push(target.clone()),
            }
        }
        Ok(found)
    }

    fn matching(&self, target: &Target, pattern: &str) -> Result<Vec<Target>, Fault> {
        let regex = pattern::name(pattern, false)?;
        let before = target.typed.rfind('/').map_or(0, |slash| slash + 1);
        let prefix = &target.typed[..before];
        let folder = Path::parse(if prefix.is_empty() { "." } else { prefix }, &self.whereabouts.here)?;
        let entries = self.space().list(&folder)?;
        // Names that begin with a dot are only meant by patterns that do, and those that can't be typed by no pattern.
        let names = entries.iter().filter_map(|entry| entry.name.to_str());
        let names = names.filter(|name| pattern.starts_with('.') || !name.starts_with('.'));
        let names = names.filter(|name| regex.is_match(name) && !name.contains(caracola_wire::text::is_hidden));
        let found: Vec<Target> = names
            .map(|name| Target {
                typed: format!("{prefix}{name}"),
                path: folder.join(name),
            })
            .collect();
        if found.is_empty() {
            return Err(Fault::AbsentPattern(target.typed.clone()));
        }
        Ok(found)
    }
}
