//! As whom a program runs, when a definition says so: names of the system's users and groups to their numbers.

use nix::unistd::{Gid, Group, User, getgrouplist};

use crate::spawner::Identity;

/// Why a program can't run as somebody.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// Only root may become somebody else.
    #[error("only a server that was started as root can run programs as another user")]
    NotRoot,
    /// No such user.
    #[error("the system knows no user {0:?}")]
    NoUser(String),
    /// No such group.
    #[error("the system knows no group {0:?}")]
    NoGroup(String),
    /// The system's list can't be read.
    #[error("the system does not tell its users: {0}")]
    System(#[from] nix::Error),
}

/// The identity that `user` and `group` name; `None` for the server's own. Looked up anew each time: who is removed from
/// a group is out of it for the next run.
pub fn of(user: Option<&str>, group: Option<&str>) -> Result<Option<Identity>, IdentityError> {
    if user.is_none() && group.is_none() {
        return Ok(None);
    }
    if !rustix::process::geteuid().is_root() {
        return Err(IdentityError::NotRoot);
    }
    let own_group = match group {
        Some(name) => Some(
            Group::from_name(name)?
                .ok_or_else(|| IdentityError::NoGroup(name.to_owned()))?
                .gid,
        ),
        None => None,
    };
    let Some(name) = user else {
        let gid = own_group.unwrap_or_else(Gid::effective).as_raw();
        return Ok(Some(Identity {
            uid: rustix::process::geteuid().as_raw(),
            gid,
            groups: vec![gid],
        }));
    };
    let user = User::from_name(name)?.ok_or_else(|| IdentityError::NoUser(name.to_owned()))?;
    let gid = own_group.unwrap_or(user.gid);
    let name = std::ffi::CString::new(user.name.clone()).map_err(|_| IdentityError::NoUser(user.name.clone()))?;
    let groups = getgrouplist(&name, gid)?;
    Ok(Some(Identity {
        uid: user.uid.as_raw(),
        gid: gid.as_raw(),
        groups: groups.into_iter().map(Gid::as_raw).collect(),
    }))
}
