//! What other settings of the server open.

use super::Loosening;
use super::bound::{is_raised, which};
use crate::settings::{Access, Limits, Settings};

/// The tables of `new` that would open what `old` keeps shut.
pub(super) fn opened(old: &Settings, new: &Settings) -> Vec<Loosening> {
    let Access { guest, guest_exec, .. } = old.access;
    let access = which([
        ("guest", new.access.guest && !guest),
        ("guest_exec", new.access.guest_exec && !guest_exec),
    ]);
    let Limits {
        sessions,
        sessions_per_address,
        messages_per_second,
        runs_per_second,
        outbox,
        handshake,
        idle,
    } = old.limits;
    let limits = which([
        ("sessions", new.limits.sessions > sessions),
        (
            "sessions_per_address",
            new.limits.sessions_per_address > sessions_per_address,
        ),
        (
            "messages_per_second",
            new.limits.messages_per_second > messages_per_second,
        ),
        ("runs_per_second", new.limits.runs_per_second > runs_per_second),
        ("outbox", new.limits.outbox > outbox),
        ("handshake", new.limits.handshake > handshake),
        ("idle", is_raised(idle, new.limits.idle)),
    ]);
    let tables = [("[access]", access.collect::<Vec<_>>()), ("[limits]", limits.collect())];
    let opened = tables.into_iter().filter(|(_, keys)| !keys.is_empty());
    opened
        .map(|(what, keys)| Loosening {
            what: what.to_owned(),
            keys,
        })
        .collect()
}
