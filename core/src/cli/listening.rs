//! Where a server listens, and who is told that.

use std::net::{IpAddr, SocketAddr};

use anyhow::Result;

use super::{DEFAULT_PORT, ServeArguments, print};
use crate::server::certificate::addresses_of_this_host;
use caracola_catalogue::Settings;

/// The addresses to listen on, and whether one of them may be missing: flag, environment, file, default.
pub(super) fn addresses(arguments: &ServeArguments, settings: &Settings) -> (Vec<String>, bool) {
    if arguments.lan {
        let all = ["0.0.0.0", "[::]"].map(|address| format!("{address}:{}", arguments.port));
        return (all.into(), true);
    }
    if !arguments.listen.is_empty() {
        return (arguments.listen.clone(), false);
    }
    let environment = std::env::var_os("CARACOLA_LISTEN").unwrap_or_default();
    let environment = environment.to_string_lossy();
    let environment: Vec<_> = environment.split(',').filter(|address| !address.is_empty()).collect();
    if !environment.is_empty() {
        return (environment.into_iter().map(str::to_owned).collect(), false);
    }
    let usual = Settings::default().server.listen == settings.server.listen;
    (settings.server.listen.clone(), usual)
}

/// One line for machines on standard output for each address; for people, on standard error, what others type.
pub(super) fn announce(addresses: &[SocketAddr], fingerprint: &str, lan: bool) -> Result<()> {
    for address in addresses {
        print::line(format!("listening {address} {fingerprint}"))?;
    }
    if !lan {
        return Ok(());
    }
    let Some(port) = addresses.first().map(SocketAddr::port) else {
        return Ok(());
    };
    let reachable: Vec<_> = addresses_of_this_host().into_iter().filter(is_for_others).collect();
    if reachable.is_empty() {
        print::remark("This machine has no address that others could reach it by.")?;
    } else {
        print::remark("Others join from their own machines with:")?;
    }
    for address in reachable {
        let target = match (address, port == DEFAULT_PORT) {
            (IpAddr::V4(_), true) => address.to_string(),
            (IpAddr::V6(_), true) => format!("[{address}]"),
            (_, false) => SocketAddr::new(address, port).to_string(),
        };
        print::remark(format!("  caracola {target} --fingerprint {fingerprint}"))?;
    }
    Ok(())
}

/// Whether an address means this machine to other machines too.
fn is_for_others(address: &IpAddr) -> bool {
    match address {
        IpAddr::V4(four) => !four.is_loopback() && !four.is_link_local(),
        IpAddr::V6(six) => !six.is_loopback() && !six.is_unicast_link_local(),
    }
}
