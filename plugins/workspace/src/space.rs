//! What is in a workspace, for reading.

use std::fs::File;
use std::io;

use crate::fault::{Fault, Remedy};
use crate::folder::{About, Entry, Folder, Kind};
use crate::path::Path;

/// One person's workspace. One that was never written to is empty.
#[derive(Clone, Copy)]
pub(crate) struct Space<'a> {
    root: Option<&'a Folder>,
}

impl<'a> Space<'a> {
    pub(crate) fn new(root: Option<&'a Folder>) -> Self {
        Self { root }
    }

    /// Opens a folder, name by name.
    pub(crate) fn folder(self, path: &Path) -> Result<Option<Folder>, Fault> {
        if path.is_root() {
            return match self.root {
                None => Ok(None),
                // A second descriptor for the same folder, so that all have one of their own.
                Some(root) => root.reopen().map(Some).map_err(Fault::system(path)),
            };
        }
        self.descend(path.names(), path).map(Some)
    }

    /// The folder that something is in, or would be, and its name. `None` for the top.
    pub(crate) fn parent(self, path: &Path) -> Result<Option<(Folder, &str)>, Fault> {
        match path.split() {
            None => Ok(None),
            Some((folder, name)) => Ok(Some((self.descend(folder, path)?, name))),
        }
    }

    /// What is there.
    pub(crate) fn about(self, path: &Path) -> Result<About, Fault> {
        let Some((parent, name)) = self.parent(path)? else {
            return match self.root {
                Some(root) => root.about_itself().map_err(Fault::system(path)),
                None => Ok(About::NOTHING),
            };
        };
        let about = parent.about(name).map_err(Fault::system(path))?;
        if path.says_folder() && about.kind != Kind::Folder {
            return Err(Fault::NotFolder(path.clone()));
        }
        Ok(about)
    }

    /// What is there, or nothing.
    pub(crate) fn find(self, path: &Path) -> Result<Option<About>, Fault> {
        match self.about(path) {
            Ok(about) => Ok(Some(about)),
            Err(Fault::Absent(_)) => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    /// The names in a folder, sorted.
    pub(crate) fn list(self, path: &Path) -> Result<Vec<Entry>, Fault> {
        let Some(folder) = self.folder(path)? else {
            return Ok(Vec::new());
        };
        let (entries, is_cut) = folder.list().map_err(Fault::system(path))?;
        if is_cut {
            return Err(Fault::Many(path.clone()));
        }
        Ok(entries)
    }

    /// Opens a regular file for reading.
    pub(crate) fn file(self, path: &Path) -> Result<(File, About), Fault> {
        let about = self.about(path)?;
        let parent = match about.kind {
            Kind::File => self.parent(path)?,
            Kind::Other => return Err(Fault::Odd(path.clone())),
            Kind::Folder => {
                return Err(Fault::IsFolder {
                    path: path.clone(),
                    remedy: Remedy::Ls,
                });
            }
        };
        let Some((parent, name)) = parent else {
            return Err(Fault::Odd(path.clone()));
        };
        let opened = parent.file(name).map_err(Fault::system(path))?;
        opened.ok_or_else(|| Fault::Odd(path.clone()))
    }

    /// The folder with these names. An error names `path`, unless it is a file on the way.
    fn descend(self, names: &[String], path: &Path) -> Result<Folder, Fault> {
        let absent = || Fault::Absent(path.clone());
        let root = self.root.ok_or_else(absent)?;
        let mut folder = root.reopen().map_err(Fault::system(path))?;
        let mut way = Path::ROOT;
        for name in names {
            way = way.join(name);
            folder = match folder.folder(name) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(absent()),
                opened => opened.map_err(Fault::system(&way))?,
            };
        }
        Ok(folder)
    }
}
