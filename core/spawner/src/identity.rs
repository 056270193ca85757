//! As whom a program runs, and the server itself when root has started it: names of the system's users and groups to their
//! numbers.

use std::sync::OnceLock;

use nix::unistd::{Gid, Group, Uid, User, getgrouplist, setgroups, setresgid, setresuid};
use rustix::process::{DumpableBehavior, set_dumpable_behavior};

use crate::Identity;

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

/// Whom a server has become that root started. The spawner is root still.
static BECAME: OnceLock<Identity> = OnceLock::new();

/// Who may own the files that decide what runs, besides root: the server's own user. Where root started the server this is root
/// too, also after the server has become another user: programs of that user, which run with that user's rights only, could
/// otherwise write themselves a command that runs as root.
pub fn trusted_owner() -> u32 {
    match BECAME.get() {
        Some(_) => 0,
        None => rustix::process::geteuid().as_raw(),
    }
}

/// The identity of a user of this name or number. A number that no user has is taken for the group's too.
pub fn resolve_server(user: &str) -> Result<Identity, IdentityError> {
    let found = match (User::from_name(user)?, user.parse().map(Uid::from_raw)) {
        (Some(found), _) => found,
        (None, Err(_)) => return Err(IdentityError::NoUser(user.to_owned())),
        (None, Ok(uid)) => match User::from_uid(uid)? {
            Some(found) => found,
            None => {
                return Ok(Identity {
                    uid: uid.as_raw(),
                    gid: uid.as_raw(),
                    groups: vec![uid.as_raw()],
                });
            }
        },
    };
    identity(&found, found.gid)
}

/// Makes this process, which is root's, that user's for good. What programs run as is the same from now on, unless their
/// definition says otherwise.
pub fn become_user(identity: Identity) -> Result<(), IdentityError> {
    let (uid, gid) = (Uid::from_raw(identity.uid), Gid::from_raw(identity.gid));
    let groups: Vec<_> = identity.groups.iter().copied().map(Gid::from_raw).collect();
    // The C library does this for all threads.
    setgroups(&groups)?;
    setresgid(gid, gid, gid)?;
    setresuid(uid, uid, uid)?;
    // The kernel has done so already, unless its `suid_dumpable` says otherwise.
    set_dumpable_behavior(DumpableBehavior::NotDumpable).map_err(|error| nix::Error::from_raw(error.raw_os_error()))?;
    let _ = BECAME.set(identity);
    Ok(())
}

/// The identity that `user` and `group` name; `None` for the spawner's own. Looked up each time: who is removed from
/// a group is out of it for the next run.
pub fn resolve(user: Option<&str>, group: Option<&str>) -> Result<Option<Identity>, IdentityError> {
    if user.is_none() && group.is_none() {
        return Ok(BECAME.get().cloned());
    }
    if BECAME.get().is_none() && !rustix::process::geteuid().is_root() {
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
    identity(&user, own_group.unwrap_or(user.gid)).map(Some)
}

fn identity(user: &User, gid: Gid) -> Result<Identity, IdentityError> {
    let name = std::ffi::CString::new(user.name.clone()).map_err(|_| IdentityError::NoUser(user.name.clone()))?;
    let groups = getgrouplist(&name, gid)?;
    Ok(Identity {
        uid: user.uid.as_raw(),
        gid: gid.as_raw(),
        groups: groups.into_iter().map(Gid::as_raw).collect(),
    })
}
