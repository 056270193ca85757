//! Whole trees, removed and copied. Nothing here recurses, and no link is followed.

use std::ffi::OsStr;
use std::io::{self, Read};
use std::vec;

use crate::folder::{self, Entry, Folder, Kind};
use crate::usage::Usage;

/// Folders within each other that are still entered. No command makes half as many.
const DEEPEST: usize = 64;

/// Removes whatever has this name, and all that is in it. Ends early, with [`io::ErrorKind::Interrupted`], if it is cancelled;
/// what was removed by then is gone.
pub(crate) fn remove(parent: &Folder, name: &OsStr, is_cancelled: &dyn Fn() -> bool) -> io::Result<()> {
    if parent.about(name)?.kind != Kind::Folder {
        return parent.remove(name);
    }
    let mut stack = vec![Level::open(parent, name)?];
    while let Some(mut level) = stack.pop() {
        if is_cancelled() {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let Some(entry) = level.entries.next() else {
            if let Some(entries) = level.again()? {
                level.entries = entries;
                stack.push(level);
            } else {
                let above = stack.last().map_or(parent, |above| &above.folder);
                gone(above.remove_folder(&level.name))?;
            }
            continue;
        };
        if entry.kind != Kind::Folder {
            match level.folder.remove(&entry.name) {
                // A folder has taken its place; it is met when the names are read again.
                Err(error) if error.kind() == io::ErrorKind::IsADirectory => {}
                removed => gone(removed)?,
            }
            stack.push(level);
            continue;
        }
        if stack.len() == DEEPEST {
            return Err(io::ErrorKind::QuotaExceeded.into());
        }
        let inner = present(Level::open(&level.folder, &entry.name))?;
        stack.push(level);
        stack.extend(inner);
    }
    Ok(())
}

/// Copies whatever has this name, and all that is in it, to a new name in `to`. Costs at most `most`, else it is
/// [`io::ErrorKind::QuotaExceeded`]; says what it cost. What is neither a file nor a folder isn't copied. An error leaves
/// behind what was copied so far.
pub(crate) fn copy(
    from: &Folder,
    name: &OsStr,
    to: &Folder,
    new: &OsStr,
    most: Usage,
    is_cancelled: &dyn Fn() -> bool,
) -> io::Result<Usage> {
    let mut cost = Usage::FOLDER;
    let mut pay = |more: Usage| {
        cost = cost.plus(more);
        if cost.bytes > most.bytes || cost.entries > most.entries {
            return Err(io::Error::from(io::ErrorKind::QuotaExceeded));
        }
        Ok(cost)
    };
    pay(Usage::default())?;
    to.make(new)?;
    let mut stack = vec![(Level::open(from, name)?, to.folder(new)?)];
    while let Some((mut level, copy)) = stack.pop() {
        if is_cancelled() {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let Some(entry) = level.entries.next() else {
            continue;
        };
        let mut inner = None;
        match entry.kind {
            Kind::Other => {}
            Kind::File => {
                if let Some((file, about)) = present(level.folder.file(&entry.name))?.flatten() {
                    pay(Usage::file(about.size))?;
                    io::copy(&mut file.take(about.size), &mut copy.create(&entry.name)?)?;
                }
            }
            Kind::Folder if stack.len() == DEEPEST => return Err(io::ErrorKind::QuotaExceeded.into()),
            Kind::Folder => {
                if let Some(original) = present(Level::open(&level.folder, &entry.name))? {
                    pay(Usage::FOLDER)?;
                    copy.make(&entry.name)?;
                    inner = Some((original, copy.folder(&entry.name)?));
                }
            }
        }
        stack.push((level, copy));
        stack.extend(inner);
    }
    pay(Usage::default())
}

/// A folder on the way down.
struct Level {
    folder: Folder,
    name: std::ffi::OsString,
    entries: vec::IntoIter<Entry>,
    /// How often its names were read.
    rounds: usize,
}

impl Level {
    fn open(parent: &Folder, name: &OsStr) -> io::Result<Self> {
        let folder = parent.folder(name)?;
        Ok(Self {
            entries: folder.list()?.0.into_iter(),
            folder,
            name: name.to_owned(),
            rounds: 1,
        })
    }

    /// The names that are there by now; none if it is empty, or if somebody fills it as fast as it is emptied.
    fn again(&mut self) -> io::Result<Option<vec::IntoIter<Entry>>> {
        const MOST_ROUNDS: usize = 100;
        let entries = self.folder.list()?.0;
        self.rounds += 1;
        Ok((!entries.is_empty() && self.rounds < MOST_ROUNDS).then(|| entries.into_iter()))
    }
}

/// Success, if something to be removed has gone by itself.
fn gone(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

/// `None` if something has gone, or something else has taken its place.
fn present<T>(opened: io::Result<T>) -> io::Result<Option<T>> {
    match opened {
        Err(error) if is_other(&error) => Ok(None),
        opened => opened.map(Some),
    }
}

fn is_other(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) || folder::is_link(error)
}
