//! The small verbs: PING, ECHO, QUIT, RESET, SELECT, CONFIG.
#![expect(clippy::unnecessary_wraps, reason = "all verbs have one shape; some can't fail")]

use std::time::Instant;

use caracola_wire::{Encoder, Protocol, Request};

use super::{text, unknown_subcommand};
use crate::catalogue::Catalogue;
use crate::error::Error;
use crate::request::{Caller, Context};

pub(super) fn ping(caller: &Caller, request: &Request<'_>, out: &mut Vec<u8>) -> Result<(), Error> {
    let mut encoder = Encoder::new(out, caller.protocol);
    match (request.len(), caller.only_listens()) {
        (1, false) => encoder.simple("PONG"),
        (2, false) => encoder.bulk(request.word(1).unwrap_or_default()),
        // A classic subscriber gets arrays only, so that its replies look like messages.
        (1 | 2, true) => encoder.array(2).bulk(b"pong").bulk(request.word(1).unwrap_or_default()),
        _ => return Err(Error::VerbArity("ping")),
    };
    Ok(())
}

pub(super) fn echo(caller: &Caller, request: &Request<'_>, out: &mut Vec<u8>) -> Result<(), Error> {
    Encoder::new(out, caller.protocol).bulk(request.word(1).unwrap_or_default());
    Ok(())
}

pub(super) fn quit(caller: &mut Caller, out: &mut Vec<u8>) -> Result<(), Error> {
    Encoder::new(out, caller.protocol).simple("OK");
    caller.leaving = true;
    Ok(())
}

/// Back to how the connection began: RESP2, no shell, no rooms, logged out. What it is called stays with the
/// connection's number only, as with Redis.
pub(super) fn reset(
    context: &Context,
    catalogue: &Catalogue,
    caller: &mut Caller,
    out: &mut Vec<u8>,
) -> Result<(), Error> {
    context.rooms.leave_all(&caller.session);
    caller.session.profile().label.clear();
    caller.session.speaks(Protocol::Resp2, false);
    caller.session.set_present(false);
    let log = std::mem::replace(&mut caller.log, crate::command_log::CommandLog::new(caller.session.id));
    let speaking = caller.speaking.clone();
    let completing = caller.completing.clone();
    let user = caller.session.origin.user();
    context.sessions.log_out(&caller.session, user.clone());
    let session = std::sync::Arc::clone(&caller.session);
    let fresh = Caller::new(session, user, catalogue, Instant::now());
    *caller = Caller {
        speaking,
        completing,
        log,
        ..fresh
    };
    Encoder::new(out, caller.protocol).simple("RESET");
    Ok(())
}

pub(super) fn select(caller: &Caller, request: &Request<'_>, out: &mut Vec<u8>) -> Result<(), Error> {
    if request.word(1) != Some(b"0") {
        return Err(Error::VerbArguments("DB index is out of range"));
    }
    Encoder::new(out, caller.protocol).simple("OK");
    Ok(())
}

/// Tools such as redis-benchmark ask for settings on connect; there are none to show.
pub(super) fn config(caller: &Caller, request: &Request<'_>, out: &mut Vec<u8>) -> Result<(), Error> {
    let subcommand = text(request, 1)?;
    if !subcommand.eq_ignore_ascii_case("get") {
        return Err(unknown_subcommand("CONFIG", subcommand));
    }
    Encoder::new(out, caller.protocol).map(0);
    Ok(())
}
