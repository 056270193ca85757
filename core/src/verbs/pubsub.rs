//! SUBSCRIBE, UNSUBSCRIBE, PUBLISH: rooms, for libraries.

use crate::error::Error;
use crate::request::{Caller, Exchange, Progress, Response, speaking};
use crate::rooms::{self, JoinError, ROOMS_PER_SESSION};
use caracola_speech::excerpt;

pub(super) fn subscribe(exchange: &mut Exchange<'_>) -> Result<Progress, Error> {
    let tenant = exchange.caller.tenant();
    for index in 1..exchange.request.len() {
        let room = exchange.text(index)?;
        // Each room has its own confirmation, so a room that can't be joined is told in its place, as Redis does.
        if let Err(why) = exchange.context.rooms.join(&exchange.caller.session, &tenant, room) {
            refuse(exchange, room, why);
            continue;
        }
        if !exchange.caller.subscriptions.iter().any(|known| known == room) {
            // Spellings of one room are one room, and still each a subscription: they are bounded like rooms.
            if exchange.caller.subscriptions.len() >= ROOMS_PER_SESSION {
                refuse(exchange, room, JoinError::TooManyForYou);
                continue;
            }
            exchange.caller.subscriptions.push(room.to_owned());
        }
        confirm(exchange, b"subscribe", Some(room));
    }
    note_listening(exchange.caller);
    Ok(Progress::Done)
}

pub(super) fn unsubscribe(exchange: &mut Exchange<'_>) -> Result<Progress, Error> {
    let mut rooms: Vec<_> = exchange.texts(1)?.into_iter().map(str::to_owned).collect();
    if rooms.is_empty() {
        rooms.clone_from(&exchange.caller.subscriptions);
    }
    if rooms.is_empty() {
        confirm(exchange, b"unsubscribe", None);
    }
    for room in rooms {
        let caller = &mut *exchange.caller;
        let before = caller.subscriptions.len();
        caller.subscriptions.retain(|known| *known != room);
        let spelled_otherwise = |known: &String| rooms::is_same(known, &room);
        if caller.subscriptions.len() < before && !caller.subscriptions.iter().any(spelled_otherwise) {
            exchange.context.rooms.leave(&caller.session, &room);
        }
        confirm(exchange, b"unsubscribe", Some(&room));
    }
    note_listening(exchange.caller);
    Ok(Progress::Done)
}

/// A library that listens is silent by design. A shell is in the lobby in any case, and a person who is silent is away.
fn note_listening(caller: &Caller) {
    let listens = !caller.shell && !caller.subscriptions.is_empty();
    caller.session.set_listening(listens);
}

pub(super) fn publish(exchange: &mut Exchange<'_>) -> Result<Progress, Error> {
    let (room, words) = (exchange.text(1)?, exchange.text(2)?);
    let listeners = speaking::speak(exchange.context, exchange.catalogue, exchange.caller, room, words)?;
    Ok(Progress::Response(Response::Heard(listeners)))
}

/// Tells that a room can't be joined.
fn refuse(exchange: &mut Exchange<'_>, room: &str, why: JoinError) {
    let room = excerpt::word(room);
    let reply = exchange.caller.error(&Error::Join { room, why });
    exchange.encoder().error(&reply);
}

fn confirm(exchange: &mut Exchange<'_>, kind: &[u8], room: Option<&str>) {
    let count = i64::try_from(exchange.caller.subscriptions.len()).unwrap_or(i64::MAX);
    let mut encoder = exchange.encoder();
    encoder.push(3).bulk(kind);
    match room {
        Some(room) => encoder.bulk(room.as_bytes()),
        None => encoder.null(),
    };
    encoder.integer(count);
}
