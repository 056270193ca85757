//! Speaking in a room, for `PUBLISH` and for `say`: the same checks in the same order.

use std::time::{Duration, Instant, SystemTime};

use crate::caller::Caller;
use crate::catalogue::Catalogue;
use crate::context::Context;
use crate::error::Error;
use crate::rooms::Said;
use crate::sessions::session::unix_milliseconds;

/// How long a mute without a time lasts: until it is taken back, or the server is started anew.
pub(crate) const UNTIL_UNMUTED: Duration = Duration::from_hours(8760);

/// Says something in a room, and tells how many heard it.
pub(crate) fn speak(
    context: &Context,
    catalogue: &Catalogue,
    caller: &mut Caller,
    room: &str,
    words: &str,
) -> Result<usize, Error> {
    may_speak(catalogue, caller)?;
    let name = caller.name(&context.sessions);
    let said = Said {
        name,
        user: caller.user.label().to_owned(),
        text: words.to_owned(),
        ms: unix_milliseconds(SystemTime::now()),
    };
    context.metrics.message();
    Ok(context.rooms.say(room, said))
}

/// Whether the caller may speak now: not muted, not too fast.
pub(crate) fn may_speak(catalogue: &Catalogue, caller: &mut Caller) -> Result<(), Error> {
    let now = Instant::now();
    let muted = caller.session.profile().muted_until;
    if let Some(until) = muted.filter(|until| *until > now) {
        // A second more than is left, so that nobody comes back too early.
        let time = until.duration_since(now) + Duration::from_secs(1);
        return Err(Error::Muted {
            time: (time < UNTIL_UNMUTED / 2).then_some(time),
        });
    }
    may_be_noticed(catalogue, caller)
}

/// Whether the caller may do something now that others are told of: not too fast.
pub(crate) fn may_be_noticed(catalogue: &Catalogue, caller: &mut Caller) -> Result<(), Error> {
    let now = Instant::now();
    let rate = catalogue.settings().limits.messages_per_second;
    if !caller.speaking.take(rate, now) {
        return Err(Error::TooManyMessages);
    }
    Ok(())
}
