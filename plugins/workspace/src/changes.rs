//! What is changed in a workspace, within its quota. Whoever has a [`Changes`] is alone with the workspace.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::config::Limits;
use crate::fault::{Fault, Remedy};
use crate::folder::{self, Folder, Kind};
use crate::path::{DEEPEST, Path};
use crate::space::Space;
use crate::tree;
use crate::usage::{self, Usage};

/// What is known of a workspace's usage.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    counted: Option<(Usage, Instant)>,
    /// The folder that was counted, and when it was changed last.
    seen: Option<Seen>,
}

/// What a folder is, and when it was changed last, as [`Changes`] leave it behind. Whoever else changes it, such as an older
/// process of this plugin that hasn't finished, leaves another time.
type Seen = ((u64, u64), i64, i64);

impl Kept {
    /// After so long it is counted again, since an admin may have put something there.
    const FRESH: Duration = Duration::from_mins(1);

    /// Begins work on a folder: what is known of another, was counted long ago, or isn't so any more, is forgotten.
    pub(crate) fn begin(&mut self, folder: &Folder) -> io::Result<()> {
        let seen = seen(folder)?;
        let is_old = self.counted.is_some_and(|(_, when)| when.elapsed() > Self::FRESH);
        if self.seen != Some(seen) || is_old {
            self.counted = None;
        }
        Ok(())
    }

    /// Ends it.
    pub(crate) fn end(&mut self, folder: &Folder) -> io::Result<()> {
        folder.mark_used()?;
        self.seen = Some(seen(folder)?);
        Ok(())
    }

    /// Has it counted again before it is needed.
    pub(crate) fn doubt(&mut self) {
        self.counted = None;
    }
}

fn seen(folder: &Folder) -> io::Result<Seen> {
    let about = folder.about_itself()?;
    Ok((about.id, about.changed, about.changed_nanos))
}

/// Changes one workspace.
pub(crate) struct Changes<'a> {
    space: Space<'a>,
    root: &'a Folder,
    incoming: &'a Folder,
    limits: &'a Limits,
    kept: &'a mut Kept,
    is_cancelled: &'a dyn Fn() -> bool,
}

/// What a file is to hold.
pub(crate) enum Content<'a> {
    /// These bytes.
    Bytes(&'a [u8]),
    /// What it holds already, if it is there, and these bytes.
    Appended(&'a [u8]),
    /// What another file holds.
    Copied(&'a Path),
}

impl<'a> Changes<'a> {
    pub(crate) fn new(
        root: &'a Folder,
        incoming: &'a Folder,
        limits: &'a Limits,
        kept: &'a mut Kept,
        is_cancelled: &'a dyn Fn() -> bool,
    ) -> Self {
        Self {
            space: Space::new(Some(root)),
            root,
            incoming,
            limits,
            kept,
            is_cancelled,
        }
    }

    /// For looking at what is there.
    pub(crate) fn space(&self) -> Space<'a> {
        self.space
    }

    /// What is used by now.
    pub(crate) fn used(&mut self) -> Result<Usage, Fault> {
        match self.kept.counted {
            Some((used, _)) => Ok(used),
            None => self.count(),
        }
    }

    /// Makes a folder; an error if there is anything of its name.
    pub(crate) fn make_folder(&mut self, path: &Path) -> Result<(), Fault> {
        let Some((parent, name)) = self.space.parent(path)? else {
            return Err(Fault::Exists(path.clone()));
        };
        within_depth(path, 1)?;
        if parent.about(name).is_ok() {
            return Err(Fault::Exists(path.clone()));
        }
        self.afford(Usage::FOLDER, Usage::default())?;
        parent.make(name).map_err(Fault::system(path))?;
        self.charge(Usage::FOLDER, Usage::default());
        Ok(())
    }

    /// Makes or replaces a file. Before that succeeds, what was there stays.
    pub(crate) fn put(&mut self, path: &Path, content: &Content<'_>) -> Result<(), Fault> {
        let fault = Fault::system(path);
        let is_folder = || Fault::IsFolder {
            path: path.clone(),
            remedy: Remedy::OtherName,
        };
        let Some((parent, name)) = self.space.parent(path)? else {
            return Err(is_folder());
        };
        let before = match parent.about(name) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            about => Some(about.map_err(&fault)?),
        };
        match before.map(|about| about.kind) {
            Some(Kind::Folder) => return Err(is_folder()),
            Some(Kind::Other) => return Err(Fault::Odd(path.clone())),
            None if path.says_folder() => return Err(Fault::Absent(path.clone())),
            Some(Kind::File) if path.says_folder() => return Err(Fault::NotFolder(path.clone())),
            Some(Kind::File) | None => {}
        }
        within_depth(path, 0)?;
        let (source, bytes): (_, &[u8]) = match content {
            Content::Appended(bytes) if before.is_some() => (Some(self.space.file(path)?), bytes),
            Content::Appended(bytes) | Content::Bytes(bytes) => (None, bytes),
            Content::Copied(from) => (Some(self.space.file(from)?), &[]),
        };
        let size = source.as_ref().map_or(0, |(_, about)| about.size);
        let cost = Usage::file(size.saturating_add(bytes.len() as u64));
        let refund = before.map(|about| Usage::of(&about)).unwrap_or_default();
        self.afford(cost, refund)?;
        let staged = staged();
        let write = || {
            let mut file = self.incoming.create(&staged)?;
            if let Some((source, about)) = source {
                io::copy(&mut source.take(about.size), &mut file)?;
            }
            file.write_all(bytes)?;
            self.incoming.rename(&staged, &parent, name, true)
        };
        if let Err(error) = write() {
            // The error counts; what is left is removed with the next start.
            let _ = self.incoming.remove(&staged);
            return Err(fault(error));
        }
        self.charge(cost, refund);
        Ok(())
    }

    /// Says that a file was changed now. One that has a name elsewhere too becomes a file of its own.
    pub(crate) fn touch(&mut self, path: &Path) -> Result<(), Fault> {
        let (file, about) = self.space.file(path)?;
        if about.links > 1 {
            return self.put(path, &Content::Appended(&[]));
        }
        folder::mark_changed(&file).map_err(Fault::system(path))
    }

    /// Copies a folder and all that is in it to a name where there is nothing. It appears there whole, or not at all.
    pub(crate) fn copy_folder(&mut self, from: &Path, to: &Path) -> Result<(), Fault> {
        if to.is_within(from) {
            return Err(inside_or_same(from, to));
        }
        let (Some((source, name)), Some((target, new))) = (self.space.parent(from)?, self.space.parent(to)?) else {
            return Err(Fault::Root);
        };
        if target.about(new).is_ok() {
            return Err(Fault::Exists(to.clone()));
        }
        let inner = source.folder(name).map_err(Fault::system(from))?;
        let (content, height) = usage::count(&inner).map_err(Fault::system(from))?;
        within_depth(to, height + 1)?;
        let cost = content.plus(Usage::FOLDER);
        self.afford(cost, Usage::default())?;
        let staged = staged();
        let copied =
            tree::copy(&source, name.as_ref(), self.incoming, &staged, cost, self.is_cancelled).and_then(|cost| {
                self.incoming.rename(&staged, &target, new, false)?;
                Ok(cost)
            });
        match copied {
            Ok(cost) => {
                self.charge(cost, Usage::default());
                Ok(())
            }
            Err(error) => {
                // The error counts; what is left is removed with the next start.
                let _ = tree::remove(self.incoming, &staged, &|| false);
                Err(self.interrupted(error, to))
            }
        }
    }

    /// Gives a file or folder another name. A file takes the place of one that is there.
    pub(crate) fn rename(&mut self, from: &Path, to: &Path) -> Result<(), Fault> {
        if to.is_within(from) {
            return Err(inside_or_same(from, to));
        }
        let (Some((source, name)), Some((target, new))) = (self.space.parent(from)?, self.space.parent(to)?) else {
            return Err(Fault::Root);
        };
        let about = source.about(name).map_err(Fault::system(from))?;
        let height = match about.kind {
            Kind::Other => return Err(Fault::Odd(from.clone())),
            Kind::File if from.says_folder() => return Err(Fault::NotFolder(from.clone())),
            Kind::File => 0,
            Kind::Folder => {
                let inner = source.folder(name).map_err(Fault::system(from))?;
                usage::count(&inner).map_err(Fault::system(from))?.1 + 1
            }
        };
        within_depth(to, height)?;
        let replaced = match target.about(new) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            about => Some(about.map_err(Fault::system(to))?),
        };
        match replaced.map(|about| about.kind) {
            None if to.says_folder() && about.kind == Kind::File => return Err(Fault::Absent(to.clone())),
            None => {}
            Some(Kind::File) if about.kind == Kind::File && !to.says_folder() => {}
            Some(Kind::Other) => return Err(Fault::Odd(to.clone())),
            Some(_) => return Err(Fault::Exists(to.clone())),
        }
        let moved = source.rename(name, &target, new, replaced.is_some());
        moved.map_err(Fault::system(to))?;
        if replaced.is_some() {
            // Two names of one file both stay, so what is free now isn't known.
            self.kept.doubt();
        }
        Ok(())
    }

    /// Removes a file, or anything else but a folder.
    pub(crate) fn remove_file(&mut self, path: &Path) -> Result<(), Fault> {
        let Some((parent, name)) = self.space.parent(path)? else {
            return Err(Fault::Root);
        };
        let about = parent.about(name).map_err(Fault::system(path))?;
        if about.kind == Kind::Folder {
            return Err(Fault::IsFolder {
                path: path.clone(),
                remedy: Remedy::Recursive,
            });
        }
        if path.says_folder() {
            return Err(Fault::NotFolder(path.clone()));
        }
        parent.remove(name).map_err(Fault::system(path))?;
        self.charge(Usage::default(), Usage::of(&about));
        Ok(())
    }

    /// Removes a folder and all that is in it.
    pub(crate) fn remove_folder(&mut self, path: &Path) -> Result<(), Fault> {
        let Some((parent, name)) = self.space.parent(path)? else {
            return Err(Fault::Root);
        };
        self.kept.doubt();
        let removed = tree::remove(&parent, name.as_ref(), self.is_cancelled);
        removed.map_err(|error| self.interrupted(error, path))
    }

    /// Sees that something can be had instead of something else. What takes no more than what was there always can.
    fn afford(&mut self, cost: Usage, refund: Usage) -> Result<(), Fault> {
        let used = self.used()?;
        if self.lacks(used, cost, refund).is_none() {
            return Ok(());
        }
        // An admin may have made room.
        let used = self.count()?;
        self.lacks(used, cost, refund).map_or(Ok(()), Err)
    }

    fn lacks(&self, used: Usage, cost: Usage, refund: Usage) -> Option<Fault> {
        let after = used.minus(refund).plus(cost);
        if after.entries > self.limits.entries && cost.entries > refund.entries {
            return Some(Fault::MostEntries(self.limits.entries));
        }
        if after.bytes > self.limits.bytes && cost.bytes > refund.bytes {
            return Some(Fault::MostBytes {
                needed: cost.bytes - refund.bytes,
                free: self.limits.bytes.saturating_sub(used.bytes),
                quota: self.limits.bytes,
            });
        }
        None
    }

    fn count(&mut self) -> Result<Usage, Fault> {
        let (used, _) = usage::count(self.root).map_err(Fault::system(&Path::ROOT))?;
        self.kept.counted = Some((used, Instant::now()));
        Ok(used)
    }

    fn charge(&mut self, cost: Usage, refund: Usage) {
        if let Some((used, _)) = &mut self.kept.counted {
            *used = used.minus(refund).plus(cost);
        }
    }

    fn interrupted(&self, error: io::Error, path: &Path) -> Fault {
        match error.kind() {
            io::ErrorKind::Interrupted if (self.is_cancelled)() => Fault::Cancelled,
            _ => Fault::system(path)(error),
        }
    }
}

/// A name that nothing else has, in this process or another.
fn staged() -> OsString {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let time = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_nanos();
    format!("{}-{time:x}-{number:x}", std::process::id()).into()
}

/// Whether something may be there with `height` levels of folders, itself included.
fn within_depth(path: &Path, height: usize) -> Result<(), Fault> {
    let above = path.depth().saturating_sub(1);
    if above + height > DEEPEST {
        return Err(Fault::Deep(path.clone()));
    }
    Ok(())
}

fn inside_or_same(from: &Path, to: &Path) -> Fault {
    if from.depth() == to.depth() {
        return Fault::Same(to.clone());
    }
    Fault::Inside {
        from: from.clone(),
        to: to.clone(),
    }
}
