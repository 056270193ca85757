//! What a server must not let strangers on other machines do.

use std::net::SocketAddr;

use caracola_catalogue::Catalogue;

/// Guests, who may be anybody, could run programs from other machines, and the file doesn't say that it is meant so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "guests may run programs ({}), and {address} can be reached from other machines: give these commands roles, or say \
     guest_exec = true under [access]",
    commands.join(", ")
)]
pub struct GuestsFromAfar {
    commands: Vec<String>,
    address: SocketAddr,
}

/// Whether a server that listens on these addresses may serve a catalogue; asked when it starts and at each reload.
pub fn guests_run_nothing_from_afar(catalogue: &Catalogue, addresses: &[SocketAddr]) -> Result<(), GuestsFromAfar> {
    let afar = addresses.iter().find(|address| !address.ip().is_loopback());
    let commands = catalogue.guest_exec_commands();
    let commands: Vec<_> = commands.map(|command| command.name.clone()).collect();
    match afar {
        Some(address) if !commands.is_empty() => Err(GuestsFromAfar {
            commands,
            address: *address,
        }),
        _ => Ok(()),
    }
}
