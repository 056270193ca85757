//! What a server does while it is still root's, and how it becomes `[server] user`.

use std::path::Path;

use anyhow::{Context as _, Result};
use rustix::process::geteuid;

use super::{ServeArguments, cert, serve};
use crate::catalogue::{Catalogue, Source};
use crate::identity;
use crate::server::Sockets;
use crate::server::certificate::Certificate;
use crate::state_folder;

/// What only root could open.
pub(super) struct Opened {
    pub(super) sockets: Sockets,
    /// The admin's own, if there is one.
    pub(super) certificate: Option<Certificate>,
}

/// Opens what may take root, and becomes the user that the file names; `None` if there is nothing to become. From the
/// spawner on, which stays root, to here nothing of the file's has run. To be called while the process has one thread.
pub(super) fn become_it(arguments: &ServeArguments, source: &Source, state: Option<&Path>) -> Result<Option<Opened>> {
    let settings = Catalogue::settings_of(source);
    let Some(user) = &settings.server.user else {
        return Ok(None);
    };
    let identity = identity::of_server(user).context("`[server] user`")?;
    if identity.uid == geteuid().as_raw() {
        return Ok(None);
    }
    if !geteuid().is_root() {
        tracing::warn!(user, "`[server] user` counts only when root starts the server");
        return Ok(None);
    }
    let (listen, optional) = serve::addresses(arguments, &settings);
    let sockets = Sockets::open(&listen, optional)?;
    let certificate = cert::given(&arguments.certificate)?;
    if let Some(state) = state {
        state_folder::prepare_for(user, &identity, state)?;
    }
    let uid = identity.uid;
    identity::become_user(identity).with_context(|| format!("cannot become {user}"))?;
    tracing::info!(
        user,
        uid,
        "became the server's own user; what starts programs stays root"
    );
    Ok(Some(Opened { sockets, certificate }))
}
