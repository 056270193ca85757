//! CANCEL: the one verb that acts ahead of its turn.

use caracola_wire::{Encoder, Request, RequestDecoder, RequestLimits};

use super::{Verb, text};
use crate::caller::Caller;
use crate::error::Error;

/// `CANCEL [n]`, in its turn: tells whether it ended something when it came. In its turn there is nothing to end any more.
pub(super) fn serve(caller: &mut Caller, request: &Request<'_>, out: &mut Vec<u8>) -> Result<(), Error> {
    number(request)?;
    let ended = caller.cancelled.pop_front().unwrap_or(false);
    Encoder::new(out, caller.protocol).integer(i64::from(ended));
    Ok(())
}

fn number(request: &Request<'_>) -> Result<Option<u64>, Error> {
    match request.len() {
        1 => Ok(None),
        2 => text(request, 1)?
            .parse()
            .map(Some)
            .map_err(|_| Error::VerbArguments("value is not an integer or out of range")),
        _ => Err(Error::VerbArity("cancel")),
    }
}

/// Looks through what has been read ahead, while a request takes its time, for `CANCEL`. Nothing is served: what is
/// found stays in the input for its turn.
pub(crate) struct Lookout {
    decoder: RequestDecoder,
    seen: usize,
}

impl Lookout {
    /// Has looked at nothing yet.
    pub(crate) fn new(limits: RequestLimits) -> Self {
        Self {
            decoder: RequestDecoder::new(limits),
            seen: 0,
        }
    }

    /// Acts on each `CANCEL` in `input` that it has not seen. The input begins where it began at the last look.
    pub(crate) fn look(&mut self, input: &[u8], caller: &mut Caller) {
        // What is malformed is told in its turn.
        while let Ok(Some(request)) = self.decoder.decode(input.get(self.seen..).unwrap_or_default()) {
            if request.word(0).and_then(Verb::parse) == Some(Verb::Cancel)
                && let Ok(number) = number(&request)
            {
                let ended = caller.cancel(number);
                caller.cancelled.push_back(ended);
            }
            self.seen += request.wire_len();
        }
    }
}
