//! SUBSCRIBE, UNSUBSCRIBE, PUBLISH: rooms, for libraries.

use caracola_wire::{Encoder, Request};

use super::text;
use crate::catalogue::Catalogue;
use crate::error::Error;
use crate::request::{Caller, Context, Progress, Response, speaking};
use crate::rooms::{self, JoinError, ROOMS_PER_SESSION};
use caracola_speech::excerpt;

pub(super) fn subscribe(
    context: &Context,
    caller: &mut Caller,
    request: &Request<'_>,
    out: &mut Vec<u8>,
) -> Result<(), Error> {
    let tenant = caller.tenant();
    for index in 1..request.len() {
        let room = text(request, index)?;
        // Each room has its own confirmation, so a room that can't be joined is told in its place, as Redis does.
        if let Err(why) = context.rooms.join(&caller.session, &tenant, room) {
            let error = Error::Join {
                room: excerpt::word(room),
                why,
            };
            Encoder::new(out, caller.protocol).error(&caller.error(&error));
            continue;
        }
        if !caller.subscriptions.iter().any(|known| known == room) {
            // Spellings of one room are one room, and still each a subscription: they are bounded like rooms.
            if caller.subscriptions.len() >= ROOMS_PER_SESSION {
                let why = JoinError::TooManyForYou;
                let room = excerpt::word(room);
                let error = Error::Join { room, why };
                Encoder::new(out, caller.protocol).error(&caller.error(&error));
                continue;
            }
            caller.subscriptions.push(room.to_owned());
        }
        confirm(caller, b"subscribe", Some(room), out);
    }
    note_listening(caller);
    Ok(())
}

pub(super) fn unsubscribe(
    context: &Context,
    caller: &mut Caller,
    request: &Request<'_>,
    out: &mut Vec<u8>,
) -> Result<(), Error> {
    let mut rooms = Vec::new();
    for index in 1..request.len() {
        rooms.push(text(request, index)?.to_owned());
    }
    if rooms.is_empty() {
        rooms.clone_from(&caller.subscriptions);
    }
    if rooms.is_empty() {
        confirm(caller, b"unsubscribe", None, out);
    }
    for room in rooms {
        let before = caller.subscriptions.len();
        caller.subscriptions.retain(|known| *known != room);
        let spelled_otherwise = |known: &String| rooms::is_same(known, &room);
        if caller.subscriptions.len() < before && !caller.subscriptions.iter().any(spelled_otherwise) {
            context.rooms.leave(&caller.session, &room);
        }
        confirm(caller, b"unsubscribe", Some(&room), out);
    }
    note_listening(caller);
    Ok(())
}

/// A library that listens is silent by design. A shell is in the lobby in any case, and a person who is silent is away.
fn note_listening(caller: &Caller) {
    let listens = !caller.shell && !caller.subscriptions.is_empty();
    caller.session.set_listening(listens);
}

pub(super) fn publish(
    context: &Context,
    catalogue: &Catalogue,
    caller: &mut Caller,
    request: &Request<'_>,
) -> Result<Progress, Error> {
    let (room, words) = (text(request, 1)?, text(request, 2)?);
    let listeners = speaking::speak(context, catalogue, caller, room, words)?;
    Ok(Progress::Response(Response::Heard(listeners)))
}

fn confirm(caller: &Caller, kind: &[u8], room: Option<&str>, out: &mut Vec<u8>) {
    let count = i64::try_from(caller.subscriptions.len()).unwrap_or(i64::MAX);
    let mut encoder = Encoder::new(out, caller.protocol);
    encoder.push(3).bulk(kind);
    match room {
        Some(room) => encoder.bulk(room.as_bytes()),
        None => encoder.null(),
    };
    encoder.integer(count);
}
