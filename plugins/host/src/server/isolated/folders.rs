//! The folders of a plugin's fence: that they are none of the server's own, and that they are there.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Component, Path, PathBuf};

use crate::load_error::LoadError;
use crate::server::settings::Fence;
use caracola_spawner::Identity;

/// Refuses a fence that has the server's state in it, where the door and the users are, or lies inside it.
pub(super) fn keep_out_of(state: &Path, fence: &Fence) -> Result<(), LoadError> {
    let own = resolved(state);
    for path in fence.read.iter().chain(&fence.write) {
        let refused = |why: String| Err(LoadError::Fence(format!("{} {why}", path.display())));
        if !path.is_absolute() || path.components().any(|part| part == Component::ParentDir) {
            return refused("is not an absolute path, or goes up by `..`: write where it leads".into());
        }
        let path = resolved(path);
        if own.starts_with(&path) || path.starts_with(&own) {
            return refused(format!(
                "would let it into the server's state folder {}",
                state.display()
            ));
        }
    }
    Ok(())
}

/// Makes the folders that may be written and aren't there: the plugin's user's, and nobody else's.
pub(super) fn make(write: &[PathBuf], identity: Option<&Identity>) -> Result<(), LoadError> {
    for folder in write {
        let cannot = |error: io::Error| LoadError::Fence(format!("cannot make {}: {error}", folder.display()));
        if fs::exists(folder).map_err(cannot)? {
            continue;
        }
        if let Some(parent) = folder.parent() {
            fs::create_dir_all(parent).map_err(cannot)?;
        }
        fs::DirBuilder::new().mode(0o700).create(folder).map_err(cannot)?;
        if let Some(identity) = identity
            && identity.uid != rustix::process::geteuid().as_raw()
        {
            std::os::unix::fs::lchown(folder, Some(identity.uid), Some(identity.gid)).map_err(cannot)?;
        }
    }
    Ok(())
}

/// The path without symbolic links, as far as it is there.
fn resolved(path: &Path) -> PathBuf {
    match (fs::canonicalize(path), path.parent(), path.file_name()) {
        (Ok(resolved), ..) => resolved,
        (Err(_), Some(parent), name) => resolved(parent).join(name.unwrap_or(OsStr::new(""))),
        (Err(_), None, _) => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn the_servers_state_is_never_in_a_fence() {
        let folder = tempfile::tempdir().unwrap();
        let at = |path: &str| folder.path().join(path);
        fs::create_dir_all(at("state/jobs")).unwrap();
        fs::create_dir(at("notes")).unwrap();
        std::os::unix::fs::symlink(at("state"), at("link")).unwrap();
        let state = at("state");
        let judged = |path: PathBuf| {
            let fence = Fence {
                write: vec![path],
                ..Fence::default()
            };
            keep_out_of(&state, &fence)
        };
        for refused in [
            "",
            "state",
            "state/jobs",
            "state/new/deep",
            "link",
            "link/jobs",
            "notes/../state",
            "new/../state",
        ] {
            let error = judged(at(refused)).unwrap_err().to_string();
            assert!(error.contains(&*at(refused).to_string_lossy()), "{refused}: {error}");
        }
        assert!(judged("/".into()).is_err());
        assert!(judged("notes".into()).is_err());
        let up = judged(at("new/../notes")).unwrap_err().to_string();
        assert!(up.contains("goes up by `..`"), "{up}");
        for allowed in ["notes", "notes/new", "statement"] {
            judged(at(allowed)).unwrap();
        }
    }

    #[test]
    fn a_missing_folder_is_made_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let wanted = folder.path().join("a/b");
        make(std::slice::from_ref(&wanted), None).unwrap();
        make(std::slice::from_ref(&wanted), None).unwrap();
        let mode = fs::metadata(&wanted).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        fs::write(folder.path().join("file"), "").unwrap();
        let error = make(&[folder.path().join("file/x")], None).unwrap_err().to_string();
        assert!(error.contains("cannot make"), "{error}");
    }
}
