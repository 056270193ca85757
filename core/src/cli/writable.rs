//! Whether programs could write the files that say what runs: then who runs one of them can make commands of their own.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use caracola_catalogue::{Catalogue, Command};
use caracola_plugin_host::{Isolation, Plugins};
use caracola_spawner::identity;
use rustix::process::geteuid;

use crate::reload::Sight;

/// The first of the catalogue's files that its programs could write, with how many more there are and whose programs those
/// are; `None` if there is none. `sight` tells the files with commands, `plugins` where libraries are.
pub(super) fn by_programs(catalogue: &Catalogue, sight: &Sight, plugins: &Plugins) -> Option<String> {
    let users = users_of_programs(catalogue);
    let settings = catalogue.plugin_settings().iter();
    let here = settings.filter(|settings| settings.isolation == Isolation::None);
    let libraries = here.filter_map(|settings| plugins.file(settings));
    let files = sight.files().map(Path::to_owned).chain(libraries);
    let written: Vec<(PathBuf, u32)> = files
        .filter_map(|file| {
            let user = users.iter().find(|user| can_write(**user, &file))?;
            Some((file, *user))
        })
        .collect();
    let (file, user) = written.first()?;
    let more = match written.len() - 1 {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Some(format!("{}{more}, by programs that run as user {user}", file.display()))
}

/// Whom programs run as; root isn't among them, who can write anything.
fn users_of_programs(catalogue: &Catalogue) -> BTreeSet<u32> {
    let number = |user: &str| identity::resolve_server(user).ok().map(|identity| identity.uid);
    let becomes = catalogue.settings().server.user.as_deref();
    let own = match becomes.filter(|_| geteuid().is_root()).and_then(number) {
        Some(user) => user,
        None => geteuid().as_raw(),
    };
    let programs = catalogue.commands().iter().filter_map(Command::exec);
    let users = programs.filter_map(|exec| exec.user.as_deref().map_or(Some(own), number));
    users.filter(|user| *user != 0).collect()
}

/// Whether a user could write a file, or put another in its place.
fn can_write(user: u32, file: &Path) -> bool {
    const BY_ALL: u32 = 0o002;
    const STICKY: u32 = 0o1000;
    let about = fs::metadata(file).ok();
    let folder = file
        .canonicalize()
        .ok()
        .and_then(|file| fs::metadata(file.parent()?).ok());
    about.is_some_and(|about| about.uid() == user || about.mode() & BY_ALL != 0)
        || folder
            .is_some_and(|folder| folder.uid() == user || (folder.mode() & BY_ALL != 0 && folder.mode() & STICKY == 0))
}
