//! `caracolad cert`, and where the certificate comes from.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;

use super::{CertificateArguments, print};
use crate::server::certificate::{Certificate, addresses_of_this_host, folder_in};
use crate::state_folder;

pub(super) fn show(arguments: &CertificateArguments, state: Option<&Path>) -> Result<ExitCode> {
    let state = state_folder::find(state)?;
    state_folder::prepare(&state)?;
    let certificate = certificate(arguments, &state)?;
    print::bytes(&certificate.chain_pem()?)?;
    Ok(ExitCode::SUCCESS)
}

/// The admin's own pair, or the one in the state folder, made if need be.
pub(super) fn certificate(arguments: &CertificateArguments, state: &Path) -> Result<Certificate> {
    match given(arguments)? {
        Some(given) => Ok(given),
        None => Certificate::keep_in(&folder_in(state), &addresses_of_this_host()),
    }
}

/// The admin's own pair, if there is one.
pub(super) fn given(arguments: &CertificateArguments) -> Result<Option<Certificate>> {
    match (&arguments.cert, &arguments.key) {
        (Some(certificate), Some(key)) => Certificate::read(certificate, key).map(Some),
        _ => Ok(None),
    }
}
