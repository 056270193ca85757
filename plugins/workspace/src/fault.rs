//! Everything that can go wrong with a command.

use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use caracola_sdk::{Call, Code, Error, Reader, Refused};

use crate::folder;
use crate::path::{DEEPEST, LONGEST_NAME, LONGEST_PATH, Path, PathFault, shown};
use crate::render::bytes;
use crate::sentences;

/// Why a command didn't work.
#[derive(Debug)]
pub(crate) enum Fault {
    /// There is nothing of this name.
    Absent(Path),
    /// No file or folder matches a pattern.
    AbsentPattern(String),
    /// Something of this name is there already.
    Exists(Path),
    /// It isn't text, so it can't be shown.
    Binary { path: Path, size: u64 },
    /// Others are changing the same workspace.
    Busy,
    /// Nobody waits any more.
    Cancelled,
    /// A word that begins as a flag does, and isn't one of the command's.
    Dash(String),
    /// Too many folders within each other.
    Deep(Path),
    /// The current folder is gone.
    Gone(Path),
    /// There are as many guests' workspaces as there may be.
    Guests(usize),
    /// The guests of one address have as many workspaces as they may.
    GuestsFromThere(usize),
    /// A folder would be put into itself.
    Inside { from: Path, to: Path },
    /// A folder, where the command takes files.
    IsFolder { path: Path, remedy: Remedy },
    /// More in a folder than one command can handle.
    Many(Path),
    /// More files and folders than one may have.
    MostEntries(u64),
    /// More bytes than one may have.
    MostBytes { needed: u64, free: u64, quota: u64 },
    /// A file, where the command takes folders.
    NotFolder(Path),
    /// Neither a file nor a folder.
    Odd(Path),
    /// What was typed is not a path.
    Path(PathFault),
    /// The server's name for a person makes no sense.
    Person(String),
    /// A pattern or a number that can't be read.
    Pattern { pattern: String, reason: String },
    /// The server takes no more.
    Refused(Refused),
    /// The top of the workspace can't be moved or removed.
    Root,
    /// From and to are the same.
    Same(Path),
    /// The system refuses.
    System { path: Path, error: io::Error },
    /// The command was typed without something that it needs.
    Missing(Missing),
}

/// What to do if a folder is given to a command for files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Remedy {
    /// List it.
    Ls,
    /// Say `-r`.
    Recursive,
    /// Choose another name.
    OtherName,
}

/// What a command was typed without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missing {
    /// What, and where to.
    Target,
    /// An existing folder for several things.
    FolderTarget,
    /// Where to search.
    Files,
    /// What to do with.
    Paths,
}

impl From<PathFault> for Fault {
    fn from(fault: PathFault) -> Self {
        Self::Path(fault)
    }
}

impl Fault {
    /// What the system said of a path.
    pub(crate) fn system(path: &Path) -> impl Fn(io::Error) -> Fault {
        move |error| match error.kind() {
            io::ErrorKind::NotFound => Fault::Absent(path.clone()),
            io::ErrorKind::AlreadyExists => Fault::Exists(path.clone()),
            io::ErrorKind::NotADirectory => Fault::NotFolder(path.clone()),
            _ if folder::is_link(&error) => Fault::Odd(path.clone()),
            _ => Fault::System {
                path: path.clone(),
                error,
            },
        }
    }

    /// As the caller sees it. What the system said is for the admin: it is logged, once a minute.
    pub(crate) fn report(&self, call: &Call<'_>) -> Error {
        if let Self::System { path, error } = self {
            static LOGGED: Mutex<Option<Instant>> = Mutex::new(None);
            let mut logged = LOGGED.lock().unwrap_or_else(PoisonError::into_inner);
            if logged.is_none_or(|logged| logged.elapsed() >= Duration::from_mins(1)) {
                *logged = Some(Instant::now());
                call.log().warn(format!("{path} in a workspace: {error}"));
            }
        }
        Error::new(self.code(), self.sentence(call))
    }

    fn code(&self) -> Code {
        match self {
            Self::Busy | Self::Guests(_) | Self::GuestsFromThere(_) => Code::Busy,
            Self::Dash(_) | Self::Path(_) | Self::Pattern { .. } | Self::Missing(_) => Code::Usage,
            Self::Deep(_)
            | Self::Many(_)
            | Self::MostEntries(_)
            | Self::MostBytes { .. }
            | Self::Refused(Refused::TooLarge) => Code::Limit,
            Self::Person(_) | Self::Root => Code::Denied,
            _ => Code::Failed,
        }
    }

    fn sentence(&self, reader: &(impl Reader + ?Sized)) -> String {
        match self {
            Self::Absent(path) => sentences::absent(reader, path),
            Self::AbsentPattern(pattern) => sentences::absent_pattern(reader, brief(pattern)),
            Self::Exists(path) => sentences::exists(reader, path),
            Self::Binary { path, size } => sentences::binary(reader, path, bytes(*size)),
            Self::Busy => sentences::busy(reader),
            Self::Cancelled => sentences::cancelled(reader),
            Self::Dash(word) => sentences::not_a_flag(reader, brief(word)),
            Self::Deep(path) => sentences::deep(reader, path, DEEPEST),
            Self::Path(PathFault::Empty) => sentences::name_empty(reader),
            Self::Path(PathFault::Invisible(name)) => sentences::name_invisible(reader, brief(name)),
            Self::Path(PathFault::LongName(name)) => sentences::name_long(reader, brief(name), LONGEST_NAME),
            Self::Path(PathFault::LongPath) => sentences::path_long(reader, LONGEST_PATH),
            Self::Gone(path) => sentences::gone(reader, path),
            Self::Guests(most) => sentences::guests(reader, most),
            Self::GuestsFromThere(most) => sentences::guests_from_there(reader, most),
            Self::Inside { from, to } => sentences::inside(reader, from, to),
            Self::IsFolder { path, remedy } => match remedy {
                Remedy::Ls => sentences::folder_list(reader, path),
                Remedy::Recursive => sentences::folder_recursive(reader, path),
                Remedy::OtherName => sentences::folder_other_name(reader, path),
            },
            Self::Many(path) => sentences::many(reader, path),
            Self::MostEntries(most) => sentences::most_entries(reader, most),
            Self::MostBytes { needed, free, quota } => {
                sentences::most_bytes(reader, bytes(*needed), bytes(*free), bytes(*quota))
            }
            Self::NotFolder(path) => sentences::not_a_folder(reader, path),
            Self::Odd(path) => sentences::odd(reader, path),
            Self::Person(person) => sentences::person(reader, brief(person)),
            Self::Pattern { pattern, reason } => sentences::pattern(reader, brief(pattern), brief(reason)),
            Self::Refused(Refused::TooLarge) => sentences::output_large(reader),
            Self::Refused(refused) => sentences::output_refused(reader, refused),
            Self::Root => sentences::root(reader),
            Self::Same(path) => sentences::same(reader, path),
            Self::System { path, error } => match error.kind() {
                io::ErrorKind::PermissionDenied => sentences::not_permitted(reader, path),
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => sentences::disk_full(reader, path),
                _ => sentences::system(reader, path),
            },
            Self::Missing(Missing::Target) => sentences::target_missing(reader),
            Self::Missing(Missing::FolderTarget) => sentences::folder_target_missing(reader),
            Self::Missing(Missing::Files) => sentences::files_missing(reader),
            Self::Missing(Missing::Paths) => sentences::paths_missing(reader),
        }
    }
}

impl From<Refused> for Fault {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Gone => Self::Cancelled,
            other => Self::Refused(other),
        }
    }
}

/// What somebody typed, for a sentence: harmless, and no longer than is needed to know it again.
fn brief(text: &str) -> String {
    const MOST: usize = 60;
    let mut brief = shown(text);
    if let Some((end, _)) = brief.char_indices().nth(MOST) {
        brief.truncate(end);
        brief.push('…');
    }
    brief
}

#[cfg(test)]
impl PartialEq for Fault {
    fn eq(&self, other: &Self) -> bool {
        self.sentence("en") == other.sentence("en")
    }
}
