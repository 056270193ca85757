//! The small verbs: PING, ECHO, QUIT, RESET, SELECT, CONFIG.
#![expect(clippy::unnecessary_wraps, reason = "all verbs have one shape; some can't fail")]

use std::time::Instant;

use caracola_wire::Protocol;

use super::unknown_subcommand;
use crate::error::Error;
use crate::request::{Caller, Exchange, Progress};

pub(super) fn ping(exchange: &mut Exchange<'_>) -> Result<Progress, Error> {
    let request = exchange.request;
    let only_listens = exchange.caller.only_listens();
    let mut encoder = exchange.encoder();
    match (request.len(), only_listens) {
        (1, false) => encoder.simple("PONG"),
        (2, false) => encoder.bulk(request.word(1).unwrap_or_default()),
        // A classic subscriber gets arrays only, so that its replies look like messages.
        (1 | 2, true) => encoder.array(2).bulk(b"pong").bulk(request.word(1).unwrap_or_default()),
        _ => return Err(Error::VerbArity("ping")),
    };
    Ok(Progress::Done)
}

pub(super) fn echo(exchange: &mut Exchange<'_>) -> Result<Progress, Error> {
    let message = exchange.request.word(1).unwrap_or_default();
    exchange.encoder().bulk(message);
    Ok(Progress::Done)
}

pub(super) fn quit(exchange: &mut Exchange<'_>) -> Result<Progress, Error> {
    exchange.encoder().simple("OK");
    exchange.caller.leaving = true;
    Ok(Progress::Done)
}

/// Back to how the connection began: RESP2, no shell, no rooms, logged out. What it is called stays with the
/// connection's number only, as with Redis.
pub(super) fn reset(exchange: &mut Exchange<'_>) -> Result<Progress, Error> {
    let Exchange {
        context,
        catalogue,
        caller,
        ..
    } = exchange;
    context.rooms.leave_all(&caller.session);
    caller.session.profile().label.clear();
    caller.session.speaks(Protocol::Resp2, false);
    caller.session.set_present(false);
    let log = std::mem::replace(&mut caller.log, crate::command_log::CommandLog::new(caller.session.id));
    let speaking = caller.speaking.clone();
    let completing = caller.completing.clone();
    let user = caller.session.endpoint.user();
    context.sessions.log_out(&caller.session, user.clone());
    let session = std::sync::Arc::clone(&caller.session);
    let fresh = Caller::new(session, user, catalogue, Instant::now());
    **caller = Caller {
        speaking,
        completing,
        log,
        ..fresh
    };
    exchange.encoder().simple("RESET");
    Ok(Progress::Done)
}

pub(super) fn select(exchange: &mut Exchange<'_>) -> Result<Progress, Error> {
    if exchange.request.word(1) != Some(b"0") {
        return Err(Error::VerbArguments("DB index is out of range"));
    }
    exchange.encoder().simple("OK");
    Ok(Progress::Done)
}

/// Tools such as redis-benchmark ask for settings on connect; there are none to show.
pub(super) fn config(exchange: &mut Exchange<'_>) -> Result<Progress, Error> {
    let subcommand = exchange.text(1)?;
    if !subcommand.eq_ignore_ascii_case("get") {
        return Err(unknown_subcommand("CONFIG", subcommand));
    }
    exchange.encoder().map(0);
    Ok(Progress::Done)
}
