//! `caracolad cert`, and where the certificate comes from.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use rustix::process::geteuid;

use super::{CertificateArguments, print};
use crate::server::certificate::{Certificate, addresses_of_this_host, folder_in};
use crate::state_folder;

pub(super) fn show(arguments: &CertificateArguments, state: Option<&Path>) -> Result<ExitCode> {
    let state = state_folder::find(state)?;
    state_folder::prepare(&state)?;
    // Root may look at what any server would show.
    let own = geteuid();
    let certificate = certificate(arguments, &state, (!own.is_root()).then(|| own.as_raw()))?;
    print::bytes(&certificate.chain_pem()?)?;
    Ok(ExitCode::SUCCESS)
}

/// The admin's own pair, or the one in the state folder, made if need be. The key must be `user`'s, if one is told, or root's.
pub(super) fn certificate(arguments: &CertificateArguments, state: &Path, user: Option<u32>) -> Result<Certificate> {
    match given(arguments, user)? {
        Some(given) => Ok(given),
        None => Certificate::keep_in(&folder_in(state), &addresses_of_this_host()),
    }
}

/// The admin's own pair, if there is one, with a key of `user`'s or root's.
pub(super) fn given(arguments: &CertificateArguments, user: Option<u32>) -> Result<Option<Certificate>> {
    match (&arguments.cert, &arguments.key) {
        (Some(certificate), Some(key)) => Certificate::read(certificate, key, user).map(Some),
        _ => Ok(None),
    }
}
