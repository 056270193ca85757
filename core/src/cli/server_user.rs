//! What a server does while it is still root's, and how it becomes `[server] user`.
//!
//! That happens before it has a thread, a plugin or the state folder; the main file is read once for that alone.
//! Programs without a `user` of their own run as that user too, which the spawner is told each time, since it stays
//! root.

use std::path::Path;

use anyhow::{Context as _, Result, anyhow, bail};
use rustix::process::geteuid;

use super::{ServeArguments, cert, listening};
use crate::server::Sockets;
use crate::server::certificate::Certificate;
use crate::state_folder;
use caracola_catalogue::{Catalogue, Settings, Source};
use caracola_spawner::identity;

/// What only root could open.
pub(super) struct Opened {
    pub(super) sockets: Sockets,
    /// The admin's own, if there is one.
    pub(super) certificate: Option<Certificate>,
}

/// Opens what may take root, and becomes the user that the file names; `None` if there is nothing to become. From the
/// spawner on, which stays root, to here nothing of the file's has run. To be called while the process has one thread.
pub(super) fn become_it(arguments: &ServeArguments, source: &Source, state: Option<&Path>) -> Result<Option<Opened>> {
    let settings = Catalogue::settings_of(source)
        .map_err(|error| anyhow!("{source} {error}"))
        .context("cannot tell whom the server is to become")?;
    let Some(user) = &settings.server.user else {
        return Ok(None);
    };
    let identity = identity::resolve_server(user).context("`[server] user`")?;
    if identity.uid == geteuid().as_raw() {
        return Ok(None);
    }
    if !geteuid().is_root() {
        tracing::warn!(user, "`[server] user` counts only when root starts the server");
        return Ok(None);
    }
    let (listen, optional) = listening::addresses(arguments, &settings);
    let sockets = Sockets::open(&listen, optional)?;
    let certificate = cert::given(&arguments.certificate, Some(identity.uid))?;
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

/// Refuses to serve as anybody but the user that the loaded file names, where root started the server: the file may say
/// something else than it did when [`become_it`] read it.
pub(super) fn check(settings: &Settings, is_started_by_root: bool) -> Result<()> {
    let Some(user) = settings.server.user.as_ref().filter(|_| is_started_by_root) else {
        return Ok(());
    };
    let uid = identity::resolve_server(user).context("`[server] user`")?.uid;
    let own = geteuid().as_raw();
    if uid != own {
        bail!(
            "`[server] user` names {user}, and the server is user {own}: the file has changed during the start; start again"
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_of_roots_serves_only_as_the_user_that_the_file_names() {
        let mut settings = Settings::default();
        let mut is_fit = |user: Option<u32>, is_started_by_root| {
            settings.server.user = user.map(|uid| uid.to_string());
            check(&settings, is_started_by_root).is_ok()
        };
        let own = geteuid().as_raw();
        assert!(is_fit(None, true) && is_fit(Some(own), true));
        assert!(!is_fit(Some(own + 54321), true));
        assert!(is_fit(Some(own + 54321), false), "the setting counts for root only");
    }
}
