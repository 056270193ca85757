//! Speaking in a room, for `PUBLISH` and for `say`: the same checks in the same order.

use std::time::{Duration, Instant, SystemTime};

use super::{Caller, Context};
use crate::error::Error;
use crate::limits::Bucket;
use crate::message_line::{MessageLine, UnfitMessage};
use crate::rooms::Said;
use crate::sessions::session::unix_milliseconds;
use caracola_catalogue::Catalogue;

/// How long a mute without a time lasts: until it is taken back, or the server is restarted.
pub(crate) const UNTIL_UNMUTED: Duration = Duration::from_hours(8760);

/// Says something in a room, line by line, and tells how many heard it.
pub(crate) fn speak(
    context: &Context,
    catalogue: &Catalogue,
    caller: &mut Caller,
    room: &str,
    words: &str,
) -> Result<usize, Error> {
    let lines = message(catalogue, caller, words)?;
    let name = caller.name(&context.sessions);
    let mut listeners = 0;
    for text in lines {
        let said = Said {
            name: name.clone(),
            user: caller.user.label().to_owned(),
            text,
            ms: unix_milliseconds(SystemTime::now()),
        };
        context.metrics.message();
        listeners = context.rooms.say(room, said);
        caller.listeners += listeners;
    }
    Ok(listeners)
}

/// What the caller may say now of `words`: each line of it is a message, and counts as one.
pub(crate) fn message(catalogue: &Catalogue, caller: &mut Caller, words: &str) -> Result<Vec<MessageLine>, Error> {
    not_muted(caller)?;
    let lines = MessageLine::split(words).map_err(Error::Message)?;
    // To wait wouldn't help.
    let most = Bucket::most_at_once(catalogue.settings().limits.messages_per_second);
    if lines.len() > most {
        return Err(Error::Message(UnfitMessage::TooManyLines { most }));
    }
    count(catalogue, caller, lines.len())?;
    Ok(lines)
}

/// Whether the caller may speak now: not muted, not too fast.
pub(crate) fn may_speak(catalogue: &Catalogue, caller: &mut Caller) -> Result<(), Error> {
    not_muted(caller)?;
    may_be_noticed(catalogue, caller)
}

fn not_muted(caller: &Caller) -> Result<(), Error> {
    let now = Instant::now();
    let muted = caller.session.profile().muted_until;
    if let Some(until) = muted.filter(|until| *until > now) {
        // A second more than is left, so that nobody comes back too early.
        let time = until.duration_since(now) + Duration::from_secs(1);
        return Err(Error::Muted {
            time: (time < UNTIL_UNMUTED / 2).then_some(time),
        });
    }
    Ok(())
}

/// Whether the caller may do something now that others are told of: not too fast.
pub(crate) fn may_be_noticed(catalogue: &Catalogue, caller: &mut Caller) -> Result<(), Error> {
    count(catalogue, caller, 1)
}

fn count(catalogue: &Catalogue, caller: &mut Caller, messages: usize) -> Result<(), Error> {
    let rate = catalogue.settings().limits.messages_per_second;
    let messages = u32::try_from(messages).unwrap_or(u32::MAX);
    if !caller.speaking.take_several(messages, rate, Instant::now()) {
        return Err(Error::TooManyMessages);
    }
    Ok(())
}
