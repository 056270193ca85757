//! One request in service.

use std::sync::Arc;
use std::time::Instant;

use caracola_wire::{Encoder, Request};

use super::{Caller, Context};
use crate::error::Error;
use crate::output::Output;
use caracola_catalogue::Catalogue;

/// A request that is being served, with all that serving it may need, and the output that its reply goes to.
pub(crate) struct Exchange<'e> {
    /// What all sessions share.
    pub(crate) context: &'e Arc<Context>,
    /// The active catalogue when the request began.
    pub(crate) catalogue: &'e Catalogue,
    /// Who asks.
    pub(crate) caller: &'e mut Caller,
    /// What is asked.
    pub(crate) request: &'e Request<'e>,
    /// When the request was read.
    pub(crate) now: Instant,
    /// Whether it did something ahead of its turn already, as only `CANCEL` may.
    pub(crate) acted: bool,
    /// Where the reply goes. What stands there already is never touched.
    pub(crate) out: &'e mut Output,
}

impl<'e> Exchange<'e> {
    /// A word of the request as text, or the error that it is none. A word that isn't there is empty.
    pub(crate) fn text(&self, index: usize) -> Result<&'e str, Error> {
        let word = self.request.word(index).unwrap_or_default();
        std::str::from_utf8(word).map_err(|_| Error::Text)
    }

    /// The words from `first` on as text.
    pub(crate) fn texts(&self, first: usize) -> Result<Vec<&'e str>, Error> {
        (first..self.request.len()).map(|index| self.text(index)).collect()
    }

    /// Encodes a reply at once, in the caller's protocol.
    pub(crate) fn encoder(&mut self) -> Encoder<'_> {
        Encoder::new(self.out, self.caller.protocol)
    }
}
