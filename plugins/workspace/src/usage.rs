//! How much of a workspace is used.

use std::io;

use crate::folder::{About, Folder, Kind};

/// What a block of a file system usually is, in bytes. Whatever is in a workspace costs whole ones, and at least one: else
/// empty files would cost nothing.
const BLOCK: u64 = 4096;
/// Folders within each other that are still counted. No command makes half as many.
const DEEPEST: usize = 64;
/// Names that are still counted, so that counting ends.
const MOST: u64 = 200_000;

/// What something costs of a quota.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Usage {
    /// In bytes, each file and folder rounded up to a [`BLOCK`].
    pub(crate) bytes: u64,
    /// Files, folders, and whatever else has a name.
    pub(crate) entries: u64,
}

impl Usage {
    pub(crate) const FOLDER: Usage = Usage {
        bytes: BLOCK,
        entries: 1,
    };

    /// A file of so many bytes.
    pub(crate) fn file(size: u64) -> Self {
        Self {
            bytes: size.max(1).checked_next_multiple_of(BLOCK).unwrap_or(u64::MAX),
            entries: 1,
        }
    }

    /// Something that is there, without what is in it.
    pub(crate) fn of(about: &About) -> Self {
        match about.kind {
            Kind::File => Self::file(about.size),
            Kind::Folder | Kind::Other => Self::FOLDER,
        }
    }

    pub(crate) fn plus(self, other: Usage) -> Self {
        Self {
            bytes: self.bytes.saturating_add(other.bytes),
            entries: self.entries.saturating_add(other.entries),
        }
    }

    pub(crate) fn minus(self, other: Usage) -> Self {
        Self {
            bytes: self.bytes.saturating_sub(other.bytes),
            entries: self.entries.saturating_sub(other.entries),
        }
    }
}

/// Counts all that is in a folder, and how many folders are within each other. What is too much or too deep to be counted
/// counts as more than anybody may have.
pub(crate) fn count(folder: &Folder) -> io::Result<(Usage, usize)> {
    const TOO_MUCH: Usage = Usage {
        bytes: u64::MAX,
        entries: u64::MAX,
    };
    let mut usage = Usage::default();
    let (entries, is_cut) = folder.list()?;
    if is_cut {
        return Ok((TOO_MUCH, DEEPEST));
    }
    // Each folder on the way down, and the names in it that are still to be counted.
    let mut stack = vec![(None::<Folder>, entries.into_iter())];
    let mut deepest = 0;
    while let Some((inner, entries)) = stack.last_mut() {
        let here = inner.as_ref().unwrap_or(folder);
        let Some(entry) = entries.next() else {
            stack.pop();
            continue;
        };
        let about = match here.about(&entry.name) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            about => about?,
        };
        usage = usage.plus(Usage::of(&about));
        if about.kind != Kind::Folder {
            continue;
        }
        let next = here.folder(&entry.name)?;
        let (entries, is_cut) = next.list()?;
        stack.push((Some(next), entries.into_iter()));
        deepest = deepest.max(stack.len() - 1);
        if is_cut || stack.len() > DEEPEST || usage.entries > MOST {
            return Ok((TOO_MUCH, DEEPEST));
        }
    }
    Ok((usage, deepest))
}
