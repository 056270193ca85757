//! CANCEL: the one verb that acts ahead of its turn.

use caracola_wire::{Request, RequestDecoder, RequestLimits};

use super::Verb;
use crate::error::Error;
use crate::request::{Caller, Exchange, PendingReply, Progress};

/// `CANCEL [n]`, in its turn: tells whether it ended something when it came. In its turn there is nothing to end any more.
pub(super) fn serve(exchange: &mut Exchange<'_>) -> Result<Progress, Error> {
    number(exchange.request)?;
    let acted = exchange.acted;
    exchange.encoder().integer(i64::from(acted));
    Ok(Progress::Done)
}

fn number(request: &Request<'_>) -> Result<Option<u64>, Error> {
    match request.len() {
        1 => Ok(None),
        2 => std::str::from_utf8(request.word(1).unwrap_or_default())
            .map_err(|_| Error::Text)?
            .parse()
            .map(Some)
            .map_err(|_| Error::VerbArguments("value is not an integer or out of range")),
        _ => Err(Error::VerbArity("cancel")),
    }
}

/// Looks through what has been read ahead, while a request takes its time, for `CANCEL`. Nothing is served: what is
/// found stays in the input for its turn.
pub(crate) struct CancelWatch {
    decoder: RequestDecoder,
    seen: usize,
    /// Each acts once, however many requests before it take their time: these have acted while an earlier one did.
    acted: usize,
}

impl CancelWatch {
    /// Has looked at nothing yet of what `caller` sent ahead.
    pub(crate) fn new(limits: RequestLimits, caller: &Caller) -> Self {
        Self {
            decoder: RequestDecoder::new(limits),
            seen: 0,
            acted: caller.cancelled.len(),
        }
    }

    /// Has each `CANCEL` in `input` that has not been seen act on `pending`, which the caller waits for. The input begins
    /// where it began at the last look.
    pub(crate) fn look(&mut self, input: &[u8], caller: &mut Caller, pending: &mut PendingReply) {
        // What is malformed is told in its turn.
        while let Ok(Some(request)) = self.decoder.decode(input.get(self.seen..).unwrap_or_default()) {
            self.seen += request.wire_len();
            if request
                .word(0)
                .and_then(Verb::named)
                .is_some_and(|verb| verb.acts_ahead)
            {
                if self.acted > 0 {
                    self.acted -= 1;
                } else {
                    let is_meant = number(&request).is_ok_and(|number| number.is_none_or(|n| n == caller.requests));
                    caller.cancelled.push_back(is_meant && pending.cancel());
                }
            }
            // It may have been a login.
            self.decoder.wipe();
        }
    }
}
