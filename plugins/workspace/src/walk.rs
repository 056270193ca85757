//! All that is in a folder and its folders, one after the other. Nothing here recurses, and no link is followed.

use std::io;
use std::vec;

use crate::fault::Fault;
use crate::folder::{Entry, Folder, Kind};
use crate::path::Path;

/// Folders within each other that are still entered. No command makes half as many.
const DEEPEST: usize = 64;
/// Names that are looked at in all.
const MOST: usize = 200_000;

/// Something that was met.
pub(crate) struct Met<'w> {
    /// The folder that it is in.
    pub(crate) folder: &'w Folder,
    pub(crate) entry: &'w Entry,
    /// The names on the way to it from where the walk began, itself included, as they may be shown.
    pub(crate) way: &'w [String],
}

/// What to do about a folder that was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    Enter,
    Pass,
}

/// Meets all that is in `folder`, called `path`, in the order of the names, each folder before what is in it. What goes away
/// meanwhile, or can't be opened, is passed over.
pub(crate) fn walk(
    folder: &Folder,
    path: &Path,
    is_cancelled: &dyn Fn() -> bool,
    mut meet: impl FnMut(&Met<'_>) -> Result<Next, Fault>,
) -> Result<(), Fault> {
    let list = |folder: &Folder| -> io::Result<vec::IntoIter<Entry>> { Ok(folder.list()?.0.into_iter()) };
    let first = folder
        .reopen()
        .and_then(|folder| Ok((list(&folder)?, folder)))
        .map_err(Fault::system(path))?;
    let mut stack = vec![(first.1, first.0)];
    let mut way = Vec::new();
    let mut count = 0;
    while let Some((folder, entries)) = stack.last_mut() {
        if is_cancelled() {
            return Err(Fault::Cancelled);
        }
        let Some(entry) = entries.next() else {
            stack.pop();
            way.pop();
            continue;
        };
        count += 1;
        if count > MOST {
            return Err(Fault::Many(path.clone()));
        }
        way.push(entry.shown());
        let next = meet(&Met {
            folder,
            entry: &entry,
            way: &way,
        })?;
        let inner = match next {
            Next::Enter if entry.kind == Kind::Folder && way.len() < DEEPEST => folder.folder(&entry.name).ok(),
            _ => None,
        };
        match inner.and_then(|inner| Some((list(&inner).ok()?, inner))) {
            Some((entries, inner)) => stack.push((inner, entries)),
            None => drop(way.pop()),
        }
    }
    Ok(())
}
